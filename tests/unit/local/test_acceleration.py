"""How transformers are compiled, and torch's memory is set."""

from __future__ import annotations

from functools import partial

import pytest
import torch

from bench.gpu_models import design, fill
from core.engines.local.acceleration import compile_blocks
from core.engines.local.allocator import allocator_settings


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_more_shapes_are_compiled_than_torch_allows_by_itself() -> None:
    """Eight is torch's limit; one model alone may serve twelve. Traced as on a GPU, but nothing is generated."""
    module = fill(design("wan2.1-1.3b", is_tiny=True).parts["transformer"], torch.device("cpu"), torch.float32)
    module.compile_repeated_blocks = partial(module.compile_repeated_blocks, backend="eager")
    assert compile_blocks(module)
    for frames in range(1, 13):
        latents, text = torch.randn(1, 16, frames, 4, 4), torch.randn(1, 8, 32)
        with torch.no_grad(), torch._dynamo.config.patch(fail_on_recompile_limit_hit=True):
            assert module(latents, torch.tensor([1]), text, return_dict=False)[0].shape == latents.shape


def test_pinned_memory_is_given_back_by_a_torch_that_can() -> None:
    assert "pinned_max_cached_size_mb" not in allocator_settings("2.11.0+cu130")
    assert allocator_settings("2.13.0+cpu") == allocator_settings("3.0") == allocator_settings()
    before = torch._C._accelerator_getAllocatorSettings()
    torch._C._accelerator_setAllocatorSettings(allocator_settings())
    # torch reads it, as it shows by refusing what is no number.
    with pytest.raises(ValueError, match="stoull"):
        torch._C._accelerator_setAllocatorSettings(allocator_settings().replace(":1", ":one"))
    torch._C._accelerator_setAllocatorSettings(before)
