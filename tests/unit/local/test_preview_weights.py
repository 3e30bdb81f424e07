"""The previews' decoder among a model's weights: pulled like them, and missed by nothing where it is not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import save

from core.catalogue.cards import ModelCard
from core.catalogue.load import load_models
from core.catalogue.local import PREVIEW, Source
from core.engines.local.weights.errors import WeightsError
from core.engines.local.weights.manifest import faults
from core.engines.local.weights.plan import from_folder
from core.engines.local.weights.pull import pull
from piying.readiness import look_at_models
from piying.settings import Settings
from tests.hub import Hub, serve
from tests.tiny import animatediff
from tests.tiny.decoders import VARIANTS, random_weights

CARDS = {model.card.key: model.card for model in load_models()}
MODEL = {
    "model_index.json": b'{"_class_name": "X", "vae": ["diffusers", "X"]}',
    "vae/config.json": b"{}",
    "vae/model.safetensors": save({"x": torch.zeros(2)}),
}
DECODER = save(random_weights(VARIANTS["wan2.1"]))


def card(**extras: Source) -> ModelCard:
    known = CARDS["wan2.1-1.3b"]
    assert known.local
    local = known.local.model_copy(update={"source": Source(repo="someone/tiny"), "extras": extras})
    return known.model_copy(update={"key": "tiny", "local": local})


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    hub = Hub({"someone/tiny": dict(MODEL), "someone/decoders": {"sub/one.safetensors": DECODER}})
    with serve(hub):
        # What HF_ENDPOINT sets when the library is imported.
        monkeypatch.setattr(constants, "ENDPOINT", hub.url)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", hub.url + "/{repo_id}/resolve/{revision}/{filename}"
        )
        yield hub


def test_it_is_pulled_as_published(hub: Hub, tmp_path: Path) -> None:
    lines: list[str] = []
    preview = Source(repo="someone/decoders", file="sub/one.safetensors")
    pull(card(preview=preview), tmp_path / "models", report=lines.append)
    assert (tmp_path / "models" / "tiny" / "extras" / "preview.safetensors").read_bytes() == DECODER
    assert not any("coarser" in line for line in lines)


@pytest.mark.parametrize(
    "source",
    [
        Source(repo="someone/decoders", file="sub/two.safetensors"),
        Source(repo="someone/gone", file="one.safetensors"),
        Source(repo="someone/decoders", file="sub/one.pth"),
    ],
)
def test_a_model_is_pulled_without_it_where_it_cannot_be_had(hub: Hub, tmp_path: Path, source: Source) -> None:
    hub.repos["someone/decoders"]["sub/one.pth"] = b"\x80\x04K\x01."
    lines: list[str] = []
    manifest = pull(card(preview=source), tmp_path / "models", report=lines.append)
    assert set(manifest.files) == set(MODEL)
    assert [line for line in lines if "coarser" in line]
    with pytest.raises(WeightsError):
        pull(card(lora=source), tmp_path / "models", report=lines.append)
    lines.clear()
    findings = list(look_at_models([card(preview=source)], Settings(data_folder=tmp_path)))
    assert [finding.good for finding in findings if finding.subject == "model tiny"] == [True]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
def test_animatediffs_is_kept_beside_the_model_that_is_made(tmp_path: Path) -> None:
    base = animatediff.build_base(tmp_path / "base")
    (base / "extras").mkdir()
    animatediff.build_motion(base / "extras").rename(base / "extras" / "motion.safetensors")
    (base / "extras" / "preview.safetensors").write_bytes(DECODER)
    known = CARDS["animatediff-lightning"].model_copy(update={"key": "tiny"})
    manifest = pull(known, tmp_path / "models", from_folder(base), report=lambda _line: None)
    extras = tmp_path / "models" / "tiny" / "extras"
    assert [path.name for path in extras.iterdir()] == ["preview.safetensors"]
    assert (extras / "preview.safetensors").read_bytes() == DECODER
    assert list(faults(extras.parent, manifest, deep=True)) == []


def test_no_recipe_takes_it_for_a_lora() -> None:
    with_preview = [model for model in load_models() if model.card.local and PREVIEW in model.card.local.extras]
    assert len(with_preview) >= 10
    for model in with_preview:
        for recipe in model.recipes:
            assert recipe.local is not None
            assert PREVIEW not in {use.extra for use in recipe.local.loras}
