"""What the API answers, over HTTP."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import av
import pytest

from core.errors import Refusal
from core.types import Progress, Request
from tests.unit.videos.videos_stage import JSON, KEEP_SECONDS, Stand, open_stand

STRANGE = "video_222222222"


def form(**fields: Any) -> aiohttp.FormData:
    data = aiohttp.FormData(default_to_multipart=True)
    for name, value in fields.items():
        extra = {"filename": "cat.png", "content_type": "image/png"} if isinstance(value, bytes) else {}
        data.add_field(name, value, **extra)
    return data


def error_of(answer: tuple[int, JSON]) -> tuple[int, str, str | None]:
    status, body = answer
    assert body.keys() == {"error"}
    assert body["error"].keys() == {"message", "type", "param", "code"}
    assert body["error"]["message"]
    return status, body["error"]["code"], body["error"]["param"]


# who may come in


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic abc",
        "Bearer sk-piying-x",
        "Bearer sk-other",
        f"Bearer {'é' * 9}",
        "bearer",
    ],
)
@pytest.mark.parametrize("path", ["videos", "videos/x/content", "models", "nothing"])
async def test_without_a_key_nothing_is_told(stand: Stand, header: str | None, path: str) -> None:
    headers = {} if header is None else {"Authorization": header}
    async with stand.client.get(path, headers=headers) as answer:
        assert error_of((answer.status, await answer.json())) == (401, "invalid_api_key", None)
        assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_key_must_be_whole_right_and_in_force(stand: Stand) -> None:
    other = stand.new_key()
    key_id = stand.key.split("-")[2]
    mixed = stand.key[: len("sk-piying-") + 17] + other[len("sk-piying-") + 17 :]
    for wrong in (stand.key[:-1], stand.key + "x", stand.key.upper(), mixed, f"sk-piying-{'0' * 16}-{'A' * 43}"):
        assert error_of(await stand.ask("GET", "videos", key=wrong))[0] == 401
    assert (await stand.ask("GET", "videos"))[0] == 200
    with stand.store.begin() as tx:
        assert tx.keys.revoke(key_id, now=stand.clock.now())
    assert error_of(await stand.ask("GET", "videos")) == (401, "invalid_api_key", None)
    assert (await stand.ask("GET", "videos", key=other))[0] == 200


async def test_a_key_that_asks_too_fast_is_told_when_to_come_back(stand: Stand) -> None:
    statuses = []
    for _ in range(210):
        async with stand.client.get("models", headers={"Authorization": f"Bearer {stand.key}"}) as answer:
            statuses.append(answer.status)
            wait = answer.headers.get("Retry-After")
    assert (statuses.count(429), wait) == (10, "1")
    assert error_of(await stand.ask("GET", "models")) == (429, "rate_limit_exceeded", None)
    stand.clock.time += 1
    assert (await stand.ask("GET", "models"))[0] == 200


async def test_the_key_is_in_no_answer_and_nowhere_in_the_database(stand: Stand, tmp_path: Path) -> None:
    _, video = await stand.ask("POST", "videos", json={"prompt": "a cat"})
    assert stand.key not in json.dumps(video)
    secret = stand.key.split("-", 3)[3].encode()
    assert all(secret not in path.read_bytes() for path in tmp_path.glob("piying.db*"))


# asking for videos


async def test_a_form_and_json_make_the_same_job(stand: Stand) -> None:
    fields = {"prompt": "a cat", "model": "hd", "seconds": "3", "size": "720x720", "seed": "42"}
    first = await stand.ask("POST", "videos", data=form(**fields))
    second = await stand.ask("POST", "videos", json=fields | {"seconds": 3, "seed": 42})
    assert first[0] == second[0] == 200
    assert stand.job(first[1]).spec == stand.job(second[1]).spec
    assert first[1]["id"] != second[1]["id"]
    assert len(stand.queue.submitted) == 2


@pytest.mark.parametrize("kind", ["file", "form", "json"])
async def test_pictures_arrive_as_they_were_sent(stand: Stand, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    picture, url = bytes(range(256)), f"data:image/png;base64,{b64encode(bytes(range(256))).decode()}"
    taken = list[Request]()

    async def take(request: Request) -> None:
        taken.append(request)
        raise Refusal("image-invalid")

    monkeypatch.setattr(stand.commands, "video", take)
    names = ("input_reference", "last_input_reference")
    ways: dict[str, JSON] = {
        "file": {"data": form(prompt="a cat", **dict.fromkeys(names, picture))},
        "form": {"data": form(prompt="a cat", **{f"{name}[image_url]": url for name in names})},
        "json": {"json": {"prompt": "a cat", **{name: {"image_url": url} for name in names}}},
    }
    answer = await stand.ask("POST", "videos", **ways[kind])
    assert error_of(answer) == (400, "image_invalid", "input_reference")
    assert [(request.image, request.last_image) for request in taken] == [(picture, picture)]


async def test_what_was_asked_is_what_comes_back(stand: Stand) -> None:
    video = await stand.create("two cats", seconds="2", size="480x854", seed=9)
    assert (video["status"], video["progress"], video["error"]) == ("queued", 0, None)
    assert (video["seconds"], video["size"], video["seed"], video["prompt"]) == ("2", "480x854", 9, "two cats")
    assert await stand.ask("GET", f"videos/{video['id']}") == (200, video)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"prompt": ""}, (400, "prompt_empty", "prompt")),
        ({"prompt": "forbidden cat"}, (400, "moderation_blocked", "prompt")),
        ({"prompt": "x" * 1200}, (400, "prompt_too_long", "prompt")),
        ({"model": "sora-2"}, (400, "model_not_found", "model")),
        ({"size": "1024x1792"}, (400, "invalid_value", "size")),
        ({"seconds": "12"}, (400, "option_seconds", "seconds")),
        ({"seed": -1}, (400, "option_seed", "seed")),
        ({"guidance_scale": 5, "unknown": 1}, (400, "unknown_parameter", "unknown")),
    ],
)
async def test_refusals_name_the_field(stand: Stand, fields: JSON, expected: tuple[int, str, str]) -> None:
    assert error_of(await stand.ask("POST", "videos", json={"prompt": "a cat"} | fields)) == expected
    assert stand.queue.submitted == []


async def test_sentences_are_in_the_callers_language(stand: Stand) -> None:
    for language, said in (("zh-CN,en;q=0.5", "可以选"), ("fr", "Choose one of these")):
        headers = {"Accept-Language": language}
        _, body = await stand.ask("POST", "videos", json={"prompt": "a cat", "size": "1x1"}, headers=headers)
        assert said in body["error"]["message"]


async def test_the_same_idempotency_key_is_one_job_a_key(stand: Stand) -> None:
    once: JSON = {"headers": {"Idempotency-Key": "order 1"}, "json": {"prompt": "a cat"}}
    first, again = [(await stand.ask("POST", "videos", **dict(once)))[1] for _ in range(2)]
    assert first["id"] == again["id"]
    _, foreign = await stand.ask("POST", "videos", key=stand.new_key(), **dict(once))
    assert foreign["id"] != first["id"]
    assert len(stand.queue.submitted) == 2
    await stand.ask("DELETE", f"videos/{first['id']}")
    assert error_of(await stand.ask("POST", "videos", **dict(once))) == (409, "idempotency_key_used", None)
    once["headers"] = {"Idempotency-Key": "x" * 256}
    assert error_of(await stand.ask("POST", "videos", **dict(once))) == (400, "invalid_value", None)


async def test_a_remix_keeps_all_but_the_prompt(stand: Stand) -> None:
    first = await stand.create("a cat", model="hd", seconds=3, size="720x720", seed=5)
    status, second = await stand.ask("POST", f"videos/{first['id']}/remix", json={"prompt": "a dog"})
    assert (status, second["remixed_from_video_id"], second["prompt"]) == (200, first["id"], "a dog")
    kept = ("model", "seconds", "size", "seed")
    assert [second[name] for name in kept] == [first[name] for name in kept]
    answer = await stand.ask("POST", f"videos/{first['id']}/remix", json={"prompt": "a dog"}, key=stand.new_key())
    assert error_of(answer) == (404, "video_not_found", None)


# how a video stands


async def test_progress_and_when_to_ask_again(stand: Stand) -> None:
    video = await stand.create()
    stand.run(video, Progress("drawing", 0.42, 8.0))
    headers = {"Authorization": f"Bearer {stand.key}"}
    async with stand.client.get(f"videos/{video['id']}", headers=headers) as answer:
        assert answer.headers["openai-poll-after-ms"] == "2000"
        told = await answer.json()
    assert (told["status"], told["progress"]) == ("in_progress", 42)
    stand.finish(video)
    async with stand.client.get(f"videos/{video['id']}", headers=headers) as answer:
        assert "openai-poll-after-ms" not in answer.headers
        told = await answer.json()
    assert (told["status"], told["progress"]) == ("completed", 100)
    assert told["expires_at"] == told["completed_at"] + KEEP_SECONDS


async def test_a_failed_video_is_no_failed_request(stand: Stand) -> None:
    video = await stand.create()
    stand.fail(video, "engine-fault")
    status, told = await stand.ask("GET", f"videos/{video['id']}")
    assert (status, told["status"], told["error"]["code"]) == (200, "failed", "engine_fault")
    assert error_of(await stand.ask("GET", f"videos/{video['id']}/content")) == (404, "video_failed", None)


async def test_pages_go_both_ways_and_over_what_was_deleted(stand: Stand) -> None:
    videos = []
    for number in range(5):
        stand.clock.time += 1
        videos.append((await stand.create(f"cat {number}"))["id"])
    await stand.create("not theirs", key=stand.new_key())
    for order, expected in (("desc", videos[::-1]), ("asc", videos)):
        found, after = list[str](), dict[str, str]()
        while True:
            _, page = await stand.ask("GET", "videos", params={"limit": 2, "order": order, **after})
            found += [video["id"] for video in page["data"]]
            if not page["has_more"]:
                break
            after = {"after": page["last_id"]}
        assert found == expected
    _, page = await stand.ask("GET", "videos", params={"limit": 2, "order": "asc"})
    for video in page["data"]:
        assert (await stand.ask("DELETE", f"videos/{video['id']}"))[0] == 200
    _, page = await stand.ask("GET", "videos", params={"order": "asc", "after": page["last_id"]})
    assert [video["id"] for video in page["data"]] == videos[2:]


@pytest.mark.parametrize(
    ("query", "code", "param"),
    [
        ({"limit": "0"}, "invalid_value", "limit"),
        ({"limit": "101"}, "invalid_value", "limit"),
        ({"limit": "٣"}, "invalid_value", "limit"),
        ({"limit": "9" * 400}, "invalid_value", "limit"),
        ({"order": "up"}, "invalid_value", "order"),
        ({"after": STRANGE}, "video_not_found", "after"),
        ({"after": "x"}, "video_not_found", "after"),
    ],
)
async def test_odd_pages_are_refused(stand: Stand, query: dict[str, str], code: str, param: str) -> None:
    assert error_of(await stand.ask("GET", "videos", params=query)) == (400, code, param)


@pytest.mark.parametrize("name", [STRANGE, "video_", "video_K7QM2XD", "K7QM2XD", "%00", "video_" + "a" * 300, "é"])
@pytest.mark.parametrize(("method", "tail"), [("GET", ""), ("DELETE", ""), ("GET", "/content"), ("POST", "/remix")])
async def test_what_is_no_video(stand: Stand, name: str, method: str, tail: str) -> None:
    extra: JSON = {"json": {"prompt": "a cat"}} if method == "POST" else {}
    assert error_of(await stand.ask(method, f"videos/{name}{tail}", **extra)) == (404, "video_not_found", None)


async def test_another_keys_video_is_not_there(stand: Stand) -> None:
    video = await stand.create()
    stand.finish(video)
    stranger = stand.new_key()
    for method, tail in (("GET", ""), ("DELETE", ""), ("GET", "/content")):
        answer = await stand.ask(method, f"videos/{video['id']}{tail}", key=stranger)
        assert error_of(answer) == (404, "video_not_found", None)
    assert (await stand.ask("GET", "videos", key=stranger))[1]["data"] == []
    assert (await stand.ask("GET", f"videos/{video['id']}"))[0] == 200


# what a video holds


async def test_the_video_its_thumbnail_and_its_sheet(stand: Stand) -> None:
    video = await stand.create(size="480x480", seconds=2)
    path = f"videos/{video['id']}/content"
    assert error_of(await stand.ask("GET", path)) == (404, "video_not_ready", None)
    stand.finish(video)
    kept = stand.clips.open(stand.job(video).clip.video).read_bytes()  # type: ignore[union-attr]
    headers = {"Authorization": f"Bearer {stand.key}"}
    async with stand.client.get(path, headers=headers) as answer:
        assert (answer.status, answer.content_type, await answer.read()) == (200, "video/mp4", kept)
    async with stand.client.get(path, headers=headers | {"Range": "bytes=10-19"}) as answer:
        assert (answer.status, await answer.read()) == (206, kept[10:20])
    for variant, size in (("thumbnail", (320, 320)), ("spritesheet", (1280, 1280))):
        async with stand.client.get(path, params={"variant": variant}, headers=headers) as answer:
            assert (answer.status, answer.content_type) == (200, "image/jpeg")
            with av.open(BytesIO(await answer.read())) as picture:
                assert (picture.streams.video[0].width, picture.streams.video[0].height) == size
    assert error_of(await stand.ask("GET", path, params={"variant": "gif"})) == (400, "invalid_value", "variant")


async def test_a_clip_that_is_gone_is_not_there(stand: Stand) -> None:
    video = await stand.create()
    stand.finish(video)
    stand.clips.delete(stand.job(video).id)
    assert error_of(await stand.ask("GET", f"videos/{video['id']}/content")) == (404, "video_not_found", None)


# deleting


async def test_deleting_an_unfinished_video_stops_it_and_gives_the_credits_back(stand: Stand) -> None:
    for run in (False, True):
        video = await stand.create()
        job = stand.run(video) if run else stand.job(video)
        gone = {"id": video["id"], "object": "video.deleted", "deleted": True}
        assert await stand.ask("DELETE", f"videos/{video['id']}") == (200, gone)
        assert stand.queue.cancelled[-1:] == [job.id]
        with stand.store.begin() as tx:
            assert tx.jobs.get(job.id).state == "cancelled"  # type: ignore[union-attr]
            assert tx.ledger.account(job.account).held == 0  # type: ignore[union-attr]
        for method in ("GET", "DELETE"):
            assert error_of(await stand.ask(method, f"videos/{video['id']}")) == (404, "video_not_found", None)


async def test_deleting_a_finished_video_drops_its_files_and_keeps_its_price(stand: Stand) -> None:
    video = await stand.create(seconds=2)
    stand.finish(video)
    job = stand.job(video)
    assert (await stand.ask("DELETE", f"videos/{video['id']}"))[0] == 200
    assert [path for path in (stand.folder / "clips").rglob("*") if path.is_file()] == []
    with stand.store.begin() as tx:
        assert tx.ledger.account(job.account).balance == 500 - job.price  # type: ignore[union-attr]
    assert (await stand.ask("GET", "videos"))[1]["data"] == []


async def test_a_video_that_is_just_being_finished_cannot_be_deleted_yet(stand: Stand) -> None:
    video = await stand.create(seconds=2)
    stand.make(video)
    assert error_of(await stand.ask("DELETE", f"videos/{video['id']}")) == (409, "video_finishing", None)
    assert (await stand.ask("GET", f"videos/{video['id']}"))[1]["status"] == "in_progress"


# limits


async def test_limits_say_which_and_when_they_end(tmp_path: Path) -> None:
    async with open_stand(tmp_path, clips_a_day=1, waiting=5) as stand:
        video = await stand.create()
        answer = await _refused(stand)
        assert error_of(answer[:2]) == (429, "rate_limit_exceeded", None)
        assert 0 < int(answer[2]["Retry-After"]) <= 86_400
        assert answer[2]["X-Should-Retry"] == "false"
        account = stand.job(video).account
        with stand.store.begin() as tx:
            tx.ledger.set_limits(account, {"clips_a_day": 2, "waiting": 1})
        answer = await _refused(stand)
        assert error_of(answer[:2]) == (429, "rate_limit_exceeded", None)
        assert (answer[2]["Retry-After"], "X-Should-Retry" in answer[2]) == ("5", False)
        stand.fail(video, "engine-fault")
        await stand.create()


async def test_credits_that_do_not_reach_and_a_blocked_account(tmp_path: Path) -> None:
    async with open_stand(tmp_path, welcome_credits=5) as stand:
        video = await stand.create()
        answer = await _refused(stand)
        assert error_of(answer[:2]) == (429, "insufficient_quota", None)
        assert answer[1]["error"]["type"] == "insufficient_quota"
        assert answer[2]["X-Should-Retry"] == "false"
        account = stand.job(video).account
        with stand.store.begin() as tx:
            tx.ledger.set_blocked(account, blocked=True)
        assert error_of((await _refused(stand))[:2]) == (403, "account_blocked", None)


async def _refused(stand: Stand) -> tuple[int, JSON, Any]:
    headers = {"Authorization": f"Bearer {stand.key}"}
    async with stand.client.post("videos", json={"prompt": "a cat"}, headers=headers) as answer:
        return answer.status, await answer.json(), answer.headers


# the envelope


async def test_paths_methods_and_bodies_that_are_none(stand: Stand) -> None:
    asked: list[tuple[str, str, JSON, tuple[int, str]]] = [
        ("GET", "nothing", {}, (404, "path_not_found")),
        ("GET", "videos/x/y/z", {}, (404, "path_not_found")),
        ("PUT", "videos", {}, (405, "method_not_allowed")),
        ("POST", "models", {"json": {}}, (405, "method_not_allowed")),
        ("POST", "videos", {}, (415, "unsupported_media_type")),
        ("POST", "videos", {"data": {"prompt": "a cat"}}, (415, "unsupported_media_type")),
        ("POST", "videos", {"data": b"{", "headers": {"Content-Type": "application/json"}}, (400, "invalid_body")),
        (
            "POST",
            "videos",
            {"data": b"[" * 10**5, "headers": {"Content-Type": "application/json"}},
            (400, "invalid_body"),
        ),
        ("POST", "videos", {"json": {f"field {n}": n for n in range(101)}}, (400, "invalid_body")),
        ("POST", "videos", {"data": form(**{f"f{n}": "x" for n in range(101)})}, (400, "invalid_body")),
        ("POST", "videos", {"data": b'"a"', "headers": {"Content-Type": "application/json"}}, (400, "invalid_body")),
        ("POST", "videos", {"data": b"x", "headers": {"Content-Type": "multipart/form-data"}}, (400, "invalid_body")),
    ]
    for method, path, extra, expected in asked:
        assert error_of(await stand.ask(method, path, **extra))[:2] == expected, (method, path)
    headers = {"Authorization": f"Bearer {stand.key}"}
    async with stand.client.put("videos", headers=headers) as answer:
        assert answer.headers["Allow"] == "GET, HEAD, POST"


async def test_the_longest_body(stand: Stand) -> None:
    long = b"x" * 26_000_000
    head = b'--b\r\nContent-Disposition: form-data; name="prompt"%s\r\n\r\n'
    for content_type, body in (
        ("multipart/form-data; boundary=b", head % b"" + long),
        ("multipart/form-data; boundary=b", head % b'; filename="x"' + long),
        ("application/json", long),
    ):
        answer = await stand.ask("POST", "videos", data=BytesIO(body), headers={"Content-Type": content_type})
        assert error_of(answer) == (413, "body_too_large", None)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /v1/videos HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer SECRET\x00\r\n\r\n", 400),
        (b"GET /v1/\x00SECRET HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /v1 HTTP/1.1\r\nHost: x\r\nAuthorization: SECRET%s\r\n\r\n" % (b"A" * 9000), 400),
        (b"Content-Encoding: gzip\r\nContent-Length: 6\r\n\r\nSECRET", 400),
        (b"Transfer-Encoding: chunked\r\n\r\nSECRET\r\n", 400),
        (b"Content-Length: 99\r\n\r\nSECRET", None),
    ],
)
async def test_what_is_no_http_ends_in_no_log(
    stand: Stand,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    head: bytes,
    status: int | None,
) -> None:
    port = int(stand.adapter.url.removesuffix("/v1").rsplit(":", 1)[1])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    mine = f"Authorization: Bearer {stand.key}\r\n".encode()
    post = b"POST /v1/videos HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + mine
    writer.write(head if head.startswith(b"GET") else post + head)
    await writer.drain()
    if status:
        assert int((await asyncio.wait_for(reader.readline(), 10)).split()[1]) == status
    writer.close()
    await writer.wait_closed()
    await asyncio.sleep(0.1)
    said = "".join(capfd.readouterr()) + caplog.text
    assert "SECRET" not in said
    assert stand.key not in said


async def test_a_bug_is_told_as_one_and_nothing_of_it_leaks(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_arguments: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(stand.commands, "video", broken)
    status, body = await stand.ask("POST", "videos", json={"prompt": "a cat"})
    assert (status, body["error"]["type"]) == (500, "server_error")
    assert "secret" not in json.dumps(body)


async def test_models(stand: Stand) -> None:
    _, models = await stand.ask("GET", "models")
    assert [model["id"] for model in models["data"]] == ["standard", "hd"]
    assert await stand.ask("GET", "models/hd") == (200, models["data"][1])
    assert error_of(await stand.ask("GET", "models/sora-2")) == (404, "model_not_found", "model")
