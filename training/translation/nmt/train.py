"""Turns pairs of texts into a trained transformer, in steps that can be taken up again where they stopped.

Every step depends on the seed and its number alone: which lines, in what order, which units are dropped out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - as torch's documentation calls it
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from training.translation.nmt.model import Transformer

Ids = list[int]
PADDING, BEGIN, END = 0, 1, 2
SMOOTHING = 0.1
MOMENTS = ("exp_avg", "exp_avg_sq")


@dataclass(frozen=True)
class Plan:
    """``tokens`` are those of a batch, padding included; ``minutes`` end a run early, for another to go on."""

    steps: int
    tokens: int
    seed: int
    device: str
    rate: float = 1e-3
    warm_up: int = 400
    every: int = 200
    """Steps between two checkpoints."""
    minutes: float = 1e9


def train(
    model: Transformer,
    pairs: Sequence[tuple[Ids, Ids]],
    plan: Plan,
    checkpoint: Path,
    say: Callable[[str], None],
) -> int:
    """Train in place; the number of steps that are done. Goes on from ``checkpoint`` where it is there."""
    model.to(plan.device).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=plan.rate, betas=(0.9, 0.98), weight_decay=0.01)
    step = resume(model, optimizer, checkpoint, plan.device)
    batches: list[list[int]] = []
    losses: list[float] = []
    epoch, end = -1, time.monotonic() + 60 * plan.minutes
    sizes = batch_rows(pairs, plan.tokens)
    while step < plan.steps and time.monotonic() < end:
        if step // len(sizes) != epoch:
            epoch = step // len(sizes)
            batches = shuffled(sizes, plan.seed + epoch)
        rows = batches[step % len(sizes)]
        losses.append(_step(model, optimizer, [pairs[row] for row in rows], plan, step))
        step += 1
        if step % plan.every == 0 or step == plan.steps:
            say(f"step {step}  loss {sum(losses) / len(losses):.3f}")
            losses.clear()
            save(model, optimizer, step, checkpoint)
    save(model, optimizer, step, checkpoint)
    return step


def _step(
    model: Transformer, optimizer: torch.optim.Optimizer, pairs: Sequence[tuple[Ids, Ids]], plan: Plan, step: int
) -> float:
    torch.manual_seed(plan.seed * 1_000_003 + step)
    for group in optimizer.param_groups:
        group["lr"] = plan.rate * pace(step + 1, plan)
    source = padded([source for source, _ in pairs]).to(plan.device)
    target = padded([[BEGIN, *target] for _, target in pairs]).to(plan.device)
    with torch.autocast(plan.device, torch.bfloat16):
        scores = model(source, target[:, :-1], PADDING)
    loss = F.cross_entropy(
        scores.float().flatten(0, 1), target[:, 1:].flatten(), ignore_index=PADDING, label_smoothing=SMOOTHING
    )
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return float(loss.detach())


def pace(step: int, plan: Plan) -> float:
    """The share of the full rate: up in ``warm_up`` steps, then down by a half cosine to a twentieth at the end."""
    if step < plan.warm_up:
        return step / plan.warm_up
    done = min(1.0, (step - plan.warm_up) / max(1, plan.steps - plan.warm_up))
    return float(0.05 + 0.95 * 0.5 * (1 + np.cos(np.pi * done)))


def batch_rows(pairs: Sequence[tuple[Ids, Ids]], tokens: int) -> list[list[int]]:
    """Rows of pairs of like length, so many that padded they have about ``tokens`` pieces on the longer side."""
    order = sorted(range(len(pairs)), key=lambda row: (max(map(len, pairs[row])), row))
    batches: list[list[int]] = [[]]
    for row in order:
        if batches[-1] and (len(batches[-1]) + 1) * (max(map(len, pairs[row])) + 1) > tokens:
            batches.append([])
        batches[-1].append(row)
    return batches


def shuffled(batches: Sequence[list[int]], seed: int) -> list[list[int]]:
    return [batches[place] for place in np.random.default_rng(seed).permutation(len(batches))]


def padded(rows: Sequence[Ids]) -> Tensor:
    """(rows, longest row)."""
    longest = max(map(len, rows))
    return torch.tensor([row + [PADDING] * (longest - len(row)) for row in rows])


def save(model: Transformer, optimizer: torch.optim.Optimizer, step: int, path: Path) -> None:
    """The model and the optimizer's moments, whole or not at all."""
    tensors = {f"model.{name}": tensor.detach() for name, tensor in model.named_parameters()}
    for name, parameter in model.named_parameters():
        tensors |= {f"{kind}.{name}": optimizer.state[parameter][kind] for kind in MOMENTS if optimizer.state}
    partial = path.with_suffix(".part")
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, partial, {"step": str(step)})
    partial.replace(path)


def resume(model: Transformer, optimizer: torch.optim.Optimizer, path: Path, device: str) -> int:
    """Read what ``save`` wrote; the step to go on with, 0 where there is nothing."""
    if not path.exists():
        return 0
    with safe_open(path, "pt", device=device) as file:
        step, names = int(file.metadata()["step"]), set(file.keys())
        for name, parameter in model.named_parameters():
            parameter.data.copy_(file.get_tensor(f"model.{name}"))
            moments = {kind: file.get_tensor(f"{kind}.{name}") for kind in MOMENTS if f"{kind}.{name}" in names}
            if moments:
                optimizer.state[parameter] = {"step": torch.tensor(float(step)), **moments}
    return step
