"""Turns instructions and a text into what a language model answers, at any endpoint with OpenAI's chat protocol."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from translation.exchange import Exchange
from translation.ports import TranslatorFailed

_ANSWER = "text"
_SCHEMA = {
    "type": "object",
    "properties": {_ANSWER: {"type": "string"}},
    "required": [_ANSWER],
    "additionalProperties": False,
}
_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCED = re.compile(r"\A\s*```(?:json)?\s*(.*?)\s*```\s*\Z", re.DOTALL)


@dataclass(frozen=True)
class ChatModel:
    """Where a model is, and how it is asked.

    ``base_url`` is what stands before ``/chat/completions``. ``extra`` are fields of the request beside the usual ones,
    such as the switch that a vendor has for thinking; a value of None leaves one of the usual ones out. With
    ``json_schema`` the answer is asked for as JSON of a given form, which not every endpoint can.
    """

    base_url: str
    name: str
    key: str | None = field(default=None, repr=False)
    json_schema: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


class Chat:
    """Asks one model, at temperature 0 and without a memory: each question stands alone."""

    def __init__(self, model: ChatModel) -> None:
        self.model = model
        self._exchange = Exchange()
        self._url = f"{model.base_url.rstrip('/')}/chat/completions"

    async def ask(self, instructions: str, text: str, *, max_tokens: int) -> str:
        """The model's answer without its thoughts.

        Raises:
            TranslatorFailed: there is none, it is cut off, or it is not in the form that was asked for.
        """
        body = json.dumps(self._request(instructions, text, max_tokens), ensure_ascii=False).encode()
        answer = _content(await self._exchange.post(self._url, body, self._headers()))
        return _from_json(answer) if self.model.json_schema else answer

    async def close(self) -> None:
        """Close the connection."""
        await self._exchange.close()

    def _request(self, instructions: str, text: str, max_tokens: int) -> dict[str, Any]:
        usual: dict[str, Any] = {
            "model": self.model.name,
            "messages": [{"role": "system", "content": instructions}, {"role": "user", "content": text}],
            "temperature": 0,
            "max_tokens": max_tokens,
            "stream": False,
        }
        if self.model.json_schema:
            form = {"name": "answer", "strict": True, "schema": _SCHEMA}
            usual["response_format"] = {"type": "json_schema", "json_schema": form}
        return {name: value for name, value in {**usual, **self.model.extra}.items() if value is not None}

    def _headers(self) -> dict[str, str]:
        key = self.model.key
        return {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})


def _content(answer: Mapping[str, Any]) -> str:
    try:
        choice = answer["choices"][0]
        message, ended = choice["message"], choice.get("finish_reason")
        content, refusal = message.get("content"), message.get("refusal")
    except (LookupError, TypeError, AttributeError) as error:
        raise TranslatorFailed("unreadable") from error
    if refusal or ended == "content_filter":
        raise TranslatorFailed("rejected")
    if not isinstance(content, str) or ended == "length":
        raise TranslatorFailed("unreadable")
    return _THOUGHT.sub("", content).strip()


def _from_json(content: str) -> str:
    fenced = _FENCED.match(content)
    try:
        answer = json.loads(fenced[1] if fenced else content)
    except (ValueError, RecursionError) as error:
        raise TranslatorFailed("unreadable") from error
    if not isinstance(answer, dict) or not isinstance(answer.get(_ANSWER), str):
        raise TranslatorFailed("unreadable")
    return str(answer[_ANSWER]).strip()
