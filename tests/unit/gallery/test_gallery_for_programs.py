"""What other programs read of the gallery: chats that unfurl links, and readers of feeds."""

from __future__ import annotations

from datetime import datetime
from xml.etree import ElementTree as ET

import aiohttp
import pytest

from tests.gallery_stage import CAT_ZH, WORDS, Hall
from tests.unit.gallery.reading import ATOM, check, graph, read


async def test_links_unfurl(client: aiohttp.ClientSession, hall: Hall) -> None:
    entry = await hall.show(title="Snow", prompt=CAT_ZH, wording=WORDS)
    text = await read(client, f"/gallery/{entry.code}")
    base, tags = f"https://films.example/gallery/{entry.code}", graph(text)
    assert tags["og:title"] == tags["twitter:title"] == "Snow"
    assert tags["og:description"] == f"AI-generated · {CAT_ZH}"
    assert (tags["og:url"], tags["og:image"], tags["og:video"]) == (base, f"{base}.jpg", f"{base}.mp4")
    assert (tags["og:video:width"], tags["og:video:type"], tags["og:type"]) == ("854", "video/mp4", "video.other")
    assert (tags["twitter:card"], tags["twitter:player"]) == ("player", f"{base}/embed")
    assert f'<link rel="canonical" href="{base}">' in text
    assert f'hreflang="zh-Hans" href="{base}?lang=zh-Hans"' in text
    discovered = next(one for _, one in check(text).tags if one.get("type") == "application/json+oembed")
    async with client.get(str(discovered["href"]).removeprefix("https://films.example")) as answer:
        told = await answer.json()
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert (told["version"], told["type"], told["title"]) == ("1.0", "video", "Snow")
    assert (told["width"], told["height"]) == (854, 520)
    assert f'src="{base}/embed"' in told["html"]
    async with client.get(f"/gallery/{entry.code}/embed") as answer:
        assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors *")
        assert "AI-generated" in await answer.text()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("url=https://films.example/gallery/CODE", 200),
        ("url=http://other.example/gallery/CODE/&format=json&maxwidth=400&maxheight=99999999", 200),
        ("url=https://films.example/gallery/CODE&format=xml", 501),
        ("url=https://films.example/gallery/NOPE", 404),
        ("url=https://films.example/elsewhere", 404),
        ("url=javascript:/gallery/CODE", 404),
        ("url=https://[broken", 404),
        ("", 404),
    ],
)
async def test_oembed_answers_what_it_is_asked(
    client: aiohttp.ClientSession, hall: Hall, query: str, status: int
) -> None:
    entry = await hall.show()
    async with client.get(f"/gallery/oembed?{query.replace('CODE', entry.code)}") as answer:
        assert answer.status == status
        if "maxwidth" in query:
            assert (await answer.json())["width"] == 400


async def test_the_feed_is_atom(client: aiohttp.ClientSession, hall: Hall) -> None:
    empty = ET.fromstring(await read(client, "/gallery/feed.atom"))
    assert empty.findall(f"{ATOM}entry") == []
    entries = [await hall.show(prompt=CAT_ZH, wording=WORDS) for _ in range(3)]
    async with client.get("/gallery/feed.atom?lang=zh-Hans") as answer:
        assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
        feed = ET.fromstring(await answer.text())
    assert feed.tag == f"{ATOM}feed"
    for part in (feed, *feed.findall(f"{ATOM}entry")):
        assert all(len(part.findall(f"{ATOM}{name}")) == 1 for name in ("id", "title", "updated"))
        assert (part.findtext(f"{ATOM}id") or "").startswith("urn:uuid:")
        datetime.fromisoformat(part.findtext(f"{ATOM}updated") or "")
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "皮影"
    links = {one.get("rel"): one.get("href") for one in feed.findall(f"{ATOM}link")}
    assert links["self"] == "https://films.example/gallery/feed.atom?lang=zh-Hans"
    codes = [one.code for one in reversed(entries)]
    alternates = [one.get("href") for one in feed.findall(f"{ATOM}entry/{ATOM}link[@rel='alternate']")]
    assert alternates == [f"https://films.example/gallery/{code}?lang=zh-Hans" for code in codes]
    enclosure = feed.find(f"{ATOM}entry/{ATOM}link[@rel='enclosure']")
    assert enclosure is not None
    assert int(enclosure.get("length") or 0) > 0
    ids = [one.text for one in feed.iter(f"{ATOM}id")]
    assert len(set(ids)) == 4


@pytest.mark.parametrize("url", [None])
async def test_without_an_origin_of_its_own_it_names_the_host_that_was_asked(
    client: aiohttp.ClientSession, hall: Hall
) -> None:
    entry = await hall.show()
    for host, origin in (("films.test:81", "http://films.test:81"), ('x"><script>', "http://localhost")):
        text = await read(client, f"/gallery/{entry.code}", headers={"Host": host})
        assert graph(text)["og:url"] == f"{origin}/gallery/{entry.code}"
