"""The benchmark for GPUs, on tiny models and the processor: that its code runs, and reckons right."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import HunyuanVideo15Transformer3DModel, WanTransformer3DModel
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from bench import gpu
from bench.fresh import ROOT, clean_environment
from bench.gpu_child import ARMS
from bench.gpu_models import KEYS, build, design, hunyuan15_flops, wan_flops
from bench.report import Row

CPU = torch.device("cpu")


def test_a_reach_may_be_the_least() -> None:
    assert [Row("a", figure, reach=2.0, at_least=True).met for figure in (2.0, 1.9, None)] == [True, False, None]


def test_without_a_gpu_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert gpu.main([]) == 2
    assert gpu.main(["--device", "cpu"]) == 2
    assert "no NVIDIA GPU" in capsys.readouterr().err


def test_a_run_keeps_the_rows_of_another_on_the_same_card(tmp_path: Path) -> None:
    out = tmp_path / "gpu.json"
    for card, name in (("one", "a"), ("one", "b"), ("one", "a")):
        gpu._store(out, {"card": card, "date": name, "run": "full"}, [Row(name, 1.0)])
    assert [row["name"] for row in json.loads(out.read_text())["rows"]] == ["b", "a"]
    gpu._store(out, {"card": "two", "date": "c", "run": "full"}, [Row("c", 1.0)])
    assert [row["name"] for row in json.loads(out.read_text())["rows"]] == ["c"]


def flops(module: torch.nn.Module, **arguments: Any) -> float:
    # Of attention torch counts its plain form alone.
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counted:
        module(**arguments, return_dict=False)
    return float(counted.get_total_flops())


def test_the_formula_for_wan_counts_what_torch_counts() -> None:
    module = WanTransformer3DModel(
        num_attention_heads=4, attention_head_dim=32, ffn_dim=384, num_layers=4, text_dim=64
    ).eval()
    latents = torch.randn(1, 16, 3, 24, 24)
    counted = flops(
        module, hidden_states=latents, timestep=torch.tensor([1.0]), encoder_hidden_states=torch.randn(1, 512, 64)
    )
    assert wan_flops(module.config, latents.shape[2:]) == pytest.approx(counted, rel=0.05)


def test_the_formula_for_hunyuan_counts_what_torch_counts() -> None:
    module = HunyuanVideo15Transformer3DModel(
        num_attention_heads=4,
        attention_head_dim=32,
        num_layers=6,
        num_refiner_layers=1,
        text_embed_dim=64,
        text_embed_2_dim=64,
        image_embed_dim=64,
        rope_axes_dim=(8, 12, 12),
        task_type="t2v",
    ).eval()
    latents = torch.randn(1, 65, 4, 16, 16)
    counted = flops(
        module,
        hidden_states=latents,
        timestep=torch.tensor([1.0]),
        encoder_hidden_states=torch.randn(1, 1000, 64),
        encoder_attention_mask=torch.ones(1, 1000),
        encoder_hidden_states_2=torch.randn(1, 256, 64),
        encoder_attention_mask_2=torch.ones(1, 256),
        image_embeds=torch.zeros(1, 729, 64),
    )
    # The refiner and the second text's projection, which it leaves out, are a larger part of so small a model.
    assert hunyuan15_flops(module.config, latents.shape[2:]) == pytest.approx(counted, rel=0.3)


def test_the_models_are_those_of_the_catalogue_in_their_full_size() -> None:
    tflops = {"wan2.1-1.3b": 283, "wan2.1-14b": 1678.4}
    for key, expected in tflops.items():
        made = design(key, is_tiny=False)
        with torch.device("meta"):
            config = made.parts["transformer"]().config
        assert made.flops(config, made.latents) / 1e12 == pytest.approx(expected, rel=1e-3)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("key", KEYS)
def test_weights_have_the_types_that_loading_gives_them(key: str, tmp_path: Path) -> None:
    made = build(design(key, is_tiny=True), CPU, torch.bfloat16, vae=torch.float32)
    for name, module in made.items():
        if not isinstance(module, torch.nn.Module):
            continue
        module.save_pretrained(tmp_path / name)
        word = "torch_dtype" if type(module).__module__.startswith("diffusers") else "dtype"
        wanted = torch.float32 if name == "vae" else torch.bfloat16
        loaded = type(module).from_pretrained(tmp_path / name, local_files_only=True, **{word: wanted})
        assert types(module) == types(loaded)
        assert not any(tensor.is_meta or not tensor.isfinite().all() for tensor in module.parameters())


def types(module: torch.nn.Module) -> dict[str, torch.dtype]:
    tensors = [*module.named_parameters(), *module.named_buffers()]
    return {name: tensor.dtype for name, tensor in tensors}


def run(out: Path, *words: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.gpu", "--device", "cpu", "--tiny", "--out", str(out), *words]
    done = subprocess.run(command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(out.read_text())
    return found


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("key", ["wan2.1-1.3b", "hunyuanvideo-1.5-480p"])
def test_every_arm_gives_figures_or_says_that_it_needs_a_gpu(tmp_path: Path, key: str) -> None:
    found = run(tmp_path / "gpu.json", "--models", key)
    assert {"date", "card", "driver", "versions", "rows"} <= found.keys()
    arms: dict[str, list[dict[str, Any]]] = {}
    for row in found["rows"]:
        arms.setdefault(row["name"].removeprefix(f"{key}, ").partition(":")[0], []).append(row)
    assert arms.keys() == set(ARMS)
    for arm, rows in arms.items():
        for row in rows:
            if row["figure"] is None:
                assert "needs an NVIDIA GPU" in row["note"]
                assert arm in {"compile", "ledger", "attention"}
            else:
                assert row["figure"] > 0
    names = {row["name"].partition(": ")[2] for row in arms["dense"]}
    assert {"a step", "denoiser", "text stage", "decode stage", "package stage", "whole clip, 50 steps"} <= names
    assert sum(row["figure"] is not None for row in arms["vae"]) == 4
    assert arms["attention"][0]["figure"] is not None


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_models_take_turns(tmp_path: Path) -> None:
    rows = run(tmp_path / "gpu.json", "--models", *gpu.SWAP, "--arms", "swap")["rows"]
    assert len(rows) == 4
    assert all(row["figure"] > 0 for row in rows)
