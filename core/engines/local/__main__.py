"""The child process of this engine: ``python -m core.engines.local CONFIG``, with ``LocalConfig`` as JSON."""

import os
import sys

# Before torch is loaded. Weights are files on this disk: nothing here may ask a hub.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")

import threading
from functools import partial

from core.engines.child import Task, serve_tasks
from core.engines.local.config import LocalConfig
from core.engines.local.open import open_studio
from core.engines.local.rehearsal import rehearse
from core.errors import PiyingError


def main() -> None:
    """Serve until the parent is gone. Without a device every task is told so."""
    try:
        studio = open_studio(LocalConfig.model_validate_json(sys.argv[1]))
    except PiyingError as error:
        serve_tasks(partial(_refuse, error))
    else:
        serve_tasks(studio.take, partial(rehearse, studio))
    threading.Event().wait()


def _refuse(error: PiyingError, task: Task) -> None:
    task.fail(error)


if __name__ == "__main__":
    main()
