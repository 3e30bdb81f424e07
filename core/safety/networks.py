"""Turns frames into the scores of two small networks that know sexual pictures: nsfwjs' MobileNetV2 and OpenNSFW.

Each sees a frame exactly as it was taught to. Both run in OpenCV, on the CPU.
"""

from __future__ import annotations

import threading
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import cv2

CLASSES = ("drawing", "hentai", "neutral", "porn", "sexy")
"""What nsfwjs tells apart, in the order of its scores."""
VERSIONS = "nsfwjs-4.3.0 opennsfw-0.1.0"
_NSFWJS_SIDE = 224
_OPENNSFW_SIDE, _OPENNSFW_CROP = 256, 16
_OPENNSFW_MEAN = np.array([104, 117, 123], np.float32)
"""Blue, green, red: of the pictures that OpenNSFW was taught with."""


class Networks:
    """Both networks; each is read from its file when it is first asked, and then needs some 30 MB. For any thread.

    OpenCV is asked for its new engine by name: its classic one reads the same files and computes other numbers.
    """

    def __init__(self) -> None:
        self._loaded: dict[str, cv2.dnn.Net] = {}
        self._turn = threading.Lock()

    def classes(self, frame: np.ndarray) -> np.ndarray:
        """Five numbers that add up to 1, one for each of ``CLASSES``; of HxWx3 uint8 RGB. Blocking, some 12 ms."""
        return self._run("nsfwjs.onnx", as_nsfwjs_sees(frame))

    def explicit(self, frame: np.ndarray) -> float:
        """How sure OpenNSFW is, 0 to 1, that the frame is not for work; of HxWx3 uint8 RGB. Blocking, some 30 ms."""
        return float(self._run("opennsfw.onnx", as_opennsfw_sees(frame))[1])

    def _run(self, file: str, blob: np.ndarray) -> np.ndarray:
        with self._turn:  # a network of OpenCV's holds what it is working on
            if file not in self._loaded:
                self._loaded[file] = _load(file)
            network = self._loaded[file]
            network.setInput(blob)
            return np.array(network.forward()[0])


def as_nsfwjs_sees(frame: np.ndarray) -> np.ndarray:
    """1x3x224x224 float32 RGB, 0 to 1.

    The frame is squeezed into the square, its corners on the square's corners, and each point is mixed of the four
    pixels around it, however many there are between: that is what TensorFlow.js does.
    """
    height, width = frame.shape[:2]
    (above, below, down), (left, right, across) = (_between(side, _NSFWJS_SIDE) for side in (height, width))
    rows = _mixed(frame[above].astype(np.float32), frame[below], down[:, None, None])
    square = _mixed(rows[:, left], rows[:, right], across[None, :, None])
    return np.ascontiguousarray(square.transpose(2, 0, 1)[None]) / np.float32(255)


def as_opennsfw_sees(frame: np.ndarray) -> np.ndarray:
    """1x224x224x3 float32 BGR around a mean: the middle of a 256x256 picture that once was a JPEG, as in Yahoo's."""
    from PIL import Image

    side, edge = _OPENNSFW_SIDE, _OPENNSFW_CROP
    small = Image.fromarray(frame).resize((side, side), Image.Resampling.BILINEAR)
    file = BytesIO()
    small.crop((edge, edge, side - edge, side - edge)).save(file, "JPEG")
    with Image.open(file, formats=["JPEG"]) as picture:
        colours = np.asarray(picture, np.float32)
    return np.ascontiguousarray(colours[None, :, :, ::-1] - _OPENNSFW_MEAN)


def _between(length: int, points: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each point of a line laid over ``length`` pixels: the pixel before, the one after, how near the latter."""
    places = np.linspace(0, length - 1, points)
    before = places.astype(int)
    return before, np.minimum(before + 1, length - 1), (places - before).astype(np.float32)


def _mixed(one: np.ndarray, other: np.ndarray, share: np.ndarray) -> np.ndarray:
    return np.asarray(one + (other - one) * share)


def _load(file: str) -> cv2.dnn.Net:
    import cv2

    data = (files("core.safety") / "data" / file).read_bytes()
    return cv2.dnn.readNetFromONNX(np.frombuffer(data, np.uint8), cv2.dnn.ENGINE_NEW)
