"""What the command line changes in its process is put back."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """A command takes the umask for itself (``piying.__main__``); it is the same process here."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)
