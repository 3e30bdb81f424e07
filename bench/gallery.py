"""Turns 100 000 shown clips and readers who come whether or not earlier ones were answered into response times."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
import sqlalchemy as sa

from bench.enqueue import _postgres
from bench.fresh import ROOT, clean_environment, percentile
from bench.history import fill
from bench.report import Row
from core.types import JobState, StoredClip, Translation, Wording
from storage.database import SqlStore, is_sqlite, make_engine
from storage.migrate import migrate
from storage.showcase_tables import showcase
from storage.tables import jobs
from tests.postgres import find_binaries
from tests.stores import NOW, held_job

CLIPS, A_SECOND, SECONDS, WARM = 100_000, 50, 20, 3
REACH = 100
_PATHS = {"first page": "/gallery", "top of the month": "/gallery/top?period=month", "feed": "/gallery/feed.atom"}
_MOST_VOTES = 60
_PROMPT, _ENGLISH = "一只橙色的小猫在雪地里向右奔跑，竖屏 4秒", "an orange kitten runs to the right through the snow"
_WORDING = Wording(
    Translation(_ENGLISH, "zh", "phrase", translated=True), Translation(_ENGLISH, "en", "original", translated=False)
)


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="piying-bench-") as folder:
        yield from _measure("SQLite", f"sqlite:///{folder}/gallery.db", Path(folder))
    binaries = find_binaries()
    if binaries is None:
        yield Row("gallery, PostgreSQL", None, note="skipped: no initdb and pg_ctl (Debian package postgresql)")
        return
    with _postgres(binaries) as server, tempfile.TemporaryDirectory(prefix="piying-bench-") as folder:
        yield from _measure("PostgreSQL", server.new_database(), Path(folder))


def _measure(database: str, url: str, folder: Path) -> Iterator[Row]:
    _fill(url)
    with _bot(url, folder) as address:
        for name, path in _PATHS.items():
            asyncio.run(_read(f"{address}{path}", WARM))
            found = asyncio.run(_read(f"{address}{path}", SECONDS))
            note = f"{CLIPS} clips; {len(found)} requests, {A_SECOND} a second, to `piying bot console`, whole answers"
            for percent, reach in ((95, REACH), (50, None)):
                figure = percentile(found, percent) * 1000
                yield Row(f"gallery, {name}, p{percent}, {database}", figure, "ms", reach, note)


def _fill(url: str) -> None:
    """Finished clips of many owners over thirty days, all of them shown."""
    engine = make_engine(url)
    migrate(engine, url)
    store = SqlStore(engine)
    job = held_job(store, prompt=_PROMPT, wording=_WORDING)
    with store.begin() as tx:
        tx.jobs.move(job.id, JobState.RUNNING, now=NOW)
        tx.jobs.attach_clip(job.id, StoredClip("v.mp4", "p.jpg", 854, 480, 4.0, 1_000_000))
        tx.jobs.move(job.id, JobState.SUCCEEDED, now=NOW + 3)
        tx.ledger.charge(job.id, now=NOW + 3)
    fill(engine, replace(job, created_at=NOW), CLIPS)
    chance = sa.func.random()
    votes = sa.func.abs(chance) % _MOST_VOTES if is_sqlite(url) else sa.cast(chance * _MOST_VOTES, sa.Integer)
    text = [sa.literal(one) for one in ("card.jpg", "cover.jpg")]
    source = sa.select(
        jobs.c.id, jobs.c.code, jobs.c.account_id, sa.literal(""), sa.false(), jobs.c.created_at, *text, votes
    )
    with engine.begin() as connection:
        connection.execute(showcase.insert().from_select([column.name for column in showcase.columns], source))
    if not is_sqlite(url):
        # Autovacuum would have come by meanwhile; SQLite has nothing of the kind.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))
    store.close()


@contextmanager
def _bot(url: str, folder: Path) -> Iterator[str]:
    environment = clean_environment(
        PIYING_DATA_FOLDER=str(folder), PIYING_CONSOLE__PORT="0", PIYING_GALLERY__ON="true", PIYING_DATABASE_URL=url
    )
    command = [sys.executable, "-m", "piying", "bot", "console"]
    bot = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment, cwd=ROOT
    )
    try:
        assert bot.stdout
        address = bot.stdout.readline().strip()
        if not address.startswith("http"):
            raise RuntimeError("the bot did not start")
        yield address.rstrip("/")
    finally:
        bot.terminate()
        bot.communicate()


async def _read(url: str, seconds: int) -> list[float]:
    """Seconds of each request, from the moment at which it was due: who waits for others' answers waits as well."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        began = time.perf_counter() + 0.1
        due = [began + number / A_SECOND for number in range(seconds * A_SECOND)]
        return await asyncio.gather(*(_one(session, url, moment, time.perf_counter) for moment in due))


async def _one(session: aiohttp.ClientSession, url: str, due: float, now: Callable[[], float]) -> float:
    await asyncio.sleep(due - now())
    async with session.get(url, headers={"Accept-Language": "zh-CN"}) as answer:
        assert answer.status == 200
        await answer.read()
    return now() - due
