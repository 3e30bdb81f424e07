"""People who talk to the bot: what they do becomes messages and updates."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.telegram.formatting import units
from tests.telegram.inline import add_inline, read_result
from tests.telegram.media import keep_photo
from tests.telegram.state import ADMINISTRATOR_RIGHTS, ANONYMOUS, Chat, Member, Message, Topic, User
from tests.telegram.world import Complaint, Payment, Query, World

Found = TypeVar("Found")
_COMMAND = re.compile(r"(?<!\S)/\w{1,32}(?:@\w+)?")
_MENTION = re.compile(r"(?<!\w)@\w{3,32}")


class Town:
    """Chats and the people in them; the server is one."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._next = 1001

    @property
    def complaints(self) -> list[Complaint]:
        """What users would have seen go wrong."""
        return self.world.complaints

    @property
    def violations(self) -> list[Any]:
        """Requests over the flood limits."""
        return self.world.limits.violations

    async def until(self, seen: Callable[[], Found], seconds: float = 10.0) -> Found:
        """Wait until ``seen`` answers with something true, and return that."""
        return await self.world.until(seen, seconds)

    def transcript(self) -> str:
        """Every chat as text."""
        return self.world.transcript()

    def person(self, name: str, language: str = "en", username: str = "", *, started: bool = True) -> Person:
        """Somebody new, with a private chat that is open to the bot if they have ``started`` it."""
        user = User(self._number(), name, username, language)
        chat = Chat(user.id, "private", person=user, started=started)
        self._open(chat, Member(self.world.bot), [user])
        self.world.users[user.id] = user
        return Person(self, user, chat)

    def group(self, title: str, *people: Person, kind: str = "supergroup", forum: bool = False) -> Chat:
        """A group with the bot in it; the first of the people owns it."""
        number = self._number()
        chat = Chat(-number if kind == "group" else -1_000_000_000_000 - number, kind, title, is_forum=forum)
        self._open(chat, Member(self.world.bot), [person.user for person in people])
        if people:
            chat.members[people[0].user.id].status = "creator"
        return chat

    def channel(self, title: str, *people: Person) -> Chat:
        """A channel where the bot may post."""
        chat = Chat(-1_000_000_000_000 - self._number(), "channel", title)
        self._open(chat, Member(self.world.bot, "administrator", rights=set(ADMINISTRATOR_RIGHTS)), [])
        for person in people:
            chat.members[person.user.id] = Member(person.user, "creator")
        return chat

    def topic(self, chat: Chat, name: str) -> int:
        """A new topic of a forum, or of a private chat."""
        topic = Topic(chat.new_id(), name)
        chat.topics[topic.id] = topic
        return topic.id

    def upgrade(self, group: Chat) -> Chat:
        """Let a group become a supergroup; the bot is told in both."""
        chat = Chat(-1_000_000_000_000 - self._number(), "supergroup", group.title, members=group.members)
        self.world.chats[chat.id] = chat
        self._tell(Message(group, group.new_id(), self.world.date, None, {"migrate_to_chat_id": chat.id}))
        group.migrated_to = chat.id
        self._tell(Message(chat, chat.new_id(), self.world.date, None, {"migrate_from_chat_id": group.id}))
        return chat

    def kick(self, chat: Chat, by: Person, status: str = "kicked") -> None:
        """Take the bot out of a chat, or bring it back (``status`` ``member``)."""
        seat = chat.members[self.world.bot.id]
        old = seat.json()
        seat.status = status
        self.world.updates.add("my_chat_member", {
            "chat": chat.json(), "from": by.user.json(), "date": self.world.date,
            "old_chat_member": old, "new_chat_member": seat.json(),
        })  # fmt: skip

    def _tell(self, message: Message) -> None:
        message.chat.add(message)
        self.world.updates.add("message", message.json())

    def _open(self, chat: Chat, seat: Member, users: list[User]) -> None:
        chat.members = {seat.user.id: seat} | {user.id: Member(user) for user in users}
        self.world.chats[chat.id] = chat

    def _number(self) -> int:
        self._next += 1
        return self._next


@dataclass
class Person:
    """Somebody. ``chat`` is their private chat with the bot; it is where they act if no other is named."""

    town: Town
    user: User
    chat: Chat

    @property
    def world(self) -> World:
        """Where they live."""
        return self.town.world

    def says(self, text: str, chat: Chat | None = None, reply_to: Message | None = None, thread: int | None = None,
             **content: Any) -> Message:  # fmt: skip
        """Write a message; commands and mentions are marked as clients do."""
        return self._post({"text": text, **_marked(text, "entities"), **content}, chat, reply_to, thread)

    def sends_photo(self, data: bytes, caption: str = "", chat: Chat | None = None, reply_to: Message | None = None,
                    thread: int | None = None) -> Message:  # fmt: skip
        """Send a picture."""
        content: dict[str, Any] = {"photo": keep_photo(self.world.files, data)}
        if caption:
            content |= {"caption": caption, **_marked(caption, "caption_entities")}
        return self._post(content, chat, reply_to, thread)

    def sends_file(self, data: bytes, name: str, mime: str, chat: Chat | None = None, caption: str = "") -> Message:
        """Send a document."""
        stored = self.world.files.add("document", data, name, file_name=name, mime_type=mime)
        more = {"caption": caption, **_marked(caption, "caption_entities")} if caption else {}
        return self._post({"document": stored.json(), **more}, chat, None, None)

    def edits(self, message: Message, text: str) -> None:
        """Change an own text."""
        message.content = {"text": text, **_marked(text, "entities")}
        message.head["edit_date"] = self.world.date
        self.world.updates.add("edited_message", message.json())

    def _post(self, content: dict[str, Any], chat: Chat | None, reply_to: Message | None,
              thread: int | None) -> Message:  # fmt: skip
        chat = chat or self.chat
        sender, head = self._face(chat)
        message = Message(chat, chat.new_id(), self.world.date, sender, content, head, reply_to, thread)
        chat.add(message)
        if self._reaches_bot(message):
            self.world.updates.add("channel_post" if chat.type == "channel" else "message", message.json())
        self.world.changed()
        return message

    def _face(self, chat: Chat) -> tuple[User | None, dict[str, Any]]:
        """Who a message seems to come from."""
        if chat.type == "channel":
            return None, {"sender_chat": chat.json()}
        member = chat.members.get(self.user.id)
        if member and member.anonymous:
            return User(ANONYMOUS["id"], "Group", "GroupAnonymousBot", is_bot=True), {"sender_chat": chat.json()}  # type: ignore[arg-type]
        return self.user, {}

    def _reaches_bot(self, message: Message) -> bool:
        """With privacy mode on a group's bot sees commands, answers to it, and all if it is an administrator."""
        seat = message.chat.members.get(self.world.bot.id)
        if seat is None or not seat.is_there:
            return False
        if not message.chat.is_group or seat.is_administrator:
            return True
        if message.reply_to and message.reply_to.own:
            return True
        found = _COMMAND.match(message.text)
        return bool(found) and found[0].partition("@")[2] in {"", self.world.bot.username}  # type: ignore[index]

    def presses(self, message: Message, label: str) -> Query:
        """Press the button that says ``label``, or that has it in what it says."""
        assert not message.gone, "the message is gone"
        fitting = [b for b in message.buttons if b["text"] == label] or [
            b for b in message.buttons if label in b["text"]
        ]
        assert fitting, f"no button {label!r} among {message.labels}"
        assert "callback_data" in fitting[0], f"{label!r} asks the bot nothing"
        return self.calls_back(message, fitting[0]["callback_data"])

    def calls_back(self, message: Message, data: str) -> Query:
        """Send a press with any data, as a changed client could."""
        query = self.world.ask("press", self.user, self.world.press_seconds, message, data)
        body = {"id": query.id, "from": self.user.json(), "chat_instance": str(message.chat.id), "data": data}
        inline = message.head.get("inline_message_id")
        body |= {"inline_message_id": inline} if inline else {"message": message.json()}
        self.world.updates.add("callback_query", body)
        return query

    async def answered(self, query: Query, seconds: float = 10.0) -> dict[str, Any]:
        """What the bot answered."""
        answer = await self.world.until(lambda: query.answer, seconds)
        assert answer is not None
        return answer

    def inline(self, text: str, offset: str = "", where: str = "private") -> Query:
        """Type ``@bot text`` in a chat of the type ``where`` (``sender`` is the one with the bot)."""
        query = self.world.ask("inline", self.user, self.world.inline_seconds, data=text)
        body = {"id": query.id, "from": self.user.json(), "query": text[:256], "offset": offset, "chat_type": where}
        self.world.updates.add("inline_query", body)
        return query

    def chooses(self, query: Query, index: int = 0, chat: Chat | None = None) -> Message:
        """Send one of the results of an inline query to a chat."""
        assert query.answer, "the bot has not answered"
        result = query.answer["results"][index]
        content = read_result(self.world, result)
        message = add_inline(self.world, chat or self.chat, content, result, None)
        if not self.world.tells_choices:
            return message
        told = {"result_id": result["id"], "from": self.user.json(), "query": query.data}
        if message.markup:
            # Without a keyboard nobody can change it later.
            told["inline_message_id"] = message.head["inline_message_id"]
        self.world.updates.add("chosen_inline_result", told)
        return message

    def starts(self, parameter: str = "") -> Message:
        """Open the private chat with the bot, by a link that may carry a parameter."""
        assert re.fullmatch(r"[A-Za-z0-9_-]{0,64}", parameter), "no link can carry that"
        self.chat.started = True
        return self.says(f"/start {parameter}".strip())

    def follows(self, message: Message, label: str) -> Message:
        """Press a button that is a link to the private chat."""
        urls = [button["url"] for button in message.buttons if label in button["text"] and "url" in button]
        assert urls, f"no link {label!r} among {message.labels}"
        _, _, parameter = urls[0].partition(f"https://t.me/{self.world.bot.username}?start=")
        assert parameter, f"{urls[0]} leads elsewhere"
        return self.starts(parameter)

    def stops(self, draft: int) -> None:
        """Press a draft's stop button."""
        assert draft in self.chat.stoppable, "the draft has no stop button"
        self.world.updates.add("stopped_message_generation", {"chat": self.chat.json(), "draft_id": draft})

    def summons(self, text: str, chat: Chat) -> Query:
        """Mention the bot where it is no member."""
        sender, head = self._face(chat)
        message = Message(
            chat, chat.new_id(), self.world.date, sender, {"text": text, **_marked(text, "entities")}, head
        )
        query = self.world.ask("guest", self.user, self.world.guest_seconds, chat.add(message))
        self.world.updates.add("guest_message", message.json() | {"guest_query_id": query.id})
        return query

    def pays(self, invoice: Message | str) -> Payment:
        """Pay an invoice, or the link of one."""
        key = invoice if isinstance(invoice, str) else f"{invoice.chat.id}/{invoice.id}"
        asked = self.world.invoices[key]
        payment = Payment(self.user, self.chat if isinstance(invoice, str) else invoice.chat, asked)
        self.world.payments.append(payment)
        query = self.world.ask("checkout", self.user, self.world.checkout_seconds, data=payment)
        self.world.updates.add("pre_checkout_query", {
            "id": query.id, "from": self.user.json(), "currency": "XTR", "total_amount": asked["total_amount"],
            "invoice_payload": asked["payload"],
        })  # fmt: skip
        return payment

    def pays_unheard(self, payload: str, stars: int) -> Payment:
        """Pay an invoice such that the bot never hears of it: the update was lost."""
        payment = Payment(self.user, self.chat, {"payload": payload, "total_amount": stars}, "paid")
        payment.charge_id = f"stx{secrets.token_hex(12)}"
        self.world.payments.append(payment)
        self.world.book(payment, "source")
        return payment

    def gets_back_unheard(self, payment: Payment) -> None:
        """Telegram gives Stars back by itself, and the bot never hears of it."""
        payment.state = "refunded"
        self.world.book(payment, "receiver")

    def blocks(self) -> None:
        """Block the bot."""
        self.town.kick(self.chat, self)

    def unblocks(self) -> None:
        """Let the bot write again."""
        self.town.kick(self.chat, self, "member")


def _marked(text: str, field: str) -> dict[str, Any]:
    """Commands and mentions as entities."""
    kinds = ((_COMMAND, "bot_command"), (_MENTION, "mention"))
    found = [
        {"type": kind, "offset": units(text[: match.start()]), "length": units(match[0])}
        for pattern, kind in kinds
        for match in pattern.finditer(text)
    ]
    return {field: sorted(found, key=lambda entity: int(str(entity["offset"])))} if found else {}
