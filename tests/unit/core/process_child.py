"""A child for the tests of ``core.engines.process``: the prompt says what it does."""

import errno
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from core.engines.child import serve
from core.errors import EngineBusy, EngineFault, EngineRefused
from core.types import Clip, GenerationSpec, Progress


def make(spec: GenerationSpec, folder: Path, report: Callable[[Progress], None]) -> Clip:
    match spec.prompt:
        case "refuse":
            raise EngineRefused
        case "busy":
            raise EngineBusy(retry_after=7)
        case "invalid":
            raise EngineFault("clip-invalid")
        case "bug":
            raise ZeroDivisionError
        case "full":
            raise OSError(errno.ENOSPC, "full")
        case "quota":
            raise OSError(errno.EDQUOT, "full")
        case "broken disk":
            raise OSError(errno.EIO, "broken")
        case "die":
            report(Progress("drawing", 0.5))
            os.abort()
        case "exit":
            os._exit(0)
        case "print":
            print("hello from Python")
            os.write(1, b'{"clip": "no"}\n')
            subprocess.run(["echo", "hello from a program"], check=True)
        case "hang":
            report(Progress("drawing", 0.0))
            time.sleep(600)
    for frame in range(3):
        report(Progress("drawing", frame / 2, float(2 - frame)))
    (folder / "clip.mp4").write_text(str(os.getpid()))
    (folder / "poster.jpg").write_text("poster")
    clip = Clip(
        folder / "clip.mp4", folder / "poster.jpg", spec.width, spec.height, spec.seconds, 5, {"seed": spec.seed}
    )
    return replace(clip, recipe={**clip.recipe, "词": "猫"})


if __name__ == "__main__":
    print("a library's greeting, before anything is served", flush=True)
    serve(make)
