"""The scene engine's child process: ``python -m core.engines.scene``."""

import cv2

from core.engines.child import serve
from core.engines.scene.engine import make_clip

if __name__ == "__main__":
    # One core a clip: several children share the machine, and threads on small pictures only spin.
    cv2.setNumThreads(1)
    serve(make_clip)
