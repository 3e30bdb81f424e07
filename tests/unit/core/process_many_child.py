"""A child that works on several jobs at once, each in a thread; the prompt says what it does."""

import os
import threading
import time
from pathlib import Path

from core.engines.child import Cancelled, Task, serve_tasks
from core.types import Clip, Progress


def take(task: Task) -> None:
    threading.Thread(target=work, args=(task,), daemon=True).start()


def work(task: Task) -> None:
    word, _, mark = task.spec.prompt.partition(" ")
    if mark:
        with Path(mark).open("a") as file:
            file.write(f"{word} {os.getpid()}\n")
    task.report(Progress("drawing", 0.0))
    try:
        match word:
            case "wait":
                task.cancelled.wait(60)
                task.check()
            case "deaf":
                time.sleep(60)
            case "shout":
                task.show("!" * (2 << 20))
            case "slow":
                time.sleep(0.6)
    except Cancelled as withdrawn:
        task.fail(withdrawn)
        return
    for name in ("clip.mp4", "poster.jpg"):
        (task.folder / name).write_text(str(os.getpid()))
    task.finish(Clip(task.folder / "clip.mp4", task.folder / "poster.jpg", 854, 480, 4.0, 5, {}))


def get_ready() -> None:
    Path(os.environ["READY"]).write_text(str(os.getpid()))


if __name__ == "__main__":
    serve_tasks(take, get_ready if "READY" in os.environ else None)
    threading.Event().wait()
