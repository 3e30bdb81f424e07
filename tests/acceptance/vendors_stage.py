"""Real processes of Piying before vendors' servers, asked for clips through the chat page as people do.

The servers live in the test's own process, in a thread: they keep their ports and their tasks while what orders there
is killed and started again.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import sqlalchemy as sa

from core.types import EntryKind, Job, JobState
from storage.database import make_engine
from tests.acceptance.stage import Stage, wait_until
from tests.acceptance.visitor import TOKEN, Visitor
from tests.postgres import free_port
from tests.vendors.desk import catalogue_of
from tests.vendors.rigs import SERVERS
from tests.vendors.server import VendorServer

WELCOME = 100_000
PAID = {EntryKind.HOLD: 1, EntryKind.CHARGE: 1}
REFUNDED = {EntryKind.HOLD: 1, EntryKind.RELEASE: 1}
RUN = (("run",),)
SPLIT = (("worker", "--classes", "hosted"), ("bot", "console"))
"""The first of the commands is of the process that renders."""
Done = TypeVar("Done")


def casts() -> list[tuple[type[VendorServer], ...]]:
    """All vendors, in groups that one process can be set up with: a vendor has one region at a time.

    Those are left out that want a picture for whatever they make: the chat page has none to give.
    """
    left, found = [server for server in SERVERS if takes_words(server)], []
    while left:
        group = {server.vendor.name: server for server in reversed(left)}
        found.append(tuple(reversed(group.values())))
        left = [server for server in left if server not in group.values()]
    return found


def takes_words(kind: type[VendorServer]) -> bool:
    server = kind()
    catalogue = catalogue_of(server)
    return any("none" in catalogue.card(key).pictures for key in server.cards)


class Servers:
    """Vendors' servers in a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._open: list[VendorServer] = []

    def do(self, work: Coroutine[Any, Any, Done]) -> Done:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def open(self, kind: type[VendorServer]) -> VendorServer:
        server = kind()
        self.do(server.start())
        self._open.append(server)
        return server

    def restart(self, server: VendorServer) -> None:
        """At the same port, with nothing in its memory."""
        self.do(server.stop())
        server.forget()
        self.do(server.start(urlsplit(server.origin).port or 0))

    def close(self) -> None:
        for server in self._open:
            server.held.clear()
            self.do(server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@contextmanager
def serving(kinds: Sequence[type[VendorServer]]) -> Iterator[list[VendorServer]]:
    """A server of each kind."""
    servers = Servers()
    try:
        yield [servers.open(kind) for kind in kinds]
    finally:
        servers.close()


def settings_of(server: VendorServer, **more: str) -> dict[str, str]:
    """What an operator sets for a vendor; a model without a price has one here."""
    prices = {
        card.key: {resolution: str(price) for resolution, price in offer.price.per_second.items()}
        for card in catalogue_of(server).cards
        if card.hosted and (offer := card.hosted.at[server.region]).price and offer.price.stated_by.startswith("the op")
    }
    told = {
        "KEY": server.key,
        "BASE_URL": server.url,
        "REGION": server.region,
        "MODELS": ",".join(server.cards),
        "AT_ONCE": "20",
        "RATE": "1000",
        "PRICES": json.dumps(prices),
        **({"MODEL": model} if (model := getattr(server, "model", "")) else {}),
    }
    return {f"PIYING_ENGINES__{server.vendor.name.upper()}__{name}": value for name, value in (told | more).items()}


class VendorsStage(Stage):
    """A folder, a database, and the commands that run on them, with an engine at each of the servers."""

    def __init__(self, folder: Path, database_url: str, servers: Sequence[VendorServer], **settings: str) -> None:
        self.url_of_page = f"http://127.0.0.1:{(port := free_port())}"
        defaults = {
            "PIYING_CONSOLE__PORT": str(port),
            "PIYING_CONSOLE__TOKEN": TOKEN,
            "PIYING_LIMITS__WELCOME_CREDITS": str(WELCOME),
            "PIYING_JOBS__STOP_GRACE": "0.2",
            "PIYING_ENGINES__POLL_FIRST": "0.05",
            "PIYING_ENGINES__POLL_LONGEST": "0.1",
            "PIYING_ENGINES__DAILY_BUDGET": "none",
            "PIYING_LOG_FORMAT": "json",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        vendors = {name: value for server in servers for name, value in settings_of(server).items()}
        super().__init__(folder, database_url, **(defaults | vendors | settings))
        self.log = folder / "log"

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """A command's process; one with a page has opened it."""
        with self.log.open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "piying", *words],
                cwd=self.folder, env=self._environment, stdout=subprocess.PIPE, stderr=log, text=True,
                start_new_session=True,
            )  # fmt: skip
        self._processes.append(process)
        if words[0] != "worker":
            assert process.stdout is not None
            assert process.stdout.readline().startswith("http"), self.log.read_text()
        return process

    def begin_all(self, commands: Sequence[Sequence[str]]) -> list[subprocess.Popen[str]]:
        return [self.begin(*words) for words in commands]

    def kill_group(self, process: subprocess.Popen[str]) -> None:
        """As a power cut would: with whatever it had started."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def visitor(self, name: str) -> Visitor:
        return Visitor(self.url_of_page, name)

    def costs(self) -> list[dict[str, Any]]:
        """What ``piying costs`` tells of each request."""
        command = [sys.executable, "-m", "piying", "costs", "--list", "--json"]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def unfinished(self) -> list[Path]:
        folder = self.folder / "data" / "unfinished"
        return list(folder.iterdir()) if folder.exists() else []

    def rows(self) -> Iterator[str]:
        """Everything that is in the database: what is ours, and what the queue keeps beside it."""
        urls = {self.url, *(f"sqlite:///{path}" for path in (self.folder / "data").glob("*.db"))}
        for url in urls:
            engine = make_engine(url)
            inspector = sa.inspect(engine)
            for schema in inspector.get_schema_names():
                if schema != "information_schema":
                    for table in inspector.get_table_names(schema):
                        with engine.connect() as connection:
                            yield from map(str, connection.execute(sa.text(f'SELECT * FROM "{schema}"."{table}"')))
            engine.dispose()

    def see(self, condition: Any, what: str, seconds: float = 120) -> None:
        """Wait until it holds; else tell what the processes said."""
        try:
            wait_until(condition, what, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log.read_text()[-6000:]}") from None

    def see_ended(self, *keys: str) -> list[Job]:
        self.see(lambda: all(self.job(key).state.ended for key in keys), "the jobs' end")
        return [self.job(key) for key in keys]


def assert_no_secrets(stage: VendorsStage, servers: Sequence[VendorServer]) -> None:
    """Neither keys nor what opens a link are in a log or in the database; nor are they when things went wrong."""
    kept = stage.log.read_text() + "".join(stage.rows())
    # Else nothing was looked at: the log, and what a later attempt would go on from.
    assert "job.settled" in kept
    assert '"mark"' in kept
    assert "Signature" not in kept
    for server in servers:
        assert server.key not in kept
        assert f"Bearer {server.key[:6]}" not in kept


def assert_paid(stage: Stage, key: str) -> None:
    """Delivered, and charged once."""
    job = stage.job(key)
    assert (job.state, job.error) == (JobState.SUCCEEDED, None)
    assert stage.entries(key) == PAID
    assert stage.balance(key) == (WELCOME - job.price, 0)


def assert_refunded(stage: Stage, key: str, state: JobState, error: str | None) -> None:
    """No clip, and nothing taken for it."""
    job = stage.job(key)
    assert (job.state, job.error) == (state, error)
    assert stage.entries(key) == REFUNDED
    assert stage.balance(key) == (WELCOME, 0)
