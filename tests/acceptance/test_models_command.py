"""``piying models`` as an operator runs it: real processes, a hub on loopback, and a kill in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save

from tests.acceptance.stage import wait_until
from tests.hub import Hub, serve

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

REPO, LORA = "someone/tiny", "someone/loras"
WEIGHTS = "text_encoder/model.safetensors"
WHOLE = {"weight": torch.arange(6_000_000, dtype=torch.float32)}
CARD = f"""
[card]
key = "tiny"
name = "Tiny"
vendor = "Nobody"
engine = "local"
worker_class = "gpu-24g"
licence = "Nobody's"
excluded_territories = ["EU"]
prompt_languages = ["en"]
max_prompt_chars = 100
fps = 8
min_seconds = 1
max_seconds = 1
num_frames = [9]
ratios = ["16:9"]
resolutions = ["480p"]
sizes = {{ "480p" = {{ "16:9" = [32, 16] }} }}

[card.local]
family = "wan"
pipeline = "WanPipeline"
source = {{ repo = "{REPO}" }}
extras = {{ four = {{ repo = "{LORA}", file = "four.safetensors" }} }}
frame_multiple = 4
frame_remainder = 1
disk_gb = 0.1
vram_gb = {{ resident = 2.0, offload = 1.0, stated_by = "this test" }}

[[recipes]]
key = "tiny-draft"
version = 1
seconds = 1
ratio = "16:9"
resolution = "480p"
credits_per_second = {{ "480p" = 1 }}
local = {{ num_inference_steps = 4, loras = [{{ extra = "four" }}] }}
"""


class Shell:
    """A folder with a card, a hub, and the command run in it."""

    def __init__(self, folder: Path, hub: Hub) -> None:
        self.folder, self.model = folder, folder / "data" / "models" / "tiny"
        (folder / "cards").mkdir()
        (folder / "cards" / "tiny.toml").write_text(CARD, "utf-8")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIYING_", "HF_"))}
        self.environment = kept | {
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PIYING_DATA_FOLDER": str(folder / "data"),
            "PIYING_CARDS_FOLDER": str(folder / "cards"),
            "PIYING_TERRITORY": "CN",
            "PIYING_LOCAL__DEVICE": "cpu",
            "HF_ENDPOINT": hub.url,
            "HF_HOME": str(folder / "hf"),
            "COLUMNS": "250",
        }

    def start(self, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "piying", "models", *arguments],
            cwd=self.folder,
            env=self.environment | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **settings: str) -> tuple[int, str, str]:
        process = self.start(*arguments, **settings)
        out, err = process.communicate(timeout=90)
        return process.returncode, out, err


@pytest.fixture
def hub() -> Iterator[Hub]:
    index = {"_class_name": "WanPipeline", "text_encoder": ["transformers", "UMT5EncoderModel"]}
    files = {"model_index.json": json.dumps(index).encode(), "text_encoder/config.json": b"{}", WEIGHTS: save(WHOLE)}
    with serve(Hub({REPO: files, LORA: {"four.safetensors": save({"x": torch.ones(100)})}})) as hub:
        yield hub
    assert not hub.wrong


@pytest.fixture
def shell(tmp_path: Path, hub: Hub) -> Shell:
    return Shell(tmp_path, hub)


def test_pull_then_check(shell: Shell, hub: Hub) -> None:
    code, out, err = shell.run("check", "tiny")
    assert code == 1
    assert "piying models pull tiny" in out
    code, out, err = shell.run("pull", "tiny", HF_TOKEN="hf_secret")
    assert code == 0, err
    assert "PIYING_MODELS=tiny" in err
    assert "hf_secret" not in out + err
    assert "Bearer hf_secret" in hub.tokens
    assert torch.equal(load_file(shell.model / WEIGHTS)["weight"], WHOLE["weight"].bfloat16())
    assert load_file(shell.model / "extras" / "four.safetensors")["x"].dtype is torch.float32
    code, out, _ = shell.run("check", "--deep", PIYING_MODELS="tiny")
    assert code == 0
    assert "ready" in out
    assert " yes " in next(line for line in shell.run("list")[1].splitlines() if " tiny " in line)


def test_a_pull_that_is_killed_goes_on_where_it_was(shell: Shell, hub: Hub) -> None:
    hub.stall = threading.Event()
    process = shell.start("pull", "tiny")
    incoming = shell.folder / "data" / "models" / ".incoming"

    def some_of_it_is_here() -> bool:
        return any(path.stat().st_size > 1_000_000 for path in incoming.rglob("*.part"))

    try:
        wait_until(some_of_it_is_here, "half of a file", seconds=60)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        hub.stall.set()
    assert not shell.model.exists()
    hub.stall = None
    code, _, err = shell.run("pull", "tiny")
    assert code == 0, err
    starts = [start for name, start in hub.sent if name == WEIGHTS]
    assert starts[0] == 0
    assert starts[-1] > 0
    assert torch.equal(load_file(shell.model / WEIGHTS)["weight"], WHOLE["weight"].bfloat16())


def test_a_damaged_model_is_told_and_mended(shell: Shell, hub: Hub) -> None:
    assert shell.run("pull", "tiny")[0] == 0
    path = shell.model / WEIGHTS
    path.write_bytes(path.read_bytes()[:-1] + b"\x55")
    assert shell.run("check", "tiny")[0] == 0
    code, out, _ = shell.run("check", "tiny", "--deep")
    assert code == 1
    assert "is not what was pulled" in out
    hub.sent.clear()
    assert shell.run("pull", "tiny")[0] == 0
    assert [name for name, _ in hub.sent if name.endswith(".safetensors")] == [WEIGHTS]
    assert shell.run("check", "tiny", "--deep")[0] == 0


@pytest.mark.parametrize("territory", ["DE", ""])
def test_nothing_is_fetched_where_the_licence_grants_nothing(shell: Shell, hub: Hub, territory: str) -> None:
    shell.environment.pop("PIYING_TERRITORY")
    settings = {"PIYING_TERRITORY": territory} if territory else {}
    code, _, err = shell.run("pull", "tiny", **settings)
    assert code == 2
    assert "EU" in err
    assert ("PIYING_TERRITORY" in err) is not bool(territory)
    assert hub.sent == []
    assert not (shell.folder / "data").exists()


def test_mistakes_are_one_line_with_a_remedy(shell: Shell, hub: Hub) -> None:
    for arguments, settings, told in (
        (("pull", "none"), {}, "no model none"),
        (("pull", "scene"), {}, "needs no weights"),
        (("pull", "tiny", "--from", "nowhere"), {}, "is no folder"),
        (("pull", "tiny"), {"HF_HUB_OFFLINE": "1"}, "--from FOLDER"),
        (("show", "none"), {}, "no model none"),
    ):
        code, out, err = shell.run(*arguments, **settings)
        assert (code, out) == (2, "")
        assert told in err
        assert "Traceback" not in err
    assert hub.sent == []


def test_show_tells_every_fact(shell: Shell) -> None:
    code, out, _ = shell.run("show", "tiny")
    assert code == 0
    for fact in (
        "Nobody's",
        "EU",
        REPO,
        f"{LORA}/four.safetensors",
        "4 * k + 1",
        "1 to 2 GB (this test)",
        "tiny-draft",
        "32 x 16",
    ):
        assert fact in out
