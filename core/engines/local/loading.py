"""Turns a folder in diffusers' layout into components, without a hub and without code from the folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from core.engines.local.config import INDEXES
from core.errors import EngineUnavailable

MANIFEST = "manifest.json"
_SCHEDULERS = ("scheduler",)


@dataclass(frozen=True)
class Layout:
    """What a model's index says: its components by name, as library and class, and the pipeline's other settings."""

    components: Mapping[str, tuple[str, str]]
    settings: Mapping[str, Any]

    @property
    def modules(self) -> tuple[str, ...]:
        """Components with a folder of their own that all jobs share: a scheduler is each job's own."""
        return tuple(name for name in self.components if name not in _SCHEDULERS)


def read_layout(folder: Path) -> Layout:
    """The layout of a pulled model. A modular index lists the parts of all its workflows; those not here are left out.

    Raises:
        EngineUnavailable: there is no model in the folder.
    """
    path = next((folder / name for name in INDEXES if (folder / name).is_file()), None)
    if path is None:
        raise EngineUnavailable
    index = json.loads(path.read_text("utf-8"))
    entries = {name: value for name, value in index.items() if not name.startswith("_")}
    named = {name: value for name, value in entries.items() if isinstance(value, list) and len(value) >= 2}
    is_modular = path.name == INDEXES[1]
    here = {name: value for name, value in named.items() if not is_modular or (folder / name).is_dir()}
    classes = {name: _class_names(value) for name, value in here.items()}
    components = {name: (str(value[0]), str(value[1])) for name, value in classes.items() if value[1]}
    return Layout(components, {name: value for name, value in entries.items() if name not in named})


def _class_names(entry: Sequence[Any]) -> Sequence[Any]:
    """Library and class. A modular index has them in the entry's third place if it was saved without the components."""
    return entry[2].get("type_hint") or entry if len(entry) > 2 and not entry[1] else entry


def load_component(folder: Path, name: str, layout: Layout, dtype: torch.dtype) -> Any:
    """A module on the CPU in evaluation mode, or a tokenizer or processor.

    Raises:
        EngineUnavailable: the index names a class that is none of diffusers' or transformers'.
    """
    kind = _stand_in(layout.components[name][1]) or find_class(*layout.components[name])
    home = folder / name
    if not isinstance(kind, type) or not issubclass(kind, torch.nn.Module):
        return kind.from_pretrained(str(home), local_files_only=True)
    module = kind.from_pretrained(  # type: ignore[attr-defined]
        str(home), local_files_only=True, use_safetensors=True, **{_dtype_argument(kind): dtype}
    )
    return module.eval().requires_grad_(requires_grad=False)


def _stand_in(name: str) -> Any:
    """A class of ours for one that needs torchvision; None for all others."""
    if name != "Qwen3VLProcessor":
        return None
    from core.engines.local.processors import PictureProcessor

    return PictureProcessor


def load_scheduler_config(folder: Path) -> Mapping[str, Any]:
    """The arguments of the model's own scheduler."""
    config: Mapping[str, Any] = json.loads((folder / "scheduler" / "scheduler_config.json").read_text("utf-8"))
    return config


def find_class(library: str, name: str) -> Any:
    """A class by the two names an index has for it; ``library`` is a package or one of diffusers' pipelines.

    Raises:
        EngineUnavailable: it is neither: a folder cannot name code to run.
    """
    package = library if library in {"diffusers", "transformers"} else f"diffusers.pipelines.{library}"
    try:
        return getattr(import_module(package), name)
    except (ImportError, AttributeError) as error:
        raise EngineUnavailable from error


def _dtype_argument(kind: type) -> str:
    """The two libraries name it differently."""
    return "torch_dtype" if kind.__module__.startswith("diffusers") else "dtype"


def component_key(folder: Path, name: str, dtype: torch.dtype) -> str:
    """The same for the same weights in whatever model's folder, so that models share what they have in common."""
    hashes = _hashes(folder, name)
    known = hashlib.sha256(json.dumps(hashes).encode()).hexdigest() if hashes else f"{folder.resolve()}/{name}"
    return f"{name}:{known}:{dtype}"


def _hashes(folder: Path, name: str) -> list[tuple[str, str]]:
    path = folder / MANIFEST
    if not path.is_file():
        return []
    recorded = json.loads(path.read_text("utf-8"))["files"]
    return sorted((file, facts["sha256"]) for file, facts in recorded.items() if file.startswith(f"{name}/"))
