"""The film engine's child process: ``python -m core.engines.film``."""

import os

# Before numpy is loaded, whose threads would spin at their start: a quarter of a second of a core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import cv2

from core.engines.child import serve
from core.engines.film.engine import make_film

if __name__ == "__main__":
    # One core a clip: several children share the machine, and threads on small pictures only spin.
    cv2.setNumThreads(1)
    serve(make_film)
