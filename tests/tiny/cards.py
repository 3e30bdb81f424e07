"""Cards for the tiny pipelines, as an operator would write them for real ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.catalogue.cards import Model, ModelCard, Pictures, Recipe, length_of
from core.catalogue.local import LocalCard, LocalRecipe, Memory, Source

FPS = 8


@dataclass(frozen=True)
class _Facts:
    """What differs between tiny models. ``size`` is the short side; the long one is twice that, all in pixels."""

    pipeline: str
    image_pipeline: str = ""
    pictures: tuple[Pictures, ...] = ("none",)
    size: int = 16
    rule: tuple[int, int] = (4, 1)
    frames: int = 9
    has_audio: bool = False
    languages: tuple[str, ...] = ("en", "zh")
    arguments: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    guided: Mapping[str, float] = field(default_factory=lambda: {"guidance_scale": 4.0})


_WAN_IMAGE = "WanImageToVideoPipeline"
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
    ("hunyuan", "t2v"): _Facts("HunyuanVideoPipeline"),
    ("hunyuan15", "t2v"): _Facts("HunyuanVideo15Pipeline"),
    ("hunyuan15", "i2v"): _Facts("HunyuanVideo15ImageToVideoPipeline", pictures=("first",)),
    ("animatediff", "lightning"): _Facts("AnimateDiffPipeline", rule=(1, 0), frames=8, languages=("en",)),
    ("h3", "t2va"): _Facts("MiniMaxH3Blocks", size=32, rule=(17, 5), frames=22, has_audio=True),
}


def card(family: str, kind: str) -> Model:
    """The card of a tiny model with its two recipes: without guidance in two steps, and with it in four."""
    facts = _FACTS[family, kind]
    key = f"tiny-{family}-{kind}"
    seconds = length_of(facts.frames, FPS)
    model = ModelCard(
        key=key,
        name=key,
        vendor="tests",
        engine="local",
        worker_class="gpu-24g",
        licence="Apache-2.0",
        prompt_languages=facts.languages,
        max_prompt_chars=200,
        fps=FPS,
        min_seconds=seconds,
        max_seconds=seconds,
        num_frames=(facts.frames,),
        ratios=("16:9", "9:16", "1:1"),
        resolutions=("480p",),
        sizes={"480p": _sizes(facts.size)},
        has_audio=facts.has_audio,
        pictures=facts.pictures,
        local=_local(family, kind, facts),
    )
    return Model(card=model, recipes=(_recipe(key, "draft", facts), _recipe(key, "standard", facts)))


def _sizes(short: int) -> Mapping[str, tuple[int, int]]:
    return {"16:9": (2 * short, short), "9:16": (short, 2 * short), "1:1": (short, short)}


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
    local = LocalRecipe(
        num_inference_steps=4 if grade == "standard" else 2, compile=False, arguments=facts.arguments, **guided
    )
    return Recipe(
        key=f"{key}-{grade}",
        version=1,
        seconds=length_of(facts.frames, FPS),
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
