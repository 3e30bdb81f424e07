"""The machine's time as core's Clock port."""

import time


class SystemClock:
    """Seconds since the epoch."""

    def now(self) -> float:
        """See the port."""
        return time.time()
