"""What of Discord is set, what the doctor says of it, and that nothing of it is loaded where it is off."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from piying.discord_settings import DiscordSettings
from piying.doctor import examine
from piying.mistake import Mistake
from piying.settings import Settings

_LOADED = """
import sys
from pathlib import Path
from piying.settings import Settings
from piying.wiring import Process, Role
settings = Settings(data_folder=Path(sys.argv[1]))
process = Process(settings, Role(("console",), "scene", "run"))
print(sorted(process.adapters), "discord" in sys.modules)
"""


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "250")
    monkeypatch.delenv("PIYING_DATABASE_URL", raising=False)
    for name in ("TOKEN", "TOKEN_FILE"):
        monkeypatch.delenv(f"PIYING_DISCORD__{name}", raising=False)


def line_of(out: str) -> str:
    (line,) = [line for line in out.splitlines() if " discord " in f" {line} "]
    return line


def settings(tmp_path: Path, told: DiscordSettings) -> Settings:
    return Settings(data_folder=tmp_path / "data", discord=told)


def test_it_is_off_and_its_token_is_to_be_had(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    examine(Settings(data_folder=tmp_path / "data"))
    assert "PIYING_DISCORD__TOKEN" in line_of(capsys.readouterr().out)


def test_it_is_on_and_its_token_is_not_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = DiscordSettings(token=SecretStr("MTA.secret"), api_url="http://127.0.0.1:1/api/v10", shards=0)
    assert examine(settings(tmp_path, told))
    out = capsys.readouterr().out
    assert "http://127.0.0.1:1/api/v10" in line_of(out)
    assert "recommends" in line_of(out)
    assert "secret" not in out + repr(told)


def test_a_file_without_a_token_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = DiscordSettings(token_file=tmp_path / "none")
    assert not examine(settings(tmp_path, told))
    assert "file" in line_of(capsys.readouterr().out)
    with pytest.raises(Mistake):
        told.secret()


def test_a_token_in_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("MTA.secret\n")
    assert DiscordSettings(token_file=tmp_path / "token").secret() == "MTA.secret"


@pytest.mark.parametrize("wrong", [{"gateway_url": "https://x"}, {"api_url": "ws://x"}, {"shards": -1}])
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        DiscordSettings.model_validate(wrong)


def test_without_a_token_the_library_is_not_loaded(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, str(tmp_path / "data")], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "['console'] False"
