"""The small words that synthetic prompts are put together with, in both languages."""

from __future__ import annotations

LINKS = (
    (",然后", ", then "), (",接着", ", and then "), (",随后", ", then "), (",同时", ", while "),
    (",最后", ", and finally "), ("。突然,", ". Suddenly, "), (",", ", and "),
)  # fmt: skip
POSTURES = (
    ("坐在", "sit"), ("躺在", "lie"), ("站在", "stand"), ("趴在", "lie"), ("睡在", "sleep"), ("停在", "stop"),
    ("漂浮在", "float"), ("蹲在", "squat"), ("走在", "walk"), ("跪在", "kneel"), ("倒在", "fall"), ("飞在", "fly"),
    ("飘在", "float"), ("挂在", "hang"),
)  # fmt: skip
PUTTING = (
    ("放在", "put"), ("放到", "place"), ("扔到", "throw"), ("倒在", "pour"), ("藏在", "hide"), ("挂在", "hang"),
    ("放进", "put"),
)  # fmt: skip
SHOTS = (
    ("特写", "a close-up of"), ("特写镜头", "a close-up shot of"), ("航拍镜头", "an aerial shot of"),
    ("全景", "a wide shot of"), ("画面", "a picture of"), ("慢动作镜头", "a slow-motion shot of"),
    ("视频", "a video of"), ("全景镜头", "a wide shot of"), ("动画", "an animation of"), ("航拍", "an aerial view of"),
)  # fmt: skip
SHOTS_FIRST = frozenset(("特写", "特写镜头", "航拍", "航拍镜头", "全景", "全景镜头", "慢动作镜头"))
"""Of these, what may stand before what it shows."""
LETTERS = ("OPEN", "SALE", "HELLO", "LOVE", "EXIT", "STOP", "CAFE", "WELCOME", "HOPE", "2026")
TURNING = (
    ("变成了", "turn into"), ("变成", "turn into"), ("逐渐变成", "gradually turn into"), ("变成了", "become"),
)  # fmt: skip
PEOPLE = "个名位"
"""Measure words of those who wear clothes."""
