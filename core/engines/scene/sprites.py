"""Turns the packed sprite sheet into sprites: a drawing, its names, and how it stands in a scene."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

Facing = Literal["left", "right"]
Kind = Literal["ground", "air", "sky", "water", "deep"]


@dataclass(frozen=True, slots=True)
class Sprite:
    """One drawing of Fluent Emoji Flat (MIT, Microsoft; see data/LICENSES.md).

    ``svg`` is the body without the <svg> element, in a view box of ``view_width`` by ``view_height`` units.
    ``facing`` is where the drawing looks (None: to the viewer, or nowhere). ``kind`` is where it lives: on the ground,
    in the air, far up in the sky, on water, or below it. ``height`` is its height at size "medium" as a part of the
    picture's height. ``face`` is True where the drawing is a head without a body.
    """

    name: str
    svg: str
    en: str
    zh: str
    emoji: str
    group: str
    kind: Kind
    height: float
    facing: Facing | None = None
    face: bool = False
    view_width: float = 32.0
    view_height: float = 32.0

    def document(self, width: int, height: int) -> str:
        """A whole SVG document of this sprite, ``width`` by ``height`` pixels."""
        box = f"0 0 {self.view_width:g} {self.view_height:g}"
        head = f'xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{width}" height="{height}"'
        return f"<svg {head}>{self.svg}</svg>"


@lru_cache(maxsize=1)
def load_sprites() -> Mapping[str, Sprite]:
    """All sprites by name, read once on the first call (about 2.5 MB of text)."""
    packed = (files(__package__) / "data" / "sprites.json.gz").read_bytes()
    records = json.loads(gzip.decompress(packed))
    return MappingProxyType({name: _sprite(name, record) for name, record in records.items()})


def _sprite(name: str, record: dict[str, object]) -> Sprite:
    box = record.pop("box")
    assert isinstance(box, list)
    return Sprite(name=name, view_width=box[0], view_height=box[1], **record)  # type: ignore[arg-type]
