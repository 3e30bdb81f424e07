"""Turns a small Wan of random weights into what the engine costs beside the pipeline alone, as JSON.

Run as ``python -m bench.local_work SCRATCH PART HOUSE``, one part a process, on one thread of torch's.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import torch
from diffusers import AutoencoderKLWan, UniPCMultistepScheduler, WanPipeline, WanTransformer3DModel
from transformers import UMT5Config, UMT5EncoderModel

from bench.media import moving_frames
from bench.order import Order
from core.catalogue.cards import Model
from core.catalogue.load import enable, load_models
from core.costs import Cost
from core.engines.local.config import LocalConfig
from core.engines.local.device import Cpu
from core.engines.local.families import family
from core.engines.local.previews import Previewer
from core.engines.local.residency import Residency
from core.engines.local.studio import Studio
from core.engines.process import ProcessEngine
from core.media.packager import Package, Packager
from core.types import GenerationSpec, Progress
from tests.tiny import cards, tokenizers
from tests.tiny.parts import save, seeded

WIDTH, HEIGHT, FRAMES, STEPS = 128, 128, 17, 6
REPEATS, PREVIEWS, ROUNDS = 9, 20, 6
_LATENTS = (1, 16, 21, 60, 104)
"""Of 81 frames of 832x480."""
_PACKAGED = (832, 480, 81)


def card() -> Model:
    """A tiny Wan's, whose draft has more steps."""
    tiny = cards.card("wan", "t2v")
    draft = tiny.recipes[0]
    assert draft.local
    more = draft.local.model_copy(update={"num_inference_steps": STEPS})
    return tiny.model_copy(update={"recipes": (draft.model_copy(update={"local": more}),)})


def spec(prompt: str, seed: int) -> GenerationSpec:
    """A clip of the draft's."""
    model = card()
    return GenerationSpec(
        model.card.key, model.recipes[0].key, 1, prompt, seed, WIDTH, HEIGHT, FRAMES, fps=model.card.fps
    )


def config(house: Path) -> LocalConfig:
    """As the engine's child gets it."""
    return LocalConfig(
        models_folder=house / "models",
        models=(card().card.key,),
        cards_folder=house / "cards",
        device="cpu",
        threads=1,
        preview_every=0.0,
        warm_up=False,
    )


def build(_scratch: Path, house: Path) -> dict[str, float]:
    """The card and the weights: 8 layers of width 256, a VAE of base 8, umT5 of 3 layers."""
    text = UMT5Config(vocab_size=300, d_model=256, d_kv=32, d_ff=512, num_layers=3, num_heads=8)
    parts = {
        "tokenizer": tokenizers.t5(),
        "text_encoder": seeded(lambda: UMT5EncoderModel(text)),
        "transformer": seeded(
            lambda: WanTransformer3DModel(
                num_attention_heads=4, attention_head_dim=64, ffn_dim=1024, num_layers=8, text_dim=256
            )
        ),
        "vae": seeded(lambda: AutoencoderKLWan(base_dim=8, num_res_blocks=1)),
        "scheduler": UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000, flow_shift=3.0
        ),
    }
    model = card()
    cards.write_card(model, house / "cards")
    save(WanPipeline, parts, house / "models" / model.card.key)
    return {name: float(_size(part)) for name, part in parts.items() if isinstance(part, torch.nn.Module)}


def _size(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def overhead(scratch: Path, house: Path) -> list[dict[str, float]]:
    """The same clips by the bare pipeline and by the studio, in turn; each must have the same frames."""
    pipe, studio = _pipe(house), _studio(house)
    found = []
    for number in range(REPEATS + 1):
        prompt = f"cat number {number} walks"
        ways = [lambda prompt=prompt, number=number: _bare(pipe, prompt, number)]
        ways.append(lambda prompt=prompt, number=number: _ours(studio, scratch, prompt, number))
        taken: dict[str, Any] = {}
        for way in ways if number % 2 else reversed(ways):
            taken |= way()
        if taken.pop("bare frames") != taken.pop("our frames"):
            raise RuntimeError("the studio made other frames than the pipeline")
        found.append(taken)
    studio.close()
    return found[1:]


def _pipe(house: Path) -> Any:
    pipe = WanPipeline.from_pretrained(house / "models" / card().card.key, local_files_only=True, dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def _studio(house: Path) -> Studio:
    chosen = config(house)
    return Studio(chosen, enable(load_models(chosen.cards_folder), chosen.models), Residency(Cpu()))


def _bare(pipe: Any, prompt: str, seed: int) -> dict[str, Any]:
    recipe = card().recipes[0].local
    assert recipe
    began, cpu = time.perf_counter(), time.process_time()
    made = pipe(
        prompt=prompt,
        width=WIDTH,
        height=HEIGHT,
        num_frames=FRAMES,
        num_inference_steps=STEPS,
        guidance_scale=recipe.guidance_scale,
        generator=torch.Generator("cpu").manual_seed(seed),
        output_type="np",
    ).frames[0]
    taken = {"bare": time.perf_counter() - began, "bare cpu": time.process_time() - cpu}
    frames = (np.asarray(made) * 255).round().astype(np.uint8)
    return {**taken, "bare frames": hashlib.sha256(frames.tobytes()).hexdigest()}


def _ours(studio: Studio, scratch: Path, prompt: str, seed: int) -> dict[str, Any]:
    folder = scratch / f"run-{seed}"
    folder.mkdir()
    cpu = time.process_time()
    order = Order(spec(prompt, seed), folder)
    studio.take(order)
    order.wait()
    return {
        "ours": order.reached["encoding"] - order.began,
        "ours cpu": order.cpu["encoding"] - cpu,
        "package": order.ended - order.reached["encoding"],
        "our frames": order.clip.recipe["frames"],
    }


def packaging(scratch: Path, house: Path) -> dict[str, list[float]]:
    """Forwards of the denoiser, with a clip being packaged beside them and without, in turn; wall and CPU seconds."""
    transformer = _pipe(house).transformer
    latents, text = torch.randn(1, 16, 5, HEIGHT // 8, WIDTH // 8), torch.randn(1, 512, 256)

    def forward() -> tuple[float, float]:
        began, cpu = time.perf_counter(), time.thread_time()
        transformer(latents, torch.tensor([500.0]), text, return_dict=False)
        return time.perf_counter() - began, time.thread_time() - cpu

    frames, packager = list(moving_frames(_PACKAGED[2], *_PACKAGED[:2])), Packager()
    found: dict[str, list[float]] = {"quiet": [], "quiet cpu": [], "beside": [], "beside cpu": []}
    with torch.no_grad():
        forward()
        for number in range(ROUNDS):
            _note(found, "beside", _beside(packager, frames, scratch / f"{number}.mp4", forward))
            _note(found, "quiet", [forward() for _ in range(len(found["beside"]) - len(found["quiet"]))])
    packager.close()
    return found


def _note(found: dict[str, list[float]], name: str, taken: list[tuple[float, float]]) -> None:
    found[name] += [wall for wall, _ in taken]
    found[f"{name} cpu"] += [cpu for _, cpu in taken]


def _beside(
    packager: Packager, frames: list[np.ndarray], path: Path, forward: Callable[[], tuple[float, float]]
) -> list[tuple[float, float]]:
    """The forwards that began and ended while the clip was being encoded."""
    width, height, count = _PACKAGED
    session = packager.begin(
        Package(path, path.with_suffix(".jpg"), width, height, fps=16, num_frames=count, threads=1)
    )
    session.write(frames[0])

    def feed() -> None:
        for frame in frames[1:]:
            session.write(frame)
        session.finish()

    feeding = threading.Thread(target=feed)
    feeding.start()
    taken = []
    while feeding.is_alive():
        one = forward()
        if feeding.is_alive():
            taken.append(one)
    feeding.join()
    return taken


def preview(scratch: Path, house: Path) -> dict[str, list[float]]:
    """Milliseconds that a step waits for its preview, and until the preview is a file, at 832x480x81."""
    pipe, previewer, wan = _pipe(house), Previewer(1e-6), family("wan")
    projection, sample = torch.randn(17, 3), torch.randn(_LATENTS)
    waits, files = [], []
    for _ in range(PREVIEWS + 1):
        shown = threading.Event()
        began = time.perf_counter()
        latents = wan.unpack(pipe, None, sample)  # type: ignore[arg-type]
        assert latents is not None
        previewer.show(latents, projection, 4.2, scratch, lambda _name, shown=shown: shown.set())  # type: ignore[misc]
        waits.append(1000 * (time.perf_counter() - began))
        shown.wait(30)
        files.append(1000 * (time.perf_counter() - began))
    return {"waits": waits[1:], "files": files[1:]}


class Run:
    """As much of a job as the engine sees."""

    resume_token: str | None = None

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder

    def report(self, progress: Progress) -> None:
        """Nobody looks."""

    async def save(self, resume_token: str, cost: Cost | None = None) -> None:
        """Nothing is resumed."""

    async def is_cancelled(self) -> bool:
        """Nobody is."""
        return False


def worker(scratch: Path, house: Path) -> dict[str, float]:
    """The engine's real child: from its start to its first clip, one more, and what it and its packager hold."""
    return asyncio.run(_worker(scratch, house))


async def _worker(scratch: Path, house: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "core.engines.local", config(house).model_dump_json()]
    engine = ProcessEngine(command, lambda _spec: (), keeps_child=True)
    times = []
    for number in range(2):
        began = time.perf_counter()
        await engine.generate(spec(f"cat number {number}", number), Run(scratch / f"clip-{number}"))
        times.append(time.perf_counter() - began)
    child, packager = psutil.Process().children(recursive=True)
    found = {"first": times[0], "next": times[1], "child": _peak(child.pid), "packager": _peak(packager.pid)}
    await engine.close()
    return found


def _peak(pid: int) -> float:
    """MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    torch.set_num_threads(1)
    part = {"build": build, "overhead": overhead, "packaging": packaging, "preview": preview, "worker": worker}
    print(json.dumps(part[sys.argv[2]](Path(sys.argv[1]), Path(sys.argv[3]))), flush=True)
    # The studio's threads may be within torch, which does not survive an orderly end around them.
    os._exit(0)
