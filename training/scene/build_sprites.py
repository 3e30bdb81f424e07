"""Turns the packages of Fluent Emoji Flat and emojibase, and `curation.toml`, into the scene engine's sprite sheet.

    npm pack @iconify-json/fluent-emoji-flat@1.2.6 emojibase-data@17.0.0   # then unpack both
    python training/scene/build_sprites.py --icons DIR --labels DIR [--sheet contact.png]

The bytes written depend on the inputs alone: keys are sorted and the gzip header carries no time.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OUT = HERE.parents[1] / "core" / "engines" / "scene" / "data" / "sprites.json.gz"
GROUPS = ("faces", "people", "", "nature", "food", "travel", "activities", "objects", "symbols", "flags")
SYMBOLS = GROUPS.index("symbols")
HEIGHT = 0.18  # of what no table names: hand tools, papers, gadgets
FACE_GROUPS = ("face-", "cat-face", "monkey-face")


def _labels(folder: Path, language: str) -> dict[str, dict[str, Any]]:
    """Emojibase's records by code points, in lower case and without the emoji presentation selector."""
    records = json.loads((folder / language / "data.json").read_text("utf-8"))
    return {_code(record["hexcode"]): record for record in records}


def _code(hexcode: str) -> str:
    return hexcode.lower().replace("-fe0f", "")


def _matches(name: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _choice(name: str, tables: dict[str, list[str]]) -> str | None:
    return next((key for key, patterns in tables.items() if _matches(name, patterns)), None)


def _body(name: str, svg: str, cut: dict[str, Any]) -> str:
    if name not in cut["untile"]:
        return svg
    return re.sub(r"<path [^>]*/>", "", svg, count=1)


def _height(name: str, subgroup: str, tables: dict[str, Any]) -> float:
    chosen = _choice(name, tables["sprite"])
    return float(chosen) if chosen else float(tables["subgroup"].get(subgroup, HEIGHT))


def _english(label: str) -> str:
    """An emojibase label as shown to people: "man: red hair" becomes "man, red hair"."""
    return label.replace(": ", ", ").replace("’", "'")


def _sprite(name: str, icon: dict[str, Any], en: dict[str, Any], zh: dict[str, Any], cut: dict[str, Any]) -> Any:
    subgroup = cut["subgroups"].get(en.get("subgroup"), "")
    shown = cut["name"].get(name, [_english(en["label"]), zh["label"]])
    return {
        "svg": _body(name, icon["body"], cut),
        "box": [icon.get("width", 32), icon.get("height", 32)],
        "en": shown[0],
        "zh": shown[1],
        "emoji": en["emoji"].replace("\ufe0f", ""),
        "group": GROUPS[en["group"]],
        "facing": _choice(name, cut["facing"]),
        "kind": _choice(name, cut["kind"]) or "ground",
        "height": _height(name, subgroup, cut["height"]),
        "face": subgroup.startswith(FACE_GROUPS) or name.endswith("-face"),
    }


def _wanted(name: str, group: int, cut: dict[str, Any]) -> bool:
    if group == SYMBOLS:
        return name in cut["symbols"]
    return not _matches(name, cut["drop"])


def sprites(icons: Path, labels: Path) -> Iterator[tuple[str, Any]]:
    """Every sprite kept, as (Fluent Emoji's name, record)."""
    cut = tomllib.loads((HERE / "curation.toml").read_text("utf-8"))
    messages = json.loads((labels / "en" / "messages.json").read_text("utf-8"))
    cut["subgroups"] = {entry["order"]: entry["key"] for entry in messages["subgroups"]}
    en, zh = _labels(labels, "en"), _labels(labels, "zh")
    drawn = json.loads((icons / "icons.json").read_text("utf-8"))["icons"]
    for code, name in json.loads((icons / "chars.json").read_text("utf-8")).items():
        record = en.get(_code(code))
        if record is None or "group" not in record or name not in drawn:
            continue
        if _wanted(name, record["group"], cut):
            yield name, _sprite(name, drawn[name], record, zh[_code(code)], cut)


def write(sheet: dict[str, Any], path: Path) -> None:
    text = json.dumps(sheet, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(text.encode())


def contact_sheet(sheet: dict[str, Any], path: Path, cell: int = 64, columns: int = 24) -> None:
    """All sprites on one picture, to check facing and drawing by eye."""
    import resvg_py
    from PIL import Image

    rows = -(-len(sheet) // columns)
    picture = Image.new("RGB", (columns * cell, rows * cell), "#9bb")
    for index, name in enumerate(sorted(sheet)):
        width, height = sheet[name]["box"]
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{sheet[name]["svg"]}</svg>'
        pixels = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=cell, height=cell))
        tile = Image.open(io.BytesIO(pixels)).convert("RGBA")
        picture.paste(tile, (index % columns * cell, index // columns * cell), tile)
    picture.save(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--icons", type=Path, required=True, help="unpacked @iconify-json/fluent-emoji-flat")
    parser.add_argument("--labels", type=Path, required=True, help="unpacked emojibase-data")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--sheet", type=Path, help="also draw a contact sheet here")
    args = parser.parse_args()
    sheet = dict(sprites(args.icons, args.labels))
    write(sheet, args.out)
    print(f"{len(sheet)} sprites, {args.out.stat().st_size} bytes in {args.out}")
    if args.sheet:
        contact_sheet(sheet, args.sheet)


if __name__ == "__main__":
    main()
