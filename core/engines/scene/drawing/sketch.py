"""Turns shapes into one layer: collects them at a depth, under the stage's light, and knows how far the paper goes."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from core.engines.scene.drawing.shapes import Line, circle, land
from core.engines.scene.drawing.stage import STILL, Layer, Life, Stage


class Sketch:
    """A layer in the making.

    ``depth`` is the layer's, ``far`` (0..1) how much of its colours the haze takes. ``left`` and ``right`` are the ends
    (pixels) of what can come into view; ``slack`` more pixels for what moves by itself.
    """

    def __init__(self, stage: Stage, depth: float, far: float = 0.0, slack: float = 0.0) -> None:
        self.stage, self.depth, self.far = stage, depth, far
        self.left, self.right = stage.span(depth, slack)
        self._shapes: list[str] = []
        self._paints = 0

    @property
    def width(self) -> float:
        """The paper's width in pixels."""
        return self.right - self.left

    def tone(self, material: str) -> str:
        """A material's colour under the light, at this distance."""
        return self.stage.light.on(material, self.far)

    def add(self, *shapes: str) -> None:
        """Puts shapes on top of the others."""
        self._shapes += shapes

    def fade(self, top: str, bottom: str, y0: float, y1: float, ends: tuple[float, float] = (1.0, 1.0)) -> str:
        """A paint that runs from one colour (exact, not under the light) to another; ``ends`` are opacities."""
        self._paints += 1
        stops = f'<stop stop-color="{top}" stop-opacity="{ends[0]:.3f}"/>'
        stops += f'<stop offset="1" stop-color="{bottom}" stop-opacity="{ends[1]:.3f}"/>'
        box = f'gradientUnits="userSpaceOnUse" x1="0" x2="0" y1="{y0:.1f}" y2="{y1:.1f}"'
        self.add(f'<defs><linearGradient id="p{self._paints}" {box}>{stops}</linearGradient></defs>')
        return f"url(#p{self._paints})"

    def glow(self, x: float, y: float, r: float, colour: str, *stops: tuple[float, float]) -> None:
        """A disc of light; ``stops`` are (part of the radius, opacity) on the way to nothing at the rim."""
        self._paints += 1
        paint = f'stop-color="{colour}" stop-opacity'
        shine = "".join(f'<stop offset="{at}" {paint}="{opacity}"/>' for at, opacity in (*stops, (1, 0)))
        self.add(f'<defs><radialGradient id="p{self._paints}">{shine}</radialGradient></defs>')
        self.add(circle(x, y, r, f"url(#p{self._paints})"))

    def ground(self, line: Line, materials: tuple[str, str], y0: float, y1: float, bottom: float) -> None:
        """Land under a line, from one material at ``y0`` to another at ``y1``."""
        paint = self.fade(self.tone(materials[0]), self.tone(materials[1]), y0, y1)
        self.add(land(line, self.left, self.right, bottom, paint))

    def strewn(self, rng: Random, top: float, bottom: float, number: float) -> Iterator[tuple[float, float, float]]:
        """Spots on the ground as (x, y, nearness), from far to near; ``number`` for each unit of width."""
        count = round(number * self.width / self.stage.unit)
        for y, x in sorted((rng.uniform(top, bottom), rng.uniform(self.left, self.right)) for _ in range(count)):
            yield x, y, 0.5 + 0.75 * (y - top) / max(1.0, bottom - top)

    def layer(
        self,
        top: float,
        bottom: float,
        *,
        life: Life = STILL,
        blur: float = 0.0,
        baseline: float | None = None,
        sides: tuple[float, float] | None = None,
        opacity: float = 1.0,
    ) -> Layer:
        """The finished layer, between the lines ``top`` and ``bottom`` (pixels)."""
        return self.stage.layer(
            self._shapes,
            self.depth,
            top,
            bottom,
            life=life,
            blur=blur,
            baseline=baseline,
            sides=sides,
            opacity=opacity,
        )
