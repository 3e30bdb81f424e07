"""The public gallery over HTTP: pages, files and reports."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from xml.etree import ElementTree as ET

import aiohttp
import pytest

from core.reports import ReportReason
from core.showcase.exhibits import Entry
from core.types import Note
from storage.database import SqlTransaction
from tests.gallery_stage import CAT_EN, CAT_ZH, WORDS, Hall
from tests.stores import BOB, NOW
from tests.unit.gallery.reading import ATOM, check, read

ZH = {"Accept-Language": "zh-CN,zh;q=0.9"}
HOSTILE = '</title><script>alert(1)</script>" onload="x & \u202eevil 👩‍🚀 שלום'


async def test_a_page_for_everybody_in_either_language(client: aiohttp.ClientSession, hall: Hall) -> None:
    assert "Nothing is shown here yet." in await read(client, "/gallery")
    entry = await hall.show(prompt=CAT_ZH, wording=WORDS)
    english, chinese = await read(client, "/gallery"), await read(client, "/gallery", headers=ZH)
    for text, label, alt in (
        (english, "AI-generated", f"AI-generated video: {CAT_EN}"),
        (chinese, "AI 生成", f"AI 生成的视频：{CAT_ZH}"),
    ):
        found = check(text)
        assert f'<span class="label">{label}</span>' in text
        assert ("img", alt) in [(tag, one.get("alt")) for tag, one in found.tags]
    assert '<html lang="zh-Hans">' in chinese
    assert '<html lang="zh-Hans">' in await read(client, "/gallery?lang=zh-Hans")
    switch = next(one for tag, one in check(english).tags if one.get("class") == "language")
    assert (switch["href"], switch["lang"]) == ("/gallery?lang=zh-Hans", "zh-Hans")
    assert f"/gallery/{entry.code}?lang=zh-Hans" in await read(client, "/gallery?lang=zh-Hans")


async def test_the_page_of_a_clip_has_both_prompts_and_how_it_was_made(
    client: aiohttp.ClientSession, hall: Hall
) -> None:
    entry = await hall.show(title="Snow 雪", prompt=CAT_ZH, wording=WORDS, remix=True)
    text = await read(client, f"/gallery/{entry.code}")
    found = check(text)
    assert f'<blockquote lang="zh" dir="auto">{CAT_ZH}</blockquote>' in text
    assert f'<blockquote lang="en" dir="auto">{CAT_EN}</blockquote>' in text
    for shown in (
        "AI-generated",
        "Snow 雪",
        "0 votes",
        "854 × 480",
        "Built-in cartoon scene engine",
        f"/vote {entry.code}",
    ):
        assert shown in text
    assert f"/remix {entry.code}" in text
    assert "credits" not in text
    video = next(one for tag, one in found.tags if tag == "video")
    assert (video["poster"], video["aria-label"]) == (f"/gallery/{entry.code}.jpg", f"AI-generated video: {CAT_EN}")
    async with client.get(f"/gallery/{entry.code.lower()}?lang=en", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (301, f"/gallery/{entry.code}?lang=en")
    await read(client, "/gallery/")
    assert "This video is not shown here" in await read(client, "/gallery/K7QM2XD", status=404)


async def test_a_credit_leads_along_the_chain(client: aiohttp.ClientSession, hall: Hall) -> None:
    first = await hall.show(title="First <1>")
    second = hall.make(BOB, notes=(Note("remix-of", {"job": first.code}),))
    third = await hall.show(BOB, notes=(Note("remix-of", {"job": second.code}),))
    text = await read(client, f"/gallery/{third.code}")
    assert f'<li>{second.code} <span class="soft">(no longer shown)</span></li>' in text
    assert f'<li><a href="/gallery/{first.code}"><bdi>First &lt;1&gt;</bdi></a> ({first.code})</li>' in text


async def test_whatever_a_title_or_a_prompt_holds_is_text(client: aiohttp.ClientSession, hall: Hall) -> None:
    entry = await hall.show(title=HOSTILE, prompt=f"{HOSTILE}\n\x0c\ufffe", wording=WORDS)
    for path in ("/gallery", "/gallery/top?period=ever", f"/gallery/{entry.code}", f"/gallery/{entry.code}/embed"):
        text = await read(client, path)
        check(text)
        assert "<script" not in text
        assert "\u202e" not in text
        assert "👩‍🚀" in unescape(text)
    feed = ET.fromstring(await read(client, "/gallery/feed.atom"))
    title = feed.findtext(f"{ATOM}entry/{ATOM}title")
    assert title
    assert title.startswith("</title><script>alert(1)</script>")
    check(feed.findtext(f"{ATOM}entry/{ATOM}content") or "")


async def test_pages_go_on_where_the_last_one_ended_whatever_comes_in(
    client: aiohttp.ClientSession, hall: Hall
) -> None:
    entries = [await hall.show() for _ in range(14)]
    for path in ("/gallery", "/gallery/top?period=ever"):
        first = await read(client, path)
        await hall.show()
        more = next(one["href"] for tag, one in check(first).tags if one.get("rel") == "next")
        second = await read(client, str(more))
        seen = [re.findall(r'<li><a href="/gallery/(\w+)"', text) for text in (first, second)]
        assert len(seen[0]) == 12
        assert not set(seen[0]) & set(seen[1])
        assert {entry.code for entry in entries} <= {*seen[0], *seen[1]}
        assert 'content="noindex, follow"' in second
        assert 'rel="next"' not in second
    assert "after=nonsense" not in await read(client, "/gallery?after=nonsense")


async def test_the_top_of_a_period_by_votes(client: aiohttp.ClientSession, hall: Hall) -> None:
    low, high = await hall.show(), await hall.show()
    hall.showcase.vote(hall.account(BOB), low.code)
    text = await read(client, "/gallery/top?period=day")
    assert text.index(low.code) < text.index(high.code)
    assert "1 vote<" in text
    hall.clock.time += 8 * 86400
    assert "Nothing is shown" in await read(client, "/gallery/top")
    assert low.code in await read(client, "/gallery/top?period=month")
    assert '<a href="/gallery/top?period=month" aria-current="page">' in await read(client, "/gallery/top?period=month")


WAYS: dict[str, Callable[[SqlTransaction, Entry], object]] = {
    "take-down": lambda tx, entry: tx.jobs.delete(entry.job, now=NOW),
    "taken back": lambda tx, entry: tx.exhibits.take_back(entry.job),
    "a cover": lambda tx, entry: tx.jobs.add_notes(entry.job, [Note("covered", {"category": "gore"})]),
    "a blocked owner": lambda tx, entry: tx.ledger.set_blocked(entry.account, blocked=True),
    "erased": lambda tx, entry: tx.persons.forget(entry.account, now=NOW),
}


@pytest.mark.parametrize("way", WAYS)
async def test_what_is_gone_is_not_in_the_next_answer(client: aiohttp.ClientSession, hall: Hall, way: str) -> None:
    entry = await hall.show(prompt="a secret cat")
    paths = [f"/gallery/{entry.code}{end}" for end in ("", "/embed", ".mp4", ".jpg", "-card.jpg")]
    for path in paths:
        async with client.get(path) as answer:
            assert answer.status == 200
            kept = re.search(r"max-age=(\d+)", answer.headers["Cache-Control"])
            assert kept
            assert int(kept[1]) <= 60
    with hall.store.begin() as tx:
        WAYS[way](tx, entry)
    for path in paths:
        assert "secret" not in await read(client, path, status=404)
    await read(client, f"/gallery/oembed?url=https://films.example/gallery/{entry.code}", status=404)
    for path in ("/gallery", "/gallery/top?period=ever", "/gallery/feed.atom"):
        assert entry.code not in await read(client, path)
    async with client.post(f"/gallery/{entry.code}/report", data={"reason": "other"}) as answer:
        assert answer.status == 404


async def test_videos_come_in_parts_and_are_known_again(client: aiohttp.ClientSession, hall: Hall) -> None:
    entry = await hall.show()
    async with client.get(f"/gallery/{entry.code}.mp4") as answer:
        whole, etag = await answer.read(), answer.headers["ETag"]
        assert answer.headers["Content-Type"] == "video/mp4"
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert whole[4:8] == b"ftyp"
    async with client.get(f"/gallery/{entry.code}.mp4", headers={"Range": "bytes=4-7"}) as answer:
        assert (answer.status, await answer.read()) == (206, b"ftyp")
        assert answer.headers["Content-Range"] == f"bytes 4-7/{len(whole)}"
    async with client.get(f"/gallery/{entry.code}.mp4", headers={"Range": f"bytes={len(whole)}-"}) as answer:
        assert answer.status == 416
    async with client.get(f"/gallery/{entry.code}.mp4", headers={"If-None-Match": etag}) as answer:
        assert answer.status == 304
    for path in (f"/gallery/{entry.code}-card.jpg", f"/gallery/{entry.code}.jpg"):
        async with client.get(path) as answer:
            assert (answer.headers["Content-Type"], (await answer.read())[:2]) == ("image/jpeg", b"\xff\xd8")


@pytest.mark.parametrize(
    "path", ["/gallery", "/gallery/CODE", "/gallery/feed.atom", "/gallery/gallery.css", "/robots.txt"]
)
async def test_answers_have_strict_headers_and_are_known_again(
    client: aiohttp.ClientSession, hall: Hall, path: str
) -> None:
    entry = await hall.show()
    async with client.get(path.replace("CODE", entry.code)) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; ")
        assert policy.endswith("frame-ancestors 'none'")
        assert "script-src" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Vary"] == "Accept-Language"
        assert "Set-Cookie" not in answer.headers
        etag = answer.headers["ETag"]
    async with client.get(path.replace("CODE", entry.code), headers={"If-None-Match": etag}) as answer:
        assert answer.status == 304
    async with client.head(path.replace("CODE", entry.code)) as answer:
        assert answer.status == 200


async def test_anybody_may_report(client: aiohttp.ClientSession, hall: Hall) -> None:
    entry = await hall.show()
    path = f"/gallery/{entry.code}/report?lang=zh-Hans"
    async with client.post(path, data={"reason": "likeness", "text": f"我的脸 <b>&{'字' * 1200}"}) as answer:
        assert f"我们会在 48 小时内处理 {entry.code}" in await answer.text()
    with hall.store.look() as tx:
        (report,) = tx.reports.open_of(entry.job)
    assert (report.reason, report.account, report.locale) == (ReportReason.LIKENESS, None, "zh-Hans")
    assert report.text.startswith("我的脸 <b>&字")


@pytest.mark.parametrize(
    "body", [b"", b"reason=", b"reason=nonsense", b"text=x", b"\xff\xfe%00", b"reason=" + b"x" * 20_000, b"a=1&" * 5000]
)
async def test_a_report_that_says_nothing_is_given_back(client: aiohttp.ClientSession, hall: Hall, body: bytes) -> None:
    entry = await hall.show()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with client.post(f"/gallery/{entry.code}/report", data=body, headers=headers) as answer:
        assert answer.status == 400
        assert "Please choose a reason" in await answer.text()
        assert answer.headers["Cache-Control"] == "no-store"
    with hall.store.look() as tx:
        assert tx.reports.open_of(entry.job) == []


async def test_reports_are_limited_and_a_foreign_page_sends_none(client: aiohttp.ClientSession, hall: Hall) -> None:
    entry = await hall.show()
    path = f"/gallery/{entry.code}/report"
    async with client.post(path, data={"reason": "other"}, headers={"Origin": "https://evil.example"}) as answer:
        assert answer.status == 403
    for _ in range(10):
        async with client.post(path, data={"reason": "other"}) as answer:
            assert answer.status == 200
    async with client.post(path, data={"reason": "other"}) as answer:
        assert answer.status == 429
        assert "try again in a few minutes" in await answer.text()


async def test_no_other_page_is_opened_by_it(client: aiohttp.ClientSession, hall: Hall) -> None:
    hidden = hall.make()
    for path in (f"/gallery/{hidden.code}", f"/gallery/{hidden.code}.mp4", "/gallery/..%2fclips", "/gallery/top.mp4"):
        await read(client, path, status=404)
    async with client.get("/export.json") as answer:
        assert answer.status == 401
    assert "Disallow: /\n" in await read(client, "/robots.txt")
