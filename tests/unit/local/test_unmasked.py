"""Transformers spared their masks, as on a GPU, make what they make with them, but for its rounding."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.models.attention_dispatch import _AttentionBackendRegistry
from torch._dynamo.utils import counters
from torch.utils._python_dispatch import TorchDispatchMode

from core.engines.local import acceleration
from core.engines.local.device import Cpu
from core.engines.local.families import family
from core.engines.local.family import Latents, Shot, Unmasks
from core.engines.local.model import LocalModel
from core.engines.local.residency import Residency
from tests.tiny.house import Errand, House
from tests.tiny.stages import Studio, picture
from tests.unit.local.conftest import OpenStudio

pytestmark = pytest.mark.slow

PROMPTS = ("a cat walks", 'a cat holds a sign "moon"', "一只猫在月下，牌子上写着“月”")
GPU = torch.device("cuda:0")


def unmasked(studio: Studio) -> Studio:
    """The same model loaded anew: what is done to its transformer is done to no other test's."""
    fresh = replace(studio)
    stages = family(studio.model.card.local.family)  # type: ignore[union-attr]
    assert isinstance(stages, Unmasks)
    stages.unmask(fresh.things["transformer"])
    return fresh


def shot_of(studio: Studio, grade: str = "standard", **changes: Any) -> Shot:
    shot = studio.shot(grade, ratio="1:1", **changes)
    return replace(shot, image=picture(shot, "red")) if studio.model.card.pictures == ("first",) else shot


def denoised(studio: Studio, shot: Shot) -> Latents:
    stages = family(shot.card.family)
    return stages.denoise(studio.pipe(shot), shot, stages.encode(studio.pipe(shot), shot))


def assert_alike(studio: Studio, bare: Studio, shot: Shot) -> None:
    latents, wanted = denoised(bare, shot).video, denoised(studio, shot).video
    assert torch.isfinite(wanted).all()
    torch.testing.assert_close(latents, wanted, rtol=0, atol=1e-5)
    assert np.abs(bare.make(shot)[0].astype(int) - studio.make(shot)[0]).max() <= 1


@pytest.fixture(name="arguments", scope="module")
def _arguments() -> Callable[..., dict[str, Any]]:
    """One call of the tiny transformer: both texts padded, no picture."""

    def make(qwen: int = 5, glyphs: int = 3, batch: int = 1) -> dict[str, Any]:
        noise = torch.Generator().manual_seed(qwen)
        kept, kept_2 = torch.zeros(batch, 20), torch.zeros(batch, 8)
        kept[:, :qwen], kept_2[:, :glyphs] = 1, 1
        return {
            "hidden_states": torch.randn(batch, 9, 2, 4, 6, generator=noise),
            "timestep": torch.full((batch,), 500.0),
            "encoder_hidden_states": torch.randn(batch, 20, 16, generator=noise),
            "encoder_attention_mask": kept,
            "encoder_hidden_states_2": torch.randn(batch, 8, 32, generator=noise),
            "encoder_attention_mask_2": kept_2,
            "image_embeds": torch.zeros(batch, 10, 12),
            "return_dict": False,
        }

    return make


class Pairs(TorchDispatchMode):  # type: ignore[misc]  # it is not typed
    """Counts what is made over all pairs of so many tokens, of whatever type, and the bytes of the largest."""

    def __init__(self, tokens: range) -> None:
        super().__init__()
        self.tokens, self.made, self.largest = tokens, 0, 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **kwargs or {})
        for tensor in result if isinstance(result, tuple | list) else (result,):
            if isinstance(tensor, torch.Tensor) and tensor.ndim > 1:
                rows, columns = tensor.shape[-2:]
                if rows == columns and rows in self.tokens:
                    self.made, self.largest = self.made + 1, max(self.largest, tensor.nbytes)
        return result


@pytest.mark.parametrize("kind", ["t2v", "i2v"])
@pytest.mark.parametrize("grade", ["draft", "standard"])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_hunyuan_without_padding_makes_the_same(studio: OpenStudio, kind: str, grade: str, prompt: str) -> None:
    tiny = studio("hunyuan15", kind)
    assert_alike(tiny, unmasked(tiny), shot_of(tiny, grade, prompt=prompt))


@pytest.mark.parametrize("kind", ["t2v", "i2v"])
def test_hunyuan_in_bfloat16_too(studio: OpenStudio, kind: str) -> None:
    rounded = replace(studio("hunyuan15", kind), dtype=torch.bfloat16)
    shot = shot_of(rounded)
    latents, wanted = denoised(unmasked(rounded), shot).video, denoised(rounded, shot).video
    exact = denoised(studio("hunyuan15", kind), shot).video
    # No further from what would be exact than what it stands for.
    assert (latents - exact).abs().mean() <= 1.5 * (wanted - exact).abs().mean()


def test_nothing_is_made_over_all_pairs_of_tokens(studio: OpenStudio, arguments: Callable[..., Any]) -> None:
    tiny = studio("hunyuan15", "t2v")
    plain, bare = tiny.things["transformer"], unmasked(tiny).things["transformer"]
    clip, padded = 2 * 4 * 6, 20 + 8 + 10
    tokens = range(clip, clip + padded + 1)
    with torch.no_grad(), Pairs(tokens) as masked:
        plain(**arguments())
    with torch.no_grad(), Pairs(tokens) as spared:
        bare(**arguments())
    # Each of the two blocks makes the mask at least once.
    assert masked.made >= 2
    assert masked.largest >= (clip + padded) ** 2
    assert spared.made == 0


def test_a_job_leaves_nothing_to_the_next(studio: OpenStudio) -> None:
    bare = unmasked(studio("hunyuan15", "t2v"))
    first, _ = bare.make(shot_of(bare, prompt=PROMPTS[0]))
    other, _ = bare.make(shot_of(bare, prompt=PROMPTS[2]))
    assert not np.array_equal(first, other)
    assert np.array_equal(first, bare.make(shot_of(bare, prompt=PROMPTS[0]))[0])


def test_what_lies_in_the_padding_counts_for_nothing(studio: OpenStudio, arguments: Callable[..., Any]) -> None:
    """Not even what is no number; the masks of the plain transformer let that through."""
    tiny, clean, dirty = studio("hunyuan15", "t2v"), arguments(), arguments()
    for text in ("encoder_hidden_states", "encoder_hidden_states_2"):
        dirty[text][:, 5:] = torch.nan
    bare = unmasked(tiny).things["transformer"]
    with torch.no_grad():
        assert torch.equal(bare(**clean)[0], bare(**dirty)[0])
        assert tiny.things["transformer"](**dirty)[0].isnan().any()


@pytest.mark.parametrize(("qwen", "glyphs"), [(20, 8), (20, 0), (1, 0), (7, 8)])
def test_any_part_of_the_text_may_be_there(
    studio: OpenStudio, arguments: Callable[..., Any], qwen: int, glyphs: int
) -> None:
    tiny, call = studio("hunyuan15", "t2v"), arguments(qwen, glyphs)
    # Wherever the padding is.
    call["encoder_attention_mask"] = call["encoder_attention_mask"].roll(qwen // 2, dims=1)
    with torch.no_grad():
        wanted = tiny.things["transformer"](**call)[0]
        torch.testing.assert_close(unmasked(tiny).things["transformer"](**call)[0], wanted, rtol=0, atol=1e-6)


def test_arguments_may_come_by_place(studio: OpenStudio, arguments: Callable[..., Any]) -> None:
    bare, call = unmasked(studio("hunyuan15", "t2v")).things["transformer"], arguments()
    first = [call[name] for name in ("hidden_states", "timestep", "encoder_hidden_states", "encoder_attention_mask")]
    rest = {name: value for name, value in call.items() if name not in list(call)[:4]}
    with torch.no_grad():
        assert torch.equal(bare(*first, **rest)[0], bare(**call)[0])


def test_two_clips_at_once_are_refused(studio: OpenStudio, arguments: Callable[..., Any]) -> None:
    bare = unmasked(studio("hunyuan15", "t2v")).things["transformer"]
    with pytest.raises(ValueError, match="one clip"), torch.no_grad():
        bare(**arguments(batch=2))
    # A clip whose texts are two.
    with pytest.raises(ValueError, match="one clip"), torch.no_grad():
        bare(**{**arguments(batch=2), "hidden_states": arguments()["hidden_states"]})


@pytest.mark.parametrize("name", ["hunyuan15 t2v", "ltx2 2.0"])
def test_twice_is_once(studio: OpenStudio, name: str) -> None:
    bare = unmasked(studio(*name.split()))
    transformer = bare.things["transformer"]
    before = set(map(id, transformer.attn_processors.values())), len(transformer._forward_pre_hooks)
    family(name.split(maxsplit=1)[0]).unmask(transformer)  # type: ignore[attr-defined]
    assert (set(map(id, transformer.attn_processors.values())), len(transformer._forward_pre_hooks)) == before


def test_the_refiner_of_the_text_keeps_its_own_attention(studio: OpenStudio) -> None:
    tiny = studio("hunyuan15", "t2v")
    plain, bare = (each.things["transformer"].attn_processors for each in (tiny, unmasked(tiny)))
    changed = {name for name in plain if type(plain[name]) is not type(bare[name])}
    assert changed == {name for name in plain if name.startswith("transformer_blocks.")}
    assert changed < set(plain)


def test_one_compilation_serves_prompts_of_any_length(studio: OpenStudio, monkeypatch: pytest.MonkeyPatch) -> None:
    bare, eager = (unmasked(studio("hunyuan15", "t2v")) for _ in range(2))
    transformer = bare.things["transformer"]
    compile_with = transformer.compile_repeated_blocks
    # As on a GPU, but that nothing is generated; and in one piece.
    monkeypatch.setattr(
        transformer, "compile_repeated_blocks", lambda **how: compile_with(backend="eager", fullgraph=True, **how)
    )
    assert acceleration.compile_blocks(transformer)
    counts = []
    for prompt in (*PROMPTS, "cat " * 20):
        shot = shot_of(bare, prompt=prompt)
        assert np.abs(bare.make(shot)[0].astype(int) - eager.make(shot)[0]).max() <= 1
        counts.append(counters["stats"]["unique_graphs"])
    assert len(set(counts)) == 1
    assert counts[0] > 0


@pytest.mark.parametrize("kind", ["2.0", "2.3"])
@pytest.mark.parametrize("grade", ["draft", "standard"])
def test_ltx2_without_masks_makes_the_same(studio: OpenStudio, kind: str, grade: str) -> None:
    tiny = studio("ltx2", kind)
    bare, shot = unmasked(tiny), tiny.shot(grade)
    assert_alike(tiny, bare, shot)
    sound, wanted = denoised(bare, shot).audio, denoised(tiny, shot).audio
    assert sound is not None
    torch.testing.assert_close(sound, wanted, rtol=0, atol=1e-5)


def test_ltx2_has_no_mask_left(studio: OpenStudio) -> None:
    tiny = studio("ltx2", "2.0")
    plain, bare = (replace(tiny), unmasked(tiny))
    for each, has_masks in ((plain, True), (bare, False)):
        seen: list[bool] = []

        def look(_block: Any, _arguments: Any, named: dict[str, Any], seen: list[bool] = seen) -> None:
            seen.extend(argument is not None for name, argument in named.items() if name.endswith("attention_mask"))

        each.things["transformer"].transformer_blocks[0].register_forward_pre_hook(look, with_kwargs=True)
        denoised(each, tiny.shot("draft"))
        assert seen
        assert any(seen) is has_masks


def test_ltx2_refuses_text_with_padding(studio: OpenStudio) -> None:
    """As connectors without registers would leave it; the checkpoints' have registers."""
    transformer = unmasked(studio("ltx2", "2.0")).things["transformer"]
    given = dict.fromkeys(inspect.signature(transformer.forward).parameters)
    kept = torch.tensor([[1, 1, 0]])
    for name in ("encoder_attention_mask", "audio_encoder_attention_mask"):
        with pytest.raises(ValueError, match=f"padding: {name}"):
            transformer(**given | {name: kept})


@pytest.fixture(name="house", scope="module")
def _house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(
        tmp_path_factory.mktemp("house"), ("hunyuan15", "t2v"), ("ltx2", "2.0"), ("ltx", "0.9"), ("wan", "t2v")
    )


def model(house: House, name: str, place: torch.device) -> LocalModel:
    return LocalModel(house.models[name].card, house.config(), Residency(Cpu(place=place)))


@pytest.mark.parametrize(
    ("name", "is_unmasked", "attention"),
    [
        ("hunyuan15-t2v", True, "_flash_3"),
        ("ltx2-2.0", True, "_flash_3"),
        ("ltx-0.9", False, "_native_cudnn"),
        ("wan-t2v", False, "_flash_3"),
    ],
)
def test_on_a_gpu_whoever_can_is_spared_masks_for_a_faster_attention(
    house: House, monkeypatch: pytest.MonkeyPatch, name: str, is_unmasked: bool, attention: str
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _place: (9, 0))
    monkeypatch.setattr(acceleration, "find_spec", lambda _package: True)
    on_gpu, on_cpu = model(house, name, GPU), model(house, name, torch.device("cpu"))
    assert (on_gpu.is_unmasked, on_gpu.attention) == (is_unmasked, attention)
    assert (on_cpu.is_unmasked, on_cpu.attention) == (False, "native")


@pytest.mark.parametrize("name", ["hunyuan15-t2v", "ltx2-2.0"])
def test_a_job_of_a_spared_transformer_says_so(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    clips = {}
    for is_unmasked in (False, True):
        monkeypatch.setattr(LocalModel, "is_unmasked", is_unmasked)
        studio = house.open(attention="_native_math")
        errand = Errand(house.spec(name), tmp_path / str(is_unmasked))
        work = studio.prepare(errand)
        studio.begin(work)
        clips[is_unmasked] = errand.wait()
        (transformer,) = work.model.transformers(work.model.load(work.shot.recipe)).values()
        told = {getattr(each, "_attention_backend", None) for each in transformer.attn_processors.values()}
        assert {each.value for each in told if each} == {"_native_math"}
        studio.close()
    assert "masks" not in clips[False].recipe
    assert clips[True].recipe["masks"] == "none"


def test_what_is_told_no_attention_does_not_take_the_last_one(house: House, tmp_path: Path) -> None:
    """LTX-2's connectors mask, which FlashAttention 3, told to some transformer, refuses."""
    before = _AttentionBackendRegistry._active_backend
    studio = house.open(attention="_native_math")
    errand = Errand(house.spec("wan-t2v"), tmp_path / "run")
    studio.take(errand)
    errand.wait()
    studio.close()
    assert _AttentionBackendRegistry._active_backend is before is not None
    assert before.value == "native"
