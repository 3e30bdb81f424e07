"""The console over its real wire."""

from __future__ import annotations

import asyncio
import os
import socket as sockets
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from bots.adapter import Adapter, Delivery
from core.errors import from_code
from core.intake import Quote
from core.types import Address, JobState, Note, Progress, Request
from tests.fakes import make_job
from tests.unit.console.console_stage import Console, make_adapter
from tests.unit.console.fake_commands import FakeCommands
from translation.localiser import Localiser

LOCAL = Address("console", "local", "local")


async def test_is_an_adapter(console: Console) -> None:
    adapter: Adapter = console.adapter
    assert adapter.platform == "console"
    assert adapter.upload_limit(LOCAL) is None


@pytest.mark.parametrize("token", [None, "", SecretStr("")])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_refuses_the_world_without_a_token(tmp_path: Path, host: str, token: SecretStr | str | None) -> None:
    commands = FakeCommands(tmp_path)
    with pytest.raises(ValueError, match="token"):
        make_adapter(commands, host=host, token=token)


async def test_welcome_says_all_a_page_needs(console: Console) -> None:
    async with console.client.ws_connect("/ws") as line:
        await line.send_json({"type": "hello", "locale": "zh-Hans"})
        welcome = await line.receive_json()
    assert welcome["locale"] == "zh-Hans"
    assert welcome["texts"]["send"] == "发送"
    assert welcome["balance"] == "剩余 40 积分"
    assert [recipe["key"] for recipe in welcome["recipes"]] == ["standard", "hd"]
    assert welcome["jobs"] == []
    assert welcome["more"] is False
    assert welcome["version"] == "0.0-test"


async def test_a_prompt_becomes_a_clip_that_can_be_played(console: Console) -> None:
    async with console.page() as page:
        job = await console.make(page, "a cat, vertical 4s seed 42")
    assert job["state"] == "succeeded"
    assert [chip["text"] for chip in job["chips"]] == ["Vertical", "4 s", "480p", "Seed 42", "4 credits"]
    assert (job["width"], job["height"]) == (480, 854)
    async with console.client.get(job["clip"] + ".mp4") as answer:
        assert answer.status == 200
        assert answer.content_type == "video/mp4"
        assert answer.headers["Cache-Control"].startswith("private")
        assert (await answer.read())[4:8] == b"ftyp"
    async with console.client.get(job["clip"] + ".jpg") as answer:
        assert answer.content_type == "image/jpeg"
        assert (await answer.read())[:2] == b"\xff\xd8"


async def test_clips_are_sent_in_ranges_and_as_downloads(console: Console) -> None:
    async with console.page() as page:
        job = await console.make(page, "a cat")
    async with console.client.get(job["clip"] + ".mp4", headers={"Range": "bytes=4-7"}) as answer:
        assert answer.status == 206
        assert await answer.read() == b"ftyp"
    async with console.client.get(job["clip"] + ".mp4?download") as answer:
        assert answer.headers["Content-Disposition"] == f'attachment; filename="piying-{job["code"]}.mp4"'


async def test_an_export_is_a_file_of_ones_own(console: Console) -> None:
    async with console.page() as page:
        job = await console.make(page, "a cat")
        told = await page.ask("submit", prompt="/export")
        assert (await page.ask("submit", prompt="/privacy"))["file"] is None
    async with console.client.get(told["file"]) as answer:
        assert answer.headers["Content-Disposition"] == 'attachment; filename="piying-data.json"'
        assert answer.headers["Cache-Control"] == "no-store"
        assert (await answer.json())["jobs"] == [job["code"]]


async def test_an_export_is_behind_the_token(locked: Console) -> None:
    async with locked.client.get("/export.json") as answer:
        assert answer.status == 401


async def test_a_clip_is_delivered_once_however_often_it_is_handed_over(console: Console) -> None:
    async with console.page() as page:
        job = await console.make(page, "a cat")
        done = console.commands.jobs[job["code"]]
        await console.adapter.show_end(done)
        again = await page.hear("job")
    assert again == job


async def test_failed_jobs_show_no_clip(console: Console) -> None:
    async with console.page() as page:
        job = await console.make(page, "a thunderstruck tree")
    assert job["state"] == "failed"
    assert job["clip"] is None
    assert Localiser("en").text("error-engine-fault") in job["status"]
    async with console.client.get(f"/clips/{job['code']}.mp4", headers={"Accept-Language": "zh-CN"}) as answer:
        assert answer.status == 404
        assert "/my" in await answer.text()


async def test_progress_reaches_open_pages_in_their_language(console: Console) -> None:
    waiting = make_job(address=LOCAL, code="WAITING")
    running = make_job(address=LOCAL, code="RUNNING", state=JobState.RUNNING)
    elsewhere = make_job(address=Address("console", "other", "other"))
    async with console.page("en") as english, console.page("zh-Hans") as chinese:
        reports = [(waiting, None), (running, Progress("drawing", 0.435, 3.2)), (elsewhere, None)]
        await console.adapter.show_progress(reports)
        told = {
            message["code"]: message for message in [await english.hear("progress"), await english.hear("progress")]
        }
        assert told["WAITING"]["percent"] is None
        assert told["WAITING"]["state"] == "queued"
        assert told["RUNNING"]["percent"] == 43
        assert told["RUNNING"]["status"] == "Drawing · 43% · about 4 seconds left"
        assert (await chinese.hear("progress"))["status"].startswith("下一个")


async def test_the_same_submission_twice_is_one_job(console: Console) -> None:
    async with console.page() as page:
        await page.say(type="submit", id="0a1b", prompt="a cat")
        first = await page.hear("receipt")
    async with console.page() as page:
        await page.say(type="submit", id="0a1b", prompt="a cat")
        second = await page.hear("receipt")
    assert first["job"]["code"] == second["job"]["code"]
    assert second["job"]["request"] == "0a1b"
    assert next(iter(console.commands.jobs.values())).key == "console:local:0a1b"


async def test_other_open_pages_hear_of_it(console: Console) -> None:
    async with console.page() as one, console.page("zh-Hans") as other:
        await one.say(type="submit", id="x", prompt="a cat, 3s")
        assert (await other.hear("job"))["prompt"] == "a cat, 3s"
        assert (await other.hear("account"))["balance"] == "剩余 37 积分"


async def test_cancel_gives_the_credits_back(console: Console) -> None:
    async with console.page() as page:
        await page.say(type="submit", id="x", prompt="a cat")
        assert (await page.hear("account"))["balance"] == "36 credits left"
        code = (await page.hear("receipt"))["job"]["code"]
        await page.say(type="cancel", code=code)
        assert (await page.hear("account"))["balance"] == "40 credits left"
        assert (await page.hear("job"))["state"] == "cancelled"
        await page.say(type="cancel", code=code)
        assert (await page.hear("error"))["code"] == "job-finished"


async def test_again_and_another_take(console: Console) -> None:
    async with console.page() as page:
        first = await page.ask("submit", prompt="a cat")
        same = await page.ask("again", code=first["job"]["code"], another_take=False)
        take = await page.ask("again", code=first["job"]["code"], another_take=True)
    jobs = console.commands.jobs
    seeds = [jobs[answer["job"]["code"]].spec.seed for answer in (first, same, take)]
    assert seeds[0] == seeds[1] != seeds[2]


async def test_quotes_show_chips_notes_and_refusals_without_spending(console: Console) -> None:
    async with console.page("zh-Hans") as page:
        quote = await page.ask("quote", prompt="一个火龙果，竖屏 6秒 720p 种子42")
        assert [chip["text"] for chip in quote["chips"]] == ["竖屏", "6 秒", "720p", "种子 42", "12 积分"]
        assert "火龙果" in quote["notes"][0]
        assert quote["enough"] is True
        refused = await page.ask("quote", prompt="竖屏 6秒")
        assert refused["text"] == Localiser("zh-Hans").text("error-prompt-only-options")
        by_control = await page.ask("quote", prompt="一只猫", options={"recipe": "hd", "ratio": "1:1"})
        assert [chip["text"] for chip in by_control["chips"]][:3] == ["方形", "4 秒", "720p"]
    assert console.commands.balance == 40


async def test_a_quote_above_the_balance_says_so(console: Console) -> None:
    console.commands.balance = 3
    async with console.page() as page:
        quote = await page.ask("quote", prompt="a cat")
        assert quote["enough"] is False
        assert quote["problem"] == Localiser("en").text("error-credits-short", price=4, balance=3)


async def test_what_is_no_prompt_has_no_quote(console: Console) -> None:
    async with console.page() as page:
        assert (await page.ask("quote", prompt="hello"))["chips"] == []
        assert "/show" in (await page.ask("submit", prompt="hello"))["text"]


async def test_typed_commands_are_answered_in_sentences(console: Console) -> None:
    async with console.page() as page:
        assert "/cancel CODE" in (await page.ask("submit", prompt="/help"))["text"]
        assert (await page.ask("submit", prompt="/nonsense"))["refused"] is True
        job = (await page.ask("submit", prompt="a cat"))["job"]
        shown = await page.ask("submit", prompt=f"/show {job['code']}")
        assert shown["job"]["code"] == job["code"]
        again = await page.ask("submit", prompt=f"/again {job['code']}")
        assert again["job"]["code"] != job["code"]
        offer = await page.ask("link_offer")
        assert "5f0e" in offer["text"]
        assert (await page.ask("link_accept", code="5f0e"))["refused"] is False
        assert (await page.ask("link_accept", code="wrong"))["code"] == "link-invalid"
    assert len(console.commands.jobs) == 2


async def test_history_comes_a_page_at_a_time(console: Console) -> None:
    for number in range(120):
        job = make_job(address=LOCAL, code=f"OLD{number}", created_at=1000.0 + number)
        console.commands.jobs[job.code] = job
    async with console.client.ws_connect("/ws") as line:
        await line.send_json({"type": "hello", "locale": "en"})
        welcome = await line.receive_json()
        assert welcome["more"] is True
        assert [welcome["jobs"][0]["code"], welcome["jobs"][-1]["code"]] == ["OLD119", "OLD70"]
        await line.send_json({"type": "history", "before": welcome["jobs"][-1]["created_at"]})
        older = await line.receive_json()
        assert older["jobs"][0]["code"] == "OLD69"
        await line.send_json({"type": "history", "before": older["jobs"][-1]["created_at"]})
        oldest = await line.receive_json()
        assert oldest["more"] is False
        assert oldest["jobs"][-1]["code"] == "OLD0"


async def test_switching_the_language_says_everything_anew(console: Console) -> None:
    async with console.page("en") as page:
        await page.ask("submit", prompt="a cat")
        await page.say(type="locale", locale="zh-Hans")
        welcome = await page.hear("welcome")
        assert welcome["locale"] == "zh-Hans"
        assert welcome["jobs"][0]["status"] == Localiser("zh-Hans").text("state-queued")
        refused = await page.ask("submit", prompt="斩首")
        assert refused["text"].startswith(Localiser("zh-Hans").text("error-prompt-blocked", category="gore"))


async def test_the_time_zone_is_a_first_guess(console: Console) -> None:
    async with console.page() as page:
        await page.say(type="timezone", timezone="Asia/Shanghai")
        assert (await page.hear("account", "error"))["type"] == "account"
        await page.say(type="timezone", timezone="nowhere")
        assert (await page.hear("error"))["code"] == "timezone-unknown"
    assert console.commands.timezones == ["Asia/Shanghai"]


BAD_MESSAGES = [
    "",
    "null",
    "[]",
    "{}",
    "{",
    "\x00",
    "🐱" * 100,
    '{"type":"submit"}',
    '{"type":"submit","id":"x","prompt":null}',
    '{"type":"submit","id":"x","prompt":"a","surplus":1}',
    '{"type":"submit","id":"x y","prompt":"a"}',
    '{"type":"submit","id":"x","prompt":"\\ud800"}',
    '{"type":"quote","id":"x","prompt":"a","options":{"seconds":NaN}}',
    '{"type":"hello","locale":"fr"}',
    '{"type":"history","before":"now"}',
    "[" * 10_000,
]


@pytest.mark.parametrize("text", BAD_MESSAGES)
async def test_bad_messages_are_refused_in_the_users_language(console: Console, text: str) -> None:
    async with console.page("zh-Hans") as page:
        await page.socket.send_str(text)
        error = await page.hear()
        assert (error["type"], error["code"]) == ("error", "message-invalid")
        assert error["text"] == Localiser("zh-Hans").text("error-message-invalid")
        assert (await page.ask("quote", prompt="一只猫"))["type"] == "quote"


async def test_binary_frames_are_refused(console: Console) -> None:
    async with console.page() as page:
        await page.socket.send_bytes(b"\xff\xfe\x00")
        assert (await page.hear())["code"] == "message-invalid"


async def test_invalid_utf_8_and_giants_close_that_line_only(console: Console) -> None:
    async with console.page() as witness:
        async with console.page() as page:
            await page.socket.send_frame(b"\xff\xfe", aiohttp.WSMsgType.TEXT)
            assert (await page.socket.receive()).data == 1007
        async with console.page() as page:
            await page.socket.send_str("x" * (64 * 1024 + 1))
            assert (await page.socket.receive()).data == 1009
        assert (await witness.ask("quote", prompt="a cat"))["type"] == "quote"


@pytest.mark.parametrize(
    ("prompt", "code"),
    [
        ("", "prompt-empty"),
        (" \n\t", "prompt-empty"),
        ("\x00\u202e\u200b", "prompt-empty"),
        ("猫" * 10_000, "prompt-too-long"),
        ("竖屏 6秒", "prompt-only-options"),
    ],
)
async def test_prompts_that_cannot_be_taken_say_why(console: Console, prompt: str, code: str) -> None:
    async with console.page() as page:
        for type_ in ("quote", "submit"):
            answer = await page.ask(type_, prompt=prompt)
            assert (answer["type"], answer["code"]) == ("error", code)


async def test_200_messages_at_once_are_each_answered(console: Console) -> None:
    async with console.page() as page:
        for number in range(200):
            await page.say(type="submit", id=f"rush-{number}", prompt="a cat")
        answered: dict[str, str] = {}
        while len(answered) < 200:
            message = await page.hear("receipt", "error")
            answered[message["id"]] = message.get("code", "taken")
        assert set(answered.values()) == {"taken", "too-fast"}
        await asyncio.sleep(0.3)
        assert (await page.ask("quote", prompt="a cat"))["type"] == "quote"


async def test_messages_of_no_known_shape_count_too(console: Console) -> None:
    async with console.page() as page:
        for _ in range(200):
            await page.socket.send_str("nonsense")
        await page.socket.send_bytes(b"\xff")
        refused = [(await page.hear("error"))["code"] for _ in range(201)]
        assert set(refused) == {"message-invalid", "too-fast"}
        assert refused[-1] == "too-fast"
        assert refused.count("message-invalid") < 60


async def test_what_is_refused_unread_is_refused_by_its_id(console: Console) -> None:
    async with console.page() as page:
        assert (await page.ask("submit", prompt=None))["code"] == "message-invalid"
        for number in range(100):
            await page.say(type="cancel", code="NONE", surplus=number)
        assert (await page.ask("submit", prompt="a cat"))["code"] == "too-fast"


async def test_of_questions_in_a_row_the_newest_is_answered(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    quote, asked, go_on = console.commands.quote, asyncio.Event(), asyncio.Event()
    at_once = 0

    async def slow(request: Request) -> Quote:
        nonlocal at_once
        at_once += 1
        assert at_once == 1
        asked.set()
        await go_on.wait()
        at_once -= 1
        return await quote(request)

    monkeypatch.setattr(console.commands, "quote", slow)
    async with console.page() as page:
        await page.say(type="quote", id="q0", prompt="cat 0")
        await asked.wait()
        for number in range(1, 20):
            await page.say(type="quote", id=f"q{number}", prompt=f"cat {number}")
        assert (await page.ask("submit", prompt="/help"))["type"] == "answer"
        go_on.set()
        assert [(await page.hear())["id"] for _ in range(2)] == ["q0", "q19"]
    assert console.commands.quoted == ["cat 0", "cat 19"]


async def test_a_clip_on_its_way_is_told_and_not_served(console: Console) -> None:
    async with console.page() as page:
        job = await console.make(page, "a cat")
        done = console.commands.jobs[job["code"]]
        sending = replace(done, state=JobState.RUNNING)
        console.commands.jobs[job["code"]] = sending
        video = console.commands.folder / f"{done.id}.mp4"
        await console.adapter.deliver(Delivery(sending, video, video.with_suffix(".jpg")))
        told = await page.hear("progress")
        assert (told["status"], told["percent"], told["cancellable"]) == ("Delivering", 100, False)
        await page.say(type="cancel", code=done.code)
        assert (await page.hear("error"))["code"] == "job-delivering"
        for kind in ("mp4", "jpg"):
            async with console.client.get(f"/clips/{done.code}.{kind}") as answer:
                assert answer.status == 404
        console.commands.jobs[job["code"]] = done
        await console.adapter.show_end(done)
        assert (await page.hear("job"))["clip"] == f"/clips/{done.code}"
        async with console.client.get(f"/clips/{done.code}.mp4") as answer:
            assert answer.status == 200


async def test_a_preview_is_told_and_served_while_the_job_runs(console: Console) -> None:
    commands = console.commands
    async with console.page() as page:
        code = (await page.ask("submit", prompt="a cat"))["job"]["code"]
        running = commands.jobs[code] = replace(commands.jobs[code], state=JobState.RUNNING)
        path = commands.folder / "preview.webp"
        told: list[str] = []
        for version in (b"first", b"second"):
            path.write_bytes(version)
            os.utime(path, ns=(0, len(told) + 1))
            commands.reports[running.id] = Progress("drawing", 0.5, preview=path.name)
            await console.adapter.show_progress([(running, commands.reports[running.id])])
            told.append((await page.hear("progress"))["preview"])
            async with console.client.get(told[-1]) as answer:
                assert (answer.status, answer.content_type) == (200, "image/webp")
                assert answer.headers["Cache-Control"] == "private, no-cache"
                assert await answer.read() == version
        assert told[0] != told[1]
        path.unlink()
        await console.adapter.show_progress([(running, commands.reports[running.id])])
        assert (await page.hear("progress"))["preview"] is None


@pytest.mark.parametrize("case", ["no preview", "no report", "ended", "somebody else's", "unknown", "file gone"])
async def test_other_previews_are_not_served(console: Console, case: str) -> None:
    commands = console.commands
    path = commands.folder / "preview.webp"
    path.write_bytes(b"RIFF")
    async with console.page() as page:
        code = (await page.ask("submit", prompt="a cat"))["job"]["code"]
    job = replace(commands.jobs[code], state=JobState.RUNNING)
    commands.reports[job.id] = Progress("drawing", 0.5, preview=path.name)
    match case:
        case "no preview":
            commands.reports[job.id] = Progress("drawing", 0.5)
        case "no report":
            del commands.reports[job.id]
        case "ended":
            job = replace(job, state=JobState.FAILED, error="prompt-blocked")
        case "somebody else's":
            job = replace(job, address=Address("console", "other", "other"))
        case "file gone":
            path.unlink()
    commands.jobs[code] = job
    async with console.client.get(f"/previews/{'NOBODY' if case == 'unknown' else code}") as answer:
        assert answer.status == 404
    async with console.client.get("/previews/../clips") as answer:
        assert answer.status == 404


async def test_a_bug_ends_one_message_and_not_the_page(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_request: object) -> None:
        raise RuntimeError("no such luck")

    async with console.page() as page:
        with monkeypatch.context() as patched:
            patched.setattr(console.commands, "quote", broken)
            assert (await page.ask("quote", prompt="a cat"))["code"] == from_code("engine-fault").code
        assert (await page.ask("quote", prompt="a cat"))["type"] == "quote"


async def test_a_page_that_does_not_read_is_sent_out(console: Console) -> None:
    deaf = sockets.create_connection(("127.0.0.1", int(console.adapter.url.rsplit(":", 1)[1].strip("/"))))
    deaf.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    deaf.sendall(
        b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    room = console.adapter._room
    while not room.has("local"):
        await asyncio.sleep(0.01)
    long = tuple(Note("undrawn", {"words": "x" * 1000}) for _ in range(200))
    for number in range(600):
        if not room.has("local"):
            break
        await console.adapter.show_end(make_job(address=LOCAL, code=f"BIG{number}", notes=long))
        await asyncio.sleep(0.001)
    async with asyncio.timeout(5):
        while room.has("local"):
            await asyncio.sleep(0.01)
    assert not room.has("local")
    deaf.close()


async def test_a_visitor_has_a_number_of_pages(console: Console) -> None:
    lines = [await console.client.ws_connect("/ws") for _ in range(32)]
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await console.client.ws_connect("/ws")
    assert refused.value.status == 429
    for line in lines:
        await line.close()


async def test_stop_sends_pages_away_and_start_takes_them_back(tmp_path: Path) -> None:
    commands = FakeCommands(tmp_path, pace=0)
    adapter = make_adapter(commands)
    await adapter.start()
    port = int(adapter.url.rsplit(":", 1)[1].strip("/"))
    async with aiohttp.ClientSession() as client:
        line = await client.ws_connect(adapter.url + "ws")
        async with asyncio.timeout(5):
            stopping = asyncio.create_task(adapter.stop())
            assert (await line.receive()).data == 1001
            await stopping
        successor = make_adapter(commands, port=port)
        await successor.start()
        line = await client.ws_connect(successor.url + "ws")
        await line.send_json({"type": "hello", "locale": "en"})
        assert (await line.receive_json())["type"] == "welcome"
        await line.close()
        await successor.stop()


async def test_delivery_to_nobody_is_fine(console: Console) -> None:
    await console.adapter.show_end(make_job(address=LOCAL, state=JobState.CANCELLED))
    await console.adapter.show_progress([(make_job(address=LOCAL), None)])
    assert not console.adapter._room.has("local"), "nobody was made up to tell it to"


async def test_extra_routes_are_served(tmp_path: Path) -> None:
    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    adapter = make_adapter(FakeCommands(tmp_path), token="secret", extra=(web.get("/healthz", healthz),))
    await adapter.start()
    async with aiohttp.ClientSession() as client, client.get(adapter.url + "healthz") as answer:
        assert await answer.text() == "ok"
    await adapter.stop()
