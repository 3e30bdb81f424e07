"""Turns open video models of full size into measured rows on one GPU: ``python -m bench.gpu [--quick]``.

It asks no hub: weights are random, and speed does not depend on their values. Writes ``bench/gpu.json`` and prints a
table. ``--device cpu --tiny`` runs the same code on tiny models, to see that it works; its times say nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path
from typing import Any

import torch

from bench.fresh import ROOT, clean_environment
from bench.gpu_child import ARMS, Assignment
from bench.gpu_models import KEYS
from bench.report import Row, machine, show
from core.engines.local.allocator import VARIABLE, allocator_settings

RESULTS = Path(__file__).parent / "gpu.json"
SWAP = ("wan2.1-1.3b", "wan2.1-14b")
QUICK_SECONDS, GRACE = 420.0, 45.0
"""Of a quick run: no arm begins after the first, and nothing goes on after both."""

_STEPS = {"wan2.1-1.3b": 50, "wan2.1-14b": 10, "hunyuanvideo-1.5-480p": 4}
_QUICK_STEPS = {"wan2.1-1.3b": 6, "wan2.1-14b": 2, "hunyuanvideo-1.5-480p": 2}
"""Steps of a clip with guidance; a clip of 50 is reckoned from them. A step of the larger models takes many seconds."""

_ENVIRONMENT = {"HF_HUB_OFFLINE": "1", VARIABLE: allocator_settings()}
"""As the engine's own child has it."""

_LATE = "skipped: the time of a quick run was used up"
_PACKAGES = ("torch", "diffusers", "transformers", "accelerate", "flash-attn-3", "imageio")


def main(words: Sequence[str]) -> int:
    asked = _arguments(words)
    if asked.device != "cpu" and not torch.cuda.is_available():
        print("There is no NVIDIA GPU that torch can use here. `--device cpu --tiny` tries the code.", file=sys.stderr)
        return 2
    if asked.device == "cpu" and not asked.tiny:
        print("Models of full size need a GPU: on the processor give `--tiny` as well.", file=sys.stderr)
        return 2
    about, rows = _about(asked), []
    for row in _measure(asked):
        rows.append(row)
        if asked.out:
            _store(asked.out, about, rows)
    show(rows)
    return int(any(row.note.startswith("broken") for row in rows))


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.gpu", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="eight minutes: few steps, and what fits")
    parser.add_argument("--models", nargs="+", choices=KEYS, default=KEYS)
    parser.add_argument("--arms", nargs="+", choices=(*ARMS, "swap"), default=(*ARMS, "swap"))
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--tiny", action="store_true", help="tiny models, to try the code; writes no file")
    parser.add_argument("--out", type=Path, help="the file for the figures: bench/gpu.json")
    asked = parser.parse_args(words)
    asked.out = asked.out or (None if asked.tiny else RESULTS)
    return asked


def _measure(asked: argparse.Namespace) -> Iterator[Row]:
    """Model by model; the swap comes second, since a quick run may end early."""
    until = time.monotonic() + (QUICK_SECONDS if asked.quick else 1e9)
    orders = [_order(asked, key) for key in asked.models]
    if "swap" in asked.arms and set(SWAP) <= set(asked.models):
        orders.insert(1, replace(_order(asked, SWAP[0]), other=SWAP[1]))
    for order in orders:
        if order.other or set(order.arms) - {"swap"}:
            yield from _rows(replace(order, seconds=max(0.0, until - time.monotonic())))


def _order(asked: argparse.Namespace, key: str) -> Assignment:
    steps = 3 if asked.tiny else (_QUICK_STEPS if asked.quick else _STEPS)[key]
    few = asked.quick or asked.tiny
    return Assignment(
        key,
        "",
        tuple(asked.arms),
        asked.device,
        asked.tiny,
        steps,
        repeats=1 if asked.quick else 3,
        clips=3 if few else 6,
        cancels=6 if few else 20,
        seconds=0.0,
    )


def _rows(order: Assignment) -> Iterator[Row]:
    """The rows of a child; the last of one that dies says so."""
    child = subprocess.Popen(
        [sys.executable, "-m", "bench.gpu_child", json.dumps(asdict(order))],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=clean_environment(**_ENVIRONMENT),
    )
    until = time.monotonic() + order.seconds + GRACE
    guard = threading.Timer(min(order.seconds + GRACE, threading.TIMEOUT_MAX), child.kill)
    guard.daemon = True
    guard.start()
    assert child.stdout
    for line in child.stdout:
        if row := _row(line):
            yield row
    guard.cancel()
    if child.wait():
        why = _LATE if time.monotonic() > until else f"broken: it ended with {child.returncode}"
        yield Row(f"{order.model}, the process", None, note=why)


def _row(line: str) -> Row | None:
    """None for what a library has printed."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return Row(**found) if isinstance(found, dict) and "name" in found else None


def _store(out: Path, about: Mapping[str, Any], rows: Sequence[Row]) -> None:
    """As far as it has come; what an earlier run on the same card measured besides is kept, with its date."""
    old = json.loads(out.read_text("utf-8")) if out.exists() else {}
    fresh = [{**asdict(row), "met": row.met, "date": about["date"], "run": about["run"]} for row in rows]
    names = {row["name"] for row in fresh}
    kept = [row for row in old.get("rows", ()) if row["name"] not in names and old["card"] == about["card"]]
    text = json.dumps({**about, "rows": kept + fresh}, ensure_ascii=False, indent=1)
    out.write_text(text + "\n", encoding="utf-8")


def _about(asked: argparse.Namespace) -> dict[str, Any]:
    is_gpu = asked.device != "cpu"
    return {
        **machine(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "card": torch.cuda.get_device_name(asked.device) if is_gpu else "none",
        "card_memory_gib": _memory(asked.device) if is_gpu else 0,
        "driver": _driver(),
        "cuda": torch.version.cuda,
        "versions": dict(chain.from_iterable(_version(name) for name in _PACKAGES)),
        "run": "quick" if asked.quick else "tiny" if asked.tiny else "full",
        "load": round(os.getloadavg()[0], 2),
    }


def _memory(device: str) -> float:
    return round(float(torch.cuda.get_device_properties(device).total_memory) / 2**30, 1)


def _driver() -> str:
    path = Path("/proc/driver/nvidia/version")
    return path.read_text().splitlines()[0] if path.exists() else ""


def _version(name: str) -> list[tuple[str, str]]:
    try:
        return [(name, version(name))]
    except PackageNotFoundError:
        return []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
