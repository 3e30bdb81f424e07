"""Commands of an operator about reports and people's data, and what the settings say about them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from core.types import StoredClip
from piying.__main__ import main
from piying.privacy import make_privacy
from piying.settings import Settings
from tests.fakes import make_job
from tests.stores import NOW, open_account

DAY = 86400.0
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("PIYING_DATA_FOLDER", str(tmp_path))
    monkeypatch.delenv("PIYING_DATABASE_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str, fails: bool = False) -> str:
        if fails:
            with pytest.raises(SystemExit):
                main(arguments)
        else:
            main(arguments)
        said = capsys.readouterr()
        return said.err if fails else said.out

    run("migrate")
    return run


def stored_job(folder: Path) -> tuple[str, str, Path]:
    """Code and account of a job with a file."""
    from piying.wiring import open_store

    settings = Settings(data_folder=folder)
    store = open_store(settings)
    with store.begin() as tx:
        account = open_account(tx)
        job = make_job(account=account.id, prompt="a cat")
        tx.jobs.add(job)
        tx.jobs.attach_clip(job.id, StoredClip(f"{job.id[:2]}/{job.id}/a.mp4", "a.jpg", 8, 8, 4.0, 4))
    store.close()
    file = settings.clips / job.id[:2] / job.id / "a.mp4"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"clip")
    return job.code, account.id, file


def test_a_report_from_intake_to_removal(run: Run, tmp_path: Path) -> None:
    code, _, file = stored_job(tmp_path)
    report = run("reports", "add", code.lower(), "likeness", "--text", "my \x1b[31m face").partition(":")[0]
    assert report in run("reports", "list")
    shown = run("reports", "show", report)
    assert "due: in 48 h" in shown
    assert "\x1b" not in shown
    assert f"{code} is removed" in run("reports", "uphold", report, "--outcome", "theirs")
    assert not file.exists()
    assert report not in run("reports", "list")
    assert report in run("reports", "list", "--decided")
    assert "no open report" in run("reports", "reject", report, fails=True)
    assert f"no clip {code}" in run("reports", "add", code, "hate", fails=True)


def test_a_rejected_report_leaves_the_file(run: Run, tmp_path: Path) -> None:
    code, _, file = stored_job(tmp_path)
    report = run("reports", "add", code, "other").partition(":")[0]
    assert f"{code} stays" in run("reports", "reject", report)
    assert file.exists()
    assert "is no reason" in run("reports", "add", code, "ugly", fails=True)
    assert "no open report" in run("reports", "show", "none", fails=True)


def test_an_account_is_exported_and_erased(run: Run, tmp_path: Path) -> None:
    _, account, file = stored_job(tmp_path)
    output = tmp_path / "theirs.json"
    assert json.loads(run("account", "export", account))["jobs"][0]["prompt"] == "a cat"
    run("account", "export", account, "-o", str(output))
    assert json.loads(output.read_text("utf-8"))["account"]["id"] == account
    assert output.stat().st_mode & 0o077 == 0
    assert "add --yes" in run("account", "forget", account, fails=True)
    # Its clip is on its way.
    assert "is just being sent" in run("account", "forget", account, "--yes", fails=True)
    assert file.exists()
    assert "no account none" in run("account", "export", "none", fails=True)


def test_doctor_fails_while_a_report_is_overdue(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from piying import doctor

    code, *_ = stored_job(tmp_path)
    settings = Settings()
    run("reports", "add", code, "hate")
    (finding,) = doctor._books(settings)
    assert (finding.good, finding.state) == (True, "1 wait for a decision, 0 of them overdue")
    monkeypatch.setattr("piying.doctor.SystemClock.now", lambda _: NOW * 2)
    (finding,) = doctor._books(settings)
    assert (finding.good, finding.remedy) == (False, "piying reports list")


def test_old_settings_still_say_how_long_clips_are_kept() -> None:
    kept = Settings(jobs={"keep_days": 7}).kept
    assert (kept.clips, kept.prompts, kept.translations) == (7 * DAY, 7 * DAY, 7 * DAY)
    assert (kept.reports, kept.ledger) == (365 * DAY, 1096 * DAY)


def test_each_kind_has_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, days in (("CLIPS", 60), ("PROMPTS", 10), ("TRANSLATIONS", 5), ("REPORTS", 90), ("LEDGER", 400)):
        monkeypatch.setenv(f"PIYING_RETENTION__{name}_DAYS", str(days))
    kept = Settings().kept
    assert [kept.clips, kept.prompts, kept.translations, kept.reports, kept.ledger] == [
        days * DAY for days in (60, 10, 5, 90, 400)
    ]


def test_words_go_with_their_clip_at_the_latest() -> None:
    kept = Settings(retention={"clips_days": 2, "prompts_days": 9}).kept
    assert kept.prompts == kept.clips == 2 * DAY


def test_services_on_the_network_are_named_and_those_of_this_machine_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert make_privacy(Settings()).translators == make_privacy(Settings()).moderators == ()
    for name, value in (
        ("TRANSLATION__DEEPL__KEY", "k"),
        ("TRANSLATION__LLM__BASE_URL", "http://127.0.0.1:11434/v1"),
        ("TRANSLATION__LLM__MODEL", "m"),
        ("SAFETY__OPENAI__KEY", "k"),
        ("SAFETY__GUARD__BASE_URL", "https://guard.example/v1"),
        ("SAFETY__GUARD__MODEL", "m"),
    ):
        monkeypatch.setenv(f"PIYING_{name}", value)
    privacy = make_privacy(Settings())
    assert privacy.translators == ("deepl",)
    assert privacy.moderators == ("openai", "guard")
