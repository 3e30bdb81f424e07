"""A pulled model as the engine uses it: its card, its folder, and its parts by stage."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import structlog
import torch

from core.catalogue.cards import ModelCard
from core.catalogue.local import LocalCard, LocalRecipe
from core.engines.local import acceleration
from core.engines.local.config import LocalConfig
from core.engines.local.device import Device
from core.engines.local.families import family
from core.engines.local.family import Family, Shot, Unmasks
from core.engines.local.loading import Layout, component_key, find_class, load_component, read_layout
from core.engines.local.placement import Mode, choose_mode, room_in, weights_of
from core.engines.local.residency import Part, Residency

_DTYPES = {"bfloat16": torch.bfloat16, "float32": torch.float32}

log = structlog.get_logger(__name__)


@dataclass
class LocalModel:
    """One model of this process.

    Raises:
        EngineUnavailable: its folder holds no model.
    """

    card: ModelCard
    config: LocalConfig
    residency: Residency
    mode: Mode | None = None

    @property
    def local(self) -> LocalCard:
        """The part of the card that is about this engine."""
        assert self.card.local is not None
        return self.card.local

    @property
    def folder(self) -> Path:
        """Where ``piying models pull`` put it."""
        return self.config.models_folder / self.card.key

    @cached_property
    def layout(self) -> Layout:
        """What the folder says it holds."""
        return read_layout(self.folder)

    @cached_property
    def family(self) -> Family:
        """How its pipelines are staged."""
        return family(self.local.family)

    @cached_property
    def weights_hash(self) -> str:
        """Stands for all its weights; empty for a folder that was not pulled, and so has no manifest."""
        path = self.folder / "manifest.json"
        return str(json.loads(path.read_text("utf-8")).get("weights", "")) if path.is_file() else ""

    @cached_property
    def attention(self) -> str:
        """The backend of its transformers' attention, by diffusers' name; empty for a model that has none of them."""
        if not self.family.transformers:
            return ""
        kinds = [
            find_class(*self.layout.components[name])
            for name in self.family.transformers
            if name in self.layout.components
        ]
        is_masked = not self.is_unmasked and any(map(acceleration.takes_masks, kinds))
        return acceleration.choose_attention(self.config.attention, self._device.place, is_masked=is_masked)

    @property
    def is_unmasked(self) -> bool:
        """Its transformers are spared their masks; on a CPU they keep them, and with them the plain pipeline's bits."""
        return isinstance(self.family, Unmasks) and self._device.place.type == "cuda"

    @property
    def is_compiled(self) -> bool:
        """Its transformers' blocks are; hooks on blocks, as other modes have them, cannot be."""
        wanted = self.local.compiles and self.config.compile and self._device.place.type == "cuda"
        return wanted and bool(self.family.transformers) and self.mode in {"resident", "swap"}

    def channels_last(self, recipe: LocalRecipe) -> tuple[str, ...]:
        """The names of the modules whose convolutions have their channels last: on a GPU, and in sixteen bits alone."""
        if not self.config.channels_last or self._device.place.type != "cuda":
            return ()
        here = (name for name in self.family.channels_last if name in self.layout.components)
        return tuple(name for name in here if self._dtype(name, recipe) is torch.bfloat16)

    @property
    def _device(self) -> Device:
        return self.residency.device

    def load(self, recipe: LocalRecipe) -> Mapping[str, Part]:
        """All its parts by name, in the host's memory."""
        parts = {name: self._part(name, recipe) for name in self.layout.modules}
        if self.mode is None:
            self.mode = self._choose_mode(parts)
            log.info("local.placement", model=self.card.key, mode=self.mode, device=self._device.name)
        for name in self.channels_last(recipe):
            # Before they first go to the device: what lies there is a copy.
            acceleration.put_channels_last(parts[name].thing)
        for name in self.family.transformers:
            if name in parts:
                self._prepare(parts[name])
        if self.mode == "offload":
            self._stream_text(parts, above=room_in(self._device.total))
        return parts

    def stage(self, parts: Mapping[str, Part], names: Sequence[str], shot: Shot) -> list[Part]:
        """Those of the parts that a stage needs; without a picture nobody needs the VAE before the end."""
        needless = self.family.decoder if names is self.family.denoiser and shot.image is None else ()
        return [parts[name] for name in names if name in parts and name not in needless]

    def transformers(self, parts: Mapping[str, Part]) -> dict[str, Any]:
        """The modules that do the steps, by name."""
        return {name: parts[name].thing for name in self.family.transformers if name in parts}

    def guarded(self, parts: Mapping[str, Part]) -> list[torch.nn.Module]:
        """The modules before whose forward a job may be cancelled."""
        found = []
        for path in self.family.steps_in:
            name, _, inner = path.partition(".")
            owner = parts[name].module if name in parts else None
            module = getattr(owner, inner, None) if inner and owner is not None else owner
            if isinstance(module, torch.nn.Module):
                found.append(module)
        return found

    def _part(self, name: str, recipe: LocalRecipe) -> Part:
        dtype = self._dtype(name, recipe)
        key = component_key(self.folder, name, dtype)

        def load() -> Any:
            log.info("local.loading", model=self.card.key, part=name)
            thing = load_component(self.folder, name, self.layout, dtype)
            return _one_at_a_time(thing) if name in self.family.decoder else thing

        return self.residency.part(key, load)

    def _dtype(self, name: str, recipe: LocalRecipe) -> torch.dtype:
        """The VAE's is the recipe's choice; on a CPU all is computed in 32 bits."""
        if self._device.dtype is not torch.bfloat16 or name not in self.family.decoder:
            return self._device.dtype
        return _DTYPES[recipe.vae_dtype]

    def _choose_mode(self, parts: Mapping[str, Part]) -> Mode:
        weights = weights_of(self.family, lambda names: sum(parts[name].size_bytes for name in names if name in parts))
        return choose_mode(self.config.placement, weights, self._device.total)

    def _prepare(self, part: Part) -> None:
        """Once for each transformer: what it is run with does not change after."""
        module = part.module
        if module is None or getattr(module, "piying_prepared", False):
            return
        if isinstance(self.family, Unmasks) and self.is_unmasked:
            # Before the backend is told to whatever computes attention then.
            self.family.unmask(module)
        acceleration.tell_attention(module, self.attention)
        if self.mode == "fp8":
            acceleration.narrow_weights(module, self._device.dtype)
        if self.mode == "offload":
            self._stream(part)
        elif self.is_compiled:
            acceleration.compile_blocks(module)
        module.piying_prepared = True

    def give_way(self, parts: Mapping[str, Part]) -> None:
        """After the device ran out of memory: from now on the transformers come block by block."""
        self.mode = "offload"
        for name in self.transformers(parts):
            self._stream(parts[name])

    def give_way_in_text(self, parts: Mapping[str, Part]) -> None:
        """After it ran out while the prompt was read: from now on the text encoders come layer by layer."""
        self._stream_text(parts, above=0)

    def _stream_text(self, parts: Mapping[str, Part], above: int) -> None:
        """Those of more bytes than ``above``: a text encoder is often larger than a small GPU, and the transformer."""
        for name in self.family.text:
            if name in parts and parts[name].size_bytes > above:
                self._stream(parts[name], by_block=False)

    def _stream(self, part: Part, *, by_block: bool = True) -> None:
        if self._device.place.type != "cuda" or part.streams:
            return
        if part.is_resident:
            part.leave()
        acceleration.uncompile_blocks(part.thing)
        acceleration.stream_weights(part.thing, self._device, by_block=by_block)
        part.streams = True


def _one_at_a_time(thing: Any) -> Any:
    """A video VAE keeps what it saw of the chunk before on itself: two callers would mix their clips.

    Encoding a first picture for one job may coincide with decoding another's latents. Who changes how it works for a
    while has to hold its ``piying_turn`` meanwhile.
    """
    if isinstance(thing, torch.nn.Module):
        thing.piying_turn = lock = threading.RLock()
        for name in ("encode", "decode"):
            if hasattr(thing, name):
                setattr(thing, name, _locked(getattr(thing, name), lock))
    return thing


def _locked(method: Callable[..., Any], lock: threading.RLock) -> Callable[..., Any]:
    @functools.wraps(method)
    def guarded(*arguments: Any, **named: Any) -> Any:
        with lock:
            return method(*arguments, **named)

    return guarded
