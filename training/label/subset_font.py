"""Turns Noto Sans CJK into the few glyphs that the visible label is written with.

    pip install fonttools==4.68.0
    python training/label/subset_font.py /usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc

The bytes written depend on the font file and fonttools' version alone. The font is under the SIL Open Font License 1.1,
whose text stands beside it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

from core.media.label_texts import TEXTS

OUT = Path(__file__).parents[2] / "core" / "media" / "data" / "label.otf"
FAMILY = "Noto Sans CJK SC"


def main() -> None:
    """Write the subset."""
    parser = argparse.ArgumentParser()
    parser.add_argument("collection", type=Path)
    font = _simplified(parser.parse_args().collection)
    options = subset.Options(hinting=False, layout_features=["kern"], name_IDs=[0, 1, 2, 7, 13, 14])
    options.recalc_timestamp = False
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(TEXTS.values()))
    subsetter.subset(font)
    font.save(OUT, reorderTables=True)


def _simplified(collection: Path) -> TTFont:
    fonts = TTCollection(collection).fonts
    return next(font for font in fonts if font["name"].getDebugName(1).startswith(FAMILY))


if __name__ == "__main__":
    main()
