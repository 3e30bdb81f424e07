"""What the tests of asking have at hand: Ann and Bob in a server, pictures, and refusals."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from PIL import Image

from core.intake import Receipt
from core.types import Job, Request, Translation
from tests.discord.interaction import Interaction
from tests.discord.people import Person
from tests.discord.resolving import Given
from tests.unit.discord.town import Town


class InEnglish:
    """Translates all that is not English yet."""

    names = ("gloss",)

    async def translate(self, text: str, languages: Sequence[str], *, by: str | None = None) -> Translation:
        if text.isascii():
            return Translation(text, "en", "none", translated=False)
        return Translation("two cats", "zh", "gloss", translated=True)


def people(town: Town) -> tuple[Person, Person]:
    """Ann and Bob."""
    ann, bob = (user for user in town.api.world.users.values() if user.name in {"Ann", "Bob"})
    return Person(town.api, ann), Person(town.api, bob)


def picture(colour: str = "red") -> Given:
    buffer = io.BytesIO()
    Image.new("RGB", (900, 600), colour).save(buffer, "PNG")
    return Given("cat.png", buffer.getvalue())


def refusing(town: Town, error: Exception, word: str) -> None:
    """Let what has the word in it be refused, unless it is declared."""
    video: Callable[[Request], Awaitable[Receipt]] = town.commands.video

    async def strict(request: Request) -> Receipt:
        if word in request.prompt and not request.declares:
            raise error
        return await video(request)

    town.commands.video = strict  # type: ignore[method-assign]


def values(asked: Interaction) -> list[str]:
    """What is suggested."""
    assert asked.choices is not None
    return [one["value"] for one in asked.choices]


def fields(opened: Interaction) -> list[dict[str, Any]]:
    """What the form asks for."""
    assert opened.modal
    return [one["component"] for one in opened.modal["components"]]


def found(town: Town, job: Job) -> Job:
    with town.store.look() as tx:
        again = tx.jobs.get(job.id)
    assert again
    return again
