"""Turns messages to a Telegram bot, over the Bot API of the tests on loopback, into the seconds until it answers.

Two bots in turn, each in a process of its own: ours without a worker, and the least one of the same library.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

from bench.fresh import clean_environment, percentile, run
from bench.process import PROMPTS, play
from bench.report import Row
from tests.telegram.people import Person
from tests.telegram.server import BotApi

ALONE, TOGETHER = 200, 300
ROUNDS = 3
_PAUSE = 0.03
_START_SECONDS, _ROUND_SECONDS = 60.0, 300.0
_MANY = "1000000"
OURS, ECHO = "ours", "echo"


def rows() -> Iterator[Row]:
    ours, echo = [], []
    for _ in range(ROUNDS):
        ours.append(run("bench.telegram", OURS))
        echo.append(run("bench.telegram", ECHO))
    note = f"{ROUNDS} x {ALONE} prompts one by one, each of another user; Bot API on loopback, SQLite, no worker"
    for percent in (50, 99):
        mine, bare = (percentile([value for one in side for value in one["alone"]], percent) for side in (ours, echo))
        yield Row(f"telegram, receipt, p{percent}", mine * 1000, "ms", note=note)
        yield Row(f"telegram, echo, p{percent}", bare * 1000, "ms", note="the same to the least bot of the library")
        yield Row(f"telegram, receipt beside echo, p{percent}", mine / bare, "x", 1.5, "the first by the second")
    crowd = f"{TOGETHER} users' prompts at once, until the last is answered; no limit in force; median of {ROUNDS}"
    for name, side in (("updates", ours), ("echo, updates", echo)):
        yield Row(f"telegram, {name}", percentile([one["rate"] for one in side], 50), "1/s", note=crowd)


async def measure(folder: Path, side: str) -> dict[str, object]:
    """Seconds of each message alone, and how many a second of many at once."""
    async with BotApi() as api:
        numbers = api.world.limits.numbers
        numbers.overall, numbers.interval = 1_000_000, 0.0
        async with _bot(api, folder, side):
            people = [api.person(f"User {number}") for number in range(TOGETHER)]
            await _answers(api, people[:1], "hello", _START_SECONDS)
            await _answers(api, people, "/credits" if side == OURS else "hello", _ROUND_SECONDS)
            alone = []
            for number, person in enumerate(people[:ALONE]):
                alone.append(await _answers(api, [person], PROMPTS[number % len(PROMPTS)], _ROUND_SECONDS))
                await asyncio.sleep(_PAUSE)
            seconds = await _answers(api, people, PROMPTS[0], _ROUND_SECONDS)
            return {"alone": alone, "rate": TOGETHER / seconds}


async def _answers(api: BotApi, people: Sequence[Person], text: str, seconds: float) -> float:
    """Seconds until each of the people who say it at once has one more message of the bot's."""
    before = {person.user.id: len(person.chat.from_bot) for person in people}
    began = time.perf_counter()
    for person in people:
        person.says(text)
    waiting = list(people)

    def all_answered() -> bool:
        while waiting and len(waiting[-1].chat.from_bot) > before[waiting[-1].user.id]:
            waiting.pop()
        return not waiting

    await api.until(all_answered, seconds)
    return time.perf_counter() - began


@contextlib.asynccontextmanager
async def _bot(api: BotApi, folder: Path, side: str) -> AsyncIterator[None]:
    command = ["bench.echo_bot", api.base_url, api.token] if side == ECHO else ["piying", "bot", "telegram"]
    log = await asyncio.to_thread((folder / "log").open, "wb")
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *command, env=_environment(api, folder), stdout=log, stderr=subprocess.STDOUT
    )
    try:
        yield
    finally:
        child.kill()
        await child.wait()
        log.close()


def _environment(api: BotApi, folder: Path) -> dict[str, str]:
    limits = ("CLIPS_A_DAY", "SECONDS_A_DAY", "WAITING", "CHAT_CLIPS_A_DAY", "CHAT_SECONDS_A_DAY", "WELCOME_CREDITS")
    return clean_environment(
        PIYING_DATA_FOLDER=str(folder / "data"),
        PIYING_TELEGRAM__TOKEN=api.token,
        PIYING_TELEGRAM__BASE_URL=api.base_url,
        PIYING_TELEGRAM__BASE_FILE_URL=api.base_file_url,
        PIYING_TELEGRAM__PROFILE="false",
        PIYING_TELEGRAM__PACE__EACH_SECOND="1000",
        PIYING_TELEGRAM__PACE__BURST="20",
        PIYING_LIMITS__BURST=_MANY,
        PIYING_LIMITS__PER_SECOND="1000",
        **{f"PIYING_LIMITS__{name}": _MANY for name in limits},
    )


if __name__ == "__main__":
    play(measure(Path(sys.argv[1]), sys.argv[2]))
