"""What vendors take, as an operator sees it."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.costs import MICRO, Cost, CostState
from core.jobs import settlement
from piying.__main__ import main
from piying.settings import Settings
from piying.wiring import open_store
from storage.database import SqlStore
from tests.stores import held_job

DAY = 86400.0
NOW = datetime(2026, 11, 28, 20, 0, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()
COST = Cost("one", "alibaba", "wan3-video", 1, 500_000, CostState.FINAL, NOW - 60, "5 s x 0.72 CNY", "task-1")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("PIYING_DATA_FOLDER", str(tmp_path))
    monkeypatch.setenv("PIYING_TIMEZONE", "Asia/Shanghai")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("os.umask", lambda _mask: 0o022)
    monkeypatch.setattr("piying.__main__.configure_logs", lambda *_: None)
    monkeypatch.setattr(time, "time", lambda: NOW)
    return Settings()


@pytest.fixture
def store(settings: Settings) -> SqlStore:
    """Of today, of this month, and of the one before."""
    store = open_store(settings)
    paid, failed, waiting = (held_job(store, credits_=100) for _ in range(3))
    with store.begin() as tx:
        settlement.succeed(tx, paid.id, now=NOW)
        settlement.fail(tx, failed.id, "clip-invalid", now=NOW)
        tx.costs.put(replace(COST, job=paid.id))
        tx.costs.put(
            replace(COST, id="two", usd=250_000, state=CostState.UNKNOWN, job=failed.id, at=NOW - 20 * 3600 + 1)
        )
        tx.costs.put(
            replace(COST, id="three", vendor="kling", usd=MICRO, state=CostState.OPEN, job=waiting.id, task="")
        )
        tx.costs.put(replace(COST, id="four", usd=9 * MICRO, state=CostState.FREE, at=NOW - 2 * DAY))
        tx.costs.put(replace(COST, id="five", usd=2 * MICRO, at=NOW - 40 * DAY, task="\x1b[31m[b]odd[/b]"))
    return store


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    main(["costs", *arguments])
    return capsys.readouterr().out


def lines(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in said(capsys, "--json", *arguments).splitlines()]


def cells(out: str) -> list[list[str]]:
    """The table's rows without its frame."""
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in out.splitlines() if line.startswith("│")]


def test_sums_are_of_today_this_month_and_ever(store: SqlStore, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys)
    assert cells(out) == [
        ["today", "kling", "wan3-video", "1", "0", "1.000", "0.000"],
        ["", "alibaba", "wan3-video", "2", "1", "0.750", "0.250"],
        ["", "together", "", "3", "1", "1.750", "0.250"],
        ["this month", "kling", "wan3-video", "1", "0", "1.000", "0.000"],
        ["", "alibaba", "wan3-video", "3", "1", "0.750", "0.250"],
        ["", "together", "", "4", "1", "1.750", "0.250"],
        ["all", "alibaba", "wan3-video", "4", "1", "2.750", "0.250"],
        ["", "kling", "wan3-video", "1", "0", "1.000", "0.000"],
        ["", "together", "", "5", "1", "3.750", "0.250"],
    ]
    assert "budget of 10.000 USD there are 8.250 USD left; the next one begins 2026-11-29 00:00 CST" in out


def test_days_are_each_summed(store: SqlStore, capsys: pytest.CaptureFixture[str]) -> None:
    rows = cells(said(capsys, "--days", "3"))
    assert [row[0] for row in rows] == ["2026-11-28", "", "", "2026-11-26"]
    assert rows[-1] == ["2026-11-26", "alibaba", "wan3-video", "1", "0", "0.000", "0.000"]


def test_sums_can_be_read_by_programs(store: SqlStore, capsys: pytest.CaptureFixture[str]) -> None:
    *sums, budget = lines(capsys)
    midnight = NOW - 20 * 3600
    kling = {"vendor": "kling", "model": "wan3-video", "requests": 1, "unknown": 0, "usd": 1.0, "lost": 0.0}
    assert sums[0] == {"span": "today", "since": midnight, "until": midnight + DAY} | kling
    assert [(one["span"], one["usd"], one["lost"]) for one in sums[3:]] == [
        ("this month", 0.75, 0.25),
        ("all", 2.75, 0.25),
        ("all", 1.0, 0.0),
    ]
    assert budget == {"budget": 10.0, "spent_today": 1.75, "left": 8.25, "timezone": "Asia/Shanghai"}


def test_requests_are_listed_with_their_jobs_and_tasks(store: SqlStore, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "--list")
    figures, about = out.splitlines()[1::2], out.splitlines()[2::2]
    assert [line.split()[2:] for line in figures[:3]] == [
        [figures[0].split()[2], "0.500", "final", "charged"],
        [figures[1].split()[2], "1.000", "open", "held"],
        [figures[2].split()[2], "0.250", "unknown", "not", "charged"],
    ]
    assert figures[3].split() == ["2026-11-26", "12:00:00", "0.000", "free"]
    assert about[0].strip() == "alibaba wan3-video, key 1: 5 s x 0.72 CNY, task task-1"
    assert about[1].strip() == "kling wan3-video, key 1: 5 s x 0.72 CNY"
    assert about[4].endswith("task  [31m[b]odd[/b]")
    assert said(capsys, "--list", "--days", "1").splitlines() == out.splitlines()[:7]


def test_a_list_can_be_read_by_programs(store: SqlStore, capsys: pytest.CaptureFixture[str]) -> None:
    first, *others = lines(capsys, "--list")
    with store.look() as tx:
        cost = tx.costs.get("one")
        assert cost is not None
        job = tx.jobs.get(cost.job)
    assert job is not None
    about = {"vendor": "alibaba", "model": "wan3-video", "key": 1, "task": "task-1", "price": "5 s x 0.72 CNY"}
    assert first == about | {
        "id": "one", "usd": 0.5, "state": "final", "at": NOW - 60, "job": job.id, "code": job.code, "charged": True
    }  # fmt: skip
    assert [(one["charged"], one["usd"]) for one in others] == [(None, 1.0), (False, 0.25), (None, 0.0), (None, 2.0)]
    assert others[-1]["code"] is None


def test_where_nothing_was_spent_all_is_left(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys)
    assert [row[3:] for row in cells(out)] == [["0", "0", "0.000", "0.000"]] * 3
    assert "are 10.000 USD left" in out


def test_without_a_budget_that_is_said(
    store: SqlStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIYING_ENGINES__DAILY_BUDGET", "none")
    assert "There is no budget" in said(capsys)
    assert lines(capsys)[-1] == {"budget": None, "spent_today": 1.75, "left": None, "timezone": "Asia/Shanghai"}


@pytest.mark.parametrize("days", ["0", "3661", "-1", "many"])
def test_days_are_some(settings: Settings, capsys: pytest.CaptureFixture[str], days: str) -> None:
    with pytest.raises(SystemExit):
        main(["costs", "--days", days])
    assert f"argument --days: {days} is no" in capsys.readouterr().err


@pytest.mark.parametrize("budget", ["-1", "inf", "nan", "", "much"])
def test_a_budget_is_an_amount_or_none(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, budget: str
) -> None:
    monkeypatch.setenv("PIYING_ENGINES__DAILY_BUDGET", budget)
    with pytest.raises(SystemExit):
        main(["costs"])
    assert "PIYING_ENGINES__DAILY_BUDGET" in capsys.readouterr().err
