"""Turns a generation specification into a clip: one folder for each way to do it."""
