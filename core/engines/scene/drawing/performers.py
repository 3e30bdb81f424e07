"""Turns a subject's path and cel into what is drawn of it: the figure, its shadow, its mirror image, its dust."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np

from core.engines.scene.drawing.casting import Medium
from core.engines.scene.drawing.cels import Cel
from core.engines.scene.drawing.raster import Image, Matrix, place
from core.engines.scene.drawing.stage import View
from core.engines.scene.drawing.trails import Trail, ripples
from core.engines.scene.drawing.trajectories import Path, Pose, pose
from core.engines.scene.sprites import Facing


@dataclass(frozen=True)
class Performer:
    """One subject ready to be drawn.

    ``tilt`` (radians, clockwise when it looks right) sets upright what is drawn aslant. ``shadow`` and ``mirror`` are
    opacities; ``sink`` is the part of its height under water, and at least ``wet`` of it is not seen; ``ripple`` is the
    colour of the rings about it. It pans with the layers at its ``depth``.
    """

    path: Path
    cel: Cel
    facing: Facing | None
    medium: Medium
    held: bool
    tilt: float = 0.0
    shadow: float = 0.0
    mirror: float = 0.0
    sink: float = 0.0
    wet: float = 0.0
    depth: float = 1.0
    trail: Trail | None = None
    ripple: tuple[float, float, float] | None = None

    def at(self, u: float, view: View) -> Pose:
        """Its pose in the scene at ``u`` (0..1), whatever the camera does."""
        now = pose(self.path, u)
        return replace(now, x=view.across(now.x, 1.0)) if self.held else now

    def baseline(self, u: float) -> float:
        """The line it stands on, for the painter's order."""
        now = pose(self.path, u)
        return now.y if self.medium != "air" else now.y - 0.5 * self.path.height

    def draw(self, frame: Image, view: View, seconds: float) -> None:
        """Lays trail, shadow, mirror image and figure over the frame."""
        u, view = min(1.0, seconds / self.path.pace), view if self.depth == 1 else view.afar(self.depth)
        now = self.at(u, view)
        if self.trail is not None:
            self.trail.draw(frame, view, u, self.path, lambda then: self.at(then, view))
        if self.shadow:
            self._cast_shadow(frame, view, now)
        worn, now = self._worn(now, view)
        matrix = self._matrix(worn, view, now)
        if self.mirror:
            self._mirror_image(frame, worn, matrix, view, now)
        place(frame, worn.picture, matrix)
        if self.ripple is not None:
            ripples(frame, view, u, self.path, now, self.ripple)

    def _worn(self, now: Pose, view: View) -> tuple[_Worn, Pose]:
        """The picture for a moment: a swimmer's is bent, or cut off at the water, where its feet then are."""
        height = self.path.height * now.size * view.scale(1.0)
        whole = self.cel.near(height)
        rows = whole.shape[0] - 2
        scale = height / max(1, rows)
        if self.sink:
            sunk = min(0.5, max(self.wet, self.sink - now.lift / self.path.height))
            foot = max(4, round(rows * (1 - sunk)))
            over = max(0.0, now.lift - (self.sink - sunk) * self.path.height)
            return _Worn(whole[: foot + 1], foot, scale), replace(now, lift=over, angle=0.4 * now.angle, wave=None)
        if now.wave is None:
            return _Worn(whole, rows, scale), now
        bent = undulated(whole, now.wave, 0.035, head_left=self.facing != "right")
        return _Worn(bent, rows + (bent.shape[0] - whole.shape[0]) // 2, scale), now

    def _matrix(self, worn: _Worn, view: View, now: Pose) -> Matrix:
        """From the picture's pixels to the frame's: pivot to the origin, stretch, lean, turn, and put in place."""
        height = worn.scale * worn.foot
        flip = -1.0 if self.facing is not None and (self.facing == "right") != (now.heading > 0) else 1.0
        x, y = view.point(now.x, now.y - now.lift * now.size, 1.0)
        stretch = np.array([[flip * now.sx, -now.lean * now.sy], [0.0, now.sy]]) * worn.scale
        angle = now.angle + self.tilt * now.heading
        turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        linear = turn @ stretch
        pivot = np.array([(worn.picture.shape[1] - 1) / 2, worn.foot * (1 - now.pivot)])
        offset = np.array([x, y - now.pivot * height * now.sy]) - linear @ pivot
        return np.column_stack([linear, offset])

    def _cast_shadow(self, frame: Image, view: View, now: Pose) -> None:
        """A soft ellipse on the ground, smaller and paler the higher the subject is."""
        scale = view.scale(1.0) * now.size
        up = min(1.0, now.lift / max(1.0, 1.6 * self.path.height))
        width = self.path.width * scale * (0.98 - 0.35 * up)
        height = max(4.0, min(0.17 * width, 0.2 * self.path.height * scale))
        x, y = view.point(now.x, now.y, 1.0)
        blob = _blob()
        sx, sy = width / blob.shape[1], height / blob.shape[0]
        place(frame, blob, np.array([[sx, 0, x - width / 2], [0, sy, y - height * 0.55]]), self.shadow * (1 - 0.7 * up))

    def _mirror_image(self, frame: Image, worn: _Worn, matrix: Matrix, view: View, now: Pose) -> None:
        """The figure upside down below its line, pale and squeezed."""
        line = view.point(now.x, now.y + now.lift * now.size, 1.0)[1]
        flipped = matrix.copy()
        flipped[1] = -0.62 * matrix[1]
        flipped[1, 2] += 1.62 * line
        place(frame, worn.picture, flipped, self.mirror)


@dataclass(frozen=True)
class _Worn:
    """What a performer shows at a moment; ``foot`` is the row it stands on, ``scale`` frame pixels a picture pixel."""

    picture: Image
    foot: float
    scale: float


def undulated(picture: Image, phase: float, depth: float, *, head_left: bool) -> Image:
    """The picture with a wave running from head to tail, ``depth`` of its height at the tail."""
    rows, columns = picture.shape[:2]
    amp = depth * rows
    pad = math.ceil(amp) + 1
    along = np.linspace(0, 1, columns, dtype=np.float32) if head_left else np.linspace(1, 0, columns, dtype=np.float32)
    shift = amp * (0.25 + 0.75 * along) * np.sin(phase - 4.2 * along)
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows + 2 * pad, dtype=np.float32) - pad)
    bent = cv2.remap(picture, x, y - shift[None].astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(bent, np.uint8)


@lru_cache(maxsize=1)
def _blob() -> Image:
    """A soft black ellipse, 128 x 32."""
    y, x = np.mgrid[-1:1:32j, -1:1:128j]
    alpha = np.clip(1 - np.sqrt(x * x + y * y), 0, 1)
    picture = np.zeros((32, 128, 4), np.uint8)
    picture[..., 3] = np.rint(255 * np.clip(alpha * 1.9, 0, 1))
    return picture
