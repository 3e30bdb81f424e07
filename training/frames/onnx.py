"""Turns nodes and arrays into the bytes of an ONNX file (https://onnx.ai/onnx/repo-docs/IR.html).

Only what small networks of convolutions need. The numbers of fields are those of the format's ``onnx.proto``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from training.frames.wire import message, real, text, whole

IR_VERSION, OPSET = 8, 13
FLOAT32 = 1
_ELEMENTS = {np.dtype(np.float32): FLOAT32, np.dtype(np.uint8): 2}
_REAL, _WHOLE, _WHOLES = 1, 2, 7
GRAPH, NODE, ARRAY = 7, 1, 5
"""The graph's field in a file; nodes and arrays in a graph."""

Value = int | float | tuple[int, ...]


@dataclass(frozen=True)
class Node:
    """One operator: its type, the names of what goes in and of what comes out, and its attributes."""

    kind: str
    inputs: tuple[str, ...]
    output: str
    attributes: Mapping[str, Value] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """As a field of a graph."""
        names = b"".join(text(1, name) for name in self.inputs) + text(2, self.output) + text(3, self.output)
        attributes = b"".join(message(5, _attribute(name, value)) for name, value in self.attributes.items())
        return message(NODE, names + text(4, self.kind) + attributes)


@dataclass(frozen=True)
class Weight:
    """An array of which the file keeps ``steps`` (uint8), each worth ``scale`` above ``least``."""

    steps: np.ndarray
    scale: np.ndarray
    least: np.ndarray

    def written(self, name: str) -> tuple[list[Node], dict[str, np.ndarray]]:
        """The nodes that make the array ``name`` of its parts when the file is read, and the parts."""
        steps, scale, least = f"{name}.steps", f"{name}.scale", f"{name}.least"
        nodes = [
            Node("Cast", (steps,), f"{name}.cast", {"to": FLOAT32}),
            Node("Mul", (f"{name}.cast", scale), f"{name}.scaled"),
            Node("Add", (f"{name}.scaled", least), name),
        ]
        floats = {scale: self.scale.astype(np.float32), least: self.least.astype(np.float32)}
        return nodes, {steps: np.ascontiguousarray(self.steps), **floats}


def encoded_array(name: str, array: np.ndarray) -> bytes:
    """An array as a field of a graph."""
    little = array.astype(array.dtype.newbyteorder("<")).tobytes()
    sides = b"".join(whole(1, side) for side in array.shape)
    return message(ARRAY, sides + whole(2, _ELEMENTS[array.dtype]) + text(8, name) + message(9, little))


def model(
    nodes: Iterable[Node],
    arrays: Mapping[str, np.ndarray],
    *,
    image: tuple[str, Sequence[int]],
    scores: tuple[str, Sequence[int]],
    producer: str,
) -> bytes:
    """The file of a network whose input ``image`` and output ``scores`` are float32 of these shapes.

    A side of 0 is of any length.
    """
    graph = b"".join(node.encoded() for node in nodes) + text(2, producer)
    graph += b"".join(encoded_array(name, array) for name, array in arrays.items())
    graph += message(11, _described(*image)) + message(12, _described(*scores))
    return whole(1, IR_VERSION) + text(2, producer) + message(GRAPH, graph) + message(8, text(1, "") + whole(2, OPSET))


def _attribute(name: str, value: Value) -> bytes:
    if isinstance(value, tuple):
        return text(1, name) + b"".join(whole(8, one) for one in value) + whole(20, _WHOLES)
    if isinstance(value, float):
        return text(1, name) + real(2, value) + whole(20, _REAL)
    return text(1, name) + whole(3, value) + whole(20, _WHOLE)


def _described(name: str, shape: Sequence[int]) -> bytes:
    sides = b"".join(message(1, whole(1, side) if side else text(2, "n")) for side in shape)
    return text(1, name) + message(2, message(1, whole(1, FLOAT32) + message(2, sides)))
