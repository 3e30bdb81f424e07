"""Tiny models, saved once a run and loaded by the engine's own code; one thread, since two round differently."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
import torch

from tests.tiny.cards import card
from tests.tiny.stages import Studio

OpenStudio = Callable[[str, str], Studio]


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> OpenStudio:
    """Opens the tiny model of a family and kind."""
    known: dict[tuple[str, str], Studio] = {}

    def open_studio(family: str, kind: str) -> Studio:
        if (family, kind) not in known:
            folder: Path = tmp_path_factory.mktemp(family) / kind
            known[family, kind] = Studio(card(family, kind), import_module(f"tests.tiny.{family}").build(folder, kind))
        return known[family, kind]

    return open_studio


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
