"""A videos API on a free port of this machine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.videos.videos_stage import Stand, open_stand


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    async with open_stand(tmp_path) as opened:
        yield opened
