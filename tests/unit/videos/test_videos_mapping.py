from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.videos.mapping import (
    Remix,
    code_in,
    list_wire,
    model_wire,
    poll_after,
    read_creation,
    read_remix,
    to_address,
    to_key,
    to_request,
    video_id,
    video_wire,
)
from bots.videos.problems import Problem, from_error
from core.catalogue.load import load_catalogue
from core.errors import Refusal, Unsupported
from core.jobs.codes import new_code
from core.types import (
    Fallback,
    Job,
    JobState,
    Note,
    Options,
    Progress,
    QueuePlace,
    Request,
    StoredClip,
    Translation,
    Wording,
)
from tests.fakes import SPEC, make_job
from translation.localiser import Localiser

CATALOGUE = load_catalogue()
ADDRESS = to_address("0123456789abcdef")
ENGLISH, CHINESE = Localiser("en"), Localiser("zh-Hans")
PNG = b"\x89PNG picture"
URL = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
CLIP = StoredClip("a.mp4", "a.jpg", 854, 480, 4.0, 1234)


def request(**fields: Any) -> Request:
    return to_request(ADDRESS, "en", "key", read_creation({"prompt": "a cat", **fields}), CATALOGUE)


def problem(**fields: Any) -> tuple[int, str, str | None]:
    with pytest.raises(Problem) as raised:
        request(**fields)
    for localiser in (ENGLISH, CHINESE):
        assert raised.value.say(localiser)
    return raised.value.status, raised.value.code, raised.value.param


def test_a_prompt_is_enough() -> None:
    assert request() == Request("key", ADDRESS, "a cat", "en", Options(recipe="standard"))


def test_a_forms_text_and_jsons_numbers_are_the_same_request() -> None:
    text = {"model": "hd", "seconds": "4", "size": "720x1280", "seed": "7", "guidance_scale": "5.5"}
    numbers = text | {"seconds": 4, "seed": 7, "guidance_scale": 5.5}
    assert request(**text, negative_prompt="blur") == request(**numbers, negative_prompt="blur")
    assert request(**numbers, negative_prompt="blur").options == Options(
        "9:16", 4.0, "720p", 7, "hd", negative_prompt="blur", guidance_scale=5.5
    )


@pytest.mark.parametrize("card", CATALOGUE.cards, ids=lambda card: card.key)
def test_every_size_of_a_card_leads_to_that_size(card: Any) -> None:
    for resolution in card.resolutions:
        for ratio in card.ratios:
            width, height = card.size(resolution, ratio)
            options = request(size=f"{width}x{height}").options
            spec = CATALOGUE.complete(options, "a cat", 1)
            assert (spec.width, spec.height) == (width, height)


@pytest.mark.parametrize(("asked", "shape"), [("832x480", ("16:9", "480p")), ("720x1264", ("9:16", "720p"))])
def test_a_size_that_other_models_have_is_taken_for_the_nearest(asked: str, shape: tuple[str, str]) -> None:
    options = request(size=asked).options
    assert (options.ratio, options.resolution) == shape


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"size": "1x1"}, (400, "invalid_value", "size")),
        ({"size": "854X480"}, (400, "invalid_value", "size")),
        ({"size": 480}, (400, "invalid_value", "size")),
        ({"seconds": "soon"}, (400, "invalid_value", "seconds")),
        ({"seconds": 0}, (400, "invalid_value", "seconds")),
        ({"seconds": "inf"}, (400, "invalid_value", "seconds")),
        ({"seconds": "nan"}, (400, "invalid_value", "seconds")),
        ({"seed": "1.5"}, (400, "invalid_value", "seed")),
        ({"seed": "9" * 5000}, (400, "invalid_value", "seed")),
        ({"guidance_scale": []}, (400, "invalid_value", "guidance_scale")),
        ({"prompt": None}, (400, "invalid_value", "prompt")),
        ({"negative_prompt": "x" * 100_000}, (400, "invalid_value", "negative_prompt")),
        ({"num_frames": 5}, (400, "unknown_parameter", "num_frames")),
        ({"input_reference": "https://example.org/cat.png"}, (400, "picture_elsewhere", "input_reference")),
        ({"input_reference": {"file_id": "file-1"}}, (400, "picture_elsewhere", "input_reference")),
        ({"input_reference": {"image_url": URL, "file_id": "x"}}, (400, "picture_elsewhere", "input_reference")),
        ({"input_reference": {"image_url": "file:///etc/passwd"}}, (400, "picture_elsewhere", "input_reference")),
        ({"input_reference": 7}, (400, "picture_elsewhere", "input_reference")),
        ({"last_input_reference": {"image_url": f"{URL}?"}}, (400, "picture_unreadable", "last_input_reference")),
    ],
)
def test_what_is_not_understood_is_named(fields: dict[str, Any], expected: tuple[int, str, str]) -> None:
    assert problem(**fields) == expected


def test_a_prompt_must_be_there() -> None:
    with pytest.raises(Problem) as raised:
        read_creation({})
    assert (raised.value.code, raised.value.param) == ("missing_required_parameter", "prompt")
    with pytest.raises(Problem, match="unknown_parameter"):
        read_remix({"prompt": "a cat", "seed": 1})


def test_an_unknown_size_is_answered_with_all_there_are() -> None:
    with pytest.raises(Problem) as raised:
        request(size="1x1")
    for size in ("854x480", "480x854", "480x480", "1280x720", "720x1280", "720x720"):
        assert size in raised.value.say(ENGLISH)


def test_an_unknown_model_is_the_catalogues_to_refuse() -> None:
    with pytest.raises(Unsupported, match="option-recipe"):
        request(model="sora-2")


def test_a_word_in_the_prompt_cannot_change_the_recipe_that_the_size_is_of() -> None:
    assert request(prompt="a cat hd").options.recipe == CATALOGUE.default


@pytest.mark.parametrize("given_", [PNG, {"image_url": URL}, URL, URL.replace("data:image", "DATA:IMAGE")])
def test_pictures_are_taken_as_files_and_as_data_urls(given_: object) -> None:
    asked = request(input_reference=given_, last_input_reference=given_)
    assert (asked.image, asked.last_image) == (PNG, PNG)


def test_the_same_wish_is_the_same_key_and_none_is_chance() -> None:
    other = to_address("fedcba9876543210")
    assert to_key(ADDRESS, "mine") == to_key(ADDRESS, "mine")
    assert len({to_key(ADDRESS, "mine"), to_key(ADDRESS, "Mine"), to_key(other, "mine"), to_key(ADDRESS, None)}) == 4
    assert to_key(ADDRESS, None) != to_key(ADDRESS, None)
    assert len(to_key(ADDRESS, "x" * 255, remixed="K7QM2XD")) <= 300


@given(st.text(max_size=40))
def test_an_id_leads_back_to_its_code_and_nothing_else_does(text: str) -> None:
    code = new_code()
    assert code_in(video_id(code)) == code
    found = code_in(text)
    assert found is None or video_id(found) == text


def wire(job: Job, progress: Progress | None = None, localiser: Localiser = ENGLISH) -> dict[str, Any]:
    return video_wire(localiser, job, progress, 100.0)


@pytest.mark.parametrize(
    ("job", "progress", "status", "percent"),
    [
        (make_job(), None, "queued", 0),
        (make_job(state=JobState.RUNNING), None, "in_progress", 0),
        (make_job(state=JobState.RUNNING), Progress("drawing", 0.505), "in_progress", 50),
        (make_job(state=JobState.RUNNING), Progress("checking", 1.0), "in_progress", 99),
        (make_job(state=JobState.RUNNING, clip=CLIP), None, "in_progress", 99),
        (make_job(state=JobState.SUCCEEDED, clip=CLIP, finished_at=2000.9), None, "completed", 100),
        (make_job(state=JobState.FAILED, error="timed-out"), None, "failed", 0),
        (make_job(state=JobState.CANCELLED), None, "failed", 0),
    ],
)
def test_states_and_progress(job: Job, progress: Progress | None, status: str, percent: int) -> None:
    video = wire(job, progress)
    assert (video["status"], video["progress"], video["object"]) == (status, percent, "video")
    assert (video["error"] is not None) is (status == "failed")


def test_a_finished_video_in_whole() -> None:
    job = make_job(
        code="K7QM2XD",
        address=ADDRESS,
        key=to_key(ADDRESS, None, remixed="ABC2345"),
        prompt="a cat, 4s",
        state=JobState.SUCCEEDED,
        clip=CLIP,
        created_at=1000.7,
        finished_at=2000.9,
        notes=(Note("undrawn", {"words": "samurai"}),),
    )
    assert wire(job) == {
        "id": "video_k7qm2xd",
        "object": "video",
        "model": "standard",
        "status": "completed",
        "progress": 100,
        "created_at": 1000,
        "completed_at": 2000,
        "expires_at": 2100,
        "prompt": "a cat, 4s",
        "revised_prompt": "a cat",
        "wording": None,
        "remixed_from_video_id": "video_abc2345",
        "seconds": "4",
        "size": "854x480",
        "seed": 1,
        "notes": [{"code": "undrawn", "message": ENGLISH.text("note-undrawn", words="samurai")}],
        "error": None,
    }


def test_both_texts_are_told_and_who_translated() -> None:
    fallback = Fallback("deepl", "number-lost", "Cats.")
    revised = Translation("A cat.", "zh", "phrase", translated=True, fallbacks=(fallback,), doubts=("repeated",))
    job = make_job(prompt="一只猫", wording=Wording(revised, Translation("A cat.", "en", "none", translated=False)))
    assert wire(job)["wording"] == {
        "revised": "A cat.",
        "english": "A cat.",
        "translator": "phrase",
        "fallbacks": [{"translator": "deepl", "reason": "number-lost", "text": "Cats."}],
        "doubts": ["repeated"],
    }


@pytest.mark.parametrize(
    ("code", "expected"),
    [("prompt-blocked", "moderation_blocked"), ("worker-lost", "worker_lost"), (None, "cancelled")],
)
def test_why_there_is_none_is_told_in_the_callers_language(code: str | None, expected: str) -> None:
    job = make_job(state=JobState.FAILED if code else JobState.CANCELLED, error=code, finished_at=5.0)
    english, chinese = wire(job)["error"], wire(job, localiser=CHINESE)["error"]
    assert english["code"] == chinese["code"] == expected
    assert english["message"] != chinese["message"]
    assert (wire(job)["completed_at"], wire(job)["expires_at"]) == (5, None)


@pytest.mark.parametrize(
    ("frames", "fps", "seconds"),
    [(96, 24, "4"), (60, 24, "2.5"), (81, 16, "5"), (121, 24, "5"), (49, 8, "6"), (1, 24, "0.0416667"), (191, 24, "8")],
)
def test_lengths_are_called_as_they_were_asked_for(frames: int, fps: int, seconds: str) -> None:
    assert wire(make_job(spec=replace(SPEC, num_frames=frames, fps=fps)))["seconds"] == seconds


@pytest.mark.parametrize(("seconds", "told"), [(5.04, "5"), (4.9, "4.9"), (4.0, "4")])
def test_a_finished_video_has_the_size_and_length_that_it_came_out_with(seconds: float, told: str) -> None:
    clip = replace(CLIP, width=864, height=496, seconds=seconds)
    video = wire(make_job(state=JobState.SUCCEEDED, clip=clip, finished_at=2000.0))
    assert (video["size"], video["seconds"]) == ("864x496", told)


@pytest.mark.parametrize(
    ("progress", "place", "milliseconds"),
    [
        (None, None, 1000),
        (Progress("drawing", 0.1), None, 1000),
        (Progress("drawing", 0.1, 8.0), None, 2000),
        (Progress("drawing", 0.9, 0.1), None, 200),
        (None, QueuePlace(3, 3600.0), 10_000),
        (None, QueuePlace(1, None), 1000),
        (None, QueuePlace(1, 0.0), 200),
    ],
)
def test_how_soon_to_ask_again(progress: Progress | None, place: QueuePlace | None, milliseconds: int) -> None:
    assert poll_after(progress, place) == milliseconds


def test_an_empty_page_and_a_full_one() -> None:
    assert list_wire([], has_more=False) == {
        "object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False
    }  # fmt: skip
    videos = [wire(make_job()), wire(make_job())]
    page = list_wire(videos, has_more=True)
    assert (page["first_id"], page["last_id"], page["has_more"]) == (videos[0]["id"], videos[1]["id"], True)


def test_a_model_says_what_may_be_asked_of_it() -> None:
    model = model_wire(*CATALOGUE.choose("hd"))
    assert (model["id"], model["object"], model["owned_by"]) == ("hd", "model", "Piying")
    assert model["sizes"] == ["854x480", "480x854", "480x480", "1280x720", "720x1280", "720x720"]


def test_who_is_shut_out_for_a_while_is_told_for_how_long() -> None:
    problem = from_error(Refusal("account-paused", until="tomorrow", retry_after=3600))
    assert (problem.status, problem.code) == (429, "rate_limit_exceeded")
    assert problem.headers == {"Retry-After": "3600", "X-Should-Retry": "false"}


@pytest.mark.parametrize(
    ("fields", "declares"), [({}, False), ({"declares": True}, True), ({"declares": "true"}, True)]
)
def test_a_remix_is_declared_as_a_video_is(fields: dict[str, object], *, declares: bool) -> None:
    assert read_remix({"prompt": "a cat", **fields}) == Remix(prompt="a cat", declares=declares)
    assert read_creation({"prompt": "a cat", **fields}).declares is declares
