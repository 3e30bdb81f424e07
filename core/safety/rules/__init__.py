"""Turns a text into findings by lists of words."""
