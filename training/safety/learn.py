"""Turns examples and their vectors into the arrays of ``core.safety.heads``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from core.safety.heads import ANY
from core.safety.ngrams import BUCKETS, buckets
from core.types import Category
from training.safety.material import Example

OUTPUTS = (*(str(category) for category in Category if category is not Category.MINORS), ANY)
"""Minors are for the rules alone: there a score would be one more way to be wrong."""
NETWORKS, HIDDEN, DROPOUT = 4, 320, 0.5
NETWORK_EPOCHS, NGRAM_EPOCHS, BATCH = 12, 5, 128
OTHER_WEIGHT = 0.15
"""What is harmful in one way is a weak sign against another: sources name one category a text."""
LEAST_SEEN = 2

Arrays = dict[str, npt.NDArray[Any]]


def targets(examples: Sequence[Example]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """For each example and output, what it should be, and how much that weighs."""
    wanted = np.zeros((len(examples), len(OUTPUTS)), np.float32)
    weights = np.ones_like(wanted)
    for row, example in enumerate(examples):
        if example.unsafe:
            weights[row] = OTHER_WEIGHT if example.category else 0
            for name in {str(example.category or ANY), ANY}:
                wanted[row, OUTPUTS.index(name)] = weights[row, OUTPUTS.index(name)] = 1
        weights[row] *= example.weight
    return wanted, weights


def learn_vectors(vectors: npt.NDArray[np.float32], examples: Sequence[Example], seed: int) -> Arrays:
    """Several networks that differ in their seed."""
    mean, deviation = vectors.mean(0), vectors.std(0) + 1e-6
    inputs = torch.from_numpy((vectors - mean) / deviation)
    wanted, weights = map(torch.from_numpy, targets(examples))
    networks = [_learn_network(inputs, wanted, weights, seed + number) for number in range(NETWORKS)]
    stacked = {name: np.stack([network[name] for network in networks]) for name in networks[0]}
    return {"mean": mean.astype(np.float32), "deviation": deviation.astype(np.float32), **stacked}


def _learn_network(inputs: torch.Tensor, wanted: torch.Tensor, weights: torch.Tensor, seed: int) -> Arrays:
    torch.manual_seed(seed)
    first, second = nn.Linear(inputs.shape[1], HIDDEN), nn.Linear(HIDDEN, len(OUTPUTS))
    network = nn.Sequential(first, nn.ReLU(), nn.Dropout(DROPOUT), second)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.02)
    steps = NETWORK_EPOCHS * -(-len(inputs) // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(NETWORK_EPOCHS):
        for rows in torch.randperm(len(inputs)).split(BATCH):
            optimizer.zero_grad()
            _loss(network(inputs[rows]), wanted[rows], weights[rows]).backward()
            optimizer.step()
            schedule.step()
    return {
        "first": _half(first.weight.T),
        "first_bias": _single(first.bias)[None],
        "second": _half(second.weight.T),
        "second_bias": _single(second.bias)[None],
    }


def learn_ngrams(windows: Sequence[str], examples: Sequence[Example], seed: int) -> Arrays:
    """One weight in a byte for each bucket and output, and what a byte of each output is worth."""
    torch.manual_seed(seed)
    # Ours hold by construction; PyTorch warns unless told.
    torch.sparse.check_sparse_tensor_invariants.disable()
    wanted, weights = map(torch.from_numpy, targets(examples))
    found = [buckets(window) for window in windows]
    seen = np.bincount(np.concatenate(found), minlength=BUCKETS) >= LEAST_SEEN
    bags = [torch.from_numpy(one[seen[one]]) for one in found]
    table, bias = torch.zeros(BUCKETS, len(OUTPUTS)), torch.zeros(len(OUTPUTS))
    bag = nn.EmbeddingBag.from_pretrained(table, freeze=False, mode="sum", sparse=True)
    bias.requires_grad_()
    optimizer = torch.optim.Adagrad([bag.weight, bias], lr=0.3)
    for _ in range(NGRAM_EPOCHS):
        for rows in torch.randperm(len(bags)).split(BATCH):
            optimizer.zero_grad()
            logits = _bagged(bag, [bags[row] for row in rows], [len(found[row]) for row in rows]) + bias
            _loss(logits, wanted[rows], weights[rows]).backward()
            optimizer.step()
    return {**_bytes(_single(bag.weight)), "ngram_bias": _single(bias)}


def _bagged(bag: nn.EmbeddingBag, bags: Sequence[torch.Tensor], sizes: Sequence[int]) -> torch.Tensor:
    offsets = torch.tensor([0, *(len(one) for one in bags[:-1])]).cumsum(0)
    norms = torch.tensor([max(1, size) ** 0.5 for size in sizes])
    return torch.div(bag(torch.cat(list(bags)), offsets), norms[:, None])


def _loss(logits: torch.Tensor, wanted: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    return nn.functional.binary_cross_entropy_with_logits(logits, wanted, weights)


def _bytes(table: npt.NDArray[np.float32]) -> Arrays:
    scale = np.maximum(np.abs(table).max(0), 1e-6) / 127
    return {"ngrams": np.rint(table / scale).astype(np.int8), "ngram_scale": scale.astype(np.float32)}


def _half(tensor: torch.Tensor) -> npt.NDArray[np.float16]:
    return np.asarray(tensor.detach().numpy(), np.float16)


def _single(tensor: torch.Tensor) -> npt.NDArray[np.float32]:
    return np.asarray(tensor.detach().numpy(), np.float32).copy()
