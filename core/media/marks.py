"""Turns frames into frames that carry the marks of what AI made: an invisible pattern, and over it a label for all.

Both are burnt in before encoding. The file's own marks follow: metadata as it is muxed, and the signature last of all
(``core.media.provenance``), since whatever is done to a file after that voids it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

AIGC = "AIGC"
"""The key that GB 45438-2025 gives to the implicit label in a file's metadata."""
_FILE = "marks.json"

Stamp = Callable[[int, "np.ndarray"], "np.ndarray"]
"""Gives a frame (its number from 0, HxWx3 uint8 RGB) back with its marks; the one it was given stays as it is."""


@dataclass(frozen=True)
class Marks:
    """What one clip shall carry. ``label`` is the text, "" for none, shown for ``label_seconds``, or always where None.

    ``metadata`` are further keys for the file. ``watermark_key`` (hexadecimal digits) is "" where no ``code`` is to be
    hidden in the picture.
    """

    label: str = ""
    label_seconds: float | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    watermark_key: str = field(default="", repr=False)

    def stamp(self, width: int, height: int, fps: float) -> Stamp:
        """What marks frames of that size in pixels at that rate.

        Raises:
            ValueError: a code that cannot be hidden.
        """
        from core.media.label import make_label
        from core.media.watermark import Watermark

        key = bytes.fromhex(self.watermark_key)
        hidden = Watermark(key, self.code, width, height) if key else None
        label = make_label(self.label, width, height) if self.label else None
        shown = math.inf if self.label_seconds is None else math.ceil(self.label_seconds * fps)

        def stamp(number: int, frame: np.ndarray) -> np.ndarray:
            marked = frame.copy()
            if hidden:
                hidden.write_on(marked)
            if label and number < shown:
                label.write_on(marked)
            return marked

        return stamp


def lay_marks(folder: Path, marks: Marks) -> None:
    """Put them where the engine that makes a clip in this folder will look."""
    (folder / _FILE).write_text(json.dumps(asdict(marks), ensure_ascii=False), "utf-8")


def read_marks(folder: Path) -> Marks:
    """The marks laid in an engine's folder; none where none were."""
    file = folder / _FILE
    return Marks(**json.loads(file.read_text("utf-8"))) if file.is_file() else Marks()
