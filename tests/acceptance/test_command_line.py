"""The commands as people and scripts run them: real processes, their output, their exit status and what they leave."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_IMODE

import pytest
import sqlalchemy as sa
from aiohttp import ClientSession

from core.media.probe import probe
from core.types import Account, EntryKind, Job, JobState
from storage.database import SqlStore, SqlTransaction, make_engine
from tests.acceptance.stage import wait_until
from tests.postgres import PostgresServer
from translation.localiser import Localiser

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

SHORT = "two red cars racing left through a city at night in the rain, square, 2s"
LONG = "a black cat walking right in a forest, 8s, 720p"
ENGLISH, CHINESE = Localiser("en"), Localiser("zh-Hans")
WELCOME = 500


class Shell:
    """A folder to work in, settings, and commands run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PIYING_", "LC_"))}
        self.environment = inherited | {
            "PIYING_DATA_FOLDER": str(self.data),
            "PIYING_CONSOLE__PORT": "0",
            "LANG": "C.UTF-8",
            "COLUMNS": "250",
        }
        self._started: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "piying", *arguments],
            cwd=self.folder,
            env=self.environment | {"PYTHONPATH": str(Path(__file__).parents[2])} | settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            umask=0o022,
            start_new_session=True,
        )
        self._started.append(process)
        return process

    def run(self, *arguments: str, **settings: str) -> tuple[int, str, str]:
        return self.finish(self.start(*arguments, **settings))

    def finish(self, process: subprocess.Popen[str]) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        out, err = process.communicate(timeout=90)
        return process.returncode, out, err

    def close(self) -> None:
        for process in self._started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()

    def jobs(self) -> list[Job]:
        """Of the command line, oldest first."""
        with self._transaction() as tx:
            if not sa.inspect(tx.connection).has_table("jobs"):
                return []
            return tx.jobs.of_chat("cli", "local", limit=50)[::-1]

    def account(self) -> Account:
        """The only one."""
        with self._transaction() as tx:
            (account,) = tx.ledger.accounts(limit=9)
        return account

    def balance(self) -> tuple[int, int]:
        return self.account().balance, self.account().held

    def entries(self) -> Counter[EntryKind]:
        account = self.account()
        with self._transaction() as tx:
            return Counter(entry.kind for entry in tx.ledger.entries(account.id, limit=99))

    @contextmanager
    def _transaction(self) -> Iterator[SqlTransaction]:
        self.data.mkdir(exist_ok=True)
        store = SqlStore(make_engine(f"sqlite:///{self.data / 'piying.db'}"))
        try:
            with store.begin() as tx:
                yield tx
        finally:
            store.close()


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    shell = Shell(tmp_path)
    yield shell
    shell.close()


def wait_running(shell: Shell, count: int = 1) -> None:
    def running() -> bool:
        return [job.state for job in shell.jobs()].count(JobState.RUNNING) == count

    wait_until(running, "a running job")


# generate


def test_generate_makes_a_clip_that_plays(shell: Shell) -> None:
    status, out, err = shell.run("generate", SHORT, "-o", "clips/car.mp4", "--json")
    assert (status, err) == (0, "")
    line = json.loads(out)
    (job,) = shell.jobs()
    assert (line["path"], line["code"], line["price"]) == ("clips/car.mp4", job.code, 2)
    assert line["spec"]["prompt"] == "two red cars racing left through a city at night in the rain"
    assert (line["spec"]["width"], line["spec"]["height"], line["spec"]["num_frames"]) == (480, 480, 48)
    assert 0 < line["took"] < 60
    info = probe(shell.folder / "clips" / "car.mp4")
    assert (info.codec, info.width, info.height, info.num_frames, info.faststart) == ("h264", 480, 480, 48, True)
    assert shell.balance() == (WELCOME - 2, 0)
    assert shell.entries() == {EntryKind.GRANT: 1, EntryKind.HOLD: 1, EntryKind.CHARGE: 1}


def test_what_is_kept_is_private_and_what_was_asked_for_is_the_users(shell: Shell) -> None:
    assert shell.run("generate", SHORT, "-o", "clips/car.mp4")[0] == 0
    modes = {path: S_IMODE(path.stat().st_mode) for path in [shell.data, *shell.data.rglob("*")]}
    assert {path: mode for path, mode in modes.items() if mode & 0o077} == {}
    assert S_IMODE((shell.folder / "clips").stat().st_mode) == 0o755
    assert S_IMODE((shell.folder / "clips" / "car.mp4").stat().st_mode) == 0o644


def test_several_prompts_one_of_them_empty(shell: Shell) -> None:
    prompts = ["", "6秒，720p", "a cat on the beach, 2s"]
    said = [CHINESE.text(f"error-{code}") for code in ("prompt-empty", "prompt-only-options")]
    status, out, err = shell.run("generate", *prompts, "-o", "clips", LANG="zh_CN.UTF-8")
    assert (status, out, err.splitlines()) == (1, "clips/3.mp4\n", said)
    assert [job.state for job in shell.jobs()] == [JobState.SUCCEEDED]


def test_json_lines_hold_the_notes_and_people_are_told_whose_they_are(shell: Shell) -> None:
    prompts = ["a cat and a samurai, 2s", "a dog, 2s"]
    status, out, err = shell.run("generate", *prompts, "-o", "clips", "--json")
    told = ENGLISH.text("note-undrawn", words="samurai")
    assert (status, err) == (0, f"clips/1.mp4: {told}\n")
    notes = [json.loads(line)["notes"] for line in out.splitlines()]
    assert notes == [[{"code": "undrawn", "text": told}], []]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_and_nothing_is_paid(shell: Shell, number: signal.Signals) -> None:
    process = shell.start("generate", LONG, "a cat", "-o", "clips")
    wait_running(shell)
    process.send_signal(number)
    assert shell.finish(process) == (130, "", ENGLISH.text("state-cancelled") + "\n")
    assert [job.state for job in shell.jobs()] == [JobState.CANCELLED]
    assert shell.balance() == (WELCOME, 0)
    assert shell.entries() == {EntryKind.GRANT: 1, EntryKind.HOLD: 1, EntryKind.RELEASE: 1}
    assert list((shell.folder / "clips").iterdir()) == []


def test_a_cancelled_clip_is_told_to_scripts_in_the_users_language(shell: Shell) -> None:
    process = shell.start("generate", LONG, "-o", "cat.mp4", "--json", LANG="zh_CN.UTF-8")
    wait_running(shell)
    process.send_signal(signal.SIGINT)
    status, out, err = shell.finish(process)
    said = CHINESE.text("state-cancelled")
    assert (status, err) == (130, f"{said}\n")
    assert json.loads(out) == {"error": "cancelled", "prompt": LONG, "text": said}


def test_what_a_killed_command_left_is_neither_made_nor_paid_by_the_next(shell: Shell) -> None:
    process = shell.start("generate", LONG, "-o", "cat.mp4")
    wait_running(shell)
    process.kill()
    shell.finish(process)
    assert shell.balance() == (WELCOME - 16, 16)
    # Long before the dead one's heartbeat is missed.
    assert shell.run("generate", SHORT, "-o", "car.mp4", PIYING_JOBS__DEAD_AFTER="600")[:2] == (0, "car.mp4\n")
    assert [job.state for job in shell.jobs()] == [JobState.CANCELLED, JobState.SUCCEEDED]
    assert shell.balance() == (WELCOME - 2, 0)


def test_two_at_once_take_turns(shell: Shell) -> None:
    first = shell.start("generate", LONG, "-o", "cat.mp4")
    wait_running(shell)
    second = shell.start("generate", SHORT, "-o", "car.mp4")
    assert second.stderr is not None
    assert second.stderr.readline() == ENGLISH.text("stage-queued") + "\n"
    assert shell.finish(second)[:2] == (0, "car.mp4\n")
    assert shell.finish(first) == (0, "cat.mp4\n", "")
    assert shell.balance() == (WELCOME - 18, 0)


def test_who_waits_for_a_turn_can_leave(shell: Shell) -> None:
    first = shell.start("generate", LONG, "-o", "cat.mp4")
    wait_running(shell)
    second = shell.start("generate", SHORT, "-o", "car.mp4")
    assert second.stderr is not None
    assert second.stderr.readline() == ENGLISH.text("stage-queued") + "\n"
    second.send_signal(signal.SIGINT)
    assert shell.finish(second)[0] == 130
    assert shell.finish(first)[0] == 0
    assert len(shell.jobs()) == 1


@pytest.mark.parametrize(
    ("output", "prompts", "why"),
    [
        ("file/cat.mp4", 1, "cannot write file/cat.mp4: file is no folder"),
        ("file", 1, "cannot write file/1.mp4: file is no folder"),
        ("/proc/none/cat.mp4", 1, "cannot write /proc/none/cat.mp4: No such file or directory"),
        ("cat.mp4", 2, "cat.mp4 is the name of one file: 2 prompts need a folder"),
        ("folder/", 1, "cannot write folder/1.mp4: Is a directory"),
        ("cat.gif", 1, "cat.gif would hold no gif: clips are .mp4 files"),
    ],
)
def test_an_output_that_cannot_be_written_is_told_before_anything_is_asked(
    shell: Shell, output: str, prompts: int, why: str
) -> None:
    (shell.folder / "file").touch()
    (shell.folder / "folder" / "1.mp4").mkdir(parents=True)
    assert shell.run("generate", *["a cat"] * prompts, "-o", output) == (2, "", f"{why}\n")
    assert shell.jobs() == []


@pytest.mark.parametrize("arguments", [[], ["-o", "cat.mp4"], ["a cat"], ["a cat", "-o", "cat.mp4", "--quality", "hd"]])
def test_bad_usage_of_generate(shell: Shell, arguments: list[str]) -> None:
    status, out, err = shell.run("generate", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("usage: piying")
    assert not shell.data.exists()


def test_arguments_that_are_no_utf8(shell: Shell) -> None:
    status, out, err = shell.run("generate", os.fsdecode(b"\xff\xfe"), "-o", "cat.mp4", "--json")
    assert status == 1, err
    assert json.loads(out)["prompt"] == "\N{REPLACEMENT CHARACTER}" * 2


# the servers


def test_run_says_where_it_is_and_a_second_one_is_refused(shell: Shell) -> None:
    server = shell.start("run")
    assert server.stdout is not None
    url = server.stdout.readline().strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d*/", url)
    with urllib.request.urlopen(f"{url}healthz") as answer:
        assert json.load(answer) == {"status": "ok"}
    assert shell.run("run") == (2, "", "run is running already on this database: stop that process first\n")
    assert shell.run("generate", SHORT, "-o", "car.mp4")[:2] == (0, "car.mp4\n")
    server.send_signal(signal.SIGTERM)
    assert shell.finish(server)[0] == 0


async def test_an_open_page_is_told_of_its_clip_while_the_command_line_works(shell: Shell) -> None:
    command = shell.start("generate", LONG, LONG, "-o", "clips")
    await asyncio.to_thread(wait_running, shell)
    server = shell.start("run", PIYING_LIMITS__WELCOME_CREDITS="10")
    assert server.stdout is not None
    url = (await asyncio.to_thread(server.stdout.readline)).strip()
    async with ClientSession() as session, session.ws_connect(f"{url}ws") as page, asyncio.timeout(60):
        await page.send_json({"type": "hello", "locale": "en"})
        await page.send_json({"type": "submit", "id": "first", "prompt": SHORT})
        while (await page.receive_json()).get("state") != "succeeded":
            pass
    server.send_signal(signal.SIGTERM)
    assert (await asyncio.to_thread(shell.finish, server))[0] == 0
    assert (await asyncio.to_thread(shell.finish, command))[:2] == (0, "clips/1.mp4\nclips/2.mp4\n")


def test_the_address_of_ipv6_can_be_opened(shell: Shell) -> None:
    server = shell.start("run", PIYING_CONSOLE__HOST="::1")
    assert server.stdout is not None
    assert re.fullmatch(r"http://\[::1\]:[1-9]\d*/\n", server.stdout.readline())
    server.send_signal(signal.SIGTERM)
    assert shell.finish(server)[0] == 0


@pytest.mark.parametrize("variable", ["PIYING_CONSOLE__PORT", "PIYING_OPERATIONS_PORT"])
def test_a_port_that_is_taken(shell: Shell, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        status, out, err = shell.run("run", **{variable: str(taken.getsockname()[1])})
    assert (status, out) == (2, "")
    assert err.splitlines()[-1].endswith(
        "set PIYING_CONSOLE__PORT, PIYING_SERVE__PORT or PIYING_OPERATIONS_PORT to a free one"
    )
    assert "Traceback" not in err


def test_a_worker_renders_known_classes(shell: Shell) -> None:
    assert shell.run("worker", "--classes", "gpu") == (
        2,
        "",
        "no worker class gpu: there is scene (PIYING_MODELS enables more)\n",
    )
    enabled = {"PIYING_MODELS": "wan2.1-1.3b,wan2.1-14b", "PIYING_TERRITORY": "CN"}
    assert shell.run("worker", "--classes", "scene", "gpu-24g", "gpu-80g", **enabled) == (
        2,
        "",
        "one worker renders one class that needs a GPU, not gpu-24g and gpu-80g: start a worker for each\n",
    )


# doctor, migrate, account, parse


def test_doctor_finds_a_fresh_machine_well(shell: Shell) -> None:
    status, out, err = shell.run("doctor")
    assert (status, err) == (0, "")
    assert "✓" in out
    assert "✗" not in out


def test_doctor_says_what_is_wrong(shell: Shell) -> None:
    token = {"PIYING_CONSOLE__TOKEN_FILE": str(shell.folder / "none")}
    status, out, err = shell.run("doctor", PIYING_DATABASE_URL="postgresql://me:secret@127.0.0.1:1/x", **token)
    assert (status, err, out.count("✗")) == (1, "", 2)
    assert "PIYING_DATABASE_URL" in out
    assert "PIYING_CONSOLE__TOKEN_FILE" in out
    assert "secret" not in out


def test_migrate_twice(shell: Shell) -> None:
    assert [shell.run("migrate")[0] for _ in range(2)] == [0, 0]
    assert shell.jobs() == []


def test_migrate_twice_on_postgresql(shell: Shell, postgres: PostgresServer) -> None:
    url = {"PIYING_DATABASE_URL": postgres.new_database().replace("+psycopg", "")}
    status, _, err = shell.run("account", "list", **url)
    assert (status, err) == (2, "the database's schema is not this version's: run `piying migrate` first\n")
    assert [shell.run("migrate", **url)[0] for _ in range(2)] == [0, 0]
    assert shell.run("account", "list", **url)[0] == 0


def test_an_operator_looks_after_an_account(shell: Shell) -> None:
    assert shell.run("account", "list")[0] == 0
    assert shell.run("generate", SHORT, "-o", "car.mp4")[0] == 0
    account = shell.account().id
    assert account in shell.run("account", "list")[1]
    status, shown, _ = shell.run("account", "show", account)
    assert status == 0
    assert [kind for kind in ("grant", "hold", "charge") if kind not in shown] == []

    assert "lunch" in shell.run("account", "grant", account, "100", "--note", "lunch")[1]
    assert shell.balance() == (598, 0)
    assert shell.run("account", "grant", account, "-98")[0] == 0
    assert shell.balance() == (500, 0)
    refused = (2, "", f"{account} has 500 credits to take, and no more\n")
    assert shell.run("account", "grant", account, "-501") == refused

    assert shell.run("account", "block", account)[0] == 0
    assert shell.run("generate", SHORT, "-o", "car.mp4")[0] == 1
    assert shell.run("account", "unblock", account)[0] == 0
    assert shell.run("account", "tier", account, "premium")[0] == 0
    assert (shell.account().blocked, shell.account().tier) == (False, "premium")
    assert shell.run("account", "tier", account, "gold")[0] == 2
    unknown = (2, "", "no account nobody: `piying account list` shows them\n")
    assert [shell.run("account", *words) for words in (["show", "nobody"], ["block", "nobody"])] == [unknown] * 2


def test_parse_reads_anything_line_by_line(shell: Shell) -> None:
    given = [b"two red cars", b"", b"\xff\xfe \x00", "三只猫".encode(), b"cat " * 2500, b"\xe7\x8c"]
    process = shell.start("parse", LANG="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert isinstance(process.stdin, io.TextIOWrapper)
    process.stdin.buffer.write(b"\n".join(given))
    status, out, err = shell.finish(process)
    assert (status, err) == (0, "")
    understood = [json.loads(line) for line in out.splitlines()]
    assert [entry["prompt"] for entry in understood] == [line.decode(errors="replace") for line in given]
    assert shell.run("parse") == (0, "", "")


def test_parse_takes_options_out_and_prompts_as_arguments(shell: Shell) -> None:
    prompts = ["一只猫，方形", "a cat, square 6s"]
    status, out, err = shell.run("parse", *prompts)
    assert (status, err) == (0, "")
    understood = [json.loads(line) for line in out.splitlines()]
    assert [entry["prompt"] for entry in understood] == prompts
    assert [[subject["sprite"] for subject in entry["subjects"]] for entry in understood] == [["cat"], ["cat"]]


def test_parse_ends_quietly_with_its_reader(shell: Shell) -> None:
    process = shell.start("parse")
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stdin.write("a cat\n" * 3)
    process.stdin.close()
    assert process.wait(30) == 1
    assert process.stderr.read() == ""
    process.stderr.close()


def test_ctrl_c_ends_parse_quietly(shell: Shell) -> None:
    process = shell.start("parse")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("a cat\n")
    process.stdin.flush()
    assert process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert shell.finish(process) == (130, "", "")


# mistakes that any command answers in one line


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"PIYING_PORT": "1"}, "no such setting: PIYING_PORT (docs/reference/settings.md lists them)"),
        ({"PIYING_JOBS__BEET": "1"}, "no such setting: PIYING_JOBS__BEET (docs/reference/settings.md lists them)"),
        ({"PIYING_JOBS__BEAT": "soon"}, "PIYING_JOBS__BEAT: Input should be a valid number"),
        ({"PIYING_JOBS__BEAT": "10"}, "PIYING_JOBS: …__DEAD_AFTER (25) must be at least 3 times"),
        ({"PIYING_CONSOLE__HOST": "0.0.0.0"}, "PIYING_CONSOLE: 0.0.0.0 can be reached from outside"),
        ({"PIYING_DATABASE_URL": "mysql://me:secret@host/x"}, "PIYING_DATABASE_URL: there is no way to mysql"),
    ],
)
@pytest.mark.parametrize("command", ["run", "doctor"])
def test_a_bad_setting_stops_every_command(shell: Shell, command: str, settings: dict[str, str], said: str) -> None:
    status, out, err = shell.run(command, **settings)
    assert (status, out) == (2, "")
    assert err.startswith(said)
    assert "secret" not in err
    assert not shell.data.exists()


COMMANDS = [
    "run", "serve", "bot console", "worker --classes scene", "migrate", "account list", "keys list",
    "generate cat -o cat.mp4",
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_that_does_not_answer_is_one_line_without_its_password(shell: Shell, command: str) -> None:
    status, out, err = shell.run(*command.split(), PIYING_DATABASE_URL="postgresql://me:secret@127.0.0.1:1/x")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("the database: connection failed")
    assert "secret" not in err


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_is_no_database_is_one_line(shell: Shell, command: str) -> None:
    shell.data.mkdir()
    (shell.data / "piying.db").write_text("no database at all\n" * 99)
    status, out, err = shell.run(*command.split())
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("the database: file is not a database")


@pytest.mark.parametrize("content", [None, ""])
def test_the_page_does_not_open_without_the_token_it_was_told_of(shell: Shell, content: str | None) -> None:
    token = shell.folder / "token"
    if content is not None:
        token.write_text(content)
    status, out, err = shell.run("run", PIYING_CONSOLE__TOKEN_FILE=str(token), PIYING_CONSOLE__HOST="0.0.0.0")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("PIYING_CONSOLE__TOKEN_FILE: ")


def test_version(shell: Shell) -> None:
    assert shell.run("--version")[:2] == (0, "piying 0.1.0\n")
