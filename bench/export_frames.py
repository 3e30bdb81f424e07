"""Turns stored frames into a clip by diffusers' ``export_to_video``, and says what CPU it took, as JSON.

Run by an interpreter that has diffusers: ``python bench/export_frames.py FRAMES.npy imageio|opencv``. Frames are handed
over as PIL images, which cost it less than the arrays of floats that pipelines return.
"""

import json
import resource
import sys
from pathlib import Path

import numpy as np
from diffusers.utils import export_utils
from PIL import Image

FPS = 24


def cpu_seconds() -> float:
    """User and system, of this process and of those it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """The first call with few frames pays for looking up ffmpeg's version, once a process."""
    stored = Path(sys.argv[1])
    names = {"imageio": "export_to_video", "opencv": "_legacy_export_to_video"}
    export = getattr(export_utils, names[sys.argv[2]])
    images = [Image.fromarray(frame) for frame in np.load(stored)]
    target = stored.with_suffix(f".{sys.argv[2]}.mp4")
    export(images[:2], str(target), fps=FPS)
    before = cpu_seconds()
    export(images, str(target), fps=FPS)
    print(json.dumps({"cpu": cpu_seconds() - before, "bytes": target.stat().st_size}))


if __name__ == "__main__":
    main()
