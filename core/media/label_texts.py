"""Turns a locale into the words of the visible label."""

from __future__ import annotations

from core.types import Locale

TEXTS: dict[Locale, str] = {"en": "AI-generated", "zh-Hans": "AI生成"}
"""GB 45438-2025 asks for AI (or 人工智能) together with 生成 or 合成."""
