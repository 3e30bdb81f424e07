"""Cards for the tiny pipelines, as an operator would write them for real ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.catalogue.cards import Model, ModelCard, Pictures, Recipe, length_of
from core.catalogue.local import LocalCard, LocalRecipe, Memory, Source
from core.types import Ratio

FPS = 8


@dataclass(frozen=True)
class _Facts:
    """What differs between tiny models. ``size`` is the short side; the long one is twice that, all in pixels.

    ``guided`` is what the recipe with guidance has beside, or in place of, the other one's.
    """

    pipeline: str
    image_pipeline: str = ""
    pictures: tuple[Pictures, ...] = ("none",)
    size: int = 16
    rule: tuple[int, int] = (4, 1)
    frames: int = 9
    fps: int = FPS
    has_audio: bool = False
    languages: tuple[str, ...] = ("en", "zh")
    ratios: tuple[Ratio, ...] = ("16:9", "9:16", "1:1")
    arguments: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    guided: Mapping[str, Any] = field(default_factory=lambda: {"guidance_scale": 4.0})


_SIDES: Mapping[Ratio, Callable[[int], tuple[int, int]]] = {
    "16:9": lambda short: (2 * short, short),
    "9:16": lambda short: (short, 2 * short),
    "1:1": lambda short: (short, short),
}
_WAN_IMAGE = "WanImageToVideoPipeline"
_LTX2_IMAGE = "LTX2ImageToVideoPipeline"
_COG_IMAGE = "CogVideoXImageToVideoPipeline"
_DECODE = {"decode_timestep": 0.05, "decode_noise_scale": 0.025}
_LTX: Mapping[str, Any] = {"size": 32, "rule": (8, 1), "languages": ("en",)}
_LTX2: Mapping[str, Any] = {
    **_LTX,
    "has_audio": True,
    # Guidance of all four kinds is on where a recipe does not turn it off.
    "arguments": {
        "audio_guidance_scale": 1.0,
        "stg_scale": 0.0,
        "audio_stg_scale": 0.0,
        "modality_scale": 1.0,
        "audio_modality_scale": 1.0,
    },
    "guided": {"guidance_scale": 3.0, "arguments": {"spatio_temporal_guidance_blocks": "0, 1"}},
}
_COG: Mapping[str, Any] = {"languages": ("en",), "ratios": ("16:9",)}
_COG_1_5: Mapping[str, Any] = {**_COG, "rule": (16, 1), "frames": 17}
_BOTH: tuple[Pictures, ...] = ("none", "first")
_FACTS: Mapping[tuple[str, str], _Facts] = {
    ("wan", "t2v"): _Facts("WanPipeline"),
    ("wan", "i2v"): _Facts(_WAN_IMAGE, _WAN_IMAGE, ("first",)),
    ("wan", "flf2v"): _Facts(_WAN_IMAGE, _WAN_IMAGE, ("first-last",)),
    ("wan", "two-experts"): _Facts("WanPipeline", guided={"guidance_scale": 4.0, "guidance_scale_2": 3.0}),
    ("wan", "two-experts-i2v"): _Facts(
        _WAN_IMAGE, _WAN_IMAGE, ("first",), guided={"guidance_scale": 3.5, "guidance_scale_2": 2.5}
    ),
    ("wan", "ti2v"): _Facts("WanPipeline", _WAN_IMAGE, _BOTH, size=32),
    ("ltx", "0.9"): _Facts("LTXPipeline", "LTXImageToVideoPipeline", _BOTH, **_LTX),
    ("ltx", "0.9.1"): _Facts("LTXPipeline", "LTXImageToVideoPipeline", _BOTH, **_LTX, arguments=_DECODE),
    ("ltx", "0.9.5"): _Facts(
        "LTXConditionPipeline", pictures=(*_BOTH, "first-last"), **_LTX, arguments={**_DECODE, "guidance_rescale": 0.7}
    ),
    ("ltx2", "2.0"): _Facts("LTX2Pipeline", _LTX2_IMAGE, _BOTH, **_LTX2),
    ("ltx2", "2.3"): _Facts("LTX2Pipeline", _LTX2_IMAGE, _BOTH, **_LTX2),
    ("cogvideox", "2b"): _Facts("CogVideoXPipeline", **_COG),
    ("cogvideox", "5b"): _Facts("CogVideoXPipeline", **_COG, arguments={"use_dynamic_cfg": True}),
    ("cogvideox", "5b-i2v"): _Facts(_COG_IMAGE, pictures=("first",), **_COG),
    ("cogvideox", "1.5"): _Facts("CogVideoXPipeline", **_COG_1_5),
    ("cogvideox", "1.5-i2v"): _Facts(_COG_IMAGE, pictures=("first",), **_COG_1_5),
    ("hunyuan", "t2v"): _Facts("HunyuanVideoPipeline"),
    ("hunyuan", "i2v"): _Facts("HunyuanVideoImageToVideoPipeline", pictures=("first",)),
    ("hunyuan15", "t2v"): _Facts("HunyuanVideo15Pipeline"),
    ("hunyuan15", "i2v"): _Facts("HunyuanVideo15ImageToVideoPipeline", pictures=("first",)),
    ("animatediff", "lightning"): _Facts("AnimateDiffPipeline", rule=(1, 0), frames=8, languages=("en",)),
    ("h3", "t2va"): _Facts(
        "MiniMaxH3ModularPipeline",
        pictures=(*_BOTH, "first-last"),
        size=32,
        rule=(17, 5),
        frames=124,
        fps=24,
        has_audio=True,
        guided={},
    ),
}


def card(family: str, kind: str) -> Model:
    """The card of a tiny model with its two recipes: without guidance in two steps, and with it in four."""
    facts = _FACTS[family, kind]
    key = f"tiny-{family}-{kind}"
    seconds = length_of(facts.frames, facts.fps)
    model = ModelCard(
        key=key,
        name=key,
        vendor="tests",
        engine="local",
        worker_class="gpu-24g",
        licence="Apache-2.0",
        prompt_languages=facts.languages,
        max_prompt_chars=200,
        fps=facts.fps,
        min_seconds=seconds,
        max_seconds=seconds,
        num_frames=(facts.frames,),
        ratios=facts.ratios,
        resolutions=("480p",),
        sizes={"480p": {ratio: _SIDES[ratio](facts.size) for ratio in facts.ratios}},
        has_audio=facts.has_audio,
        pictures=facts.pictures,
        local=_local(family, kind, facts),
    )
    return Model(card=model, recipes=(_recipe(key, "draft", facts), _recipe(key, "standard", facts)))


def _local(family: str, kind: str, facts: _Facts) -> LocalCard:
    return LocalCard(
        family=family,
        pipeline=facts.pipeline,
        image_pipeline=facts.image_pipeline,
        source=Source(repo=f"tiny/{family}-{kind}"),
        frame_multiple=facts.rule[0],
        frame_remainder=facts.rule[1],
        size_multiple=facts.size,
        vram_gb=Memory(resident=0.01, offload=0.01, stated_by="tests"),
        disk_gb=0.01,
    )


def _recipe(key: str, grade: str, facts: _Facts) -> Recipe:
    guided = {**facts.guided, "negative_prompt": "模糊 blurry"} if grade == "standard" else {}
    steps = 4 if grade == "standard" else 2
    local = LocalRecipe(num_inference_steps=steps, **{"arguments": facts.arguments, **guided})
    return Recipe(
        key=f"{key}-{grade}",
        version=1,
        seconds=length_of(facts.frames, facts.fps),
        ratio="16:9",
        resolution="480p",
        credits_per_second={"480p": 1},
        local=local,
    )


def write_card(model: Model, folder: Path) -> Path:
    """A TOML file in ``folder``, made if need be: what an operator's own cards lie in."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{model.card.key}.toml"
    tables = model.model_dump(mode="json", exclude_defaults=True)
    path.write_text("\n".join(f"{name} = {_toml(table)}" for name, table in tables.items()), "utf-8")
    return path


def _toml(value: object) -> str:
    """On one line: tables within tables are inline tables."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_toml(name)} = {_toml(entry)}' for name, entry in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(_toml(entry) for entry in value)}]"
    # What is left, text and numbers and booleans, JSON writes as TOML does.
    return json.dumps(value, ensure_ascii=False)
