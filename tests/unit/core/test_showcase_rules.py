"""Who may do what with the showcase, and which clips and words it takes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import PiyingError, PromptBlocked, Refusal
from core.reports import ReportReason
from core.showcase.exhibits import LONGEST_TITLE, Entry
from core.showcase.pictures import CARD_BYTES, COVER_BYTES, make_pictures
from core.showcase.showcase import PUBLIC, one_line
from core.types import Address, Clip, Job, Note, Place, Verdict
from storage.clips import FolderClipStore
from tests.fakes import SPEC, make_job
from tests.gallery_stage import CAT_EN, CAT_ZH, WORDS, Hall, open_hall
from tests.stores import ALICE, BOB, open_account

LINKED = Address("telegram", "alice-there", "alice-there")
"""Alice on another platform."""
MEMBER = Address(ALICE.platform, ALICE.chat, "member")
STRANGER = Address("telegram", "far", "far")
BLOCKED = Address("telegram", "blocked", "blocked")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with open_hall(f"sqlite:///{tmp_path / 'piying.db'}", tmp_path) as opened:
        with opened.store.begin() as tx:
            tx.ledger.offer_link(open_account(tx).id, "hash", expires_at=2e9)
            tx.ledger.accept_link(open_account(tx, LINKED).id, "hash", now=1.0)
            tx.ledger.set_blocked(open_account(tx, BLOCKED).id, blocked=True)
        yield opened


async def do(hall: Hall, who: Address, action: str, job: Job) -> str:
    """What came of it: ``done``, ``nothing`` to do, or the code of a refusal."""
    account, show = hall.account(who), hall.showcase
    try:
        match action:
            case "look":
                show.find(job.code)
            case "show":
                await show.show(account, job.code, title="", remix=False)
            case "ask":
                show.own(account, job.code)
            case "take back":
                show.take_back(account, job.code)
            case "vote":
                return "done" if show.vote(account, job.code)[1] else "nothing"
            case "unvote":
                return "done" if show.vote(account, job.code, takes_back=True)[1] else "nothing"
            case "report":
                show.report(job.code, ReportReason.OTHER, "", "en")
    except PiyingError as error:
        return error.code
    return "done"


@pytest.mark.parametrize(
    ("action", "owner", "linked", "member", "stranger", "blocked"),
    [
        ("look", "done", "done", "done", "done", "done"),
        ("ask", "done", "done", "not-yours", "not-yours", "not-yours"),
        ("show", "done", "done", "not-yours", "not-yours", "not-yours"),
        ("take back", "done", "done", "not-yours", "not-yours", "not-yours"),
        ("vote", "vote-own", "vote-own", "done", "done", "account-blocked"),
        ("unvote", "vote-own", "vote-own", "nothing", "nothing", "account-blocked"),
        ("report", "done", "done", "done", "done", "done"),
    ],
)
async def test_who_may_do_what_with_a_clip_that_is_shown(
    hall: Hall, action: str, owner: str, linked: str, member: str, stranger: str, blocked: str
) -> None:
    expected = {ALICE: owner, LINKED: linked, MEMBER: member, STRANGER: stranger, BLOCKED: blocked}
    for who, outcome in expected.items():
        entry = await hall.show()
        job = hall.showcase.find(entry.code).job
        assert await do(hall, who, action, job) == outcome, who
        gone = action == "take back" and outcome == "done"
        assert await do(hall, ALICE, "look", job) == ("showcase-unknown" if gone else "done")


@pytest.mark.parametrize("action", ["look", "vote", "unvote", "report", "take back"])
async def test_a_clip_that_nobody_showed_is_unknown_to_all(hall: Hall, action: str) -> None:
    job = hall.make()
    for who in (ALICE, BOB):
        refused = "not-yours" if (action, who) == ("take back", BOB) else "showcase-unknown"
        assert await do(hall, who, action, job) == refused


async def test_an_owner_who_is_blocked_shows_nothing(hall: Hall) -> None:
    job, entry = hall.make(), await hall.show()
    with hall.store.begin() as tx:
        tx.ledger.set_blocked(job.account, blocked=True)
    assert await do(hall, ALICE, "show", job) == "account-blocked"
    assert await do(hall, BOB, "vote", hall.showcase.own(job.account, entry.code)[0]) == "showcase-unknown"


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"notes": (Note("covered", {"category": "gore"}),)}, "showcase-hidden"),
        ({"notes": (Note("unlabelled"),)}, "showcase-hidden"),
        ({"place": Place("channel", nsfw=True)}, "clip-for-adults"),
        ({"prompt": "forbidden fruit"}, "prompt-blocked"),
        ({"wording": replace(WORDS, english=replace(WORDS.english, text="forbidden"))}, "prompt-blocked"),
    ],
)
async def test_what_is_not_for_everybody_is_not_shown(hall: Hall, changes: dict[str, object], refused: str) -> None:
    job = hall.make(**changes)  # type: ignore[arg-type]
    assert await do(hall, ALICE, "show", job) == refused
    assert await do(hall, BOB, "look", job) == "showcase-unknown"


async def test_a_clip_that_is_not_finished_is_not_shown(hall: Hall) -> None:
    job = make_job(account=hall.account(), address=ALICE)
    with hall.store.begin() as tx:
        tx.jobs.add(job)
    assert await do(hall, ALICE, "show", job) == "showcase-unmade"


async def test_all_words_are_judged_as_what_everybody_may_read(hall: Hall) -> None:
    class Public(type(hall.moderator)):  # type: ignore[misc]
        async def review_text(self, text: str, *same: str, place: Place) -> Verdict:
            assert place == PUBLIC == Place("channel")
            self.seen.append(text)
            return Verdict(allowed=True, is_covered=text == "A scary title")

    moderator = Public()
    hall.showcase._moderator = moderator
    job = hall.make(prompt=CAT_ZH, wording=WORDS)
    await hall.showcase.show(job.account, job.code, title="Snow 雪", remix=False)
    assert moderator.seen == [CAT_ZH, CAT_EN, "Snow 雪"]
    with pytest.raises(Refusal, match="showcase-hidden"):
        await hall.showcase.show(job.account, job.code, title="A scary title", remix=False)
    assert hall.showcase.find(job.code).entry.title == "Snow 雪"


async def test_a_title_that_is_not_allowed_changes_nothing(hall: Hall) -> None:
    job = hall.make()
    with pytest.raises(PromptBlocked):
        await hall.showcase.show(job.account, job.code, title="forbidden", remix=True)
    assert await do(hall, ALICE, "look", job) == "showcase-unknown"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Snow \n cat\t", "Snow cat"),
        ("雪\u202eevil\u2066\u200b\x00\x07地", "雪evil地"),
        ("👩‍🚀 سلام שלום", "👩‍🚀 سلام שלום"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("\ud800x", "x"),
        ("字" * 81, "字" * 79 + "…"),
        ("\u202e\u200b", ""),
    ],
)
def test_a_title_is_one_line_of_what_can_be_seen(typed: str, kept: str) -> None:
    assert one_line(typed, LONGEST_TITLE) == kept


async def test_shown_again_it_has_the_new_title_and_the_old_pictures(hall: Hall) -> None:
    entry = await hall.show(title="One")
    with hall.store.begin() as tx:
        account = tx.exhibits.entry(entry.job)
    assert account
    again = await hall.showcase.show(account.account, entry.code.lower(), title="Two", remix=True)
    assert again == replace(entry, title="Two", remix=True)


async def test_a_lineage_leads_back_to_the_first_as_far_as_it_is_known(hall: Hall) -> None:
    first = await hall.show(title="First")
    second = hall.make(BOB, notes=(Note("remix-of", {"job": first.code}),))
    third = await hall.show(STRANGER, notes=(Note("remix-of", {"job": second.code}),))
    lineage = hall.showcase.lineage(hall.showcase.find(third.code).job)
    assert [(code, exhibit.entry.title if exhibit else None) for code, exhibit in lineage] == [
        (second.code, None),
        (first.code, "First"),
    ]
    hall.showcase.take_back(hall.account(), first.code)
    assert [exhibit for _, exhibit in hall.showcase.lineage(hall.showcase.find(third.code).job)] == [None, None]


async def test_a_lineage_that_bites_its_tail_has_an_end(hall: Hall) -> None:
    job = hall.make(code="TAIL", notes=(Note("remix-of", {"job": "TAIL"}),))
    assert len(hall.showcase.lineage(job)) == 12


async def test_of_people_without_an_account_three_reports_are_kept(hall: Hall) -> None:
    entry = await hall.show()
    for number in range(5):
        hall.showcase.report(entry.code, ReportReason.LIKENESS, f"{number} \x00字", "zh-Hans")
    with hall.store.look() as tx:
        found = tx.reports.open_of(entry.job)
    assert sorted(one.text for one in found) == ["0 字", "1 字", "2 字"]
    assert {(one.account, one.address.platform, one.locale) for one in found} == {(None, "gallery", "zh-Hans")}


def test_pictures_of_the_noisiest_clip_are_small_and_say_that_ai_made_it(tmp_path: Path) -> None:
    import av

    video = tmp_path / "noise.mp4"
    noise = np.random.default_rng(1)
    with av.open(str(video), "w") as container:
        stream = container.add_stream("libx264", rate=12, options={"preset": "ultrafast", "crf": "10"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for _ in range(6):
            pixels = noise.integers(0, 256, (720, 1280, 3), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    (tmp_path / "a.jpg").write_bytes(b"poster")
    store = FolderClipStore(tmp_path / "clips")
    job = make_job(spec=SPEC)
    stored = store.put(job.id, Clip(video, tmp_path / "a.jpg", 1280, 720, 0.5, 1))
    card, cover = (store.open(key) for key in make_pictures(store, replace(job, clip=stored)))
    assert card.stat().st_size <= CARD_BYTES
    assert cover.stat().st_size <= COVER_BYTES
    for path in (card, cover):
        with Image.open(path) as picture:
            assert picture.format == "JPEG"


def test_an_entry_names_no_person() -> None:
    assert {"user", "chat", "address", "name"}.isdisjoint(Entry.__dataclass_fields__)
