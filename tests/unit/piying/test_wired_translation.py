"""A process translates with what is set up, and keeps it where every other process finds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from piying.settings import Settings
from piying.translation_settings import LlmSettings, TranslationSettings
from piying.wiring import Process, Role
from tests.services import ChatService, serve

CLI = Role(platforms=("cli",))
PROMPT, ENGLISH = "一只猫在雪地里奔跑", "A cat is running in the snow."


@pytest.fixture
def chat() -> Iterator[ChatService]:
    with serve(ChatService(lambda _text: ENGLISH)) as service:
        yield service
        assert service.wrong == []


def process(folder: Path, service: ChatService | None, role: Role = CLI) -> Process:
    llm = LlmSettings()
    if service:
        llm = LlmSettings(base_url=f"{service.url}/v1", model="m", key=SecretStr("sk-1"))
    return Process(Settings(data_folder=folder, translation=TranslationSettings(llm=llm)), role)


async def close(opened: Process) -> None:
    await opened.translator.close()
    opened.store.close()


async def test_a_prompt_is_paid_for_once_whichever_process_takes_it(tmp_path: Path, chat: ChatService) -> None:
    outcomes = []
    for _ in range(2):
        opened = process(tmp_path, chat)
        found = await opened.translator.translate(PROMPT, ("en",))
        assert (found.text, found.translator) == (ENGLISH, "llm")
        samples = [sample for metric in opened.metrics.translated.collect() for sample in metric.samples]
        outcomes.append([sample.labels["outcome"] for sample in samples if sample.name.endswith("_total")])
        await close(opened)
    assert outcomes == [["translated"], ["cached"]]
    assert len(chat.asked) == 1


async def test_nothing_needs_to_be_set_up(tmp_path: Path) -> None:
    opened = process(tmp_path, None)
    found = await opened.translator.translate(PROMPT, ("en",))
    assert (found.translator, opened.director) == ("phrase", None)
    assert {"cat", "snow"} <= set(found.text.lower().strip(".").split())
    await close(opened)


async def test_a_worker_needs_no_keys(tmp_path: Path, chat: ChatService) -> None:
    opened = process(tmp_path, chat, Role(worker_classes=("scene",)))
    assert (opened.translator.names, opened.director) == ((), None)
    await close(opened)
