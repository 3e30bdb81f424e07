"""The child process of this engine: ``python -m core.engines.local CONFIG``, with ``LocalConfig`` as JSON."""

import os
import sys

from core.engines.local.allocator import VARIABLE, allocator_settings

# Before torch is loaded. Weights are files on this disk: nothing here may ask a hub.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault(VARIABLE, allocator_settings())

import threading
from functools import partial

import diffusers
import structlog
import transformers

from core.engines.child import Task, serve_tasks
from core.engines.local.config import LocalConfig
from core.engines.local.open import open_studio
from core.engines.local.rehearsal import rehearse
from core.errors import PiyingError
from core.logs import configure_logs

log = structlog.get_logger(__name__)


def main() -> None:
    """Serve until the parent is gone. Without a device every task is told so."""
    config = LocalConfig.model_validate_json(sys.argv[1])
    configure_logs(config.log_format, config.log_level)
    _hush_libraries()
    try:
        studio = open_studio(config)
    except PiyingError as error:
        log.critical("local.not_open", device=config.device, error=error.code)
        serve_tasks(partial(_refuse, error))
    else:
        serve_tasks(studio.take, partial(rehearse, studio))
    threading.Event().wait()


def _hush_libraries() -> None:
    """Warnings about what is not installed, and bars for weights, say nothing to whoever reads a server's log."""
    for library in (diffusers, transformers):
        library.utils.logging.set_verbosity_error()
        library.utils.logging.disable_progress_bar()


def _refuse(error: PiyingError, task: Task) -> None:
    task.fail(error)


if __name__ == "__main__":
    main()
