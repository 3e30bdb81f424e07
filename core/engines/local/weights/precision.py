"""Turns a file of safetensors into the same in bfloat16, a piece of a tensor at a time."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any

import torch
from safetensors import SafetensorError, safe_open

from core.engines.local.weights.errors import WeightsError

PUBLISHED = "published"
BFLOAT16 = "bfloat16"
_WIDER = frozenset({"F64", "F32", "F16"})
_BYTES = {
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2,
    "I32": 4, "U32": 4, "F32": 4, "I64": 8, "U64": 8, "F64": 8,
}  # fmt: skip
_PIECE = 1 << 26
"""Numbers read at a time: 256 MiB in float32."""


@dataclass(frozen=True)
class _Entry:
    name: str
    shape: tuple[int, ...]
    dtype: str
    saved: str

    @property
    def size(self) -> int:
        return math.prod(self.shape) * _BYTES[self.saved]


def kept_modules(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The modules of a component that its class wants in float32 whatever the rest is in.

    ``config`` is the component's ``config.json``: diffusers names a class there, transformers an architecture.
    """
    if name := config.get("_class_name"):
        kept = getattr(getattr(import_module("diffusers"), str(name), None), "_keep_in_fp32_modules", None)
    elif names := config.get("architectures"):
        kept = getattr(
            getattr(import_module("transformers"), str(names[0]), None), "_keep_in_fp32_modules_strict", None
        )
    else:
        kept = None
    return tuple(sorted(kept or ()))


def to_bfloat16(source: Path, target: Path, keep: Collection[str] = ()) -> None:
    """Save wider floating-point tensors as bfloat16 and all others as they are; memory is bounded by a piece.

    Tensors of the modules in ``keep`` stay as they are. ``target`` is there complete, or not at all.

    Raises:
        WeightsError: the file holds no safetensors, or a type of number that is not known.
        OSError: no room, or no right to write.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        with safe_open(source, "pt") as tensors, part.open("wb") as file:
            entries = [_entry(tensors, name, keep) for name in tensors.keys()]  # noqa: SIM118 - no mapping
            file.write(_header(entries, tensors.metadata() or {}))
            for entry in entries:
                _copy(tensors, entry, file)
            file.flush()
            os.fsync(file.fileno())
    except SafetensorError as error:
        raise WeightsError(f"{source.name} is damaged, or holds no safetensors") from error
    part.replace(target)


def tensor_bytes(path: Path) -> int:
    """Bytes of all tensors of a file.

    Raises:
        WeightsError: the file is damaged.
    """
    try:
        with safe_open(path, "pt") as tensors:
            return sum(_entry(tensors, name, ("",), everything=True).size for name in tensors.keys())  # noqa: SIM118
    except SafetensorError as error:
        raise WeightsError(f"{path.name} is damaged, or holds no safetensors") from error


def _entry(tensors: Any, name: str, keep: Collection[str], *, everything: bool = False) -> _Entry:
    piece = tensors.get_slice(name)
    dtype = piece.get_dtype()
    if dtype not in _BYTES:
        raise WeightsError(f"{name} is in {dtype}, which is not known here")
    stays = everything or dtype not in _WIDER or any(part in keep for part in name.split("."))
    return _Entry(name, tuple(piece.get_shape()), dtype, dtype if stays else "BF16")


def _header(entries: list[_Entry], metadata: Mapping[str, str]) -> bytes:
    """Eight bytes of length, then JSON, filled up with spaces to a multiple of eight: the format of safetensors."""
    described: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    start = 0
    for entry in entries:
        described[entry.name] = {
            "dtype": entry.saved,
            "shape": list(entry.shape),
            "data_offsets": [start, start + entry.size],
        }
        start += entry.size
    text = json.dumps(described, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text


def _copy(tensors: Any, entry: _Entry, file: IO[bytes]) -> None:
    for tensor in _pieces(tensors, entry):
        saved = tensor if entry.saved == entry.dtype else tensor.to(torch.bfloat16)
        file.write(saved.contiguous().reshape(-1).view(torch.uint8).numpy().data)


def _pieces(tensors: Any, entry: _Entry) -> Iterator[torch.Tensor]:
    if math.prod(entry.shape) <= _PIECE or not entry.shape:
        yield tensors.get_tensor(entry.name)
        return
    piece, rows = tensors.get_slice(entry.name), entry.shape[0]
    step = max(1, _PIECE * rows // math.prod(entry.shape))
    for start in range(0, rows, step):
        yield piece[start : start + step]
