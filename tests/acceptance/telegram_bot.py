"""A real process of Piying on Telegram, and what its folder holds."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from core.types import EntryKind, Job, JobState
from storage.clips import FolderClipStore
from storage.database import SqlStore, SqlTransaction, make_engine

PATIENCE = 60.0
WELCOME, PRICE = 100, 2
PAID = {EntryKind.HOLD: 1, EntryKind.CHARGE: 1}

Found = TypeVar("Found")


class Server(Protocol):
    """A Bot API on loopback."""

    token: str

    @property
    def base_url(self) -> str: ...

    @property
    def base_file_url(self) -> str: ...

    def calls(self, method: str) -> Sequence[object]: ...

    async def until(self, seen: Callable[[], Found], seconds: float = ...) -> Found: ...


class Bot:
    """A folder, and the process on it: one at a time. ``settings`` are more variables of its environment."""

    platform = "telegram"

    def __init__(self, folder: Path, api: Server, **settings: str) -> None:
        self.api, self.log, self.data = api, folder / "log", folder / "data"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PIYING_")}
        self._environment = inherited | {
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PIYING_DATA_FOLDER": str(self.data),
            "PIYING_CONSOLE__PORT": "0",
            "PIYING_LIMITS__WELCOME_CREDITS": str(WELCOME),
            "PIYING_JOBS__POLL": "0.1",
            "PIYING_JOBS__BEAT": "1",
            "PIYING_JOBS__DEAD_AFTER": "5",
            "PIYING_JOBS__UPKEEP_EVERY": "1",
            **self.addresses(),
            **settings,
        }
        self._process: Process | None = None

    def addresses(self) -> dict[str, str]:
        """The platform's settings."""
        return {
            "PIYING_TELEGRAM__TOKEN": self.api.token,
            "PIYING_TELEGRAM__BASE_URL": self.api.base_url,
            "PIYING_TELEGRAM__BASE_FILE_URL": self.api.base_file_url,
        }

    def greeted(self) -> int:
        """How many processes have begun to ask the platform who they are."""
        return len(self.api.calls("getMe"))

    async def start(self, *words: str) -> None:
        """Another process, which has begun to ask the platform who it is."""
        fetched = self.greeted()
        await self.begin(*words)
        await self.see(lambda: self.greeted() > fetched)

    async def begin(self, *words: str) -> None:
        """Another process: of all in one, or of what the words of its command say."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "piying", *(words or ("run",)),
                cwd=self.log.parent, env=self._environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    async def end(self, number: signal.Signals) -> int:
        """The status with which it ends on a signal."""
        assert self._process
        self._process.send_signal(number)
        async with asyncio.timeout(PATIENCE):
            return await self._process.wait()

    async def close(self) -> None:
        if self._process and self._process.returncode is None:
            await self.end(signal.SIGKILL)

    async def see(self, seen: Callable[[], Found]) -> Found:
        """Wait until it is to be seen; else tell what the process said."""
        try:
            return await self.api.until(seen, PATIENCE)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log.read_text()}") from None

    def jobs(self, chat: int) -> list[Job]:
        """All of a chat's, the newest first."""
        with self._transaction() as tx:
            return tx.jobs.of_chat(self.platform, str(chat), limit=50)

    def stored(self, job: Job) -> bytes:
        """The clip as the worker left it."""
        assert job.clip
        return FolderClipStore(self.data / "clips").open(job.clip.video).read_bytes()

    def books(self, job: Job) -> tuple[Counter[EntryKind], int, int]:
        """A job's ledger entries by kind, and what its account has and holds."""
        with self._transaction() as tx:
            entries = tx.ledger.entries(job.account, limit=99)
            account = tx.ledger.account(job.account)
        assert account
        return Counter(entry.kind for entry in entries if entry.job == job.id), account.balance, account.held

    @contextmanager
    def _transaction(self) -> Iterator[SqlTransaction]:
        store = SqlStore(make_engine(f"sqlite:///{self.data / 'piying.db'}"))
        try:
            with store.begin() as tx:
                yield tx
        finally:
            store.close()

    async def ended(self, chat: int) -> Job:
        """A chat's only job, once it has ended."""
        await self.see(lambda: [job.state.ended for job in self.jobs(chat)] == [True])
        return self.jobs(chat)[0]

    def assert_paid_once(self, job: Job) -> None:
        assert (job.state, job.error) == (JobState.SUCCEEDED, None)
        assert self.books(job) == (PAID, WELCOME - job.price, 0)
