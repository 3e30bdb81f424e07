"""What makes the networks' files: JavaScript read as text, and ONNX written by hand."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.safety import networks
from training.frames import nsfwjs, onnx, opennsfw
from training.frames.wire import fields, message, real, text, whole

DATA = Path(networks.__file__).with_name("data")


def test_a_message_is_read_as_it_was_written() -> None:
    written = whole(1, 300) + text(2, "网络") + real(3, 0.5) + message(100, b"") + whole(5, -1)
    found = list(fields(written))
    assert [field.number for field in found] == [1, 2, 3, 100, 5]
    assert (found[0].value, found[1].content.decode(), found[3].content) == (300, "网络", b"")
    assert b"".join(field.whole for field in found) == written


def test_what_is_no_message_is_told() -> None:
    with pytest.raises(ValueError, match="protobuf"):
        list(fields(b"\x0f\x00"))


def test_a_minified_literal_becomes_json() -> None:
    script = '{a:!0,b:!1,c:[.5,-.25,1e-3,3],"d":null,e_1:{name:"x:y,.5 !0"}}'
    expected = {"a": True, "b": False, "c": [0.5, -0.25, 0.001, 3], "d": None, "e_1": {"name": "x:y,.5 !0"}}
    assert json.loads(nsfwjs.as_json(script)) == expected


@pytest.mark.parametrize("read", [nsfwjs.read, opennsfw.convert])
def test_another_file_than_the_one_meant_is_refused(tmp_path: Path, read: object) -> None:
    (tmp_path / "other").write_bytes(b"other")
    assert callable(read)
    with pytest.raises(ValueError, match="SHA-256"):
        read(tmp_path / "other")


def small(kernel: np.ndarray, bias: np.ndarray) -> bytes:
    """A network of one layer: 128 numbers in, 64 sums out."""
    nodes = [onnx.Node("Gemm", ("image", "kernel", "bias"), "scores")]
    arrays = {"kernel": kernel, "bias": bias}
    return onnx.model(nodes, arrays, image=("image", (1, 128)), scores=("scores", (1, 64)), producer="a test")


def run(file: bytes, given: np.ndarray) -> np.ndarray:
    network = cv2.dnn.readNetFromONNX(np.frombuffer(file, np.uint8), cv2.dnn.ENGINE_NEW)
    network.setInput(given)
    return np.array(network.forward())


def test_what_is_written_runs_and_a_byte_a_weight_says_nearly_the_same() -> None:
    random = np.random.default_rng(4)
    kernel = random.normal(size=(128, 64)).astype(np.float32)
    bias, given = random.normal(size=64).astype(np.float32), random.normal(size=(1, 128)).astype(np.float32)
    whole_file = small(kernel, bias)
    assert run(whole_file, given) == pytest.approx(given @ kernel + bias, abs=1e-3)
    less = opennsfw.shrunk(whole_file)
    assert len(less) < len(whole_file) / 2
    assert run(less, given) == pytest.approx(given @ kernel + bias, abs=0.5)
    assert opennsfw.shrunk(whole_file) == less


def test_the_file_that_ships_keeps_a_byte_a_weight() -> None:
    graph = next(field.content for field in fields((DATA / "nsfwjs.onnx").read_bytes()) if field.number == onnx.GRAPH)
    kinds = [
        {part.number: part for part in fields(field.content)}[2].value
        for field in fields(graph)
        if field.number == onnx.ARRAY
    ]
    assert kinds.count(2) == 55  # 52 convolutions and 3 layers after them
