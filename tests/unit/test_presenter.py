"""Sentences about jobs, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bots.presenter import (
    _BUILT_IN_FOLLOWS,
    caption,
    chips,
    engine_label,
    is_delivering,
    notes_on,
    percent_of,
    present_balance,
    present_error,
    present_note,
    present_place,
    present_progress,
    present_receipt,
    present_state,
    recipe_card,
    recipe_name,
)
from core.catalogue.load import load_catalogue
from core.engines.scene.parser import parse
from core.errors import Conflict, DeliveryError, EngineError, PromptBlocked, Refusal, Unsupported, all_codes
from core.intake import Receipt
from core.types import JobState, Locale, Note, Options, Progress, QueuePlace, StoredClip
from tests.fakes import SPEC, make_job
from translation.localiser import LOCALES, Localiser
from translation.wishes import Wish, vocabulary

EN, ZH = Localiser("en"), Localiser("zh-Hans")
STORABLE = [
    code
    for code, kind in all_codes().items()
    if issubclass(kind, (EngineError, DeliveryError, PromptBlocked, Conflict))
]


@pytest.mark.parametrize("localiser", [EN, ZH], ids=LOCALES)
@pytest.mark.parametrize("state", JobState)
def test_every_state_has_a_sentence(localiser: Localiser, state: JobState) -> None:
    assert present_state(localiser, make_job(state=state))


@pytest.mark.parametrize("localiser", [EN, ZH], ids=LOCALES)
@pytest.mark.parametrize("code", STORABLE)
def test_what_can_be_stored_of_a_failure_is_told_as_what_it_is(localiser: Localiser, code: str) -> None:
    why = localiser.text(f"error-{code}")
    assert why in present_state(localiser, make_job(state=JobState.FAILED, error=code))


@pytest.mark.parametrize("localiser", [EN, ZH], ids=LOCALES)
@pytest.mark.parametrize("code", [*(code for code in all_codes() if code not in STORABLE), "unheard-of", "", None])
def test_whatever_else_was_stored_is_told_as_a_fault_of_ours(localiser: Localiser, code: str | None) -> None:
    fault = localiser.text("error-engine-fault")
    assert fault in present_state(localiser, make_job(state=JobState.FAILED, error=code))


def test_a_clip_on_its_way_is_neither_in_the_making_nor_done() -> None:
    clip = StoredClip("a.mp4", "a.jpg", 854, 480, 4.0, 1000)
    sending = make_job(state=JobState.RUNNING, clip=clip)
    assert [present_state(localiser, sending) for localiser in (EN, ZH)] == ["Delivering", "正在发送"]
    assert is_delivering(sending)
    assert not is_delivering(make_job(state=JobState.RUNNING))
    assert not is_delivering(make_job(state=JobState.SUCCEEDED, clip=clip))


def test_a_receipt_tells_the_place_where_there_is_one() -> None:
    place = QueuePlace(2, None)
    waiting, running = make_job(), make_job(state=JobState.RUNNING)
    told = [
        present_receipt(EN, Receipt(job, found, balance=1, duplicate=True))
        for job, found in ((waiting, place), (waiting, None), (running, place))
    ]
    assert told == ["1 video is ahead of yours.", "Waiting for its turn.", "Being made."]


def test_refusals_name_the_figures() -> None:
    error = Unsupported("option-seconds", value="90", minimum=2, maximum=8)
    assert "90" in present_error(EN, error)
    assert "8" in present_error(ZH, error)


def test_lists_are_in_the_languages_own_way_and_short() -> None:
    few, many = Note("undrawn", {"words": "武士, 骑士"}), Note("undrawn", {"words": "a, b, c, d, e, f"})
    left_out = Note("left-out", {"words": "cow, horse", "most": 4})
    assert present_note(ZH, few) == "这些没有现成的图：武士、骑士。其余的都画上了。"
    assert present_note(ZH, many) == "这些没有现成的图：a、b、c、d、e 等。其余的都画上了。"
    assert present_note(EN, many) == "No drawing of: a, b, c, d, e…. The rest is in the video."
    assert present_note(EN, left_out) == "A video holds 4 kinds of things. Left out: cow, horse."
    assert present_note(ZH, left_out) == "一段视频最多画 4 种东西，这次没画：cow、horse。"


def test_nothing_to_draw_names_the_words_where_there_are_any() -> None:
    named = Unsupported("nothing-to-draw", words="武士, 骑士", count=2)
    nameless = Unsupported("nothing-to-draw", words="", count=0)
    assert "武士, 骑士" in present_error(EN, named)
    assert "武士、骑士" in present_error(ZH, named)
    assert present_error(EN, nameless).startswith("I can’t find anything here")
    assert present_error(ZH, nameless).startswith("这里没有我能画的东西")


def test_details_are_cut_before_they_fill_a_screen() -> None:
    text = present_note(EN, Note("undrawn", {"words": "dragonfruit, " * 400}))
    assert "dragonfruit" in text
    assert "…" in text
    assert len(text) < 400
    assert len(present_error(ZH, Refusal("job-unknown", job="K" * 5000))) < 400


@pytest.mark.parametrize(
    ("place", "en", "zh"),
    [
        (QueuePlace(1, None), "You’re next.", "下一个就轮到你。"),
        (QueuePlace(2, None), "1 video is ahead of yours.", "前面还有 1 段视频。"),
        (
            QueuePlace(4, 12.2),
            "3 videos are ahead of yours. The wait is about 13 seconds.",
            "前面还有 3 段视频。预计等待约 13 秒。",
        ),
        (QueuePlace(1, 0.0), "You’re next. The wait is about 1 second.", "下一个就轮到你。预计等待约 1 秒。"),
        (QueuePlace(1, 600.0), "You’re next. The wait is about 10 minutes.", "下一个就轮到你。预计等待约 10 分钟。"),
    ],
)
def test_places_in_the_queue(place: QueuePlace, en: str, zh: str) -> None:
    assert (present_place(EN, place), present_place(ZH, place)) == (en, zh)


def test_progress_says_only_what_is_known() -> None:
    assert present_progress(EN, Progress("drawing", 0.5)) == "Drawing · 50%"
    assert present_progress(ZH, Progress("drawing", 0.5, 2.0)) == "正在绘制 · 50% · 还剩约 2 秒"


@pytest.mark.parametrize(("fraction", "percent"), [(-1, 0), (0, 0), (0.999, 99), (1, 100), (7, 100)])
def test_percent_stays_in_its_bounds(fraction: float, percent: int) -> None:
    assert percent_of(Progress("drawing", fraction)) == percent


@pytest.mark.parametrize(
    ("ratio", "locale", "name"), [("9:16", "en", "Vertical"), ("1:1", "zh-Hans", "方形"), ("16:9", "zh-Hans", "横屏")]
)
def test_chips_name_the_shape(ratio: str, locale: Locale, name: str) -> None:
    spec = load_catalogue().complete(Options(ratio=ratio), "a cat", 7)
    assert chips(Localiser(locale), make_job(spec=spec))[0].text == name


@pytest.mark.parametrize(
    ("size", "english", "chinese"),
    [
        ((1440, 1080), "Landscape 4:3", "横屏 4:3"),
        ((496, 656), "Vertical 3:4", "竖屏 3:4"),
        ((720, 480), "Landscape", "横屏"),
        ((512, 512), "Square", "方形"),
    ],
)
def test_chips_tell_four_to_three_from_wider_shapes(size: tuple[int, int], english: str, chinese: str) -> None:
    job = make_job(spec=replace(SPEC, width=size[0], height=size[1]))
    assert [chips(localiser, job)[0].text for localiser in (EN, ZH)] == [english, chinese]


def test_the_seed_is_a_chip_only_where_it_was_asked_for() -> None:
    job = make_job(spec=replace(SPEC, seed=4_000_000_042), prompt="a cat, seed 4000000042")
    assert [chip.kind for chip in chips(EN, job)] == ["ratio", "seconds", "resolution", "price"]
    asked = chips(EN, replace(job, seeded=True))
    assert [chip.text for chip in asked if chip.kind == "seed"] == ["Seed 4000000042"]


@pytest.mark.parametrize(("words", "kinds"), [("24fps", ["fps"]), ("每秒 24 帧", ["fps"]), ("60fps", []), ("", [])])
def test_the_frame_rate_is_a_chip_where_it_was_asked_for_and_had(words: str, kinds: list[str]) -> None:
    job = make_job(prompt=f"a cat, {words}")
    assert [chip.kind for chip in chips(EN, job) if chip.kind == "fps"] == kinds


def test_what_the_built_in_engine_cannot_do_is_said_and_no_chip() -> None:
    job = make_job(prompt="一只猫，推镜头，航拍，水墨风格", notes=(Note("undrawn", {"words": "moon"}),))
    assert [chip.text for chip in chips(ZH, job) if chip.kind in {"camera", "style", "speed"}] == ["推镜头"]
    notes = notes_on(ZH, job)
    assert [note.code for note in notes] == ["undrawn", "not-followed"]
    assert present_note(ZH, notes[1]) == "内置引擎做不到：航拍、水墨"
    assert present_note(EN, notes_on(EN, job)[1]) == "The built-in engine can’t do this: Aerial, Ink wash"
    assert notes_on(EN, replace(job, prompt="a cat")) == job.notes


def test_models_read_such_words_themselves() -> None:
    job = make_job(prompt="a cat, orbit, slow motion", spec=replace(SPEC, model="wan2.1-1.3b"))
    assert [chip.text for chip in chips(EN, job) if chip.kind in {"camera", "speed"}] == ["Orbit", "Slow motion"]
    assert notes_on(EN, job) == ()


@pytest.mark.parametrize("wish", [wish for wish in vocabulary() if f"camera-{wish.name}" in _BUILT_IN_FOLLOWS])
def test_the_built_in_engine_does_what_its_chips_say(wish: Wish) -> None:
    moves = {"push-in": "zoom_in", "pull-back": "zoom_out", "pan": "pan_right"}
    move = moves.get(wish.name, wish.name.replace("-", "_"))
    for word in vocabulary()[wish]:
        assert parse(f"a cat, {word}" if word.isascii() else f"一只猫，{word}").camera == move, word


def test_what_is_left_out_is_a_chip() -> None:
    job = make_job(spec=replace(SPEC, negative_prompt="text, people"))
    assert [chip.text for chip in chips(EN, job) if chip.kind == "negative"] == ["Without: text, people"]
    assert [chip.text for chip in chips(ZH, job) if chip.kind == "negative"] == ["不要：text、people"]


def test_captions_name_the_engine_and_what_it_left_out() -> None:
    job = make_job(code="K7QM2XD", notes=(Note("undrawn", {"words": "dragonfruit"}),))
    first, second = caption(EN, job).splitlines()
    assert first == f"K7QM2XD · {engine_label(EN, job.spec)}"
    assert "built-in cartoon scene engine" in first.lower()
    assert "dragonfruit" in second
    assert "内置卡通场景引擎" in caption(ZH, job)


def test_the_recipe_card_holds_what_makes_it_again() -> None:
    job = make_job(started_at=10.0, finished_at=13.4, prompt="一只猫, 种子 1", spec=replace(SPEC, prompt="一只猫"))
    card = dict(recipe_card(ZH, job))
    assert card["提示词"] == "一只猫, 种子 1"
    assert card["引擎读到的提示词"] == "一只猫"
    assert card["种子"] == "1"
    assert card["尺寸"] == "854 × 480, 24 fps"
    assert card["用时"] == "3.4 秒"
    assert "用时" not in dict(recipe_card(ZH, make_job()))


def test_the_recipe_card_tells_the_size_and_length_that_came_out() -> None:
    clip = StoredClip("v.mp4", "v.jpg", 864, 496, 5.04, 1000)
    card = dict(recipe_card(EN, make_job(state=JobState.SUCCEEDED, clip=clip)))
    assert "864 × 496, 24 fps" in card.values()
    assert "5 s" in card.values()


def test_balances_count_as_the_language_does() -> None:
    assert [present_balance(EN, amount) for amount in (0, 1, 500)] == [
        "0 credits left",
        "1 credit left",
        "500 credits left",
    ]


@pytest.mark.parametrize(
    ("key", "english", "chinese"),
    [
        ("standard", "Standard", "标准"),
        ("wan2.1-1.3b-draft", "Draft · wan2.1-1.3b", "草稿 · wan2.1-1.3b"),
        ("wan2.1-flf2v-14b-720p-hd", "HD · wan2.1-flf2v-14b-720p", "高清 · wan2.1-flf2v-14b-720p"),
    ],
)
def test_a_recipe_is_named_by_how_good_it_is_and_of_which_model(key: str, english: str, chinese: str) -> None:
    assert (recipe_name(EN, key), recipe_name(ZH, key)) == (english, chinese)


def test_an_open_model_is_named_as_one_and_its_length_to_a_tenth() -> None:
    spec = replace(make_job().spec, model="wan2.1-1.3b", recipe="wan2.1-1.3b-standard", num_frames=81, fps=16)
    assert engine_label(EN, spec) == "wan2.1-1.3b, an AI video model"
    assert engine_label(ZH, spec) == "AI 视频模型 wan2.1-1.3b"
    assert [chip.text for chip in chips(ZH, make_job(spec=spec)) if chip.kind == "seconds"] == ["5.1 秒"]


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ((854, 480), "480p"), ((688, 516), "480p"), ((624, 624), "480p"), ((544, 544), "480p"),
        ((1280, 720), "720p"), ((720, 720), "720p"), ((840, 840), "720p"), ((1112, 834), "720p"), ((768, 768), "720p"),
        ((1920, 1080), "1080p"), ((1552, 1164), "1080p"), ((1440, 1440), "1080p"), ((256, 256), "256p"),
    ],
)  # fmt: skip
def test_a_size_is_called_what_people_order(size: tuple[int, int], said: str) -> None:
    width, height = size
    found = chips(EN, replace(make_job(), spec=replace(SPEC, width=width, height=height)))
    assert next(chip.text for chip in found if chip.kind == "resolution") == said
