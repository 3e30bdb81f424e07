"""What somebody does that waits for the bot's answer, and what came of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from tests.discord.state import Channel, Message, User

COMMAND, COMPONENT, COMPLETE, MODAL = 2, 3, 4, 5
IN_GUILD, IN_DM, ELSEWHERE = 0, 1, 2
"""Contexts."""


@dataclass(eq=False)
class Interaction:
    """``answer`` is the type of the first answer, ``answered_after`` how many real seconds it took.

    ``original`` is the answer as a message (or the message whose button was pressed, where that was changed);
    ``choices`` are of an autocompletion, ``modal`` is the dialogue that opened.
    """

    id: int
    token: str
    kind: int
    person: User
    channel: Channel
    data: dict[str, Any]
    at: float
    context: int
    is_member: bool
    """Whether the app is a member where it answers; else its follow-ups are few."""
    may_be_public: bool = True
    """Whether others may see an answer of an app that is no member."""
    message: Message | None = None
    source: Interaction | None = None
    """What opened the modal that is sent now."""
    file_limit: int = 0
    sent: float = field(default_factory=time.monotonic)
    answer: int = 0
    answered_after: float = 0.0
    original: Message | None = None
    follow_ups: list[Message] = field(default_factory=list)
    choices: list[dict[str, Any]] | None = None
    modal: dict[str, Any] | None = None
    refusals: list[int] = field(default_factory=list)
    """Codes that answers to it were refused with."""

    @property
    def name(self) -> str:
        """The command's name."""
        return str(self.data.get("name", ""))

    @property
    def messages(self) -> list[Message]:
        """All that came of it and is still there: the answer, then what followed."""
        own = [self.original] if self.original and self.original is not self.message else []
        return [message for message in [*own, *self.follow_ups] if not message.gone]

    @property
    def text(self) -> str:
        """All that can be read in those."""
        return "\n".join(message.text for message in self.messages)

    @property
    def is_private(self) -> bool:
        """Whether only the asker sees the answer."""
        return bool(self.original and self.original.reader)

    def metadata(self, app: int) -> dict[str, Any]:
        """As messages tell of it; ``app`` is taken out again."""
        owners = {"0": str(self.channel.guild.id if self.channel.guild else 0)} if self.is_member else {
            "1": str(self.person.id)}  # fmt: skip
        body: dict[str, Any] = {"id": str(self.id), "type": self.kind, "user": self.person.json(), "app": str(app),
                                "authorizing_integration_owners": owners}  # fmt: skip
        if self.kind == MODAL and self.source:
            body["triggering_interaction_metadata"] = self.source.metadata(app)
            del body["triggering_interaction_metadata"]["app"]
        if self.kind == COMPONENT and self.message:
            body["interacted_message_id"] = str(self.message.id)
        return body
