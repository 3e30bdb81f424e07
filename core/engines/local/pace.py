"""How long things took here before, and so how long they will take."""

from __future__ import annotations

import statistics
import threading
from collections import defaultdict, deque
from collections.abc import Hashable

_KEPT = 9


class Pace:
    """Remembers the last durations of each kind of work, in seconds."""

    def __init__(self) -> None:
        self._took: dict[Hashable, deque[float]] = defaultdict(lambda: deque(maxlen=_KEPT))
        self._lock = threading.Lock()

    def note(self, work: Hashable, seconds: float) -> None:
        """It took so long."""
        with self._lock:
            self._took[work].append(seconds)

    def guess(self, work: Hashable) -> float | None:
        """The middle of what was measured; None where nothing was."""
        with self._lock:
            took = self._took.get(work)
            return statistics.median(took) if took else None
