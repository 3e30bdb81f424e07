"""What ``piying generate`` says of a prompt's words, to people and to programs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.types import DIRECTOR, Fallback, Job, JobState, StoredClip, Translation, Wording
from piying.screen import Screen
from tests.fakes import make_job
from translation.localiser import Localiser

CLIP = StoredClip("a.mp4", "a.jpg", 854, 480, 4.0, 1000)
FALLBACK = Fallback("deepl", "timed-out")
OUT = Path("1.mp4")


def translated(*fallbacks: Fallback) -> Job:
    revised = Translation("A cat.", "zh", "phrase", translated=True, fallbacks=fallbacks)
    wording = Wording(revised, Translation("A cat.", "en", "none", translated=False))
    return make_job(prompt="一只猫", wording=wording, state=JobState.SUCCEEDED, clip=CLIP, finished_at=2000.0)


def screen(*, as_json: bool = False, has_several: bool = False) -> Screen:
    return Screen(Localiser("en"), as_json, has_several=has_several)


def test_people_at_a_terminal_see_what_the_engine_reads(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    screen().taken(OUT, translated(FALLBACK))
    printed = capsys.readouterr()
    dim, yellow = printed.err.splitlines()
    assert dim == "\x1b[2mThe engine reads this, translated by the built-in translator: A cat.\x1b[0m"
    assert yellow == "\x1b[33mNo translation by DeepL: no answer in time.\x1b[0m"
    assert printed.out == ""


@pytest.mark.parametrize("has_several", [False, True])
def test_a_fallback_is_said_wherever_it_goes(capsys: pytest.CaptureFixture[str], has_several: bool) -> None:
    screen(has_several=has_several).taken(OUT, translated(FALLBACK))
    name = "1.mp4: " if has_several else ""
    assert capsys.readouterr().err == f"{name}No translation by DeepL: no answer in time.\n"


def test_words_written_out_are_no_warning(capsys: pytest.CaptureFixture[str]) -> None:
    job = translated()
    written = Translation("一只猫，远景", "zh", DIRECTOR, translated=False)
    assert job.wording
    screen().taken(OUT, replace(job, wording=replace(job.wording, revised=written)))
    screen().taken(OUT, make_job())
    assert capsys.readouterr().err == ""


def test_programs_are_told_of_both_texts(capsys: pytest.CaptureFixture[str]) -> None:
    screen(as_json=True).made(translated(FALLBACK), OUT)
    assert json.loads(capsys.readouterr().out)["wording"] == {
        "revised": "A cat.",
        "english": "A cat.",
        "translator": "phrase",
        "fallbacks": [{"translator": "deepl", "reason": "timed-out", "text": ""}],
        "doubts": [],
    }
