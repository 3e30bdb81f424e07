"""Several clips on Telegram: one that goes on from another, also in reply to it, and one film of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bots.telegram.incoming import Me, read_message
from bots.telegram.typed import VERBS
from core.types import Job
from tests.desks import painter
from tests.fakes import FakeClipStore, FakeEngine
from tests.unit.telegram.clerk import ME
from tests.unit.telegram.stage import ANN, Stage, open_stage

US = Me(77, "piying_bot")


async def _say(stage: Stage, text: str, **fields: Any) -> None:
    message = stage.message(text=text, **fields)
    name, _, rest = text[1:].partition(" ")
    asked = read_message(message, US)
    assert asked is not None
    await VERBS[name](stage.desk, asked.call, message, rest)


def _newest(stage: Stage) -> Job:
    with stage.store.look() as tx:
        return tx.jobs.page(ANN.platform, ANN.chat, limit=1)[0]


async def test_two_clips_are_joined_by_their_codes(tmp_path: Path) -> None:
    async with open_stage(tmp_path, engines={"scene": FakeEngine(), "film": FakeEngine()}) as stage:
        codes = [(await stage.finished(key=f"telegram:5:{number}")).code for number in (1, 2)]
        stage.clock.time += 1
        await _say(stage, f"/join {' '.join(codes)} fade")
        film = _newest(stage)
        assert (film.spec.model, film.spec.prompt, film.spec.fade) == ("film", " + ".join(codes), 0.5)
        assert film.code in str(stage.clerk.of("sendMessage")[-1])


@pytest.mark.parametrize("text", ["/continue the cats run away", "/continue {} the cats run away"])
async def test_a_reply_to_a_clip_goes_on_from_it(tmp_path: Path, text: str) -> None:
    store = FakeClipStore(tmp_path)
    async with open_stage(tmp_path, catalogue=painter(("none", "first")), clips=store) as stage:
        store.files["v"] = stage.video.read_bytes()
        job = await stage.finished(key="telegram:5:1", receipt=10)
        post = await stage.board.find(job)
        look = await stage.desk.deliveries.look(job, post, await stage.commands.chat_settings(ANN))
        clip = {"message_id": 10, "date": 1, "chat": {"id": 5, "type": "private"}, "from": ME, "text": "…",
                "reply_markup": look.keyboard.to_dict()}  # fmt: skip
        stage.clock.time += 1
        await _say(stage, text.format(job.code), reply_to_message=clip)
        sequel = _newest(stage)
        assert (sequel.prompt, sequel.spec.image is not None) == ("the cats run away", True)
        assert [note.details["job"] for note in sequel.notes if note.code == "continues"] == [job.code]


async def test_without_a_clip_or_words_it_says_what_is_missing(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await _say(stage, "/continue")
        assert "K7QM2XD" in str(stage.clerk.of("sendMessage")[-1])
