"""Turns places in the gallery into addresses, and addresses back into places."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode, urlsplit

from core.showcase.exhibits import Entry, Mark, Period
from core.types import Locale

PATH = "/gallery"
FEED, OEMBED, STYLE = f"{PATH}/feed.atom", f"{PATH}/oembed", f"{PATH}/gallery.css"
CODE = r"{code:[0-9A-Za-z]{1,16}}"
EVER = "ever"
_CLIP = re.compile(rf"{PATH}/([0-9A-Za-z]{{1,16}})/?")
_MARK = re.compile(r"(\d{1,9})_(\d{1,12}(?:\.\d{1,9})?)_([0-9A-Z]{1,16})")
_HOST = re.compile(r"(?:[0-9A-Za-z._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")


@dataclass(frozen=True)
class Links:
    """``origin`` is such as ``https://films.example.org``; ``chosen`` is the language that a link asked for."""

    origin: str
    chosen: Locale | None = None

    def page(self, path: str = PATH, **query: str) -> str:
        """A path of this page, in the language that was chosen."""
        asked = {**query, **({"lang": self.chosen} if self.chosen else {})}
        return f"{path}?{urlencode(asked)}" if asked else path

    def clip(self, code: str) -> str:
        """The page of one clip."""
        return self.page(f"{PATH}/{code}")

    def whole(self, path: str) -> str:
        """The same with its origin, for readers elsewhere."""
        return f"{self.origin}{path}"

    def oembed(self, code: str) -> str:
        """Where others learn how to show a clip within their own pages."""
        return self.whole(f"{OEMBED}?format=json&url={quote(self.whole(f'{PATH}/{code}'), safe='')}")

    def in_language(self, locale: Locale) -> Links:
        """The same in another language."""
        return replace(self, chosen=locale)


def origin_of(url: str | None, scheme: str, host: str) -> str:
    """The gallery's own, or of who did not set one what the request was sent to, where that is a host's name."""
    if url:
        return url
    return f"{scheme}://{host}" if _HOST.fullmatch(host) else f"{scheme}://localhost"


def pack(entry: Entry) -> str:
    """The mark after an entry, for an address."""
    return f"{entry.votes}_{entry.shown_at:.9f}_{entry.code}"


def unpack(text: str) -> Mark | None:
    """None where it is none."""
    found = _MARK.fullmatch(text)
    return Mark(float(found[2]), found[3], int(found[1])) if found else None


def code_in(url: str) -> str | None:
    """The code of the clip whose page an address leads to, on whichever host: it may have several names."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    found = _CLIP.fullmatch(parts.path)
    return found[1].upper() if found and parts.scheme in {"http", "https"} else None


def read_period(text: str) -> Period | None:
    """None is for ever."""
    if text == EVER:
        return None
    return Period(text) if text in set(Period) else Period.WEEK
