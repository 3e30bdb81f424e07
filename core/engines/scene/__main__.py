"""The scene engine's child process: ``python -m core.engines.scene``."""

from core.engines.child import serve
from core.engines.scene.engine import make_clip

if __name__ == "__main__":
    serve(make_clip)
