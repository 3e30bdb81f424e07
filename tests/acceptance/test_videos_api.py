"""``piying serve`` as OpenAI's own client sees it: a real process, its answers, and what a kill leaves of them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import av
import openai
import pytest

from core.media.probe import probe
from core.types import Account, EntryKind, JobState
from storage.database import SqlStore, make_engine
from tests.acceptance.stage import wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(180),
    # OpenAI closed its own service; the protocol is what others speak, and the client is what we are held to.
    pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning"),
]

SHORT: dict[str, Any] = {"prompt": "two red cars racing left at night", "seconds": "2", "size": "480x480"}
LONG: dict[str, Any] = {"prompt": "a black cat walking right in a forest", "seconds": "8", "size": "1280x720"}
URL = "https://example.org/cat.png"
WELCOME = 500


@dataclass(frozen=True)
class Key:
    text: str
    id: str
    account: str


class Server:
    """A folder, and ``piying serve`` in it. ``settings`` are more variables of its environment."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.data = folder / "data"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PIYING_")}
        self._environment = inherited | {
            "PIYING_DATA_FOLDER": str(self.data),
            "PIYING_SERVE__PORT": "0",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "COLUMNS": "250",
            **settings,
        }
        self._log = folder / "log"
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self, *arguments: str) -> None:
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "piying", "serve", *arguments],
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/v1", self.url), self._log.read_text()

    def end(self, number: signal.Signals) -> int:
        assert self._process is not None
        assert self._process.stdout is not None
        # A power cut takes the engine's process along.
        (os.killpg if number is signal.SIGKILL else os.kill)(self._process.pid, number)
        status = self._process.wait()
        self._process.stdout.close()
        self._process = None
        return status

    def close(self) -> None:
        if self._process:
            self.end(signal.SIGKILL)

    def piying(self, *arguments: str) -> tuple[int, str, str]:
        """Another command on the same folder, while it serves."""
        command = [sys.executable, "-m", "piying", *arguments]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def new_key(self, *arguments: str) -> Key:
        status, out, err = self.piying("keys", "create", "a program", *arguments)
        assert status == 0, err
        found = re.fullmatch(
            r"key ([0-9a-f]{16}), account ([0-9a-f]{16}), \d+ credits\. It is not shown again\.\n", err
        )
        assert found
        return Key(out.strip(), found[1], found[2])

    def client(self, key: Key | str) -> openai.OpenAI:
        return openai.OpenAI(base_url=self.url, api_key=key.text if isinstance(key, Key) else key, max_retries=0)

    def account(self, key: Key) -> Account:
        with self._store() as store, store.begin() as tx:
            account = tx.ledger.account(key.account)
        assert account is not None
        return account

    def entries(self, key: Key) -> list[EntryKind]:
        """Oldest first."""
        with self._store() as store, store.begin() as tx:
            return [entry.kind for entry in tx.ledger.entries(key.account, limit=99)][::-1]

    def job_state(self, video: str) -> JobState:
        """Of a deleted one, too."""
        with self._store() as store, store.begin() as tx:
            states = {job.code: job.state for job in tx.jobs.ended_before(time.time() + 1, limit=999)}
        return states[video.removeprefix("video_").upper()]

    def unfinished(self) -> list[Path]:
        """What renders have in hand."""
        return list((self.data / "clips" / "unfinished").glob("*"))

    def log(self) -> str:
        return self._log.read_text()

    @contextmanager
    def _store(self) -> Iterator[SqlStore]:
        store = SqlStore(make_engine(f"sqlite:///{self.data / 'piying.db'}"))
        try:
            yield store
        finally:
            store.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all tests that do not stop it: each has a key of its own."""
    server = Server(tmp_path_factory.mktemp("serve"))
    server.start()
    yield server
    server.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    server.start()
    yield server
    server.close()


@pytest.fixture
def key(server: Server) -> Key:
    return server.new_key()


@pytest.fixture
def client(server: Server, key: Key) -> Iterator[openai.OpenAI]:
    with server.client(key) as client:
        yield client


def wait_running(client: openai.OpenAI, video: str) -> None:
    wait_until(lambda: client.videos.retrieve(video).status == "in_progress", "a running video")


def code_of(error: openai.APIStatusError) -> tuple[str | None, str | None]:
    return error.code, error.param


# the path of a video


def test_a_video_is_made_polled_and_downloaded(server: Server, key: Key, client: openai.OpenAI, tmp_path: Path) -> None:
    video = client.videos.create_and_poll(**SHORT)
    assert (video.status, video.progress, video.error) == ("completed", 100, None)
    assert (video.object, video.model, video.seconds, video.size) == ("video", "standard", "2", "480x480")
    assert video.completed_at is not None
    assert video.expires_at == video.completed_at + 30 * 86_400
    assert video.created_at <= video.completed_at
    assert client.videos.retrieve(video.id) == video
    path = tmp_path / "clip.mp4"
    client.videos.download_content(video.id).write_to_file(path)
    info = probe(path)
    assert (info.codec, info.width, info.height, info.num_frames, info.faststart) == ("h264", 480, 480, 48, True)
    variants: tuple[Literal["thumbnail", "spritesheet"], ...] = ("thumbnail", "spritesheet")
    for variant in variants:
        data = client.videos.download_content(video.id, variant=variant).read()
        with av.open(BytesIO(data)) as picture:
            assert picture.streams.video[0].codec.name == "mjpeg"
    assert (server.account(key).balance, server.account(key).held) == (WELCOME - 2, 0)


def test_progress_grows_and_100_is_only_said_of_what_can_be_had(client: openai.OpenAI) -> None:
    video, seen = client.videos.create(**SHORT | {"seconds": "4"}), list[tuple[str, int]]()
    while not seen or seen[-1][0] in {"queued", "in_progress"}:
        answer = client.videos.with_raw_response.retrieve(video.id)
        told = answer.parse()
        seen.append((told.status, told.progress))
        if told.status in {"queued", "in_progress"}:
            assert 200 <= int(answer.headers["openai-poll-after-ms"]) <= 10_000
        time.sleep(0.1)
    amounts = [progress for _, progress in seen]
    assert amounts == sorted(amounts)
    assert len(set(amounts)) > 3
    assert all((status == "completed") is (progress == 100) for status, progress in seen)


def test_the_list_pages_both_ways_and_is_gone_through_while_deleting(client: openai.OpenAI) -> None:
    made = [client.videos.create(**SHORT, extra_body={"seed": seed}).id for seed in range(5)]
    assert [video.id for video in client.videos.list(limit=2)] == made[::-1]
    assert [video.id for video in client.videos.list(limit=2, order="asc")] == made
    assert [video.id for video in client.videos.list(after=made[1], order="asc").data] == made[2:]
    for video in client.videos.list(limit=2):
        assert client.videos.delete(video.id).deleted is True
    assert client.videos.list().data == []


def test_a_remix_has_the_same_options_and_says_of_what_it_is_one(client: openai.OpenAI) -> None:
    first = client.videos.create(**SHORT, model="hd", extra_body={"seed": 7})
    second = client.videos.remix(first.id, prompt="a blue boat on the sea")
    assert (second.remixed_from_video_id, second.prompt) == (first.id, "a blue boat on the sea")
    assert (second.model, second.size, second.seconds) == (first.model, first.size, first.seconds)
    assert (second.model_extra or {})["seed"] == 7
    for video in (first, second):
        client.videos.delete(video.id)


def test_the_models_are_the_recipes(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["standard", "hd"]
    assert client.models.retrieve("hd").owned_by == "Piying"


# stopping


def test_deleting_a_running_video_stops_the_work_and_gives_the_credits_back(
    server: Server, key: Key, client: openai.OpenAI
) -> None:
    video = client.videos.create(**LONG)
    wait_running(client, video.id)
    wait_until(server.unfinished, "an engine at work")
    assert (server.account(key).balance, server.account(key).held) == (WELCOME - 16, 16)
    assert client.videos.delete(video.id).model_dump() == {
        "id": video.id, "deleted": True, "object": "video.deleted"
    }  # fmt: skip
    assert (server.account(key).balance, server.account(key).held) == (WELCOME, 0)
    with pytest.raises(openai.NotFoundError) as gone:
        client.videos.retrieve(video.id)
    assert gone.value.code == "video_not_found"
    # The frames of 8 s would take it longer than that.
    wait_until(lambda: not server.unfinished(), "the engine's end", seconds=3)
    assert server.job_state(video.id) is JobState.CANCELLED
    assert server.entries(key) == [EntryKind.GRANT, EntryKind.HOLD, EntryKind.RELEASE]
    assert client.videos.create_and_poll(**SHORT).status == "completed"


def test_a_killed_server_goes_on_with_the_same_video(own: Server) -> None:
    key = own.new_key()
    with own.client(key) as client:
        running, waiting = client.videos.create(**LONG), client.videos.create(**SHORT)
        wait_running(client, running.id)
    own.end(signal.SIGKILL)
    own.start()
    with own.client(key) as client:
        assert client.videos.retrieve(running.id).status in {"queued", "in_progress"}
        for video in (running, waiting):
            assert client.videos.poll(video.id).status == "completed"
            assert len(client.videos.download_content(video.id).read()) > 10_000
    assert (own.account(key).balance, own.account(key).held) == (WELCOME - 16 - 2, 0)
    assert own.entries(key).count(EntryKind.CHARGE) == 2
    assert own.end(signal.SIGTERM) == 0


def test_without_a_worker_it_takes_videos_and_others_make_them(own: Server) -> None:
    key = own.new_key()
    own.end(signal.SIGTERM)
    own.start("--bot-only")
    with own.client(key) as client:
        video = client.videos.create(**SHORT)
        time.sleep(2)
        assert client.videos.retrieve(video.id).status == "queued"
        own.end(signal.SIGTERM)
        own.start("--classes", "scene")
    with own.client(key) as client:
        assert client.videos.poll(video.id).status == "completed"


# who may


def test_two_keys_do_not_see_each_other(server: Server, client: openai.OpenAI) -> None:
    video = client.videos.create(**SHORT)
    with server.client(server.new_key()) as stranger:
        for ask in (stranger.videos.retrieve, stranger.videos.delete, stranger.videos.download_content):
            with pytest.raises(openai.NotFoundError) as hidden:
                ask(video.id)
            assert hidden.value.code == "video_not_found"
        with pytest.raises(openai.NotFoundError):
            stranger.videos.remix(video.id, prompt="mine")
        assert stranger.videos.list().data == []
    assert [found.id for found in client.videos.list()] == [video.id]


def test_a_key_is_needed_and_can_be_revoked(server: Server, key: Key, client: openai.OpenAI) -> None:
    with server.client("sk-piying-wrong") as wrong, pytest.raises(openai.AuthenticationError) as refused:
        wrong.videos.list()
    assert refused.value.code == "invalid_api_key"
    assert "piying keys create" in refused.value.message
    assert client.videos.list().data == []
    assert server.piying("keys", "revoke", key.id) == (0, f"{key.id} is revoked\n", "")
    with pytest.raises(openai.AuthenticationError):
        client.videos.list()
    assert server.piying("keys", "revoke", key.id)[0] == 2
    listed = server.piying("keys", "list")[1]
    assert key.id in listed
    assert key.account in listed
    assert key.text not in listed
    assert key.text not in server.log()


def test_an_idempotency_key_twice_is_one_video(server: Server, key: Key, client: openai.OpenAI) -> None:
    once = {"Idempotency-Key": "order-17"}
    first, second = (client.videos.create(**SHORT, extra_headers=once) for _ in range(2))
    assert first.id == second.id
    assert len(client.videos.list().data) == 1
    assert client.videos.poll(first.id).status == "completed"
    assert server.entries(key).count(EntryKind.CHARGE) == 1


# refusals


@pytest.mark.parametrize(
    ("fields", "code", "param", "said"),
    [
        ({"model": "sora-2"}, "model_not_found", "model", "standard, hd"),
        ({"size": "1024x1792"}, "invalid_value", "size", "854x480, 480x854, 480x480, 1280x720, 720x1280, 720x720"),
        ({"seconds": "12"}, "option_seconds", "seconds", "2 to 8"),
        ({"prompt": "a beheading"}, "moderation_blocked", "prompt", ""),
        ({"prompt": ""}, "prompt_empty", "prompt", ""),
        ({"extra_body": {"seed": "x"}}, "invalid_value", "seed", "seed"),
        ({"extra_body": {"fps": 30}}, "unknown_parameter", "fps", "fps"),
        # The client itself takes files alone there; an object goes the other way.
        ({"extra_body": {"input_reference": {"image_url": URL}}}, "picture_elsewhere", "input_reference", "data:"),
        ({"extra_body": {"input_reference": {"file_id": "a"}}}, "picture_elsewhere", "input_reference", "data:"),
        ({"input_reference": ("a.png", b"\x89PNG", "image/png")}, "image_unsupported", "input_reference", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_refused_by_its_field(
    client: openai.OpenAI, fields: dict[str, Any], code: str, param: str, said: str
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.videos.create(**SHORT | fields)
    assert code_of(refused.value) == (code, param)
    assert said in refused.value.message
    assert client.videos.list().data == []


def test_refusals_are_in_the_callers_language(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.videos.create(**SHORT | {"size": "1x1"}, extra_headers={"Accept-Language": "zh-CN"})
    assert "可以选这些尺寸" in refused.value.message


def test_limits_of_a_keys_own_hold_at_once(server: Server, key: Key, client: openai.OpenAI) -> None:
    assert server.piying("account", "limit", key.account, "--clips-a-day", "1")[0] == 0
    video = client.videos.create(**SHORT)
    with pytest.raises(openai.RateLimitError) as refused:
        client.videos.create(**SHORT)
    assert refused.value.code == "rate_limit_exceeded"
    assert 0 < int(refused.value.response.headers["Retry-After"]) <= 86_400
    assert server.piying("account", "limit", key.account, "--none", "--waiting", "9")[0] == 0
    assert server.account(key).limits == {"waiting": 9}
    for made in (video, client.videos.create(**SHORT)):
        client.videos.delete(made.id)


def test_credits_that_do_not_reach(server: Server) -> None:
    key = server.new_key("--credits", "1")
    with server.client(key) as client, pytest.raises(openai.RateLimitError) as refused:
        client.videos.create(**SHORT)
    assert (refused.value.code, refused.value.type) == ("insufficient_quota", "insufficient_quota")
    assert server.piying("account", "grant", key.account, "1")[0] == 0
    with server.client(key) as client:
        client.videos.delete(client.videos.create(**SHORT).id)


async def test_the_asynchronous_client(server: Server, key: Key) -> None:
    async with openai.AsyncOpenAI(base_url=server.url, api_key=key.text) as client:
        video = await client.videos.create_and_poll(**SHORT)
        assert video.status == "completed"
        assert [found.id async for found in client.videos.list()] == [video.id]
        assert (await client.videos.delete(video.id)).deleted is True
