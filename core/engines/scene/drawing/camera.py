"""Turns a camera move into the view at each moment of the clip."""

from __future__ import annotations

from dataclasses import dataclass

from core.engines.scene.drawing.stage import View
from core.engines.scene.scene import Camera

PAN = 0.13
"""How far a pan goes to either side, in frame widths at the depth of the subjects."""
FOLLOW = 0.05
"""The same for a camera that drifts along with what travels."""
ZOOM = 1.28


def ease(u: float) -> float:
    """0..1 with a soft start and a soft end, even speed between (a smoothstep mixed with a line)."""
    u = min(1.0, max(0.0, u))
    return 0.55 * u * u * (3 - 2 * u) + 0.45 * u


@dataclass(frozen=True)
class Move:
    """A camera move: pan and zoom at the clip's start and end."""

    pans: tuple[float, float]
    zooms: tuple[float, float]
    focus: tuple[float, float]

    def view(self, u: float) -> View:
        """What is seen at ``u`` (0..1) of the clip."""
        at = ease(u)
        pan, zoom = (first + (last - first) * at for first, last in (self.pans, self.zooms))
        return View(pan, zoom, self.focus)

    @property
    def fixed(self) -> bool:
        """Whether the view never changes."""
        return self.pans[0] == self.pans[1] and self.zooms[0] == self.zooms[1]

    @property
    def reach(self) -> float:
        """The farthest pan to either side, in pixels."""
        return max(abs(pan) for pan in self.pans)

    @property
    def closest(self) -> float:
        """The largest zoom."""
        return max(self.zooms)


def move(camera: Camera, heading: int, width: int, height: int) -> Move:
    """The move for a camera; ``heading`` -1 or 1 makes a still camera drift along with what travels, 0 does not."""
    far = width * (FOLLOW if camera == "still" else PAN)
    side = {"pan_right": 1, "pan_left": -1, "still": heading}.get(camera, 0)
    zooms = {"zoom_in": (1.0, ZOOM), "zoom_out": (ZOOM, 1.0)}.get(camera, (1.0, 1.0))
    return Move((-side * far, side * far), zooms, (width * 0.5, height * 0.60))
