"""An installation of tiny models: a folder of cards, a folder of weights, and what runs them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from PIL import Image

from core.catalogue.cards import Model
from core.catalogue.catalogue import Catalogue
from core.catalogue.load import enable, load_models
from core.engines.child import Task
from core.engines.local.config import LocalConfig
from core.engines.local.device import Cpu, Device
from core.engines.local.residency import Residency
from core.engines.local.studio import Studio
from core.types import Clip, GenerationSpec, Options, Progress
from tests.tiny.cards import card, write_card


class House:
    """Models of these families and kinds, in ``folder``."""

    def __init__(self, folder: Path, *models: tuple[str, str]) -> None:
        self.folder = folder
        self.models = {f"{family}-{kind}": card(family, kind) for family, kind in models}
        for (family, kind), model in zip(models, self.models.values(), strict=True):
            write_card(model, folder / "cards")
            import_module(f"tests.tiny.{family}").build(folder / "models" / model.card.key, kind)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(model.card.key for model in self.models.values())

    @property
    def catalogue(self) -> Catalogue:
        return enable(load_models(self.folder / "cards"), self.keys)

    def config(self, **changes: Any) -> LocalConfig:
        fields: dict[str, Any] = {
            "models_folder": self.folder / "models",
            "models": self.keys,
            "cards_folder": self.folder / "cards",
            "device": "cpu",
            "threads": 1,
            "preview_every": 0.0,
            "warm_up": False,
        }
        return LocalConfig(**fields | changes)

    def open(self, device: Device | None = None, host_memory: int | None = None, **changes: Any) -> Studio:
        """A studio in this very process."""
        return Studio(self.config(**changes), self.catalogue, Residency(device or Cpu(), host_memory))

    def spec(self, name: str, grade: str = "draft", prompt: str = "a cat walks", **options: Any) -> GenerationSpec:
        """A spec for the model of that name (``wan-t2v``), with the pictures that its card needs."""
        model: Model = self.models[name]
        pictures = {"none": (), "first": ("image",), "first-last": ("image", "last_image")}[model.card.pictures[0]]
        chosen = Options(recipe=f"{model.card.key}-{grade}", **{"seed": 7} | options)
        return self.catalogue.complete(chosen, prompt, 0, **{name: f"home/{name}.png" for name in pictures})


def add_pictures(spec: GenerationSpec, folder: Path) -> None:
    """Lay the pictures that a spec names into a run's folder, as the worker does."""
    for key, colour in ((spec.image, "red"), (spec.last_image, "blue")):
        if key:
            Image.new("RGB", (64, 48), colour).save(folder / Path(key).name)


class Errand(Task):
    """A task that remembers what it was told; ``wait`` gives its clip, or raises what it failed with."""

    def __init__(self, spec: GenerationSpec, folder: Path) -> None:
        folder.mkdir(parents=True)
        add_pictures(spec, folder)
        super().__init__({"job": 1, "spec": asdict(spec), "folder": str(folder)}, lambda _message: None)
        self.reports: list[Progress] = []
        self.clip: Clip | None = None
        self.error: BaseException | None = None
        self.on_report: Callable[[Progress], None] = lambda _progress: None
        self._ended = threading.Event()

    def report(self, progress: Progress) -> None:
        super().report(progress)
        self.reports.append(progress)
        self.on_report(progress)

    def show(self, preview: str) -> None:
        super().show(preview)
        self.reports.append(self._latest)

    def finish(self, clip: Clip) -> None:
        super().finish(clip)
        self.clip = clip
        self._ended.set()

    def fail(self, error: BaseException) -> None:
        super().fail(error)
        self.error = error
        self._ended.set()

    def wait(self, seconds: float = 60) -> Clip:
        assert self._ended.wait(seconds), self.reports
        if self.error:
            raise self.error
        assert self.clip is not None
        return self.clip

    @property
    def stages(self) -> list[str]:
        """Stages told, in order, each once."""
        return list(dict.fromkeys(report.stage for report in self.reports))
