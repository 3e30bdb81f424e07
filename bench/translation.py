"""Turns ``piying bench translation`` into rows of this table.

The sets lie outside this repository, in the folder that ``PIYING_TRANSLATION_DATA`` names (without it, where the
product looks).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from bench.report import Row, Skipped
from piying.bench.sets import FOLDER, read_sets
from piying.bench.systems import BUILT_IN
from piying.bench.translation import Measurement
from piying.mistake import Mistake
from piying.settings import Settings

DATA = Path(os.environ.get("PIYING_TRANSLATION_DATA", FOLDER))


def rows() -> Iterator[Row]:
    try:
        measurement = Measurement(read_sets(DATA))
    except Mistake as missing:
        raise Skipped(str(missing)) from missing
    for one in (*measurement.run(Settings(), BUILT_IN), *measurement.compare(BUILT_IN, {})):
        name = f"{one.system} {one.of} {one.name}"
        yield Row(name, round(one.value, 3), one.unit, one.reach, one.note, at_least=one.at_least)
