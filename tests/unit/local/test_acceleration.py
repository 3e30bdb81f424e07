"""How transformers are compiled."""

from __future__ import annotations

from functools import partial

import pytest
import torch

from bench.gpu_models import design, fill
from core.engines.local.acceleration import compile_blocks


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_more_shapes_are_compiled_than_torch_allows_by_itself() -> None:
    """Eight is torch's limit; one model alone may serve twelve. Traced as on a GPU, but nothing is generated."""
    module = fill(design("wan2.1-1.3b", is_tiny=True).parts["transformer"], torch.device("cpu"), torch.float32)
    module.compile_repeated_blocks = partial(module.compile_repeated_blocks, backend="eager")
    assert compile_blocks(module)
    for frames in range(1, 13):
        latents, text = torch.randn(1, 16, frames, 4, 4), torch.randn(1, 8, 32)
        with torch.no_grad():
            assert module(latents, torch.tensor([1]), text, return_dict=False)[0].shape == latents.shape
