"""Turns a repository's list of files into those that a model needs: weights that are no programs, and settings."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from core.engines.local.weights.errors import WeightsError
from core.engines.local.weights.manifest import safe_name

INDEX = "model_index.json"
MODULAR_INDEX = "modular_model_index.json"
WEIGHTS = ".safetensors"
WEIGHTS_INDEX = ".safetensors.index.json"
_SETTINGS = frozenset({".json", ".txt", ".model", ".jinja"})
_PROGRAMS = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"})
"""Pickles: to load one is to run what it says."""
_VARIANT = re.compile(r"\.(fp16|bf16|fp32|non_ema|ema_only)[.-]")

Read = Callable[[str], bytes]


def choose(names: Collection[str], read: Read, leave_out: Collection[str], index: str = INDEX) -> list[str]:
    """Files to take: settings first, then weights, then the indexes that say which tensor is in which file.

    Raises:
        WeightsError: there is no model in diffusers' layout, a component is missing or there as pickles alone, or an
            index leads out of its folder.
    """
    if index not in names:
        raise WeightsError(f"there is no {index}")
    components = [name for name in components_of(parse(index, read(index))) if name not in leave_out]
    chosen = {name for component in components for name in _component(component, names, read)}
    return sorted({index, *chosen}, key=_turn)


def components_of(index: Mapping[str, Any]) -> Iterator[str]:
    """The components that an index lists and that are not switched off."""
    for name, value in index.items():
        if not name.startswith("_") and isinstance(value, list) and _is_loaded(value):
            if "/" in safe_name(name):
                raise WeightsError(f"{name!r} is no name for a component")
            yield name


def _is_loaded(entry: list[Any]) -> bool:
    """It names a class; or, in a modular index that was saved before loading, the repository it is loaded from."""
    described = entry[2] if len(entry) > 2 and isinstance(entry[2], dict) else {}
    return bool((len(entry) > 1 and entry[1]) or described.get("pretrained_model_name_or_path"))


def without(index: Mapping[str, Any], leave_out: Collection[str], *, modular: bool) -> dict[str, Any]:
    """The index of a model that lacks some components."""
    if modular:
        return {name: value for name, value in index.items() if name not in leave_out}
    return {name: [None, None] if name in leave_out else value for name, value in index.items()}


def shards_of(index: Mapping[str, Any]) -> set[str]:
    """The files among which an index spreads the tensors.

    Raises:
        WeightsError: it names a file of another folder, or one that holds no safetensors.
    """
    shards = {str(name) for name in index.get("weight_map", {}).values()}
    for shard in shards:
        if "/" in safe_name(shard) or not shard.endswith(WEIGHTS):
            raise WeightsError(f"an index names {shard!r}: no file of weights beside it")
    return shards


def parse(name: str, content: bytes) -> dict[str, Any]:
    """A JSON object.

    Raises:
        WeightsError: it is none.
    """
    try:
        value = json.loads(content)
    except ValueError as error:
        raise WeightsError(f"{name} is no JSON") from error
    if not isinstance(value, dict):
        raise WeightsError(f"{name} is no JSON object")
    return value


def _component(component: str, names: Collection[str], read: Read) -> list[str]:
    inside = [name for name in names if PurePosixPath(name).parent.as_posix() == component]
    plain = [safe_name(name) for name in inside if not _VARIANT.search(name)]
    if not plain:
        raise WeightsError(f"the component {component} is not in the repository")
    weights, indexes = _ending(plain, WEIGHTS), _ending(plain, WEIGHTS_INDEX)
    if not weights and any(PurePosixPath(name).suffix in _PROGRAMS for name in inside):
        raise WeightsError(f"the weights of {component} are there as pickles alone, which can run any code: not taken")
    for index in indexes:
        weights = [f"{component}/{shard}" for shard in sorted(shards_of(parse(index, read(index))))]
        if lost := [name for name in weights if name not in names]:
            raise WeightsError(f"{index} names {lost[0]}, which is not in the repository")
    settings = [name for name in plain if PurePosixPath(name).suffix in _SETTINGS and not name.endswith(".index.json")]
    return [*settings, *weights, *indexes]


def _ending(names: Collection[str], end: str) -> list[str]:
    return [name for name in names if name.endswith(end)]


def _turn(name: str) -> tuple[int, str]:
    return (2 if name.endswith(".index.json") else 1 if name.endswith(WEIGHTS) else 0), name
