"""An intake over a store and fakes, for tests that need somebody to take a request in."""

from functools import cache
from pathlib import Path
from typing import Any

from core.catalogue.catalogue import Catalogue
from core.catalogue.load import load_catalogue, load_models
from core.intake import Intake
from core.metrics import Metrics
from core.ports import Store
from core.quotas.limits import Limits
from core.types import Address, Options, Request
from tests.fakes import FakeClipStore, FakeClock, FakeEngine, FakeModerator, FakeQueue, FakeTranslator
from tests.stores import ALICE

_SPOKEN = {
    "vertical": Options(ratio="9:16"),
    "6s": Options(seconds=6),
    "720p": Options(resolution="720p"),
    "seed7": Options(seed=7),
    "hd": Options(recipe="hd"),
}


def read_prompt(text: str) -> tuple[str, Options]:
    """One option at most, spoken as a word of its own."""
    words = text.split()
    spoken = next((_SPOKEN[word] for word in words if word in _SPOKEN), Options())
    return " ".join(word for word in words if word not in _SPOKEN), spoken


def read_negative(text: str) -> tuple[str, str]:
    """What follows a "but not" is not to be there."""
    prompt, _, negative = text.partition(" but not ")
    return prompt, negative


@cache
def _catalogue() -> Catalogue:
    return load_catalogue()


def make_intake(store: Store, **changes: Any) -> Intake:
    """An intake whose parts are fakes but for the store and the catalogue; ``changes`` replace them."""
    parts: dict[str, Any] = {
        "queue": FakeQueue(),
        "engines": {"scene": FakeEngine()},
        "catalogue": _catalogue(),
        "translator": FakeTranslator(),
        "rewriter": None,
        "moderator": FakeModerator(),
        "read_prompt": read_prompt,
        "read_negative": read_negative,
        "clock": FakeClock(),
        "limits": Limits(),
        "timezone": "UTC",
        "metrics": Metrics(),
        "clips": FakeClipStore(Path()),
    }
    return Intake(store=store, **(parts | changes))


def painter(pictures: tuple[str, ...]) -> Catalogue:
    """The scene engine's recipes, as if it took pictures."""
    model = load_models()[0]
    return Catalogue((model.model_copy(update={"card": model.card.model_copy(update={"pictures": pictures})}),))


def ask(prompt: str = "a cat", *, key: str = "key", address: Address = ALICE, **options: Any) -> Request:
    """A request in English."""
    return Request(key, address, prompt, "en", Options(**options))
