"""Turns a parsed prompt into the JSON that `piying parse` prints."""

from __future__ import annotations

import re
from typing import Any

from core.engines.scene.scene import Scene, Subject
from core.engines.scene.sprites import load_sprites
from core.engines.scene.tokens import HAN

CHINESE = re.compile(f"[{HAN}]")
LATIN = re.compile(r"[A-Za-z]+")


def to_json(prompt: str, scene: Scene) -> dict[str, Any]:
    """The scene as plain values, with the names of each sprite in both languages."""
    return {
        "prompt": prompt,
        "language": language(prompt),
        "subjects": [_subject(subject) for subject in scene.subjects],
        "place": scene.place,
        "time": scene.time,
        "weather": scene.weather,
        "camera": scene.camera,
        "undrawn": list(scene.undrawn),
        "left_out": list(scene.left_out),
    }


def language(prompt: str) -> str:
    """Answer "zh" where Chinese characters outnumber Latin words, else "en"."""
    han = len(CHINESE.findall(prompt))
    return "zh" if han > len(LATIN.findall(prompt)) else "en"


def _subject(subject: Subject) -> dict[str, Any]:
    sprite = load_sprites()[subject.sprite]
    return {
        "sprite": subject.sprite,
        "name": {"en": sprite.en, "zh": sprite.zh},
        "word": subject.word,
        "count": subject.count,
        "asked": subject.asked,
        "colour": subject.colour,
        "size": subject.size,
        "motion": subject.motion,
        "direction": subject.direction,
    }
