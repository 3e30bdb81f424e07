"""Turns ``/settings`` into a menu of what its user chose for good, and a press on it into another choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message

from bots.presenter import recipe_name
from bots.telegram.call import Call
from bots.telegram.choices import Field, Value, chosen, overview, values_of, yes_or_no
from bots.telegram.desk import Buttons, Desk, Verbs
from bots.telegram.press import Press
from bots.telegram.speech import acknowledge, change, say, whisper
from bots.telegram.start import bot_link
from translation.localiser import LOCALES, Localiser

VERB = "set"
_LENGTHS = (2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_RATIOS = {"16:9": "ratio-landscape", "9:16": "ratio-portrait", "1:1": "ratio-square"}


def fields(recipes: Sequence[str]) -> tuple[Field, ...]:
    """What a user can choose; ``recipes`` are those there are."""
    return (
        Field("locale", (None, *LOCALES), language),
        Field("recipe", (None, *recipes), recipe_label(recipes, "choice-automatic")),
        Field("ratio", (None, *_RATIOS), _ratio),
        Field("seconds", (None, *_LENGTHS), _seconds),
        yes_or_no("quiet"),
    )


async def show(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """The menu; in a group, the way to the private chat, where nobody looks on."""
    del message, rest
    text = call.localiser.text
    if not call.is_private:
        way = InlineKeyboardButton(text("open-private"), url=bot_link(desk.bot, "settings"))
        await whisper(desk, call, text("settings-alone"), InlineKeyboardMarkup([[way]]))
        return
    keyboard = overview(call.localiser, VERB, fields(desk.recipes), await desk.commands.user_settings(call.address))
    await say(desk, call, text("settings"), keyboard)


async def press(desk: Desk, call: Call, press_: Press) -> None:
    """Open a setting, or choose a value and go back to them all."""
    if not call.is_private:
        await acknowledge(desk, call)
        return
    settings = await desk.commands.user_settings(call.address)
    field = next((one for one in fields(desk.recipes) if one.name == press_.code), None)
    changes = chosen(field, press_, settings) if field else None
    if changes is not None:
        settings = await desk.commands.set_user_settings(call.address, **changes)
    # Only now: a press is answered once, and a refusal is an answer.
    await acknowledge(desk, call)
    localiser = Localiser(settings.locale) if settings.locale else call.localiser
    if field is None or changes is not None:
        keyboard = overview(localiser, VERB, fields(desk.recipes), settings)
        await change(desk, call, localiser.text("settings"), keyboard)
    else:
        title = localiser.text(f"setting-{field.name}-why")
        await change(desk, call, title, values_of(localiser, VERB, field, settings))


def language(localiser: Localiser, value: Value) -> str:
    if value is None:
        return localiser.text("choice-language-app")
    return Localiser("zh-Hans" if value == "zh-Hans" else "en").text("language-name")


def recipe_label(recipes: Sequence[str], unset: str) -> Callable[[Localiser, Value], str]:
    """What users call a recipe; one that was chosen and is gone since is called by its key."""

    def label(localiser: Localiser, value: Value) -> str:
        if value is None:
            return localiser.text(unset)
        return recipe_name(localiser, str(value)) if value in recipes else str(value)

    return label


def _ratio(localiser: Localiser, value: Value) -> str:
    return localiser.text("choice-automatic" if value is None else _RATIOS.get(str(value), "choice-automatic"))


def _seconds(localiser: Localiser, value: Value) -> str:
    return localiser.text("choice-automatic") if value is None else localiser.text("seconds", seconds=f"{value:g}")


VERBS: Verbs = {"settings": show}
BUTTONS: Buttons = {VERB: press}
