"""Turns the package nsfwjs, as npm packs it, into its smallest network's layers and weights.

The package keeps the network as JavaScript: one file with an object of TensorFlow.js' layer format, one with a string
of base64. Nothing of it is run; both are read as text.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

VERSION = "4.3.0"
SHA256 = "4496790efc9bdc6f3e85a826a8e482c1fa1e9db4b3d18c095e98cc0c73cfb12f"
"""Of ``nsfwjs-4.3.0.tgz`` as registries give it out."""
_FOLDER = "package/dist/models/mobilenet_v2"
_OBJECT = re.compile(r"exports=(\{.*\})\},\{\}\]\},\{\},\[1\]\)\(1\)\}\);\s*$", re.DOTALL)
_STRING = re.compile(r'exports="([A-Za-z0-9+/=]*)"')
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|(?P<key>[A-Za-z_$][\w$]*)(?=:)|!(?P<flag>[01])|(?<![\w.])(?P<point>\.)(?=\d)')


@dataclass(frozen=True)
class Quantised:
    """A weight as the package keeps it: ``steps`` (uint8) times ``scale`` plus ``least``."""

    steps: np.ndarray
    scale: float
    least: float

    def floats(self) -> np.ndarray:
        """The weight itself, as float64."""
        return self.steps.astype(np.float64) * self.scale + self.least


@dataclass(frozen=True)
class Network:
    """Keras' layers in their order, and the weights by name: ``<layer>/<kind>``."""

    layers: list[Mapping[str, Any]]
    weights: Mapping[str, Quantised]


def read(tarball: Path) -> Network:
    """The network in the package.

    Raises:
        ValueError: it is another file than the one this was written for.
    """
    found = hashlib.sha256(tarball.read_bytes()).hexdigest()
    if found != SHA256:
        raise ValueError(f"{tarball} has the SHA-256 {found}, not {SHA256} of nsfwjs {VERSION}")
    with tarfile.open(tarball) as package:
        described = json.loads(as_json(_matched(_OBJECT, _member(package, "model.min.js"))))
        data = base64.b64decode(_matched(_STRING, _member(package, "group1-shard1of1.min.js")))
    layers = described["modelTopology"]["model_config"]["config"]["layers"]
    entries = [entry for group in described["weightsManifest"] for entry in group["weights"]]
    return Network(layers, _weights(entries, data))


def as_json(script: str) -> str:
    """A minified JavaScript literal as JSON: names quoted, ``!0`` true, ``.5`` with its nought."""

    def mended(token: re.Match[str]) -> str:
        if token["key"]:
            return f'"{token["key"]}"'
        if token["flag"]:
            return "true" if token["flag"] == "0" else "false"
        return "0." if token["point"] else token[0]

    return _TOKEN.sub(mended, script)


def _member(package: tarfile.TarFile, name: str) -> str:
    file = package.extractfile(f"{_FOLDER}/{name}")
    if file is None:
        raise ValueError(f"{name} is no file")
    return file.read().decode()


def _matched(pattern: re.Pattern[str], script: str) -> str:
    found = pattern.search(script)
    if found is None:
        raise ValueError(f"nothing like {pattern.pattern} in the script")
    return found[1]


def _weights(entries: list[dict[str, Any]], data: bytes) -> dict[str, Quantised]:
    weights, start = {}, 0
    for entry in entries:
        how, count = entry["quantization"], int(np.prod(entry["shape"]))
        steps = np.frombuffer(data, how["dtype"], count, start).reshape(entry["shape"])
        weights[entry["name"]] = Quantised(steps, how["scale"], how["min"])
        start += steps.nbytes
    if start != len(data):
        raise ValueError(f"{len(data)} bytes of weights, but {start} are told of")
    return weights
