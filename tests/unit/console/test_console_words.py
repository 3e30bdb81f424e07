"""What a page may say of a prompt's words, and what it is told of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bots.console import mapping
from bots.console.wire import MAX_BYTES, AskQuote, Reword, Submit, read_message
from core.errors import Refusal
from core.types import ORIGINAL, USER, Address, Fallback, JobState, Translation, Wording
from core.wording import Rewordings
from tests.fakes import make_job
from tests.unit.console.console_stage import Console, Page
from translation.localiser import Localiser

EN = Localiser("en")
HERE = mapping.to_address("v1")
TWO = Rewordings(("phrase", "gloss"), can_rewrite=True)
CAT, ENGLISH = "一只猫", "A cat."
HD = {"recipe": "hd"}


def submission(**words: object) -> Submit:
    message = read_message(json.dumps({"type": "submit", "id": "1", "prompt": CAT, "words": words}))
    assert isinstance(message, Submit)
    return message


@pytest.mark.parametrize(
    ("words", "revised", "translator", "rewrite"),
    [
        ({}, None, None, False),
        ({"original": True}, Translation(CAT, "", ORIGINAL, translated=False), None, False),
        ({"own": "a dog"}, Translation("a dog", "", USER, translated=False), None, False),
        ({"own": ""}, Translation("", "", USER, translated=False), None, False),
        ({"translator": "gloss"}, None, "gloss", False),
        ({"rewrite": True}, None, None, True),
    ],
)
def test_chosen_words_become_part_of_the_request(
    words: dict[str, Any], revised: Translation | None, translator: str | None, rewrite: bool
) -> None:
    request = mapping.to_request(HERE, "en", submission(**words))
    assert (request.revised, request.translator, request.rewrite) == (revised, translator, rewrite)
    assert (request.prompt, request.replaces) == (CAT, None)


@pytest.mark.parametrize(
    "words",
    [
        {"own": "a dog", "original": True},
        {"own": "a dog", "translator": "gloss"},
        {"own": "", "rewrite": True},
        {"original": True, "rewrite": True},
        {"own": 7},
        {"original": "true"},
        {"original": 1},
        {"translator": "x" * 41},
        {"by": "gloss"},
        [],
        "a dog",
        None,
    ],
)
@pytest.mark.parametrize("type_", ["quote", "submit"])
def test_words_are_read_strictly(type_: str, words: object) -> None:
    with pytest.raises(Refusal, match="message-invalid"):
        read_message(json.dumps({"type": type_, "id": "1", "prompt": CAT, "words": words}))


def test_rewordings_are_read() -> None:
    said = {"type": "reword", "id": "1", "code": "K7", "kind": "edit", "text": "a dog", "translator": ""}
    assert read_message(json.dumps(said)) == Reword(type="reword", id="1", code="K7", kind="edit", text="a dog")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"kind": "cancel"},
        {"kind": "original", "text": "a dog"},
        {"kind": "rewrite", "translator": "gloss"},
        {"kind": "edit", "translator": "gloss"},
        {"kind": "translate", "text": "a dog"},
        {"kind": "translate", "translator": "x" * 41},
        {"kind": "edit", "text": None},
        {"kind": "edit", "text": "a dog", "user": "another"},
        {"kind": "original", "code": ""},
        {"kind": "original", "code": "x" * 41},
        {"kind": "original", "id": "a:b"},
    ],
)
def test_rewordings_are_read_strictly(fields: dict[str, Any]) -> None:
    with pytest.raises(Refusal, match="message-invalid"):
        read_message(json.dumps({"type": "reword", "id": "1", "code": "K7", **fields}))


def test_a_quote_without_words_is_one_without_a_choice() -> None:
    message = read_message('{"type":"quote","id":"1","prompt":"a cat"}')
    assert isinstance(message, AskQuote)
    assert mapping.to_request(HERE, "en", message).revised is None


def test_words_are_told_with_all_that_can_be_done() -> None:
    fallback = Fallback("deepl", "timed-out")
    revised = Translation(ENGLISH, "zh", "phrase", translated=True, fallbacks=(fallback,))
    wording = Wording(revised, Translation(ENGLISH, "en", "none", translated=False))
    words = mapping.job_wire(EN, make_job(wording=wording), TWO)["words"]
    assert (words["text"], words["lang"], words["read"]) == (ENGLISH, "en", True)
    assert words["remarks"] == ("No translation by DeepL: no answer in time.",)
    assert [(choice["kind"], choice["translator"]) for choice in words["choices"]] == [
        ("original", ""),
        ("edit", ""),
        ("translate", "gloss"),
        ("rewrite", ""),
    ]


def test_a_page_is_not_sent_a_book_of_words() -> None:
    text = Translation("cat " * 20_000, "zh", "phrase", translated=True)
    assert len(json.dumps(mapping.job_wire(EN, make_job(wording=Wording(text, text)), TWO))) < 10_000


async def quoted(page: Page, **fields: Any) -> dict[str, Any]:
    words: dict[str, Any] = (await page.ask("quote", prompt=CAT, options=HD, **fields))["words"]
    return words


async def test_a_quote_shows_what_the_engine_would_read(console: Console) -> None:
    async with console.page() as page:
        assert (await quoted(page))["text"] == ENGLISH
        assert (await quoted(page, words={"translator": "gloss"}))["text"] == "gloss a cat."
        assert (await quoted(page, words={"own": "a dog"}))["text"] == "a dog"
        original = await quoted(page, words={"original": True})
        assert (original["text"], original["read"]) == (ENGLISH, False)
        unread = await page.ask("quote", prompt="a cat", options=HD)
        assert unread["words"]["text"] == ""
        unknown = await page.ask("quote", prompt=CAT, options=HD, words={"translator": "nobody"})
        assert (unknown["type"], unknown["code"]) == ("error", "translator-unknown")
        empty = await page.ask("quote", prompt=CAT, options=HD, words={"own": " "})
        assert (empty["type"], empty["code"]) == ("error", "prompt-empty")
    assert console.commands.jobs == {}


async def make(page: Page) -> str:
    code: str = (await page.ask("submit", prompt=CAT, options=HD))["job"]["code"]
    return code


@pytest.mark.parametrize(
    ("fields", "text", "translator"),
    [
        ({"kind": "original"}, CAT, ORIGINAL),
        ({"kind": "edit", "text": "a dog"}, "a dog", USER),
        ({"kind": "translate", "translator": "phrase"}, ENGLISH, "phrase"),
        ({"kind": "translate"}, "gloss a cat.", "gloss"),
        ({"kind": "rewrite"}, f"{CAT}，远景，暖光", "director"),
    ],
)
async def test_a_waiting_job_gives_way_to_one_in_other_words(
    console: Console, fields: dict[str, Any], text: str, translator: str
) -> None:
    async with console.page() as page, console.page() as other:
        code = await make(page)
        await other.hear("job")
        answer = await page.ask("reword", code=code, **fields)
        assert answer["type"] == "receipt"
        told = {job["code"]: job for job in (await other.hear("job"), await other.hear("job"))}
    made = console.commands.jobs[answer["job"]["code"]]
    assert made.wording
    assert (made.wording.revised.text, made.wording.revised.translator) == (text, translator)
    assert made.prompt == CAT
    assert told[code]["state"] == "cancelled"
    assert told[code]["notes"] == [f"{made.code} was made in its place, with other words."]
    assert console.commands.balance == 40 - made.price


async def test_the_page_itself_is_told_of_the_job_that_gave_way(console: Console) -> None:
    async with console.page() as page:
        code = await make(page)
        await page.say(type="reword", id="r1", code=code, kind="original")
        job = await page.hear("job")
        assert (job["code"], job["state"]) == (code, "cancelled")


async def test_what_is_made_stays_and_another_is_made(console: Console) -> None:
    async with console.page() as page:
        job = await console.make(page, CAT)
        answer = await page.ask("reword", code=job["code"], kind="edit", text="a dog")
    assert answer["job"]["code"] != job["code"]
    assert console.commands.jobs[job["code"]].state is JobState.SUCCEEDED


async def test_the_same_rewording_twice_is_one_job(console: Console) -> None:
    async with console.page() as page:
        code = await make(page)
        message = {"type": "reword", "id": "once", "code": code, "kind": "edit", "text": "a dog"}
        await page.say(**message)
        first = await page.hear("receipt")
        await page.say(**message)
        assert (await page.hear("receipt"))["job"]["code"] == first["job"]["code"]
    assert len(console.commands.jobs) == 2


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"kind": "edit", "text": ""}, "prompt-empty"),
        ({"kind": "edit", "text": "a beheading"}, "prompt-blocked"),
        ({"kind": "edit", "text": "x" * 1001}, "prompt-too-long"),
        ({"kind": "translate", "translator": "nobody"}, "translator-unknown"),
        ({"kind": "edit"}, "prompt-empty"),
        ({"kind": "original", "text": "x"}, "message-invalid"),
    ],
)
async def test_a_refused_rewording_leaves_all_as_it_was(console: Console, fields: dict[str, Any], why: str) -> None:
    async with console.page() as page:
        code = await make(page)
        answer = await page.ask("reword", code=code, **fields)
    assert (answer["type"], answer["code"]) == ("error", why)
    assert [job.state for job in console.commands.jobs.values()] == [JobState.QUEUED]
    assert console.commands.balance == 40 - console.commands.jobs[code].price


@pytest.mark.parametrize("owner", [Address("console", "other", "other"), Address("console", "other", "local")])
async def test_nobody_changes_the_words_of_another(console: Console, owner: Address) -> None:
    theirs = make_job(address=owner, code="THEIRS7")
    console.commands.jobs[theirs.code] = theirs
    async with console.page() as page:
        for kind in ("original", "edit", "translate", "rewrite"):
            answer = await page.ask("reword", code=theirs.code, kind=kind)
            assert (answer["type"], answer["code"]) == ("error", "not-yours")
        assert (await page.ask("reword", code="NOSUCH7", kind="original"))["code"] == "job-unknown"
    assert console.commands.jobs == {theirs.code: theirs}


async def test_rewordings_count_as_submissions(console: Console) -> None:
    async with console.page() as page:
        code = await make(page)
        answers = [await page.ask("reword", code=code, kind="edit", text=f"{number} dogs") for number in range(25)]
    assert {answer["code"] for answer in answers if answer["type"] == "error"} == {"too-fast"}


async def test_words_that_are_too_many_bytes_end_the_line(console: Console) -> None:
    async with console.client.ws_connect("/ws") as socket:
        await socket.send_json(
            {"type": "submit", "id": "1", "prompt": "a cat", "words": {"own": "x" * (MAX_BYTES + 1)}}
        )
        while not (frame := await socket.receive()).type.name.startswith("CLOS"):
            assert frame.type.name == "TEXT"
        assert socket.close_code == 1009
    assert console.commands.jobs == {}


async def test_a_typed_rewording_is_told_like_a_pressed_one(console: Console) -> None:
    async with console.page() as page, console.page() as other:
        code = await make(page)
        await other.hear("job")
        answer = await page.ask("submit", prompt=f"/edit {code} a dog")
        assert (answer["type"], answer["job"]["words"]["text"]) == ("answer", "a dog")
        told = {job["code"]: job["state"] for job in (await other.hear("job"), await other.hear("job"))}
    assert told == {answer["job"]["code"]: "queued", code: "cancelled"}
