"""Checks a keyboard as Telegram does."""

from __future__ import annotations

from typing import Any

from tests.telegram.errors import bad

MOST_BUTTONS = 100
_ACTIONS = {
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
}  # fmt: skip
_SCHEMES = ("http://", "https://", "tg://", "t.me/")


def check_markup(markup: dict[str, Any] | None, *, invoice: bool = False) -> dict[str, Any] | None:
    """The keyboard without empty rows; None where nothing is left.

    Raises:
        Refused: a button is wrong, or there are too many.
    """
    if not markup or "inline_keyboard" not in markup:
        return markup
    rows = [row for row in markup["inline_keyboard"] if row]
    buttons = [button for row in rows for button in row]
    if len(buttons) > MOST_BUTTONS:
        raise bad("reply markup is too long")
    for place, button in enumerate(buttons):
        _check_button(button, may_pay=invoice and place == 0)
    return {"inline_keyboard": rows} if rows else None


def _check_button(button: dict[str, Any], *, may_pay: bool) -> None:
    actions = _ACTIONS & button.keys()
    if not actions:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad(
            f"can't parse inline keyboard button: exactly one of the optional fields must be used: {sorted(actions)}"
        )
    if not button["text"].strip():
        raise bad("can't parse inline keyboard button: Button text must not be empty")
    if "url" in button and not button["url"].startswith(_SCHEMES):
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    if "pay" in button and not may_pay:
        raise bad("BUTTON_TYPE_INVALID")
    if button.get("style", "primary") not in {"primary", "success", "danger"}:
        raise bad("can't parse inline keyboard button: invalid button style specified")
