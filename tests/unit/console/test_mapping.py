"""The two translations of the console, which need no wire."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bots.console import mapping
from bots.console.wire import Again, AskQuote, Choices, Hello, Submit, read_message
from core.errors import PromptBlocked, Refusal
from core.types import Address, JobState, Options, Progress, QueuePlace, Request, StoredClip
from core.wording import Rewordings
from tests.fakes import make_job
from translation.localiser import LOCALES, Localiser

EN, ZH = Localiser("en"), Localiser("zh-Hans")
NONE = Rewordings((), can_rewrite=False)
CLIP = StoredClip("a.mp4", "a.jpg", 854, 480, 4.0, 1000)
HERE = mapping.to_address("v1")


def test_messages_are_read() -> None:
    assert read_message('{"type":"hello","locale":"zh-Hans"}') == Hello(type="hello", locale="zh-Hans")
    assert read_message('{"type":"quote","id":"q1","prompt":""}') == AskQuote(type="quote", id="q1", prompt="")
    again = read_message('{"type":"again","id":"1","code":"K7","another_take":true}')
    assert again == Again(type="again", id="1", code="K7", another_take=True)


@pytest.mark.parametrize("another_take", ["1", '"true"', "null"])
def test_messages_are_read_strictly(another_take: str) -> None:
    with pytest.raises(Refusal, match="message-invalid"):
        read_message(f'{{"type":"again","id":"1","code":"K7","another_take":{another_take}}}')


def test_a_submission_becomes_a_request() -> None:
    message = read_message(
        '{"type":"submit","id":"ab-1","prompt":"猫","options":{"ratio":"3:4","resolution":"1080p","seconds":6,"seed":42}}'
    )
    assert isinstance(message, Submit)
    request = mapping.to_request(HERE, "zh-Hans", message)
    options = Options(ratio="3:4", resolution="1080p", seconds=6.0, seed=42)
    assert request == Request("console:v1:ab-1", Address("console", "v1", "v1"), "猫", "zh-Hans", options)
    assert mapping.to_options(Choices()) == Options()


def test_a_clip_is_shown_once_it_is_delivered() -> None:
    wire = mapping.job_wire(EN, make_job(state=JobState.SUCCEEDED, clip=CLIP, code="K7"), NONE)
    assert (wire["state"], wire["clip"], wire["status"]) == ("succeeded", "/clips/K7", "")


def test_a_page_is_told_the_size_that_a_clip_came_out_with() -> None:
    asked = mapping.job_wire(EN, make_job(), NONE)
    assert (asked["width"], asked["height"]) == (854, 480)
    made = mapping.job_wire(EN, make_job(state=JobState.SUCCEEDED, clip=replace(CLIP, width=864, height=496)), NONE)
    assert (made["width"], made["height"]) == (864, 496)


def test_a_clip_on_its_way_is_neither_shown_nor_cancellable() -> None:
    job = make_job(state=JobState.RUNNING, clip=CLIP)
    wire = mapping.job_wire(EN, job, NONE)
    assert (wire["state"], wire["clip"], wire["status"], wire["cancellable"]) == ("running", None, "Delivering", False)
    told = mapping.progress_wire(ZH, job, Progress("checking", 1.0), None)
    assert (told["status"], told["percent"], told["cancellable"]) == ("正在发送", 100, False)


@pytest.mark.parametrize("state", JobState)
def test_what_is_waiting_or_in_the_making_can_be_cancelled(state: JobState) -> None:
    job = make_job(state=state)
    assert mapping.job_wire(EN, job, NONE)["cancellable"] is not state.ended
    assert mapping.progress_wire(EN, job, None, None)["cancellable"] is not state.ended


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.CANCELLED, JobState.QUEUED, JobState.RUNNING])
def test_the_clip_of_a_job_that_came_to_nothing_is_not_shown(state: JobState) -> None:
    wire = mapping.job_wire(ZH, make_job(state=state, clip=CLIP), NONE)
    assert wire["clip"] is None
    assert wire["state"] == state
    assert wire["status"]


def test_only_the_pages_own_submissions_carry_its_id() -> None:
    assert mapping.job_wire(EN, make_job(address=HERE, key="console:v1:ab"), NONE)["request"] == "ab"
    assert mapping.job_wire(EN, make_job(address=HERE, key="generate:77"), NONE)["request"] is None


def test_a_page_is_not_sent_a_book() -> None:
    wire = mapping.job_wire(EN, make_job(prompt=" " * 60_000 + "cat"), NONE)
    assert len(json.dumps(wire)) < 10_000


def test_progress_of_a_waiting_job_is_its_place() -> None:
    wire = mapping.progress_wire(EN, make_job(), Progress("drawing", 0.9), QueuePlace(3, None))
    assert (wire["percent"], wire["status"]) == (None, "2 videos are ahead of yours.")
    assert wire["preview"] is None
    running = mapping.progress_wire(EN, make_job(state=JobState.RUNNING), None, None)
    assert (running["percent"], running["status"]) == (None, EN.text("state-running"))


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_has_all_its_texts(locale: str) -> None:
    localiser = Localiser(locale)  # type: ignore[arg-type]
    assert all(localiser.text(f"page-{name}") for name in mapping.PAGE_TEXTS)


def test_the_card_names_the_recipe_without_its_version() -> None:
    assert ("Recipe", "Standard") in mapping.job_wire(EN, make_job(address=HERE), NONE)["card"]


def test_a_refusal_carries_what_can_be_done_about_it() -> None:
    blocked = PromptBlocked(category="gore", fragment="gore", appeal="K7QM2XD", suggestion="a cat")
    wire = mapping.error_wire(EN, "m1", blocked)
    assert (wire["appeal"], wire["suggestion"]) == ("K7QM2XD", "a cat")
    assert set(mapping.error_wire(EN, "m1", Refusal("prompt-empty"))) == {"type", "id", "code", "text"}
