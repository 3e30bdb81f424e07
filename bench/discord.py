"""Turns commands to a Discord bot, over the Discord of the tests on loopback, into the seconds until it answers.

Two bots in turn, each in a process of its own: ours without a worker, and the least one of the same library. The first
answer, which Discord wants within three seconds, says that the command was heard.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from bench.fresh import clean_environment, percentile, run
from bench.process import PROMPTS, play
from bench.report import Row
from tests.discord.server import DiscordApi

ALONE, TOGETHER = 200, 300
ROUNDS = 3
_PAUSE = 0.03
_START_SECONDS, _ROUND_SECONDS = 60.0, 300.0
_MANY = "1000000"
OURS, BARE = "ours", "bare"


def rows() -> Iterator[Row]:
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(run("bench.discord", OURS))
        bare.append(run("bench.discord", BARE))
    note = f"{ROUNDS} x {ALONE} commands one by one, each of another user; Discord on loopback, SQLite, no worker"
    for percent in (50, 99):
        mine, least = (percentile([value for one in side for value in one["heard"]], percent) for side in (ours, bare))
        yield Row(f"discord, deferred, p{percent}", mine * 1000, "ms", note=note)
        yield Row(
            f"discord, bare command, p{percent}", least * 1000, "ms", note="the same to the least bot of the library"
        )
        yield Row(f"discord, deferred beside bare, p{percent}", mine / least, "x", 1.5, "the first by the second")
    receipt = percentile([value for one in ours for value in one["answered"]], 50)
    yield Row("discord, receipt, p50", receipt * 1000, "ms", note="until the receipt is there, of the same commands")
    slowest = max(value for one in ours for value in one["crowd"])
    note = f"the slowest first answer of {TOGETHER} commands in one moment; Discord waits three seconds"
    yield Row("discord, deferred, slowest of a crowd", slowest * 1000, "ms", 3000.0, note=note)
    least = max(value for one in bare for value in one["crowd"])
    yield Row("discord, bare command, slowest of a crowd", least * 1000, "ms", note="the same to the least bot")


async def measure(folder: Path, side: str) -> dict[str, object]:
    """Seconds until the first answer and the last, of each command alone; until the first, of many at once."""
    async with DiscordApi() as api:
        api.world.limits.numbers.loosen()
        # What comes too late is to be measured, not refused.
        api.world.answer_seconds = _ROUND_SECONDS
        async with _bot(api, folder, side):
            await api.until(lambda: api.gateway.connected and api.world.commands, _START_SECONDS)
            people = [api.person(f"User {number}") for number in range(TOGETHER)]
            await people[0].finished(people[0].runs("video", prompt="hello"), _ROUND_SECONDS)
            heard, answered = [], []
            for number, person in enumerate(people[:ALONE]):
                asked = person.runs("video", prompt=PROMPTS[number % len(PROMPTS)])
                await person.finished(asked, _ROUND_SECONDS)
                heard.append(asked.answered_after)
                answered.append(asyncio.get_running_loop().time() - asked.sent)
                await asyncio.sleep(_PAUSE)
            crowd = [person.runs("video", prompt=PROMPTS[0]) for person in people]
            await api.until(lambda: all(asked.answer for asked in crowd), _ROUND_SECONDS)
            return {"heard": heard, "answered": answered, "crowd": [asked.answered_after for asked in crowd]}


@contextlib.asynccontextmanager
async def _bot(api: DiscordApi, folder: Path, side: str) -> AsyncIterator[None]:
    bare = ["bench.bare_discord", api.url, api.gateway_url, api.token]
    log = await asyncio.to_thread((folder / "log").open, "wb")
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *(bare if side == BARE else ["piying", "bot", "discord"]),
        env=_environment(api, folder),
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        yield
    finally:
        child.kill()
        await child.wait()
        log.close()


def _environment(api: DiscordApi, folder: Path) -> dict[str, str]:
    limits = ("CLIPS_A_DAY", "SECONDS_A_DAY", "WAITING", "CHAT_CLIPS_A_DAY", "CHAT_SECONDS_A_DAY", "WELCOME_CREDITS")
    return clean_environment(
        PIYING_DATA_FOLDER=str(folder / "data"),
        PIYING_DISCORD__TOKEN=api.token,
        PIYING_DISCORD__API_URL=api.url,
        PIYING_DISCORD__GATEWAY_URL=api.gateway_url,
        PIYING_LIMITS__BURST=_MANY,
        PIYING_LIMITS__PER_SECOND="1000",
        **{f"PIYING_LIMITS__{name}": _MANY for name in limits},
    )


if __name__ == "__main__":
    play(measure(Path(sys.argv[1]), sys.argv[2]))
