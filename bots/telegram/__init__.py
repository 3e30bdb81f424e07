"""Telegram: the Bot API on one side, Commands on the other."""
