"""The parts of the bench that could make a figure wrong without anybody seeing it."""

import json
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from bench import report
from bench.fresh import clean_environment, percentile
from bench.history import HEAVY, fill
from bench.report import Row
from core.types import JobState, StoredClip
from storage.database import SqlStore
from storage.tables import jobs
from tests.stores import NOW, held_job, open_store


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(number) for number in range(200, 0, -1)]
    assert (percentile(values, 50), percentile(values, 99), percentile([3.0], 99)) == (100.0, 198.0, 3.0)


def test_a_reach_is_met_at_most_and_only_where_something_was_measured() -> None:
    assert [Row("a", figure, reach=2.0).met for figure in (2.0, 2.1, None)] == [True, False, None]
    assert Row("a", 2.0).met is None


def test_a_subject_measured_again_replaces_its_rows_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results.json")
    report.store("one", [Row("a", 1.0), Row("b", None, note="skipped: no such thing")], 0.5)
    report.store("two", [Row("c", 1.0, "s", 2.0)], 0.5)
    report.store("one", [Row("a", 3.0)], 0.5)
    rows = json.loads((tmp_path / "results.json").read_text())["rows"]
    assert [(row["subject"], row["name"], row["figure"], row["met"]) for row in rows] == [
        ("two", "c", 1.0, True),
        ("one", "a", 3.0, None),
    ]


def test_nobodys_settings_reach_what_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIYING_JOBS__LANES", "7")
    assert clean_environment(PIYING_DATA_FOLDER="here").keys() & {"PIYING_JOBS__LANES", "PIYING_DATA_FOLDER"} == {
        "PIYING_DATA_FOLDER"
    }


def finished_job(store: SqlStore) -> str:
    job = held_job(store)
    with store.begin() as tx:
        tx.jobs.move(job.id, JobState.RUNNING, now=NOW)
        tx.jobs.attach_clip(job.id, StoredClip("v", "p", 854, 480, 4.0, 1000))
        tx.jobs.move(job.id, JobState.SUCCEEDED, now=NOW + 3)
        tx.ledger.charge(job.id, now=NOW + 3)
    return job.id


def test_history_is_many_whole_jobs_of_many_accounts(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'piying.db'}") as store:
        job_id = finished_job(store)
        with store.begin() as tx:
            job = tx.jobs.get(job_id)
        assert job
        fill(store.engine, job, 300)
        with store.begin() as tx:
            copies = [tx.jobs.get(found) for found in tx.connection.execute(sa.select(jobs.c.id)).scalars()]
            entries = tx.connection.execute(sa.text("SELECT kind, count(*) FROM ledger_entries GROUP BY kind")).all()
            heavy = tx.jobs.of_chat("console", "chat-0", limit=300)
    assert len(copies) == 301
    assert all(copy and copy.state is JobState.SUCCEEDED and copy.finished_at for copy in copies)
    assert len({copy.code for copy in copies if copy}) == 301
    assert dict(entries) == {"grant": 1, "hold": 301, "charge": 301}
    assert 100 / HEAVY / 3 < len(heavy) < 100 / HEAVY * 3


def test_the_page_shows_the_rows_of_the_results() -> None:
    page = (report.RESULTS.parent.parent / "docs/reference/bench.md").read_text("utf-8")
    told = set(re.findall(r"^\| ([^`|]+?) \| *[0-9.]*e?[0-9+]* \|", page, re.MULTILINE))
    assert told == {row["name"] for row in json.loads(report.RESULTS.read_text("utf-8"))["rows"]}
