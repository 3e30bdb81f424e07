"""What users and administrators of chats can ask beside clips: settings, usage, and a user's clips in all chats.

And what an adapter must remember of a user for a while.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.errors import Refusal
from core.jobs.codes import may_be_code
from core.memos import MEMO_SECONDS, Memo
from core.preferences import ChatSettings, UserSettings, changed
from core.quotas.limits import day_bounds
from core.quotas.usage import ChatUsage
from core.safety.casework import storable

if TYPE_CHECKING:
    from core.intake import Intake
    from core.ports import Clock, Store
    from core.types import Address, Job

HISTORY_PAGE = 50
_LONGEST_SEARCH = 256
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ChatCommands:
    """A part of ``Commands``. Who administers a chat only its adapter knows: it must ask its platform first."""

    _intake: Intake
    _store: Store
    _clock: Clock

    async def user_settings(self, address: Address) -> UserSettings:
        """What this user chose on their platform."""
        return await asyncio.to_thread(self._user_settings, address)

    async def set_user_settings(self, address: Address, **changes: object) -> UserSettings:
        """Choose anew (fields of ``UserSettings``); None sets one back. All of the changes are made, or none."""
        self._require_recipes(changes.get("recipe"))
        return await asyncio.to_thread(self._set_user_settings, address, changes)

    async def chat_settings(self, address: Address) -> ChatSettings:
        """What holds for everybody in this chat."""
        return await asyncio.to_thread(self._chat_settings, address)

    async def set_chat_settings(self, address: Address, **changes: object) -> ChatSettings:
        """As of ``set_user_settings``, with fields of ``ChatSettings``, for everybody in this chat.

        For the chat's administrators alone. That ``address.user`` is one is not checked here: the adapter must have
        asked its platform, just before.
        """
        recipes = changes.get("recipes")
        self._require_recipes(*(recipes if isinstance(recipes, (list, tuple)) else ()))
        return await asyncio.to_thread(self._set_chat_settings, address, changes)

    async def usage(self, address: Address) -> ChatUsage:
        """What was made in this chat on the asker's day; for its administrators, as of ``set_chat_settings``."""
        return await asyncio.to_thread(self._usage, address)

    async def history_of(self, address: Address, *, limit: int = HISTORY_PAGE, after: str | None = None) -> list[Job]:
        """This user's own jobs in all chats of the platform, newest first, those after the one of a code."""
        return await asyncio.to_thread(self._history_of, address, limit, after, None)

    async def find_clips(
        self, address: Address, words: str, *, limit: int = HISTORY_PAGE, after: str | None = None
    ) -> list[Job]:
        """This user's own finished clips whose code begins so, or whose prompt has all the words; as ``history_of``."""
        return await asyncio.to_thread(self._history_of, address, limit, after, words)

    async def move_chat(self, platform: str, old: str, new: str) -> int:
        """A chat goes on under another id: jobs, settings and what is told there follow. Done again, nothing changes.

        Returns how many jobs followed.
        """
        return await asyncio.to_thread(self._move_chat, platform, old, new)

    async def remember(self, address: Address, kind: str, code: str, facts: Mapping[str, Any]) -> None:
        """Keep facts (as JSON takes them) of this user for an hour, a restart notwithstanding; a code leads to them."""
        until = self._clock.now() + MEMO_SECONDS
        await asyncio.to_thread(self._remember, Memo(address.platform, kind, code, address.user, until, facts))

    async def remembered(self, platform: str, kind: str, code: str) -> Memo | None:
        """What is remembered under a code, whosever it is; None once it is forgotten, and for what is no code."""
        if not _CODE.fullmatch(code):
            return None
        return await asyncio.to_thread(self._remembered, platform, kind, code)

    def _require_recipes(self, *recipes: object) -> None:
        for recipe in recipes:
            if isinstance(recipe, str):
                self._intake.require_recipe(recipe)

    def _user_settings(self, address: Address) -> UserSettings:
        with self._store.look() as tx:
            return tx.preferences.user(address.platform, address.user)

    def _set_user_settings(self, address: Address, changes: dict[str, object]) -> UserSettings:
        with self._store.begin() as tx:
            settings = changed(tx.preferences.user(address.platform, address.user, for_change=True), changes)
            tx.preferences.set_user(address.platform, address.user, settings, now=self._clock.now())
        return settings

    def _chat_settings(self, address: Address) -> ChatSettings:
        with self._store.look() as tx:
            return tx.preferences.chat(address.platform, address.chat)

    def _set_chat_settings(self, address: Address, changes: dict[str, object]) -> ChatSettings:
        with self._store.begin() as tx:
            settings = changed(tx.preferences.chat(address.platform, address.chat, for_change=True), changes)
            tx.preferences.set_chat(address.platform, address.chat, settings, now=self._clock.now())
        return settings

    def _usage(self, address: Address) -> ChatUsage:
        account = self._intake.account(address)
        since, _ = day_bounds(self._clock.now(), account.timezone)
        with self._store.look() as tx:
            return ChatUsage(since, tx.chats.usage(address.platform, address.chat, since=since))

    def _history_of(self, address: Address, limit: int, after: str | None, words: str | None) -> list[Job]:
        if after is not None and not may_be_code(after):
            raise Refusal("job-unknown", job=after[:40])
        account, limit = self._intake.account(address), min(limit, HISTORY_PAGE)
        words = None if words is None else storable(words)[:_LONGEST_SEARCH]
        with self._store.look() as tx:
            return tx.chats.history(account.id, address, limit=limit, after=after, words=words)

    def _remember(self, memo: Memo) -> None:
        with self._store.begin() as tx:
            tx.memos.keep(memo, now=self._clock.now())

    def _remembered(self, platform: str, kind: str, code: str) -> Memo | None:
        with self._store.look() as tx:
            return tx.memos.find(platform, kind, code, now=self._clock.now())

    def _move_chat(self, platform: str, old: str, new: str) -> int:
        with self._store.begin() as tx:
            return tx.chats.move(platform, old, new)
