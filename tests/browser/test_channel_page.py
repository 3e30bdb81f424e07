"""What is published in a chat, on its page in a real browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import expect

from bots.adapter import Post
from core.publishing.studio import View
from core.publishing.types import Channel, Content, Profile, Publication, State
from core.types import Address, StoredClip
from tests.browser.theatre import Theatre, send, shoot

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

LOCAL = Address("console", "local", "local")
CHANNEL = Channel("channel", "CHANNEL", LOCAL, "News", Profile(languages=("zh", "en")), 0.0)
WORDS = "两只小猫\ntwo cats\n\n#cats\n\nAI 生成 · AI-generated"


async def test_a_post_comes_changes_stays_and_goes(
    theatre: Theatre, screenshots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await theatre.visit()
    await send(page, "two cats, 3s")
    await expect(page.locator("#talk video")).to_be_visible(timeout=30_000)
    job = next(iter(theatre.commands.jobs.values()))
    content = Content({"zh": "两只小猫", "en": "two cats"}, ("cats",))
    publication = Publication(
        "publication", "P7QM2XD", CHANNEL.id, job.id, "ann", LOCAL, "en", State.POSTED, content, 0.0, 0.0
    )  # fmt: skip
    standing = [View(publication, CHANNEL)]

    async def posts_in(address: Address) -> list[View]:
        return standing

    async def post_clip(address: Address, code: str) -> StoredClip | None:
        return job.clip if standing and code == publication.code else None

    monkeypatch.setattr(theatre.commands, "posts_in", posts_in)
    monkeypatch.setattr(theatre.commands, "post_clip", post_clip)
    job = theatre.commands.jobs[job.code]
    assert job.clip
    await theatre.adapter.publish(Post(publication, CHANNEL, job, Path(), Path(), WORDS))
    await theatre.adapter.publish(Post(publication, CHANNEL, job, Path(), Path(), WORDS))
    post = page.locator("article[aria-label=P7QM2XD]")
    await expect(post).to_have_count(1)
    await expect(post.locator("p")).to_have_text(WORDS)
    await page.wait_for_function("document.querySelector('video.post').readyState >= 0")
    await post.locator("video").evaluate("film => film.play()")
    await shoot(page, screenshots / "page-post.png")
    assert await post.locator("video").evaluate("film => film.error === null && film.readyState >= 2")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    await theatre.adapter.amend(CHANNEL, replace(publication, revision=1), "new words")
    await expect(post.locator("p")).to_have_text("new words")
    await page.reload()
    await expect(post.locator("p")).to_have_text(WORDS)
    await expect(post).to_have_count(1)
    standing.clear()
    await theatre.adapter.remove(CHANNEL, publication)
    await expect(post).to_have_count(0)
    await page.reload()
    await expect(page.locator("#talk li").first).to_be_visible()
    await expect(post).to_have_count(0)
    assert theatre.complaints == []
