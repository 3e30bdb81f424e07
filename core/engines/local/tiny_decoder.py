"""Turns latents into small pictures with a tiny decoder, for previews: TAEHV's of clips, TAESD's of single pictures.

Both take latents in the denoiser's own scale, as a scheduler has them (TAEHV's README: no latent scales or shifts; the
scaling factor of diffusers' ``AutoencoderTiny`` is 1), not in the VAE's, and both give colours in 0..1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import structlog
import torch
from safetensors import SafetensorError, safe_open
from torch.nn import functional

from core.engines.local.device import Device

_STAGES = (3, 9, 15)
"""Where in TAEHV's row of layers the stages begin: three blocks, upsampling, growth in time, a convolution."""
_FIRST, _LAST = 1, 22
_COLOURS = 3
_AT_ONCE = 2
"""Latent frames that go through the decoder together: what bounds its memory, whatever the clip's length."""
_SIDE = 192
"""Pixels of the longer side that a preview shows (``core.media.preview``): more are not decoded."""
_MOST_WORK: Mapping[str, float] = {"cuda": 4e12, "cpu": 4e9}
"""Multiply-adds for one preview. Of what an H100 does in four seconds by its data sheet (989 TFLOP/s in bfloat16) the
first is a fifth of a per cent; a core of a server did the second in under a tenth of a second (a test measures it)."""
_WIDEST_STEP = 4
"""Where every fourth latent frame would still be too much work, there is no preview of this kind."""

log = structlog.get_logger(__name__)


class Decoder(Protocol):
    """What decodes latents of ``channels`` channels."""

    channels: int

    def work(self, height: int, width: int) -> float:
        """Multiply-adds, roughly and at most, of one latent frame of this size."""

    def preview(self, latents: torch.Tensor) -> torch.Tensor:
        """Channels x frames x height x width to frames x 3 x height x width in 0..1, one for each latent frame."""


class TinyVideoDecoder(torch.nn.Module):  # type: ignore[misc]
    """TAEHV's decoder, of whatever widths, from its ``decoder.N...`` tensors.

    ``patch`` pixels in either direction come out of the last layer together; ``growth`` frames make one latent frame.

    Raises:
        ValueError: the tensors are not those of such a decoder.
    """

    def __init__(self, weights: Mapping[str, torch.Tensor]) -> None:
        super().__init__()
        try:
            self._build(weights)
            self.load_state_dict(weights, strict=True, assign=True)
        except (KeyError, IndexError, RuntimeError, ZeroDivisionError) as error:
            raise ValueError("these are not the tensors of TAEHV's decoder") from error
        self.eval().requires_grad_(requires_grad=False)

    def _build(self, weights: Mapping[str, torch.Tensor]) -> None:
        ins, outs = (weights[f"decoder.{place}.weight"].shape for place in (_FIRST, _LAST))
        widths = [weights[f"decoder.{first}.conv.0.weight"].shape[0] for first in _STAGES]
        rows = [weights[f"decoder.{first + 4}.conv.weight"].shape[0] for first in _STAGES]
        growths = [row // width for row, width in zip(rows, widths, strict=True)]
        self.channels, self.patch, self.growth = ins[1], math.isqrt(outs[0] // _COLOURS), math.prod(growths)
        if outs[0] != _COLOURS * self.patch**2 or not outs[0]:
            raise ValueError(f"{outs[0]} channels are no patch of colours")
        layers: dict[str, torch.nn.Module] = {}
        with torch.device("meta"):
            for first, width, growth, following in zip(_STAGES, widths, growths, [*widths[1:], outs[1]], strict=True):
                layers |= {str(first + number): _Remembering(width) for number in range(3)}
                layers[str(first + 4)] = _Growing(width, growth)
                layers[str(first + 5)] = _convolution(width, following, bias=False)
            layers[str(_FIRST)] = _convolution(self.channels, widths[0])
            layers[str(_LAST)] = _convolution(outs[1], outs[0])
        self.decoder = torch.nn.ModuleDict(layers)

    def work(self, height: int, width: int) -> float:
        """See the protocol. All stages cost about alike: the sides double where the channels halve."""
        weights = sum(weight.numel() for weight in self.parameters())
        return float(weights * height * width * (1 + self._upsamples(height, width)))

    def preview(self, latents: torch.Tensor) -> torch.Tensor:
        """See the protocol. No larger than a preview is shown."""
        return self.decode(latents, upsamples=self._upsamples(*latents.shape[-2:]))

    def decode(self, latents: torch.Tensor, *, upsamples: int = 3, grows: bool = False) -> torch.Tensor:
        """Channels x frames x height x width to frames x 3 x height x width in 0..1.

        The first ``upsamples`` stages double the sides. Of each latent frame there comes one picture, its last; where
        it ``grows``, all of them, but for those before the last one of the first latent frame.
        """
        memory: dict[str, torch.Tensor] = {}
        parts = [self._pass(frames, memory, upsamples, grows) for frames in latents.transpose(0, 1).split(_AT_ONCE)]
        return torch.cat(parts)[self.growth - 1 if grows else 0 :]

    def _pass(self, frames: torch.Tensor, memory: dict[str, torch.Tensor], upsamples: int, grows: bool) -> torch.Tensor:
        layers = self.decoder
        frames = functional.relu(layers[str(_FIRST)](torch.tanh(frames / 3) * 3))
        for stage, first in enumerate(_STAGES):
            for place in map(str, range(first, first + 3)):
                frames, memory[place] = layers[place](frames, memory.get(place))
            # Before the upsampling: of single pixels it makes no difference, and there are four times less.
            frames = layers[str(first + 4)](frames, grows)
            if stage < upsamples:
                frames = functional.interpolate(frames, scale_factor=2, mode="nearest")
            frames = layers[str(first + 5)](frames)
        return functional.pixel_shuffle(layers[str(_LAST)](functional.relu(frames)), self.patch).clamp(0, 1)

    def _upsamples(self, height: int, width: int) -> int:
        """The fewest with which a preview has its size."""
        side = max(height, width) * self.patch
        return next((count for count in range(len(_STAGES)) if side << count >= _SIDE), len(_STAGES))


class _Remembering(torch.nn.Module):  # type: ignore[misc]
    """A residual block that sees, beside each frame, the one before it: of the first one, nothing."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = torch.nn.Sequential(
            _convolution(2 * width, width),
            torch.nn.ReLU(),
            _convolution(width, width),
            torch.nn.ReLU(),
            _convolution(width, width),
        )

    def forward(self, frames: torch.Tensor, last: torch.Tensor | None) -> tuple[torch.Tensor, torch.Tensor]:
        """The frames, and what to give as ``last`` with those that follow."""
        first = torch.zeros_like(frames[:1]) if last is None else last
        before = torch.cat([first, frames[:-1]])
        return functional.relu(self.conv(torch.cat([frames, before], dim=1)) + frames), frames[-1:].clone()


class _Growing(torch.nn.Module):  # type: ignore[misc]
    """Makes ``growth`` frames of each, or only the last of those."""

    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        self.conv = torch.nn.Conv2d(width, width * growth, 1, bias=False)

    def forward(self, frames: torch.Tensor, grows: bool) -> torch.Tensor:
        """Frames x channels x height x width, with more frames or as many."""
        width, (height, across) = frames.shape[1], frames.shape[-2:]
        if grows:
            return self.conv(frames).reshape(-1, width, height, across)
        return functional.conv2d(frames, self.conv.weight[-width:])


def _convolution(ins: int, outs: int, *, bias: bool = True) -> torch.nn.Conv2d:
    return torch.nn.Conv2d(ins, outs, 3, padding=1, bias=bias)


class TinyPictureDecoder:
    """TAESD's decoder in diffusers' layout, for VAEs of single pictures; each frame by itself.

    Raises:
        ValueError: the tensors are not those of such a decoder.
    """

    def __init__(self, weights: Mapping[str, torch.Tensor]) -> None:
        from diffusers import AutoencoderTiny

        self._decoder = AutoencoderTiny().decoder.eval().requires_grad_(requires_grad=False)
        try:
            self._decoder.load_state_dict({name.partition(".")[2]: weight for name, weight in weights.items()})
        except RuntimeError as error:
            raise ValueError("these are not the tensors of TAESD's decoder") from error
        self.channels = 4

    def to(self, *where: Any) -> TinyPictureDecoder:
        """On this device, in this precision."""
        self._decoder.to(*where)
        return self

    def work(self, height: int, width: int) -> float:
        """See the protocol. The last of its stages, at eight times the sides, is a quarter of its layers."""
        return float(sum(weight.numel() for weight in self._decoder.parameters()) * height * width * 16)

    def preview(self, latents: torch.Tensor) -> torch.Tensor:
        """See the protocol."""
        # Diffusers shifts the colours to -1..1.
        return torch.cat([self._decoder(frame).add(1).div(2).clamp(0, 1) for frame in latents.transpose(0, 1).split(1)])


def read_decoder(path: Path) -> TinyVideoDecoder | TinyPictureDecoder:
    """A decoder from a file of safetensors, of which the encoder's tensors are left alone. On the CPU.

    Raises:
        ValueError: the file is damaged, or holds no decoder that we know.
    """
    try:
        with safe_open(path, framework="pt") as file:
            weights = {name: file.get_tensor(name) for name in file.keys() if name.startswith("decoder.")}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise ValueError("this is no file of safetensors") from error
    kind = TinyPictureDecoder if any(name.startswith("decoder.layers.") for name in weights) else TinyVideoDecoder
    return kind(weights)


class Decoders:
    """The tiny decoders of this process by their files, each read when first wanted, on ``device``.

    One that does not fit or fails is told to the log once, and not asked again. For one thread.
    """

    def __init__(self, device: Device) -> None:
        self._device = device
        self._known: dict[Path, TinyVideoDecoder | TinyPictureDecoder | None] = {}

    def pictures(self, path: Path, latents: torch.Tensor) -> np.ndarray | None:
        """Frames x height x width x 3 uint8 of latents in the denoiser's scale (channels x frames x height x width).

        At least of every fourth latent frame; None where that is too much work for the device, or there is no decoder.
        """
        try:
            with self._device.stream(), torch.no_grad():
                decoder = self._decoder(path)
                return None if decoder is None else self._pictures(decoder, latents)
        except (ValueError, RuntimeError) as error:
            # Out of memory too: the clip needs it more.
            log.warning("local.no_tiny_decoder", model=path.parent.parent.name, error=str(error))
            self._known[path] = None
            return None

    def _decoder(self, path: Path) -> TinyVideoDecoder | TinyPictureDecoder | None:
        if path not in self._known:
            self._known[path] = read_decoder(path).to(self._device.place, self._device.dtype)
        return self._known[path]

    def _pictures(self, decoder: Decoder, latents: torch.Tensor) -> np.ndarray | None:
        if latents.shape[0] != decoder.channels:
            raise ValueError(f"the decoder is for latents of {decoder.channels} channels, not {latents.shape[0]}")
        work = latents.shape[1] * decoder.work(*latents.shape[-2:])
        step = max(1, math.ceil(work / _MOST_WORK[self._device.place.type]))
        if step > _WIDEST_STEP:
            return None
        frames = decoder.preview(latents[:, ::step].to(self._device.place, self._device.dtype))
        pictures: np.ndarray = frames.mul(255).round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
        return pictures
