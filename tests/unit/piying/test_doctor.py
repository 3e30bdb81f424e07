from pathlib import Path

import pytest
from pydantic import SecretStr

from piying.doctor import examine
from piying.settings import ConsoleSettings, Settings


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
