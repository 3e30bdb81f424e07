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
    if opened.translator:
        await opened.translator.close()
    opened.store.close()


async def test_a_prompt_is_paid_for_once_whichever_process_takes_it(tmp_path: Path, chat: ChatService) -> None:
    outcomes = []
    for _ in range(2):
        opened = process(tmp_path, chat)
        assert opened.translator is not None
        found = await opened.translator.translate(PROMPT, ("en",))
        assert (found.text, found.translator) == (ENGLISH, "llm")
        samples = [sample for metric in opened.metrics.translated.collect() for sample in metric.samples]
        outcomes.append([sample.labels["outcome"] for sample in samples if sample.name.endswith("_total")])
        await close(opened)
    assert outcomes == [["translated"], ["cached"]]
    assert len(chat.asked) == 1


async def test_without_any_translator_prompts_go_on_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("piying.translation_settings.TRANSLATORS", ("llm",))
    opened = process(tmp_path, None)
    assert opened.translator is None
    await close(opened)


async def test_a_worker_needs_no_keys(tmp_path: Path, chat: ChatService) -> None:
    opened = process(tmp_path, chat, Role(worker_class="scene"))
    assert opened.translator is None
    await close(opened)
