import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr, ValidationError

from piying.mistake import Mistake
from piying.settings import ConsoleSettings, JobSettings, Settings, unknown_variables


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "DATA_FOLDER"):
        monkeypatch.delenv(f"PIYING_{name}", raising=False)


def test_three_beats_fit_into_the_time_after_which_a_worker_is_dead() -> None:
    assert JobSettings(beat=5, dead_after=15).dead_after == 15
    with pytest.raises(ValidationError, match=re.escape("…__DEAD_AFTER (14) must be at least 3 times …__BEAT (5)")):
        JobSettings(beat=5, dead_after=14)


def test_a_job_is_kept_while_its_day_is_counted() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 2"):
        JobSettings(keep_days=1.9)


@pytest.mark.parametrize("folder", ["plain", "what?", "100%25 #1", "影 子"])
def test_the_data_folder_may_have_any_name(tmp_path: Path, folder: str) -> None:
    url = Settings(data_folder=tmp_path / folder).database
    (tmp_path / folder).mkdir()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE t (x INTEGER)"))
    engine.dispose()
    assert [path.name for path in (tmp_path / folder).iterdir()] == ["piying.db"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_postgresql_means_its_one_driver(scheme: str) -> None:
    url = Settings(database_url=SecretStr(f"{scheme}://me:p%40ss@host:1/name?sslmode=require")).database
    assert url == "postgresql+psycopg://me:p%40ss@host:1/name?sslmode=require"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "no database URL"),
        ("secret", "no database URL"),
        ("postgresql://me:secret@host:secret/name", "no database URL"),
        ("mysql://me:secret@host/name", "no way to mysql"),
        ("postgresql+asyncpg://me:secret@host/name", "no way to postgresql"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
def test_a_bad_database_url_is_named_and_never_shown(url: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why) as caught:
        Settings(database_url=SecretStr(url))
    assert "secret" not in str(caught.value)


def test_a_token_comes_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("open sesame\n")
    assert ConsoleSettings(token=SecretStr("other"), token_file=file).secret() == "open sesame"


@pytest.mark.parametrize(("content", "why"), [(None, "No such file"), (b" \n", "is empty"), (b"\xff", "not UTF-8")])
def test_a_token_file_without_a_token_never_opens_the_page(tmp_path: Path, content: bytes | None, why: str) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Mistake, match=f"PIYING_CONSOLE__TOKEN_FILE.*{why}"):
        ConsoleSettings(token_file=file).secret()


def test_a_data_folder_that_cannot_be_made_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Mistake, match="PIYING_DATA_FOLDER"):
        Settings(data_folder=tmp_path / "file" / "data").make_data_folder()


def test_only_our_own_variables_can_be_unknown() -> None:
    names = ["PIYING_DATA_FOLDER", "PIYING_JOBS__BEAT", "PIYING_JOB__BEAT", "PATH", "PIYING_REQUIRE_ALL"]
    assert unknown_variables(names) == ["PIYING_JOB__BEAT"]


@pytest.mark.parametrize(("written", "meant"), [("CN", "CN"), ("cn", "CN"), (" gb ", "GB"), ("", None)])
def test_a_territory_is_a_country(written: str, meant: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIYING_TERRITORY", written)
    assert Settings().territory == meant


@pytest.mark.parametrize("written", ["UK", "ZZ", "EU", "China", "C", "中国"])
def test_what_is_no_country_opens_no_model(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIYING_TERRITORY", written)
    with pytest.raises(ValidationError, match="no country of ISO 3166"):
        Settings()
