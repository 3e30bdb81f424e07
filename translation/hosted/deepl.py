"""Turns a prompt into another language at DeepL (API v2)."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from translation.exchange import Exchange
from translation.ports import TranslatorFailed

PRO, FREE = "https://api.deepl.com", "https://api-free.deepl.com"

_SOURCES = {"zh": "ZH", "en": "EN"}
_TARGETS = {"zh": "ZH-HANS", "en": "EN-US"}
_PLACEHOLDER = re.compile("&lt;k([0-9]{1,4})&gt;")
_ELEMENT = re.compile(r'<k n="([0-9]{1,4})"\s*(?:/>|>\s*</k>)')


class DeeplTranslator:
    """``translation.ports.TextTranslator``. A key that ends with ``:fx`` belongs to the free service."""

    name = "deepl"
    version = "v2"

    def __init__(self, key: str, *, url: str | None = None) -> None:
        self._url = f"{(url or (FREE if key.endswith(':fx') else PRO)).rstrip('/')}/v2/translate"
        self._headers = {"Authorization": f"DeepL-Auth-Key {key}", "Content-Type": "application/json"}
        self._exchange = Exchange()

    def takes(self, source: str, target: str) -> bool:
        """See the port."""
        return source != target and source in _SOURCES and target in _TARGETS

    async def translate(self, text: str, source: str, target: str) -> str:
        """See the port. What is copied goes as empty XML elements, which DeepL moves along with their words."""
        body = {
            "text": [_to_xml(text)],
            "source_lang": _SOURCES[source],
            "target_lang": _TARGETS[target],
            "tag_handling": "xml",
            "preserve_formatting": True,
        }
        answer = await self._exchange.post(self._url, json.dumps(body).encode(), self._headers)
        return _from_xml(_translation(answer))

    async def close(self) -> None:
        """See the port."""
        await self._exchange.close()


def _to_xml(text: str) -> str:
    return _PLACEHOLDER.sub(r'<k n="\1"/>', html.escape(text, quote=False))


def _from_xml(text: str) -> str:
    return html.unescape(_ELEMENT.sub(r"&lt;k\1&gt;", text))


def _translation(answer: dict[str, Any]) -> str:
    try:
        (found,) = answer["translations"]
        text = found["text"]
    except (LookupError, TypeError, ValueError) as error:
        raise TranslatorFailed("unreadable") from error
    if not isinstance(text, str):
        raise TranslatorFailed("unreadable")
    return text
