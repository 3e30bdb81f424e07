"""What the server remembers: people, chats, topics, messages."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

GROUPS = {"group", "supergroup"}
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}


@dataclass
class User:
    """A person or a bot."""

    id: int
    first_name: str
    username: str = ""
    language_code: str = ""
    last_name: str = ""
    is_bot: bool = False
    is_premium: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """As a User."""
        known = {
            "last_name": self.last_name, "username": self.username, "language_code": self.language_code,
            "is_premium": self.is_premium,
        }  # fmt: skip
        given = {name: value for name, value in known.items() if value}
        return {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name, **given, **self.extra}


@dataclass
class Member:
    """Somebody in a chat. ``rights`` are the ``can_…`` of an administrator, or of a restricted member."""

    user: User
    status: str = "member"
    anonymous: bool = False
    rights: set[str] = field(default_factory=set)

    @property
    def is_there(self) -> bool:
        """Whether they are in the chat at all."""
        return self.status not in {"left", "kicked"}

    @property
    def is_administrator(self) -> bool:
        """Whether they manage the chat."""
        return self.status in {"creator", "administrator"}

    def json(self) -> dict[str, Any]:
        """As a ChatMember."""
        body: dict[str, Any] = {"user": self.user.json(), "status": self.status}
        if self.is_administrator:
            body["is_anonymous"] = self.anonymous
        if self.status == "administrator":
            body |= {"can_be_edited": False} | {right: right in self.rights for right in ADMINISTRATOR_RIGHTS}
        if self.status == "restricted":
            body |= {"is_member": True, "until_date": 0} | {right: right in self.rights for right in MEMBER_RIGHTS}
        if self.status == "kicked":
            body["until_date"] = 0
        return body


ADMINISTRATOR_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members",
    "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
    "can_post_messages", "can_edit_messages", "can_pin_messages", "can_manage_topics",
)  # fmt: skip
MEMBER_RIGHTS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews", "can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics",
    "can_edit_tag", "can_react_to_messages",
)  # fmt: skip


@dataclass
class Message:
    """A message. ``content`` is what its kind holds in the Bot API: ``text``, ``entities``, ``video``, …

    ``own`` is what the bot wrote. ``history`` has the content it had before each edit.
    """

    chat: Chat
    id: int
    date: int
    sender: User | None
    content: dict[str, Any]
    head: dict[str, Any] = field(default_factory=dict)
    reply_to: Message | None = None
    thread: int | None = None
    markup: dict[str, Any] | None = None
    own: bool = False
    gone: bool = False
    history: list[dict[str, Any]] = field(default_factory=list)
    reactions: list[dict[str, Any]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What one reads: the text or the caption."""
        return str(self.content.get("text") or self.content.get("caption") or "")

    @property
    def kind(self) -> str:
        """``text``, ``video``, ``photo``, …"""
        return next((name for name in KINDS if name in self.content), "service")

    @property
    def texts(self) -> list[str]:
        """What was to be read in it, one after the other, the present text last."""
        return [str(old.get("text") or old.get("caption") or "") for old in self.history] + [self.text]

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """All buttons, in reading order."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]

    @property
    def labels(self) -> list[str]:
        """What the buttons say."""
        return [button["text"] for button in self.buttons]

    def json(self, depth: int = 1) -> dict[str, Any]:
        """As a Message."""
        body: dict[str, Any] = {"message_id": self.id, "date": self.date, "chat": self.chat.json()}
        if self.sender:
            body["from"] = self.sender.json()
        body |= copy.deepcopy(self.head) | copy.deepcopy(self.content)
        if self.thread is not None:
            body |= {"message_thread_id": self.thread, "is_topic_message": True}
        if self.reply_to and depth and not self.reply_to.gone:
            body["reply_to_message"] = self.reply_to.json(depth - 1)
        if self.markup and "inline_keyboard" in self.markup:
            body["reply_markup"] = copy.deepcopy(self.markup)
        return body


KINDS = ("text", "video", "photo", "animation", "document", "invoice", "successful_payment", "refunded_payment")


@dataclass
class Topic:
    """A thread of a forum."""

    id: int
    name: str
    closed: bool = False
    gone: bool = False


@dataclass
class Chat:
    """A chat. ``members`` by user id; the bot is one of them."""

    id: int
    type: str
    title: str = ""
    username: str = ""
    is_forum: bool = False
    person: User | None = None
    started: bool = True
    migrated_to: int | None = None
    protected: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    actions: list[tuple[str, int | None]] = field(default_factory=list)
    """What the bot was seen doing, and in which topic."""
    drafts: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    """What each draft showed, one after the other."""
    whispers: dict[int, list[Message]] = field(default_factory=dict)
    """Messages for one reader, by the reader's id."""
    stoppable: set[int] = field(default_factory=set)
    """Drafts with a stop button."""
    next_id: int = 1

    @property
    def is_group(self) -> bool:
        """Whether the limits and rules of groups hold."""
        return self.type in GROUPS

    @property
    def shown(self) -> list[Message]:
        """The messages that are there, in order."""
        return [message for message in self.messages.values() if not message.gone]

    @property
    def from_bot(self) -> list[Message]:
        """Those that the bot wrote."""
        return [message for message in self.shown if message.own]

    def last(self, kind: str = "") -> Message | None:
        """The newest message of the bot, of a kind if one is given."""
        return next((message for message in reversed(self.from_bot) if kind in {"", message.kind}), None)

    def saying(self, part: str) -> Message | None:
        """The bot's newest message with a text in it."""
        return next((message for message in reversed(self.from_bot) if part in message.text), None)

    def json(self) -> dict[str, Any]:
        """As a Chat."""
        body: dict[str, Any] = {"id": self.id, "type": self.type}
        if self.person:
            body["first_name"] = self.person.first_name
            body |= {"username": self.person.username} if self.person.username else {}
            return body
        body["title"] = self.title
        body |= {"username": self.username} if self.username else {}
        return body | ({"is_forum": True} if self.is_forum else {})

    def add(self, message: Message) -> Message:
        """Keep a message under its id."""
        self.messages[message.id] = message
        return message

    def new_id(self) -> int:
        """The next message's id."""
        self.next_id += 1
        return self.next_id - 1

    def administrators(self) -> Iterable[Member]:
        """Who manages it."""
        return [member for member in self.members.values() if member.is_administrator]
