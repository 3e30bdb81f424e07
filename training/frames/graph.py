"""Turns Keras' layers and their weights into an ONNX network of convolutions.

Batch normalisation is folded into the convolution before it, padding into the one after it. Weights stay in the 256
steps they came in, one byte each; what a step is worth, and where steps begin, is told for each channel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from training.frames import onnx
from training.frames.nsfwjs import Network, Quantised

SIDE, CLASSES = 224, 5
IMAGE, SCORES = "image", "scores"


def convert(network: Network, producer: str) -> bytes:
    """The network as an ONNX file: ``image`` [n, 3, 224, 224] float32 in, ``scores`` [n, 5] out."""
    return _Conversion(network).file(producer)


class _Conversion:
    def __init__(self, network: Network) -> None:
        self._layers, self._weights = network.layers, network.weights
        self._nodes: list[onnx.Node] = []
        self._arrays: dict[str, np.ndarray] = {"nought": np.array(0, np.float32), "six": np.array(6, np.float32)}
        self._names: dict[str, str] = {}
        """What comes out of a layer, by its name."""
        self._padding: dict[str, tuple[int, ...]] = {}
        self._scales = {
            layer["inbound_nodes"][0][0][0]: self._normalisation(layer)
            for layer in self._layers
            if layer["class_name"] == "BatchNormalization"
        }

    def file(self, producer: str) -> bytes:
        for layer in self._layers:
            self._names[layer["name"]] = self._translated(layer)
        last = self._names[self._layers[-1]["name"]]
        self._nodes.append(onnx.Node("Softmax", (last,), SCORES, {"axis": 1}))
        image, scores = (IMAGE, (0, 3, SIDE, SIDE)), (SCORES, (0, CLASSES))
        return onnx.model(self._nodes, self._arrays, image=image, scores=scores, producer=producer)

    def _translated(self, layer: Mapping[str, Any]) -> str:
        """Write the layer down; the name of what comes out of it."""
        inputs = tuple(self._names[source[0]] for source in (layer["inbound_nodes"] or [[]])[0])
        kinds: dict[str, Callable[[Mapping[str, Any], tuple[str, ...]], str]] = {
            "InputLayer": lambda _layer, _inputs: IMAGE,
            "ZeroPadding2D": self._padded,
            "Conv2D": self._convolved,
            "DepthwiseConv2D": self._convolved,
            "BatchNormalization": _passed,
            "Dropout": _passed,
            "ReLU": self._clipped,
            "Add": lambda layer, inputs: self._node("Add", inputs, layer["name"]),
            "AveragePooling2D": self._averaged,
            "Flatten": lambda layer, inputs: self._node("Flatten", inputs, layer["name"], axis=1),
            "Dense": self._weighed,
        }
        return kinds[layer["class_name"]](layer, inputs)

    def _node(self, kind: str, inputs: tuple[str, ...], output: str, **attributes: onnx.Value) -> str:
        self._nodes.append(onnx.Node(kind, inputs, output, attributes))
        return output

    def _normalisation(self, layer: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
        """Factor and term for each channel."""
        kinds = ("gamma", "beta", "moving_mean", "moving_variance")
        gamma, beta, mean, variance = (self._weights[f"{layer['name']}/{kind}"].floats() for kind in kinds)
        factor = gamma / np.sqrt(variance + layer["config"]["epsilon"])
        return factor, beta - mean * factor

    def _padded(self, layer: Mapping[str, Any], inputs: tuple[str, ...]) -> str:
        (top, bottom), (left, right) = layer["config"]["padding"]
        self._padding[inputs[0]] = (top, left, bottom, right)
        return inputs[0]

    def _convolved(self, layer: Mapping[str, Any], inputs: tuple[str, ...]) -> str:
        name, how = layer["name"], layer["config"]
        alone = layer["class_name"] == "DepthwiseConv2D"
        weight = self._weights[f"{name}/{'depthwise_kernel' if alone else 'kernel'}"]
        order = (2, 3, 0, 1) if alone else (3, 2, 0, 1)
        factor, term = self._scales[name]
        kernel = self._weight(name, weight, order, factor.reshape(-1, 1, 1, 1))
        self._arrays[f"{name}.bias"] = term.astype(np.float32)
        size = tuple(how["kernel_size"])
        around = tuple(side // 2 for side in size) * 2 if how["padding"] == "same" else (0, 0, 0, 0)
        return self._node(
            "Conv",
            (inputs[0], kernel, f"{name}.bias"),
            name,
            kernel_shape=size,
            strides=tuple(how["strides"]),
            pads=self._padding.get(inputs[0], around) if how["padding"] == "valid" else around,
            group=weight.steps.shape[2] if alone else 1,
        )

    def _clipped(self, layer: Mapping[str, Any], inputs: tuple[str, ...]) -> str:
        return self._node("Clip", (inputs[0], "nought", "six"), layer["name"])

    def _averaged(self, layer: Mapping[str, Any], inputs: tuple[str, ...]) -> str:
        how = layer["config"]
        size, steps = tuple(how["pool_size"]), tuple(how["strides"])
        return self._node("AveragePool", inputs, layer["name"], kernel_shape=size, strides=steps)

    def _weighed(self, layer: Mapping[str, Any], inputs: tuple[str, ...]) -> str:
        name = layer["name"]
        kernel = self._weight(name, self._weights[f"{name}/kernel"], (0, 1), np.ones((1, 1)))
        self._arrays[f"{name}.bias"] = self._weights[f"{name}/bias"].floats().astype(np.float32)
        sums = self._node("Gemm", (inputs[0], kernel, f"{name}.bias"), f"{name}.sums")
        return self._node("Relu", (sums,), name) if layer["config"]["activation"] == "relu" else sums

    def _weight(self, name: str, weight: Quantised, order: tuple[int, ...], factor: np.ndarray) -> str:
        kept = onnx.Weight(weight.steps.transpose(order), factor * weight.scale, factor * weight.least)
        nodes, arrays = kept.written(f"{name}.kernel")
        self._nodes += nodes
        self._arrays |= arrays
        return f"{name}.kernel"


def _passed(_layer: Mapping[str, Any], inputs: tuple[str, ...]) -> str:
    return inputs[0]
