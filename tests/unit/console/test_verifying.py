"""A file that a page sends is looked at, within bounds, and not kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bots.console import verifying
from core.media.provenance import Facts, Policy, Provenance
from core.media.signing_keys import load_keys, make_keys
from core.media.verify import Trust
from tests.unit.console.console_stage import Console, make_adapter
from tests.unit.console.fake_commands import FakeCommands
from tests.unit.media.pictures import make_clip


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where files lie while they are looked at."""
    folder = tmp_path / "looked-at"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


async def send(console: Console, body: bytes | AsyncIterator[bytes], locale: str = "en") -> tuple[int, str]:
    async with console.client.post(f"/verify?locale={locale}", data=body) as answer:
        told = await answer.json()
        assert told["refused"] == (answer.status != 200)
        return answer.status, told["text"]


async def test_a_signed_clip_is_known_in_both_languages_and_not_kept(tmp_path: Path, kept: Path) -> None:
    make_keys(tmp_path / "keys")
    keys = load_keys(tmp_path / "keys")
    clip = tmp_path / "clip.mp4"
    make_clip(clip)
    Provenance(Policy(), keys).seal(clip, Facts("K7QM2XD"))
    adapter = make_adapter(FakeCommands(tmp_path, pace=0), trust=Trust(keys.anchors, keys.watermark))
    await adapter.start()
    try:
        async with aiohttp.ClientSession(base_url=adapter.url) as client:
            console = Console(adapter, FakeCommands(tmp_path), client)
            status, text = await send(console, clip.read_bytes())
            assert (status, text.startswith("Genuine: "), "K7QM2XD" in text) == (200, True, True)
            assert (await send(console, clip.read_bytes(), "zh-Hans"))[1].startswith("原件：")
            data = bytearray(clip.read_bytes())
            data[-1] ^= 1
            assert (await send(console, bytes(data)))[1].startswith("Altered: ")
    finally:
        await adapter.stop()
    assert list(kept.iterdir()) == []


@pytest.mark.parametrize("body", [b"", b"no video", b"\0" * 100_000, b"\0\0\0\x18ftypmp42" + b"\xff" * 5000])
async def test_whatever_bytes_come_there_is_an_answer(console: Console, kept: Path, body: bytes) -> None:
    status, text = await send(console, body)
    assert (status, text.partition(".")[0]) == (200, "I can’t read this as a video")
    assert list(kept.iterdir()) == []


async def test_a_file_that_is_too_large_is_not_read_to_its_end(
    console: Console, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "MAX_BYTES", 1_000_000)

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b"x" * 100_000

    for body in (b"x" * 1_000_001, endless()):
        status, text = await send(console, body)
        assert (status, text) == (413, "That is too large, or came too slowly: 1 MB and five minutes at most.")
    assert list(kept.iterdir()) == []


async def test_a_file_that_does_not_come_to_an_end_is_given_up(
    console: Console, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "SLOWEST", 0.2)

    async def stuck() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.sleep(2)

    assert (await send(console, stuck()))[0] == 413
    assert list(kept.iterdir()) == []


async def test_who_sends_many_is_told_to_wait(console: Console) -> None:
    found = [(await send(console, b""))[0] for _ in range(11)]
    assert found == [200] * 10 + [429]


async def test_strangers_and_other_pages_are_turned_away(console: Console, locked: Console) -> None:
    async with locked.client.post("/verify", data=b"") as answer:
        assert answer.status == 401
    async with console.client.post("/verify", data=b"", headers={"Origin": "http://elsewhere.example"}) as answer:
        assert answer.status == 403


async def test_the_command_asks_for_a_video(console: Console) -> None:
    async with console.page() as page:
        told = await page.ask("submit", prompt="/verify")
        assert (told["video"], told["refused"]) == ("/verify", False)
        assert "MP4" in told["text"]
        assert (await page.ask("submit", prompt="/help"))["video"] is None
