from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.catalogue.cards import ModelCard
from core.costs import Cost, CostState
from piying import readiness
from piying.clock import SystemClock
from piying.doctor import examine
from piying.engine_settings import EnginesSettings, OpenAiVideosSettings
from piying.readiness import look_at_ends
from piying.safety_settings import OpenAiSettings, SafetySettings
from piying.settings import ConsoleSettings, Settings
from piying.telegram_settings import TelegramSettings, WebhookSettings
from piying.wiring import open_store
from tests.tiny.cards import card, write_card


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "250")
    monkeypatch.delenv("PIYING_DATABASE_URL", raising=False)


def test_a_fresh_machine_is_fine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert examine(Settings(data_folder=tmp_path / "data"))
    assert "✗" not in capsys.readouterr().out
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(("host", "shown"), [("::1", "http://[::1]:8765/"), ("127.0.0.2", "http://127.0.0.2:8765/")])
def test_every_loopback_address_needs_no_token(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], host: str, shown: str
) -> None:
    assert examine(Settings(data_folder=tmp_path, console=ConsoleSettings(host=host)))
    assert shown in capsys.readouterr().out


def test_a_missing_token_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    console = ConsoleSettings(host="0.0.0.0", token_file=tmp_path / "none")
    assert not examine(Settings(data_folder=tmp_path, console=console))
    assert "No such file" in capsys.readouterr().out


def test_a_database_that_does_not_answer_is_told_without_its_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = SecretStr("postgresql://me:secret@127.0.0.1:1/name")
    assert not examine(Settings(data_folder=tmp_path, database_url=url))
    out = capsys.readouterr().out
    assert "PIYING_DATABASE_URL" in out
    assert "secret" not in out


def test_a_data_folder_that_is_a_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data").touch()
    assert not examine(Settings(data_folder=tmp_path / "data"))
    assert "cannot be written" in capsys.readouterr().out


def test_whoever_moderates_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    safety = SafetySettings(openai=OpenAiSettings(key=SecretStr("sk-hidden")))
    assert examine(Settings(data_folder=tmp_path / "data", safety=safety))
    (line,) = [line for line in capsys.readouterr().out.splitlines() if " moderation " in line]
    assert "rules 3-" in line
    assert "openai" in line
    assert "hidden" not in line


def test_a_policy_that_is_none_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    safety = SafetySettings(policy_file=tmp_path / "policy.toml")
    assert not examine(Settings(data_folder=tmp_path / "data", safety=safety))
    assert "PIYING_SAFETY__POLICY_FILE" in capsys.readouterr().out


TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


def telegram_line(out: str) -> str:
    (line,) = [line for line in out.splitlines() if " telegram " in f" {line} "]
    return line


def test_telegram_is_off_and_its_token_is_to_be_had(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert examine(Settings(data_folder=tmp_path / "data"))
    line = telegram_line(capsys.readouterr().out)
    assert "off" in line
    assert "@BotFather" in line
    assert "PIYING_TELEGRAM__TOKEN" in line


def test_telegram_is_on_and_nobody_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Nothing listens there: whoever asked would be told so.
    told = TelegramSettings(token=SecretStr(TOKEN), base_url="http://127.0.0.1:1/bot")
    assert examine(Settings(data_folder=tmp_path / "data", telegram=told))
    out = capsys.readouterr().out
    assert "http://127.0.0.1:1/bot; long polling" in telegram_line(out)
    assert TOKEN.partition(":")[2] not in out


def test_telegrams_webhook_is_shown_without_the_path_that_is_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    way = WebhookSettings(url="https://films.example", host="::1", port=8799)
    told = TelegramSettings(token=SecretStr(TOKEN), webhook=way)
    assert examine(Settings(data_folder=tmp_path / "data", telegram=told))
    line = telegram_line(capsys.readouterr().out)
    assert "webhook https://films.example, which ends at http://[::1]:8799/;" in line
    assert TOKEN not in line


def test_a_file_without_a_token_for_telegram_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "token").touch()
    told = TelegramSettings(token_file=tmp_path / "token")
    assert not examine(Settings(data_folder=tmp_path / "data", telegram=told))
    line = telegram_line(capsys.readouterr().out)
    assert "✗" in line
    assert "is empty" in line


TODAY = date(2026, 12, 1)


def ending(on: date | None) -> ModelCard:
    return card("wan", "t2v").card.model_copy(update={"end_of_life": on})


@pytest.mark.parametrize(
    ("days", "when"),
    [(-400, "past"), (-1, "past"), (0, "today"), (1, "tomorrow"), (2, "in 2 days"), (60, "in 60 days")],
)
def test_a_model_that_ends_soon_or_has_ended_is_a_warning(days: int, when: str) -> None:
    on = TODAY + timedelta(days=days)
    (finding,) = look_at_ends([ending(on), ending(None)], TODAY)
    assert (finding.subject, finding.good, finding.mark) == ("model tiny-wan-t2v", True, "!")
    assert finding.state == f"its end of life is {when}: {on.isoformat()}"
    assert "piying models list" in finding.remedy


@pytest.mark.parametrize("on", [None, TODAY + timedelta(days=61)])
def test_one_that_ends_later_or_never_is_none(on: date | None) -> None:
    assert list(look_at_ends([ending(on)], TODAY)) == []


@pytest.mark.parametrize("is_enabled", [True, False])
def test_the_doctor_warns_of_enabled_models_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, is_enabled: bool
) -> None:
    model = card("wan", "t2v").model_copy(update={"card": ending(datetime.now(UTC).date() - timedelta(days=3))})
    write_card(model, tmp_path / "cards")
    monkeypatch.setattr(readiness, "missing_packages", lambda: ["torch"])
    models = ("tiny-wan-t2v",) if is_enabled else ()
    examine(Settings(data_folder=tmp_path / "data", cards_folder=tmp_path / "cards", models=models))
    assert ("its end of life is past" in capsys.readouterr().out) is is_enabled


@pytest.mark.parametrize(
    ("budget", "state", "mark"),
    [
        (10.0, "1.60 of 10.00 US dollars today", "✓"),
        (2.0, "1.60 of 2.00", "!"),
        (None, "1.60 US dollars today, and no", "!"),
    ],
)
def test_what_vendors_took_today_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], budget: float | None, state: str, mark: str
) -> None:
    vendor = OpenAiVideosSettings(base_url="http://127.0.0.1:9", model="wan")
    engines = EnginesSettings(openai_videos=vendor, daily_budget=budget)
    settings = Settings(data_folder=tmp_path, engines=engines)
    assert examine(settings)
    assert " costs " not in capsys.readouterr().out
    with open_store(settings).begin() as tx:
        tx.costs.put(Cost("one", "openai_videos", "wan", 1, 1_600_000, CostState.OPEN, SystemClock().now()))
        tx.costs.put(Cost("old", "openai_videos", "wan", 1, 1_600_000, CostState.OPEN, 1_700_000_000.0))
    assert examine(settings)
    (line,) = [line for line in capsys.readouterr().out.splitlines() if " costs " in line]
    assert state in line
    assert mark in line
    assert examine(Settings(data_folder=tmp_path))
    assert " costs " not in capsys.readouterr().out
