"""What people type to go on from a clip, or to join some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bots.presenter import caption, chips, engine_label, present_progress, present_state, recipe_card
from bots.rewording import present_wording
from bots.text_commands import Answer, answer
from core.intake import Receipt
from core.types import Address, JobState, Note, Progress, Request, Translation, Wording
from core.wording import Rewordings
from tests.fakes import make_job
from tests.unit.console.fake_commands import FakeCommands
from tests.unit.film.clips import film_of
from translation.localiser import LOCALES, Localiser

HERE = Address("console", "chat", "user")
EN, ZH = Localiser("en"), Localiser("zh-Hans")


@dataclass
class Recording(FakeCommands):
    """Keeps what it was asked for."""

    asked: list[tuple[Any, ...]] = field(default_factory=list)

    async def go_on(self, address: Address, code: str, key: str, prompt: str, *rest: Any, **more: Any) -> Receipt:
        self.asked.append((code, prompt))
        return await self.video(Request(key, address, prompt))

    async def join(
        self, address: Address, codes: Sequence[str], key: str, *rest: Any, fades: bool = False, **more: Any
    ) -> Receipt:
        self.asked.append((*codes, fades))
        return await self.video(Request(key, address, "a cat"))


@pytest.fixture
def commands(tmp_path: Path) -> Recording:
    return Recording(tmp_path, pace=0)


async def _type(commands: Recording, text: str, localiser: Localiser = EN) -> Answer:
    return await answer(commands, localiser, HERE, text, f"key:{text}")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("/join K7QM2XD M3XW8TB", ("K7QM2XD", "M3XW8TB", False)),
        ("/join K7QM2XD, M3XW8TB,P4RT7YZ", ("K7QM2XD", "M3XW8TB", "P4RT7YZ", False)),
        ("/join K7QM2XD + M3XW8TB fade", ("K7QM2XD", "M3XW8TB", True)),
        ("/JOIN fade K7QM2XD M3XW8TB", ("K7QM2XD", "M3XW8TB", True)),
        ("/join K7QM2XD M3XW8TB Crossfade", ("K7QM2XD", "M3XW8TB", True)),
        ("/join K7QM2XD M3XW8TB cut", ("K7QM2XD", "M3XW8TB", False)),
        ("／拼接 K7QM2XD、M3XW8TB，P4RT7YZ 淡化", ("K7QM2XD", "M3XW8TB", "P4RT7YZ", True)),
        ("/拼接 K7QM2XD M3XW8TB 淡入淡出", ("K7QM2XD", "M3XW8TB", True)),
        ("/拼接 K7QM2XD M3XW8TB 疊化", ("K7QM2XD", "M3XW8TB", True)),
    ],
)
async def test_codes_are_joined_in_their_order(commands: Recording, text: str, asked: tuple[object, ...]) -> None:
    found = await _type(commands, text)
    assert commands.asked == [asked]
    assert found.receipt is not None
    assert found.text.startswith(f"Joining {len(asked) - 1} videos as {found.receipt.job.code}.")


@pytest.mark.parametrize(
    "text", ["/continue K7QM2XD the cat jumps", "/续拍 K7QM2XD the cat jumps", "/續拍 K7QM2XD the cat jumps"]
)
async def test_words_go_on_from_a_clip(commands: Recording, text: str) -> None:
    found = await _type(commands, text, ZH)
    assert commands.asked == [("K7QM2XD", "the cat jumps")]
    assert found.job is not None
    assert found.text.startswith(f"接着 K7QM2XD 往下拍，新编号是 {found.job.code}。")


@pytest.mark.parametrize("text", ["/continue", "/continue K7QM2XD", "/join", "/拼接 "])
async def test_what_is_missing_is_asked_for_by_example(commands: Recording, text: str) -> None:
    found = await _type(commands, text)
    assert found.refused
    assert "K7QM2XD" in found.text
    assert commands.asked == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_film_says_what_it_is_made_of_and_offers_nothing_to_change(locale: Any) -> None:
    localiser = Localiser(locale)
    said = Translation("K7QM2XD + M3XW8TB", "", "original", translated=False)
    spec = film_of("K7QM2XD.mp4", "M3XW8TB.mp4", frames=96)
    notes = (Note("joined", {"clips": "K7QM2XD, M3XW8TB"}),)
    job = make_job(prompt=said.text, spec=spec, notes=notes, price=1, wording=Wording(said, said))
    assert {"K7QM2XD", "M3XW8TB"} <= set(
        caption(localiser, job).replace("、", " ").replace(",", " ").replace(".", " ").split()
    )
    assert localiser.text("engine-film") == engine_label(localiser, spec)
    assert present_wording(localiser, job, Rewordings(("gloss",), can_rewrite=True)).choices == ()
    names = [name for name, _ in recipe_card(localiser, job)]
    assert localiser.text("card-seed") not in names
    assert localiser.text("card-prompt") in names
    assert "seed" not in {chip.kind for chip in chips(localiser, job)}
    assert present_progress(localiser, Progress("joining", 0.5))
    failed = make_job(state=JobState.FAILED, error="source-lost", spec=spec)
    assert "/" not in present_state(localiser, failed)
    sequel = make_job(notes=(Note("continues", {"job": "K7QM2XD"}),))
    assert "K7QM2XD" in caption(localiser, sequel)
