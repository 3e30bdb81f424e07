"""Pulling the tiny model of each family: what the engine's own loading code then finds is what was published."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from core.catalogue.cards import ModelCard
from core.catalogue.load import load_models
from core.engines.local.fit import mode_in
from core.engines.local.loading import load_component, read_layout
from core.engines.local.weights.manifest import faults, read_manifest
from core.engines.local.weights.plan import from_folder
from core.engines.local.weights.pull import pull
from tests.tiny import animatediff
from tests.tiny.cards import card as tiny_card

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(120),
    # MiniMax-H3's sound decoder is built in torch's older way.
    pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated:FutureWarning"),
]

FAMILIES = ("cogvideox", "h3", "hunyuan", "hunyuan15", "ltx", "ltx2", "wan")
CARDS = {model.card.local.family: model.card for model in load_models() if model.card.local}


def silent(_text: str) -> None:
    """Say nothing."""


def bare(family: str) -> ModelCard:
    """The card of the family's last kind, without what a true one's source leaves out."""
    card, known = tiny_card(family, import_module(f"tests.tiny.{family}").KINDS[-1]).card, CARDS[family].local
    assert card.local
    assert known
    local = card.local.model_copy(update={"source": known.source})
    return card.model_copy(update={"key": "tiny", "local": local})


def weights(folder: Path) -> dict[str, dict[str, torch.Tensor]]:
    found: dict[str, dict[str, torch.Tensor]] = {}
    for path in sorted(folder.rglob("*.safetensors")):
        found.setdefault(path.parent.name, {}).update(load_file(path))
    return found


def modules(folder: Path, dtype: torch.dtype) -> Iterator[tuple[str, Any]]:
    layout = read_layout(folder)
    for name in layout.modules:
        thing = load_component(folder, name, layout, dtype)
        if isinstance(thing, torch.nn.Module):
            yield name, thing


@pytest.fixture(params=FAMILIES, scope="module")
def pulled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Path]:
    """A family, its tiny model as published, and as pulled."""
    family: str = request.param
    folder = tmp_path_factory.mktemp(family)
    tiny = import_module(f"tests.tiny.{family}")
    published = tiny.build(folder / "published", tiny.KINDS[-1])
    pull(bare(family), folder / "models", from_folder(published), report=silent)
    return family, published, folder / "models" / "tiny"


def test_every_tensor_is_there_in_its_precision(pulled: tuple[str, Path, Path]) -> None:
    _, published, model = pulled
    before, after = weights(published), weights(model)
    assert before.keys() == after.keys()
    for component, tensors in before.items():
        assert tensors.keys() == after[component].keys()
        for name, tensor in tensors.items():
            saved = after[component][name]
            assert torch.equal(saved, tensor.to(saved.dtype)), (component, name)
            is_kept = component.endswith("vae") or component == "vocoder"
            assert not is_kept or saved.dtype is tensor.dtype
    rounded = {tensor.dtype for name, part in after.items() if name == "transformer" for tensor in part.values()}
    assert torch.bfloat16 in rounded


def test_the_engine_loads_it_as_it_would_have_loaded_the_original(pulled: tuple[str, Path, Path]) -> None:
    _, published, model = pulled
    originals = dict(modules(published, torch.bfloat16))
    for name, module in modules(model, torch.bfloat16):
        original = originals[name].state_dict()
        for key, tensor in module.state_dict().items():
            assert tensor.dtype is original[key].dtype, (name, key)
            assert torch.equal(tensor, original[key]), (name, key)


def test_its_placement_can_be_told_from_its_manifest(pulled: tuple[str, Path, Path]) -> None:
    family, _, model = pulled
    manifest, card = read_manifest(model), bare(family).local
    assert manifest
    assert card
    assert list(faults(model, manifest, deep=True)) == []
    sizes = manifest.component_sizes()
    assert mode_in(card, sizes, "auto", 10 * sum(sizes.values())) == "resident"
    assert mode_in(card, sizes, "auto", 1) == "offload"
    assert mode_in(card, sizes, "swap", 1) == "swap"


def test_animatediff_is_made_of_its_two_parts(tmp_path: Path) -> None:
    base = animatediff.build_base(tmp_path / "base")
    (base / "extras").mkdir()
    animatediff.build_motion(base / "extras").rename(base / "extras" / "motion.safetensors")
    card = CARDS["animatediff"].model_copy(update={"key": "tiny"})
    manifest = pull(card, tmp_path / "models", from_folder(base), report=silent)
    model = tmp_path / "models" / "tiny"
    assert list(faults(model, manifest, deep=True)) == []
    assert not (model / "extras").exists()
    found = {name: type(module).__name__ for name, module in modules(model, torch.bfloat16)}
    assert found["unet"] == "UNetMotionModel"
    assert {tensor.dtype for tensor in weights(model)["unet"].values() if tensor.is_floating_point()} == {
        torch.bfloat16
    }
    assert {tensor.dtype for tensor in weights(model)["vae"].values()} == {torch.float32}
