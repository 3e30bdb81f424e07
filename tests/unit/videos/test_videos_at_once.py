"""What comes at the wrong moment, or is made to cost more than it says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.videos import body, content
from core.media import spritesheet
from tests.unit.videos.videos_stage import JSON, Stand


def code_of(answer: tuple[int, JSON]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["code"]


def forget(stand: Stand, job_id: str) -> None:
    with stand.store.begin() as tx:
        tx.jobs.delete(job_id, now=stand.clock.now())


async def test_deleted_by_another_request_in_the_middle_it_is_not_there(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forgotten(job_id: str) -> None:
        await asyncio.to_thread(forget, stand, job_id)

    video = await stand.create()
    monkeypatch.setattr(stand.queue, "cancel", forgotten)
    assert code_of(await stand.ask("DELETE", f"videos/{video['id']}")) == (404, "video_not_found")


async def test_many_deletes_at_once_say_gone_or_not_there(stand: Stand) -> None:
    for _ in range(5):
        video = await stand.create()
        answers = await asyncio.gather(*(stand.ask("DELETE", f"videos/{video['id']}") for _ in range(4)))
        assert {status for status, _ in answers} <= {200, 404}
        assert any(status == 200 for status, _ in answers)


async def test_a_remix_of_what_is_deleted_meanwhile_is_not_there(stand: Stand) -> None:
    video = await stand.create()
    job_id = stand.job(video).id

    async def slowly() -> AsyncIterator[bytes]:
        yield b'{"prompt":'
        await asyncio.sleep(0.3)
        await asyncio.to_thread(forget, stand, job_id)
        yield b' "a dog"}'

    answer = await stand.ask(
        "POST", f"videos/{video['id']}/remix", data=slowly(), headers={"Content-Type": "application/json"}
    )
    assert code_of(answer) == (404, "video_not_found")


async def test_a_fields_name_that_is_no_text_is_a_bad_request(stand: Stand) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n--b--\r\n'
    answer = await stand.ask("POST", "videos", data=body, headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert code_of(answer) == (400, "invalid_body")


async def test_json_that_would_become_far_larger_is_not_read(stand: Stand) -> None:
    body = b'{"prompt": "a cat", "x": [' + b"[]," * 200_000 + b"[]]}"
    answer = await stand.ask("POST", "videos", data=body, headers={"Content-Type": "application/json"})
    assert code_of(answer) == (400, "invalid_body")


async def test_of_one_key_four_bodies_are_in_hand_and_other_keys_do_not_wait(stand: Stand) -> None:
    end, started = asyncio.Event(), 0

    async def slowly() -> AsyncIterator[bytes]:
        nonlocal started
        started += 1
        yield b'{"prompt": "a cat"'
        await end.wait()
        yield b"}"

    json = {"Content-Type": "application/json"}
    slow = [asyncio.create_task(stand.ask("POST", "videos", data=slowly(), headers=json)) for _ in range(4)]
    while started < 4:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.2)
    waiting = asyncio.create_task(stand.ask("POST", "videos", json={"prompt": "a cat"}))
    another = await asyncio.to_thread(stand.new_key)
    assert (await stand.ask("POST", "videos", key=another, json={"prompt": "a cat"}))[0] == 200
    assert (await stand.ask("GET", "videos"))[1]["data"] == []
    assert not waiting.done()
    end.set()
    assert [status for status, _ in await asyncio.gather(*slow, waiting)] == [200] * 5


async def test_a_body_that_does_not_end_is_given_up(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b'{"prompt": '
        await asyncio.sleep(20)

    monkeypatch.setattr(body, "SLOWEST", 0.2)
    answer = await stand.ask("POST", "videos", data=endless(), headers={"Content-Type": "application/json"})
    assert code_of(answer) == (408, "request_timeout")


async def test_a_sheet_is_made_once(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []

    def sheet(path: Path) -> bytes:
        made.append(path)
        return path.name.encode()

    monkeypatch.setattr(spritesheet, "spritesheet", sheet)
    monkeypatch.setattr(content, "_SHEETS", 2)
    headers = {"Authorization": f"Bearer {stand.key}"}

    async def ask(video: JSON) -> bytes:
        async with stand.client.get(f"videos/{video['id']}/content?variant=spritesheet", headers=headers) as answer:
            assert answer.status == 200
            return await answer.read()

    videos = [await stand.create() for _ in range(3)]
    for video in videos:
        stand.finish(video)
        assert len({await answer for answer in asyncio.as_completed([ask(video) for _ in range(5)])}) == 1
    assert len(made) == len(set(made)) == 3
    # Of three, the oldest is forgotten.
    await ask(videos[1])
    assert len(made) == 3
    await ask(videos[0])
    assert len(made) == 4


async def test_a_video_that_is_stored_is_answered_where_its_place_is_unknown(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(stand.queue, "position", broken)
    assert (await stand.create())["status"] == "queued"


async def test_a_used_idempotency_key_is_not_to_be_tried_again(stand: Stand) -> None:
    headers = {"Authorization": f"Bearer {stand.key}", "Idempotency-Key": "penguins"}
    _, video = await stand.ask("POST", "videos", json={"prompt": "a cat"}, headers=headers)
    await stand.ask("DELETE", f"videos/{video['id']}")
    async with stand.client.post("videos", json={"prompt": "a cat"}, headers=headers) as answer:
        assert (answer.status, answer.headers.get("X-Should-Retry")) == (409, "false")
