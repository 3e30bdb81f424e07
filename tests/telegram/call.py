"""One request while it is being answered: where it goes, and whether the bot may send there."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.telegram.errors import bad
from tests.telegram.formatting import Entity, read_text, units
from tests.telegram.state import Chat, Message
from tests.telegram.validation import Raw, Upload, file_of
from tests.telegram.world import World

TEXT, CAPTION = 4096, 1024


@dataclass(frozen=True)
class Call:
    """A method with its parameters. ``raw`` has the files that others name by ``attach://``."""

    world: World
    method: str
    given: Mapping[str, Any]
    raw: Raw

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter."""
        return self.given.get(name, default)

    def file(self, value: Any) -> str | Upload:
        """A file or its id; of a server in local mode also one on its disk."""
        if isinstance(value, str) and value.startswith("file:"):
            return _on_disk(self.world, value)
        return file_of(self.raw, value)

    def chat(self) -> Chat:
        """The chat it names, where the bot is."""
        chat = self.world.find_chat(self.given["chat_id"])
        self.world.seat(chat)
        return chat

    def may_send(self, chat: Chat, right: str, what: str) -> None:
        """Refuses what the bot has no right to."""
        seat = self.world.seat(chat)
        if chat.type == "channel" and not (seat.is_administrator and "can_post_messages" in seat.rights):
            raise bad("need administrator rights in the channel chat")
        if seat.status == "restricted" and right not in seat.rights:
            raise bad(f"not enough rights to send {what} to the chat")

    def thread(self, chat: Chat) -> int | None:
        """The topic it names, if it is open."""
        thread = self.get("message_thread_id")
        if thread is None:
            return None
        topic = chat.topics.get(thread)
        if topic is None or topic.gone:
            raise bad("message thread not found")
        if topic.closed and not self.world.seat(chat).is_administrator:
            raise bad("TOPIC_CLOSED")
        return int(thread)

    def reply(self, chat: Chat) -> Message | None:
        """The message it answers to."""
        asked = self.get("reply_parameters")
        if not asked:
            return None
        home = self.world.find_chat(asked["chat_id"]) if "chat_id" in asked else chat
        message = home.messages.get(asked["message_id"])
        if message and not message.gone:
            return message
        if asked.get("allow_sending_without_reply"):
            return None
        raise bad("message to be replied not found")


def _on_disk(world: World, value: str) -> Upload:
    """A file that a request names by its path."""
    path = Path(unquote(urlsplit(value).path))
    if world.local is None:
        raise bad("wrong file identifier/HTTP URL specified")
    if not value.startswith("file:///") or not path.is_file():
        raise bad(f"file {path} not found")
    return Upload(path.name, path.read_bytes(), mimetypes.guess_type(path.name)[0] or "application/octet-stream")


def text_of(given: Mapping[str, Any], name: str = "text") -> dict[str, Any]:
    """A text with its entities, as a message holds it.

    Raises:
        Refused: it is empty, too long, or cannot be parsed.
    """
    text, entities = read_text(given.get(name, ""), given.get("parse_mode"), given.get("entities"))
    if not text:
        raise bad("message text is empty")
    if units(text) > TEXT:
        raise bad("message is too long")
    return _with(name="text", text=text, entities=entities)


def caption_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """A caption with its entities; nothing where there is none.

    Raises:
        Refused: it is too long or cannot be parsed.
    """
    text, entities = read_text(given.get("caption", ""), given.get("parse_mode"), given.get("caption_entities"))
    if units(text) > CAPTION:
        raise bad("message caption is too long")
    found = _with(name="caption", text=text, entities=entities)
    return found | ({"show_caption_above_media": True} if given.get("show_caption_above_media") else {})


def _with(name: str, text: str, entities: list[Entity]) -> dict[str, Any]:
    content: dict[str, Any] = {name: text} if text else {}
    key = "entities" if name == "text" else "caption_entities"
    return content | ({key: entities} if entities else {})
