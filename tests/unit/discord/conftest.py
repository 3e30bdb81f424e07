"""The town of those tests that look at what becomes of a clip."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.discord.people import Person
from tests.discord.state import Channel
from tests.unit.discord.town import Town, open_town


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        yield opened
        assert opened.api.violations == []
        # Discord's document does not know media channels yet.
        assert [one for one in opened.api.misfits if "GET /channels/{channel_id} 200 .type" not in one] == []
        assert opened.api.complaints == []
        assert opened.adapter.client._connection._view_store._views == {}


@pytest.fixture
def ann(town: Town) -> Person:
    return town.api.person("Ann", installed=True)


@pytest.fixture
def general(town: Town, ann: Person) -> Channel:
    return town.api.channel(town.api.guild("Zoo", ann), "general")
