"""What a worker does before its first job must never keep it from that job."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from core.engines.local import rehearsal
from core.errors import EngineUnavailable
from tests.tiny.house import Errand, House


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("house"), ("wan", "t2v"))


def test_where_no_rehearsal_can_be_begun_jobs_are_taken_all_the_same(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "no such folder"))
    studio = house.open(warm_up=True)
    with capture_logs() as logs:
        rehearsal.rehearse(studio)
    assert [entry["event"] for entry in logs] == ["local.not_rehearsed"] * len(house.models["wan-t2v"].recipes)
    errand = Errand(house.spec("wan-t2v"), tmp_path / "run")
    studio.take(errand)
    assert errand.wait()
    studio.close()


def test_what_keeps_a_clip_from_being_made_is_logged_for_the_operator(house: House, tmp_path: Path) -> None:
    studio = house.open(models_folder=tmp_path / "empty")
    errand = Errand(house.spec("wan-t2v"), tmp_path / "run")
    with capture_logs() as logs:
        studio.take(errand)
        with pytest.raises(EngineUnavailable):
            errand.wait()
    assert {
        "event": "local.fault",
        "log_level": "error",
        "model": "tiny-wan-t2v",
        "error": "engine-unavailable",
    } in logs
    studio.close()
