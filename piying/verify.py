"""``piying verify FILE``: what a video carries of its origin, in sentences or as JSON."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from bots.origin import describe
from core.media.verify import State, examine_apart
from piying.mistake import Mistake
from piying.provenance_settings import make_trust
from piying.settings import Settings
from translation.localiser import Localiser, choose_locale


def verify_file(settings: Settings, file: Path, *, as_json: bool) -> bool:
    """Print what the file carries; whether it is as it was signed, by somebody trusted here.

    Raises:
        Mistake: the file cannot be read.
    """
    trust = make_trust(settings.provenance, settings.data_folder)
    try:
        report = examine_apart(file, trust)
    except OSError as error:
        raise Mistake(f"cannot read {file}: {error.strerror}") from error
    if as_json:
        print(json.dumps(asdict(report), ensure_ascii=False))
    else:
        wish = os.environ.get("LC_ALL") or os.environ.get("LANG") or "en"
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        print("\n".join(describe(report, Localiser(choose_locale(wish)))))
    return report.state is State.INTACT
