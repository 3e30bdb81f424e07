"""What ``piying models`` and ``piying doctor`` say of cards; pulling is under tests/acceptance."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.catalogue.cards import Model
from core.catalogue.load import load_models
from piying import readiness
from piying.doctor import examine
from piying.engine_settings import EnginesSettings, VendorSettings
from piying.mistake import Mistake
from piying.models import check_models, list_models, pull_model, show_model
from piying.settings import LocalSettings, Settings

KEYS = [model.card.key for model in load_models()]


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.delenv("PIYING_DATABASE_URL", raising=False)


def settings(folder: Path, *models: str, territory: str | None = None, device: str = "cpu") -> Settings:
    return Settings(data_folder=folder, models=models, territory=territory, local=LocalSettings(device=device))


def row(text: str, key: str) -> list[str]:
    line = next(line for line in text.splitlines() if re.search(rf"│ {re.escape(key)} +│", line))
    return [cell.strip() for cell in line.strip("│").split("│")]


def test_the_list_has_every_model_and_its_state(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    list_models(settings(tmp_path, "wan2.1-1.3b", territory="US"))
    out = capsys.readouterr().out
    rows = {key: row(out, key) for key in KEYS}
    assert rows["wan2.1-1.3b"][1:4] == ["yes", "local", "-"]
    assert rows["wan2.1-14b"][1] == "-"
    assert rows["scene"][1:3] == ["yes", "scene"]
    assert (rows["minimax-h3"][4], rows["hunyuanvideo"][4]) == ("no", "yes")
    assert rows["wan2.1-1.3b"][5:] == ["8.19 to 33", "14.7"]


def test_a_vendors_models_are_used_with_its_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    engines = EnginesSettings(kling=VendorSettings(key=SecretStr("k"), models=("kling-v3",)))
    list_models(Settings(data_folder=tmp_path, engines=engines))
    out = capsys.readouterr().out
    assert [row(out, key)[1:3] for key in ("kling-v3", "seedance-2.5")] == [["yes", "kling"], ["-", "bytedance"]]


@pytest.mark.parametrize("model", [model for model in load_models() if model.card.hosted], ids=lambda one: one.card.key)
def test_every_vendors_model_is_shown_with_its_price_or_without_one(
    model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    show_model(settings(tmp_path), model.card.key)
    out = capsys.readouterr().out
    assert model.card.hosted is not None
    for region, offer in model.card.hosted.at.items():
        line = row(out, f"at {region}")[1]
        assert offer.model in line
        assert ("a second" if offer.price else "no published price") in line
    assert f"PIYING_ENGINES__{model.card.engine.upper()}__KEY" in out


def test_on_a_narrow_terminal_nothing_is_left_out_and_keys_stay_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are to be copied."""
    monkeypatch.setenv("COLUMNS", "80")
    list_models(settings(tmp_path))
    out = capsys.readouterr().out
    assert [key for key in KEYS if f" {key} " not in out] == []
    for key in KEYS:
        show_model(settings(tmp_path), key)
    shown = capsys.readouterr().out
    assert [recipe.key for model in load_models() for recipe in model.recipes if f" {recipe.key} " not in shown] == []
    assert "…" not in out + shown


def test_without_a_territory_the_list_names_those_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    list_models(settings(tmp_path))
    assert row(capsys.readouterr().out, "minimax-h3")[4] == "not in EU, GB, KR, US"


@pytest.mark.parametrize("key", KEYS)
def test_every_card_and_its_recipes_can_be_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str) -> None:
    show_model(settings(tmp_path), key)
    out = capsys.readouterr().out
    model = next(model for model in load_models() if model.card.key == key)
    assert model.card.licence in out
    for recipe in model.recipes:
        cells = row(out, recipe.key)
        assert cells[1] == f"{recipe.seconds} s, {recipe.resolution}, {recipe.ratio}"
        assert not recipe.local or cells[2] == str(recipe.local.num_inference_steps)
    assert not model.card.local or model.card.local.source.repo in out


def test_an_unknown_model_is_a_mistake_that_names_the_known(tmp_path: Path) -> None:
    for act in (show_model, lambda chosen, key: check_models(chosen, key, deep=False)):
        with pytest.raises(Mistake, match=r"wan2\.1-14b"):
            act(settings(tmp_path), "none")


def test_cards_of_the_operators_that_are_wrong_are_told(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[card]\nkey = 'x'\n")
    with pytest.raises(Mistake, match="PIYING_CARDS_FOLDER"):
        list_models(Settings(data_folder=tmp_path, cards_folder=tmp_path))


def test_territory_is_asked_before_anything_else(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="PIYING_TERRITORY"):
        pull_model(settings(tmp_path / "data"), "minimax-h3", None)
    with pytest.raises(Mistake, match="KR"):
        pull_model(settings(tmp_path / "data", territory="KR"), "hunyuanvideo-1.5-480p", None)
    assert not (tmp_path / "data").exists()


def test_without_the_packages_their_name_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(readiness, "_NEEDED", ("json", "no_such_package"))
    with pytest.raises(Mistake, match="no_such_package: `make local`"):
        pull_model(settings(tmp_path), "wan2.1-1.3b", None)
    assert not check_models(settings(tmp_path, "wan2.1-1.3b"), None, deep=False)
    assert "`make local`, or pip install '.[local]'" in capsys.readouterr().out
    assert not examine(settings(tmp_path, "wan2.1-1.3b"))
    assert "no_such_package" in capsys.readouterr().out


def test_with_nothing_enabled_there_is_nothing_to_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_models(settings(tmp_path), None, deep=False)
    assert "piying models list" in capsys.readouterr().out


def test_the_doctor_tells_a_model_that_is_not_granted_here(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not examine(settings(tmp_path, "hunyuanvideo", territory="IT"))
    assert "you are in IT" in capsys.readouterr().out


@pytest.mark.slow
def test_the_list_needs_no_torch(tmp_path: Path) -> None:
    code = (
        "import sys; from piying.models import list_models, show_model; from piying.settings import Settings; "
        "list_models(Settings()); show_model(Settings(), 'wan2.2-a14b'); import core.engines.local.weights.manifest; "
        "import core.engines.local.weights.choice; sys.exit('torch' in sys.modules or 'diffusers' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_doctor_has_a_line_for_each_enabled_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not examine(settings(tmp_path, "wan2.1-1.3b", "cogvideox-2b"))
    out = capsys.readouterr().out
    for key in ("wan2.1-1.3b", "cogvideox-2b"):
        assert row(out, f"model {key}")[3] == f"piying models pull {key}"
    assert "wan2.1-1.3b-standard" in out


@pytest.mark.slow
def test_a_gpu_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not check_models(settings(tmp_path, "wan2.1-1.3b", device="cuda:7"), None, deep=False)
    assert "PIYING_LOCAL__DEVICE=cuda:7" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("memory", "told"),
    [
        (None, "needs a GPU with 8.19 GB at least; here: none"),
        (6 * 10**9, "needs 8.19 GB at least (resident: SGLang's"),
        (24 * 10**9, ""),
    ],
)
def test_what_speaks_against_a_model_is_said_before_it_is_pulled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: int | None, told: str
) -> None:
    found = readiness.Finding("GPU", good=memory is not None, state="none" if memory is None else "NVIDIA, so much")
    monkeypatch.setattr(readiness, "_device", lambda _settings: (found, memory))
    card = next(model.card for model in load_models() if model.card.key == "wan2.1-1.3b")
    doubt = readiness.doubt_of(card, settings(tmp_path))
    assert told in doubt
    assert bool(told) == bool(doubt)
