"""Turns one model into rows, a line of JSON each: the child of ``bench.gpu``.

A process for each model: what diffusers and torch keep of one is not there for the next, and one that dies takes no
other along. Its arguments are one JSON object, the fields of ``Task``.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import torch

from bench.gpu_kernels import attention, peak, swap, vae
from bench.gpu_models import design
from bench.gpu_ours import cancel, compiled, dense, four_steps, gain, ledger, overlap
from bench.gpu_plain import plain
from bench.gpu_timing import Bench
from bench.report import Row, Skipped

Arm = Callable[[Bench], Iterator[Row]]
ARMS: Mapping[str, Arm] = {
    "peak": peak,
    "plain": plain,
    "dense": dense,
    "compile": compiled,
    "gain": gain,
    "four-step": four_steps,
    "ledger": ledger,
    "overlap": overlap,
    "cancel": cancel,
    "attention": attention,
    "vae": vae,
}
"""In the order they are run: what a hurried run leaves out is at the end."""


@dataclass(frozen=True)
class Assignment:
    """What the child is to do. ``seconds`` are those after which no further arm begins; ``steps`` of a guided clip."""

    model: str
    other: str
    arms: Sequence[str]
    device: str
    is_tiny: bool
    steps: int
    repeats: int
    clips: int
    cancels: int
    seconds: float


def main(order: Assignment) -> None:
    """Run the arms; with ``other``, the swap between the two models alone."""
    until = time.monotonic() + order.seconds
    if order.device == "cpu":
        torch.set_num_threads(1)
    with tempfile.TemporaryDirectory(prefix="piying-bench-", ignore_cleanup_errors=True) as folder, torch.no_grad():
        bench = _bench(order, Path(folder))
        arms = {"swap": partial(swap, other=order.other)} if order.other else ARMS
        for name, arm in arms.items():
            if name in order.arms:
                for row in measure(bench, name, arm, until):
                    print(json.dumps(asdict(row)), flush=True)


def _bench(order: Assignment, folder: Path) -> Bench:
    made = design(order.model, is_tiny=order.is_tiny)
    place = torch.device(order.device)
    return Bench(
        made, place, folder, order.is_tiny, order.steps, order.repeats, clips=order.clips, cancels=order.cancels
    )


def measure(bench: Bench, name: str, arm: Arm, until: float) -> Iterator[Row]:
    """The arm's rows, as far as it comes, and then one that says why it came no further."""
    if time.monotonic() > until:
        yield bench.row(name, "all", None, "", "skipped: the time of a quick run was used up")
        return
    print(f"{bench.made.key}, {name} ...", file=sys.stderr, flush=True)
    try:
        yield from arm(bench)
    except Skipped as reason:
        yield bench.row(name, "all", None, "", f"skipped: {reason}")
    except Exception as error:  # noqa: BLE001 - the other arms are worth measuring still
        traceback.print_exc()
        yield bench.row(name, "all", None, "", f"broken: {type(error).__name__}: {str(error)[:300]}")
    gc.collect()
    if bench.is_gpu:
        torch.cuda.empty_cache()


if __name__ == "__main__":
    main(Assignment(**json.loads(sys.argv[1])))
    sys.stdout.flush()
    # The studio's threads may be within torch, which does not survive an orderly end around them.
    os._exit(0)
