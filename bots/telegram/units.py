"""Turns what Telegram says of its texts into numbers: the most units of a message and of a caption (Bot API)."""

MESSAGE, CAPTION = 4096, 1024
