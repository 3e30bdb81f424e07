"""What an operator sees of declarations and agreements."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.safety.agreements import TERMS, UNLABELLED, Agreement
from piying.__main__ import main
from piying.settings import Settings
from piying.wiring import open_store

FIRST = Agreement("a" * 32, "j" * 32, "K7QM2XD", "picture", "d" * 64, TERMS, 1_700_000_000.0)
SECOND = replace(FIRST, code="K7QM2XE", matter=UNLABELLED, digest="", agreed_at=1_700_000_060.0)


def test_they_are_listed_newest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIYING_DATA_FOLDER", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("os.umask", lambda _mask: 0o022)
    monkeypatch.setattr("piying.__main__.configure_logs", lambda *_: None)
    with open_store(Settings()).begin() as tx:
        tx.agreements.add(FIRST)
        tx.agreements.add(SECOND)
    main(["agreements", "--json"])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [Agreement(**line) for line in lines] == [SECOND, FIRST]
    main(["agreements"])
    table = capsys.readouterr().out
    assert table.index("unlabelled") < table.index("picture", table.index("unlabelled"))
    assert "2023-11-14 22:14:20" in table
