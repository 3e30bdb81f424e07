"""`piying run` as an operator starts it, two people with the page open, and a channel: from a prompt to a post."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.stage import wait_until
from tests.acceptance.visitor import TOKEN, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

CLIP = "two red cars racing left, square, 2s"


class House:
    """The process, and a way to start it again at the same data."""

    def __init__(self, folder: Path) -> None:
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("PIYING_")} | {
            "PIYING_DATA_FOLDER": str(folder / "data"),
            "PIYING_CONSOLE__PORT": "0",
            "PIYING_CONSOLE__TOKEN": TOKEN,
            "PIYING_JOBS__POLL": "0.1",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "piying", "run"], env=self._environment, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, start_new_session=True,
        )  # fmt: skip
        assert self._process.stdout
        self.url = self._process.stdout.readline().strip().rstrip("/")

    def kill(self) -> None:
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            if self._process.stdout:
                self._process.stdout.close()
        self._process = None


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    house.start()
    yield house
    house.kill()


class Chat:
    """Somebody's page, at whichever address the process has now."""

    def __init__(self, house: House, name: str, locale: str) -> None:
        self._house, self._name, self._locale, self._said = house, name, locale, 0

    def says(self, text: str) -> dict[str, Any]:
        self._said += 1
        message = {"type": "submit", "id": f"m{self._said}", "prompt": text}
        return self._visitor.say(message, self._locale, ("answer", "receipt", "error"))

    def welcome(self) -> dict[str, Any]:
        return self._visitor.say({"type": "hello"}, self._locale, ("welcome",))

    @property
    def _visitor(self) -> Visitor:
        return Visitor(self._house.url, self._name)


def code_after(words: str, text: str) -> str:
    found = re.search(rf"{re.escape(words)}\s*([0-9A-Z]{{7,14}})", text)
    assert found, text
    return found[1]


@pytest.mark.parametrize(("locale", "time"), [("en", "in 1 minute"), ("zh-Hans", "一分钟后")])
def test_from_a_prompt_to_a_post_through_a_kill(house: House, locale: str, time: str) -> None:
    news, owner = Chat(house, "news", locale), Chat(house, "owner", locale)
    code = code_after("/channel connect", news.says("/channel offer News")["text"])
    assert owner.says(f"/channel connect {code}")["type"] == "answer"
    clip = owner.says(CLIP)["job"]["code"]
    wait_until(lambda: owner.welcome()["jobs"][0]["state"] == "succeeded", "the clip", 60)
    draft = owner.says(f"/publish {clip}")["text"].split(" ", 1)[0]
    assert owner.says(f"/draft {draft} credit Ann")["type"] == "answer"
    later = owner.says(f"/approve {draft} {time}")
    assert "News" in later["text"], later
    assert news.welcome()["posts"] == []
    now = owner.says(f"/schedule {draft} {'now' if locale == 'en' else '现在'}")
    house.kill()
    house.start()
    wait_until(lambda: news.welcome()["posts"], f"the post after {now}")
    posts = news.welcome()["posts"]
    assert [post["code"] for post in posts] == [draft]
    assert "Ann" in posts[0]["text"]
    assert "AI" in posts[0]["text"]
    assert owner.welcome()["posts"] == []
    assert owner.says(f"/withdraw {draft}")["type"] == "answer"
    wait_until(lambda: not news.welcome()["posts"], "the withdrawal")
