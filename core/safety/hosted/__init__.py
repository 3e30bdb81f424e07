"""Turns a text into findings by asking services: each one a ``core.safety.panel.TextModerator``."""
