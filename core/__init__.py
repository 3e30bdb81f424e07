"""Turns a request into a delivered clip; knows no chat platform, no database and no language."""
