"""Open models over the whole path, with real processes: the command line, a worker that is killed, and another take."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from core.types import EntryKind, JobState
from tests.acceptance.stage import Stage, wait_until
from tests.tiny.house import House

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("house"), ("wan", "t2v"), ("wan", "i2v"))


@pytest.fixture
def settings(house: House, tmp_path: Path) -> Mapping[str, str]:
    return {
        "PIYING_DATA_FOLDER": str(tmp_path / "data"),
        "PIYING_MODELS": ",".join(house.keys),
        "PIYING_CARDS_FOLDER": str(house.folder / "cards"),
        "PIYING_LOCAL__MODELS_FOLDER": str(house.folder / "models"),
        "PIYING_LOCAL__DEVICE": "cpu",
        "PIYING_LOCAL__THREADS": "1",
        "PIYING_LOCAL__WARM_UP": "false",
        "LC_ALL": "C.UTF-8",
    }


def piying(settings: Mapping[str, str], folder: Path, *words: str) -> tuple[int, list[dict[str, Any]], str]:
    """Exit status, JSON lines of standard output, and standard error, of a command started in ``folder``."""
    done = subprocess.run(
        [sys.executable, "-m", "piying", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), **settings},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")], done.stderr


def test_a_clip_is_made_and_made_again_by_its_code(settings: Mapping[str, str], tmp_path: Path) -> None:
    recipe = "tiny-wan-t2v-standard"
    made = ("generate", "一只猫 a cat", "--recipe", recipe, "-o", "clip.mp4", "--json")
    status, (clip,), err = piying(settings, tmp_path, *made)
    assert status == 0, err
    assert (clip["spec"]["recipe"], clip["spec"]["width"], clip["price"]) == (recipe, 32, 1)
    again = ("again", clip["code"].lower(), "-o", "again.mp4", "--json")
    status, (second, verdict), err = piying(settings, tmp_path, *again)
    assert status == 0, err
    assert verdict == {"code": second["code"], "again": clip["code"], "identical": True, "differences": {}}
    assert "identical" in err
    assert (tmp_path / "again.mp4").read_bytes()[4:8] == b"ftyp"


def test_a_changed_recipe_is_told_where_the_frames_are_others(
    settings: Mapping[str, str], house: House, tmp_path: Path
) -> None:
    made = ("generate", "a cat", "--recipe", "tiny-wan-t2v-draft", "-o", "clip.mp4", "--json")
    _, (clip,), _ = piying(settings, tmp_path, *made)
    (tmp_path / "cards").mkdir()
    for card in (house.folder / "cards").glob("*.toml"):
        text = card.read_text("utf-8")
        assert '"num_inference_steps" = 2' in text
        changed = text.replace('"num_inference_steps" = 2', '"num_inference_steps" = 3')
        (tmp_path / "cards" / card.name).write_text(changed, "utf-8")
    others = {**settings, "PIYING_CARDS_FOLDER": "cards"}
    status, lines, err = piying(others, tmp_path, "again", clip["code"], "-o", "again.mp4", "--json")
    assert status == 1, err
    assert lines[-1]["identical"] is False
    assert lines[-1]["differences"] == {"num_inference_steps": [2, 3]}


def test_a_picture_begins_the_clip_and_is_there_for_the_second_take(
    settings: Mapping[str, str], tmp_path: Path
) -> None:
    Image.new("RGB", (300, 200), "orange").save(tmp_path / "picture.jpg")
    made = ("generate", "a cat", "--recipe", "tiny-wan-i2v-draft", "-o", "clip.mp4", "--json")
    status, _, err = piying(settings, tmp_path, *made)
    assert status == 1
    assert "picture" in err
    status, (refused,), err = piying(settings, tmp_path, *made, "--image", "picture.jpg")
    assert (status, refused["error"]) == (1, "declaration-needed")
    assert "--declare" in err
    status, (clip,), err = piying(settings, tmp_path, *made, "--image", "picture.jpg", "--declare")
    assert status == 0, err
    (tmp_path / "picture.jpg").unlink()
    status, lines, err = piying(settings, tmp_path, "again", clip["code"], "-o", "again.mp4", "--json")
    assert status == 0, err
    assert lines[-1]["identical"] is True


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("again", "NOPE", "-o", "x.mp4"), "no finished clip NOPE"),
        (("generate", "a cat", "--recipe", "cinema", "-o", "x.mp4"), "no recipe cinema: there is standard"),
        (("generate", "a cat", "--image", "nothing.png", "-o", "x.mp4"), "cannot read nothing.png"),
    ],
)
def test_mistakes_are_named(settings: Mapping[str, str], tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    status, _, err = piying(settings, tmp_path, *words)
    assert status == 2
    assert told in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"PIYING_MODELS": "sora"}, "no model sora"),
        ({"PIYING_MODELS": "hunyuanvideo"}, "PIYING_TERRITORY"),
        ({"PIYING_MODELS": "hunyuanvideo", "PIYING_TERRITORY": "DE"}, "you are in DE"),
        ({"PIYING_DEFAULT_RECIPE": "cinema"}, "no recipe cinema"),
        ({"PIYING_CARDS_FOLDER": "nowhere", "PIYING_MODELS": ""}, "PIYING_CARDS_FOLDER"),
    ],
)
def test_models_that_cannot_be_had_are_named(
    settings: Mapping[str, str], tmp_path: Path, changes: Mapping[str, str], told: str
) -> None:
    status, _, err = piying({**settings, **changes}, tmp_path, "generate", "a cat", "-o", "x.mp4")
    assert status == 2
    assert told in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "words",
    [("generate", "a cat", "--recipe", "wan2.1-1.3b-standard", "-o", "x.mp4"), ("worker", "--classes", "gpu-24g")],
)
def test_a_model_without_its_weights_is_named_with_the_way_to_them(
    settings: Mapping[str, str], tmp_path: Path, words: tuple[str, ...]
) -> None:
    others = {**settings, "PIYING_MODELS": "wan2.1-1.3b"}
    status, _, err = piying(others, tmp_path, *words)
    assert status == 2
    assert "wan2.1-1.3b is enabled and not pulled: `piying models pull wan2.1-1.3b`" in err


@pytest.fixture
def stage(tmp_path: Path, database_url: str, settings: Mapping[str, str]) -> Iterator[Stage]:
    chosen = {name: value for name, value in settings.items() if name != "PIYING_DATA_FOLDER"}
    stage = Stage(tmp_path / "play", database_url, PIYING_DEFAULT_RECIPE="tiny-wan-t2v-standard", **chosen)
    (stage.folder / "real-engine").touch()
    yield stage
    stage.close()


def test_a_worker_killed_with_its_gpu_process_loses_and_charges_nothing(stage: Stage) -> None:
    stage.start("bot")
    first = stage.start("gpu-worker")
    keys = [f"ann{number}-1" for number in range(4)]
    for number, key in enumerate(keys):
        stage.submit(key, f"{number} cats")
    for key in keys:
        stage.answer(key)
    wait_until(lambda: stage.job(keys[0]).started_at is not None, "the first job to begin")
    children = psutil.Process(first.pid).children(recursive=True)
    stage.kill(first)
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []
    stage.start("gpu-worker")
    stage.wait_ended(*keys, seconds=120)
    for key in keys:
        job = stage.job(key)
        assert job.state is JobState.SUCCEEDED, job.error
        assert stage.deliveries(key) == 1
        assert stage.entries(key) == {EntryKind.HOLD: 1, EntryKind.CHARGE: 1}
        assert job.clip is not None
        assert len(str(job.clip.recipe["frames"])) == 64
    stage.assert_books_balance()
