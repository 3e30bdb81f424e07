"""Turns a message id and its details into a sentence in the user's language."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from importlib.resources import files

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import ast
from fluent.syntax.visitor import Visitor

from core.types import Locale

LOCALES: tuple[Locale, ...] = ("en", "zh-Hans")
_BY_LANGUAGE: dict[str, Locale] = {"en": "en", "zh": "zh-Hans"}


class Localiser:
    """Sentences of ``locales/<locale>.ftl``. Cheap to make: each file is read once a process."""

    def __init__(self, locale: Locale) -> None:
        self.locale = locale
        self._bundle, self._choices = _load(locale)

    def text(self, message_id: str, **details: str | float) -> str:
        """The sentence, with numbers and plurals as the language has them.

        Raises:
            LookupError: there is no such message, or it needs a detail that is not given. A detail that only chooses
                between variants may be left out; the default variant is taken then.
        """
        message = self._bundle.get_message(message_id) if self._bundle.has_message(message_id) else None
        if message is None or message.value is None:
            raise LookupError(f"no message {message_id!r} in {self.locale}")
        text, errors = self._bundle.format_pattern(message.value, {**self._choices[message_id], **details})
        if errors:
            raise LookupError(f"message {message_id!r} in {self.locale}: {errors[0]}")
        return str(text)


def choose_locale(wishes: str) -> Locale:
    """The best of our locales for a language tag (``zh-TW``, ``zh_CN.UTF-8``) or an ``Accept-Language`` header.

    Every Chinese is ``zh-Hans``; where neither language is wished for, English.
    """
    ranked: list[tuple[float, Locale]] = []
    for wish in wishes.split(","):
        tag, _, parameter = wish.partition(";")
        locale = _BY_LANGUAGE.get(tag.strip().replace("_", "-").partition("-")[0].partition(".")[0].lower())
        if locale and (quality := _quality(parameter)) > 0:
            ranked.append((quality, locale))
    return max(ranked, key=lambda entry: entry[0])[1] if ranked else "en"


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    try:
        return float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0


@cache
def _load(locale: Locale) -> tuple[FluentBundle, defaultdict[str, dict[str, str]]]:
    """The bundle, and for each message the empty value of details that only choose between its variants."""
    source = (files("translation") / "locales" / f"{locale}.ftl").read_text("utf-8")
    resource = FluentResource(source)
    # No isolation marks: they would travel into captions, file names and what people copy.
    bundle = FluentBundle([locale], use_isolating=False)
    bundle.add_resource(resource)
    choices: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for entry in resource.body:
        if isinstance(entry, ast.Message):
            uses = _Uses()
            uses.visit(entry)
            choices[entry.id.name] = dict.fromkeys(uses.selectors - uses.shown, "")
    return bundle, choices


class _Uses(Visitor):
    """Which details a message chooses by, and which it shows."""

    def __init__(self) -> None:
        self.selectors: set[str] = set()
        self.shown: set[str] = set()

    def visit_SelectExpression(self, node: ast.SelectExpression) -> None:  # noqa: N802 - the visitor's own spelling
        if isinstance(node.selector, ast.VariableReference):
            self.selectors.add(node.selector.id.name)
        for variant in node.variants:
            self.visit(variant)

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802
        self.shown.add(node.id.name)
