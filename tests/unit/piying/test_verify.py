"""``piying verify`` and ``piying keys init``: what they print, and the settings behind them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import structlog
from pydantic import ValidationError
from structlog.testing import capture_logs

from bots.origin import describe
from core.media.provenance import Facts
from core.media.verify import Manifest, Report, State
from piying.__main__ import main
from piying.mistake import Mistake
from piying.provenance_settings import ProvenanceSettings, make_provenance, make_trust
from tests.unit.media.pictures import make_clip
from translation.localiser import LOCALES, Localiser

CODE = "K7QM2XD"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.umask", lambda _mask: 0o022)
    # Logs would go to this test's standard error, for ever.
    monkeypatch.setattr("piying.__main__.configure_logs", lambda *_: None)
    structlog.reset_defaults()
    for name in ("PIYING_DATABASE_URL", "PIYING_REQUIRE_ALL", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIYING_DATA_FOLDER", str(tmp_path / "data"))


def run(*arguments: str) -> int:
    try:
        main(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def signed(path: Path) -> Path:
    make_clip(path)
    make_provenance(ProvenanceSettings(), path.parent / "data").seal(path, Facts(CODE))
    return path


def test_keys_are_made_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "data" / "provenance"
    assert run("keys", "init") == 0
    assert capsys.readouterr().out == f"made: {home}\n"
    before = (home / "signer.key").read_bytes()
    assert run("keys", "init") == 0
    printed = capsys.readouterr()
    assert printed.out == f"there already: {home}\n"
    assert (home / "signer.key").read_bytes() == before
    assert "PRIVATE" not in printed.out + printed.err


def test_the_first_process_makes_keys_and_says_so(
    tmp_path: Path,
) -> None:
    with capture_logs() as said:
        assert make_provenance(ProvenanceSettings(), tmp_path / "data").keys is not None
        assert make_provenance(ProvenanceSettings(), tmp_path / "data").keys is not None
    assert [line["event"] for line in said] == ["keys.made"]
    assert said[0]["folder"] == str(tmp_path / "data" / "provenance")
    assert "PRIVATE" not in str(said)
    assert make_provenance(ProvenanceSettings(sign=False), tmp_path / "other").keys is None
    assert not (tmp_path / "other").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "said"), [("en_GB.UTF-8", "Genuine"), ("zh_CN.UTF-8", "原件")])
def test_a_signed_clip_is_told_in_the_users_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lang: str, said: str
) -> None:
    monkeypatch.setenv("LANG", lang)
    clip = signed(tmp_path / "clip.mp4")
    capsys.readouterr()
    assert run("verify", str(clip)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(said)
    assert CODE in lines[1]
    assert "AIGC" not in "".join(lines)


@pytest.mark.slow
def test_as_json_and_after_a_byte_was_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = signed(tmp_path / "clip.mp4")
    capsys.readouterr()
    data = bytearray(clip.read_bytes())
    data[-1000] ^= 1
    clip.write_bytes(data)
    assert run("verify", str(clip), "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["manifest"]["problems"]) == ("altered", ["assertion.bmffHash.mismatch"])
    assert run("verify", str(tmp_path / "none.mp4")) == 2


def test_a_machine_without_keys_trusts_nobody_and_makes_none(tmp_path: Path) -> None:
    assert make_trust(ProvenanceSettings(), tmp_path / "data").anchors == b""
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "bad",
    [
        {"certificate_file": "a.pem"},
        {"key_file": "a.key"},
        {"watermark": True, "sign": False},
        {"label_seconds": 1.9},
        {"label": "never"},
        {"producer": " "},
        {"producer": "a\nb"},
    ],
)
def test_settings_without_sense_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ProvenanceSettings.model_validate(bad)


def test_an_operators_files_that_are_not_there_stop_the_start(tmp_path: Path) -> None:
    settings = ProvenanceSettings(certificate_file=tmp_path / "a.pem", key_file=tmp_path / "a.key")
    with pytest.raises(Mistake, match=r"cannot read .*a\.pem"):
        make_provenance(settings, tmp_path / "data")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("state", State)
def test_every_state_has_its_sentences(state: State, locale: str) -> None:
    localiser = Localiser(locale)  # type: ignore[arg-type]
    manifest = Manifest(holds=True, trusted=True, signer="S\x1b[31m\u202e", generator="G", source="algorithmicMedia")
    bare = describe(Report(state), localiser)
    full = describe(
        Report(state, CODE, manifest, {"ContentProducer": "P" * 999}, {"model": "m"}, CODE, looked=True), localiser
    )
    assert len(bare) == 1
    assert len(full) == 6
    assert not any(char in "".join(full) for char in "\x1b\u202e{}")
    assert max(map(len, full)) < 400
