"""Starts, freezes and kills the processes of a play, and looks at what came of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import sqlalchemy as sa

from core.types import EntryKind, Job
from storage.database import SqlStore, make_engine
from storage.migrate import migrate

BEAT, DEAD_AFTER = 0.3, 2.5


class Stage:
    """A folder, a database and the processes on them."""

    def __init__(self, folder: Path, database_url: str, **settings: str) -> None:
        self.folder, self.url = folder, database_url
        for name in ("inbox", "outbox"):
            (folder / name).mkdir(parents=True)
        self._environment = os.environ | {
            "PIYING_DATABASE_URL": database_url,
            "PIYING_DATA_FOLDER": str(folder / "data"),
            "PIYING_JOBS__POLL": "0.1",
            "PIYING_JOBS__BEAT": str(BEAT),
            "PIYING_JOBS__DEAD_AFTER": str(DEAD_AFTER),
            "PIYING_JOBS__UPKEEP_EVERY": "1",
            "PIYING_JOBS__LANES": "1",
            "PIYING_LIMITS__WELCOME_CREDITS": "100",
            **settings,
        }
        engine = make_engine(database_url)
        migrate(engine, database_url)
        self.store = SqlStore(engine)
        self._processes: list[subprocess.Popen[str]] = []

    def start(self, role: str) -> subprocess.Popen[str]:
        """A process that has said it is up."""
        command = [sys.executable, "-m", "tests.acceptance.actor", role, str(self.folder)]
        with (self.folder / f"{role}.err").open("a") as errors:
            process = subprocess.Popen(
                command,
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        self._processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n", (self.folder / f"{role}.err").read_text()
        return process

    def kill(self, process: subprocess.Popen[str]) -> None:
        """As a power cut would."""
        process.kill()
        process.wait()

    def close(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            if process.stdout:
                process.stdout.close()
        self.store.close()

    def submit(self, key: str, prompt: str) -> None:
        """Say something in the chat; ``key`` begins with the user's name."""
        part = self.folder / "inbox" / f"{key}.part"
        part.write_text(json.dumps(prompt))
        part.rename(part.with_suffix(".json"))

    def answer(self, key: str) -> Mapping[str, str]:
        """What the bot said to a submission."""
        path = self.folder / "outbox" / f"{key}.json"
        wait_until(path.exists, f"an answer to {key}")
        answer: Mapping[str, str] = json.loads(path.read_text())
        return answer

    def job(self, key: str) -> Job:
        with self.store.begin() as tx:
            job = tx.jobs.by_key(key)
        assert job is not None
        return job

    def wait_ended(self, *keys: str, seconds: float = 60) -> None:
        for key in keys:
            wait_until(lambda key=key: self.job(key).state.ended, f"the end of {key}", seconds)  # type: ignore[misc]

    def lines(self, log: str) -> list[list[str]]:
        path = self.folder / log
        return [line.split() for line in path.read_text().splitlines()] if path.exists() else []

    def wait_runs(self, number: int) -> None:
        wait_until(lambda: len(self.lines("runs.log")) >= number, f"{number} engine runs")

    def deliveries(self, key: str) -> int:
        return sum(line[1] == self.job(key).id for line in self.lines("delivered.log"))

    def entries(self, key: str) -> Counter[EntryKind]:
        """The job's ledger entries by kind."""
        job = self.job(key)
        with self.store.begin() as tx:
            entries = tx.ledger.entries(job.account, limit=1000)
        return Counter(entry.kind for entry in entries if entry.job == job.id)

    def balance(self, key: str) -> tuple[int, int]:
        job = self.job(key)
        with self.store.begin() as tx:
            account = tx.ledger.account(job.account)
        assert account is not None
        return account.balance, account.held

    def assert_books_balance(self) -> None:
        """Every account's figures are the sums of its entries, and nothing is held."""
        sums = sa.text(
            "SELECT a.balance - COALESCE(SUM(e.balance), 0), a.held - COALESCE(SUM(e.held), 0), a.held "
            "FROM accounts a LEFT JOIN ledger_entries e ON e.account_id = a.id GROUP BY a.id, a.balance, a.held"
        )
        with self.store.engine.begin() as connection:
            for row in connection.execute(sums):
                assert tuple(row) == (0, 0, 0)


def wait_until(condition: Callable[[], object], what: str, seconds: float = 30) -> None:
    """Look until the condition holds; fail with ``what`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.05)
