"""Turns what a user and a chat chose for good into the options that stand where a request says nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from core.catalogue.cards import ModelCard, Pictures
from core.catalogue.catalogue import Catalogue
from core.catalogue.sequels import recipes_for, suited
from core.errors import Refusal, Unsupported
from core.preferences import NO_CHAT, NO_USER, ChatSettings, UserSettings
from core.types import Note, Options, Request


@dataclass(frozen=True)
class Chosen:
    """The settings that a request is read under."""

    user: UserSettings = NO_USER
    chat: ChatSettings = NO_CHAT


NOTHING_CHOSEN = Chosen()


def require_open(chat: ChatSettings, request: Request) -> None:
    """Let only requests pass that the chat's administrators leave room for.

    Raises:
        Refusal: ``chat-paused``, ``chat-not-allowed``, with those that are, or ``unlabelled-not-here``.
    """
    if chat.paused:
        raise Refusal("chat-paused")
    server = request.place.server
    if server and chat.channels and not set(chat.channels) & set(server.chats):
        raise Refusal("chat-not-allowed", known=", ".join(chat.channels))
    if request.unlabelled and chat.labelled:
        raise Refusal("unlabelled-not-here")


def require_recipe(chat: ChatSettings, recipe: str) -> None:
    """Let only recipes pass that the chat allows.

    Raises:
        Unsupported: ``recipe-not-here``, with those that it allows.
    """
    if chat.recipes and recipe not in chat.recipes:
        raise Unsupported("recipe-not-here", value=recipe[:40], known=", ".join(chat.recipes))


def with_defaults(
    asked: Options, request: Request, chosen: Chosen, catalogue: Catalogue
) -> tuple[Options, tuple[Note, ...]]:
    """The options with the settings below them; a note for each setting that the recipe cannot follow.

    Raises:
        Unsupported: a recipe was asked for that there is not, or not in this chat; or none goes on from a picture.
    """
    filling = _Filling(asked, request, chosen, catalogue)
    filling.recipe()
    require_recipe(chosen.chat, filling.options.recipe or catalogue.default)
    card, recipe = catalogue.choose(filling.options.recipe)
    if request.continues:
        filling.options, notes = suited(filling.options, card, recipe)
        filling.notes += notes
    filling.fill("ratio", chosen.user.ratio, lambda ratio: ratio in card.ratios)
    filling.fill("seconds", chosen.user.seconds, lambda seconds: card.frames(seconds) is not None)
    return filling.options, tuple(filling.notes)


@dataclass
class _Filling:
    options: Options
    request: Request
    chosen: Chosen
    catalogue: Catalogue
    notes: list[Note] = field(default_factory=list)

    def recipe(self) -> None:
        """The user's where it will do; else everybody's, or the first that the chat allows."""
        if self.request.continues:
            self._go_on()
            return
        if self.options.recipe is not None:
            return
        self.fill("recipe", self.chosen.user.recipe, self._will_do)
        if self.options.recipe is None and not self._will_do(self.catalogue.default):
            usable = next(filter(self._will_do, self._allowed()), None)
            self.options = replace(self.options, recipe=usable or next(iter(self._allowed()), None))

    def _go_on(self) -> None:
        """What goes on from a clip is made of a picture, which not every recipe takes; that another is taken is told.

        Raises:
            Unsupported: ``continue-unsupported``: none here does.
        """
        asked = self.options.recipe
        usable = next(filter(self._will_do, recipes_for(self.catalogue, asked, self.chosen.user.recipe)), None)
        if usable is None:
            raise Unsupported("continue-unsupported")
        if usable not in {asked, None if asked else self.chosen.user.recipe or self.catalogue.default}:
            self.notes.append(Note("continued-by", {"recipe": usable}))
        self.options = replace(self.options, recipe=usable)

    def fill(self, setting: str, value: object, will_do: Callable[..., bool]) -> None:
        """Take a setting over, or say that it was left out."""
        if value is None or getattr(self.options, setting) is not None:
            return
        if will_do(value):
            self.options = replace(self.options, **{setting: value})  # type: ignore[arg-type]
        else:
            shown = f"{value:g}" if isinstance(value, float) else str(value)
            self.notes.append(Note(f"{setting}-left-out", {"asked": shown}))

    def _allowed(self) -> Sequence[str]:
        """Of the chat's own, where it has some, those that there are."""
        known = self.catalogue.recipes
        return [key for key in self.chosen.chat.recipes if key in known]

    def _will_do(self, recipe: str) -> bool:
        """It is there, allowed, and takes the pictures that came with the request, or none."""
        if recipe not in self.catalogue.recipes or (
            self.chosen.chat.recipes and recipe not in self.chosen.chat.recipes
        ):
            return False
        card, _ = self.catalogue.choose(recipe)
        return takes(card, self.request)


def takes(card: ModelCard, request: Request) -> bool:
    """Whether the model is given what it needs, and no picture that it does not take."""
    given: Pictures = "first-last" if request.last_image else "first" if request.image else "none"
    return given in card.pictures
