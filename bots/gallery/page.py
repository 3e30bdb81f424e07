"""Turns exhibits into pages: HTML that asks nothing of any other site and needs no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from bots.gallery.links import EVER, FEED, PATH, Links, pack
from bots.gallery.meta import clip_head, list_head
from bots.gallery.texts import Words, alt_of, iso, prompts_of, recipe_of, title_of
from core.reports import LONGEST_TEXT, ReportReason
from core.showcase.exhibits import Exhibit, Period
from core.types import Locale
from translation.localiser import Localiser

PAGE = 12
"""Clips: their cards are at most 5.5 kB each."""
NEWEST = "newest"
LISTS = (NEWEST, *(f"top-{one}" for one in (Period.WEEK, Period.MONTH, EVER)))
_OTHER: Mapping[Locale, Locale] = {"en": "zh-Hans", "zh-Hans": "en"}
_NAMES: Mapping[Locale, str] = {"en": "English", "zh-Hans": "中文"}

Lineage = Sequence[tuple[str, Exhibit | None]]


@dataclass(frozen=True)
class Frame:
    """What all pages have: the language, addresses, and where this page is, with what its path is asked for."""

    localiser: Localiser
    links: Links
    here: str
    asked: Mapping[str, str]


def list_page(frame: Frame, name: str, exhibits: Sequence[Exhibit], *, is_first: bool) -> str:
    """A page of a list (one of ``LISTS`` or ``top-day``); of more exhibits than a page holds the rest is for later."""
    text = frame.localiser.text
    shown, rest = exhibits[:PAGE], exhibits[PAGE:]
    heading = text(f"gallery-{name}")
    cards = "".join(_card(frame, one) for one in shown)
    more = ""
    if rest:
        url = frame.links.page(frame.here, **{**frame.asked, "after": pack(shown[-1].entry)})
        more = f'<p><a class="more" rel="next" href="{escape(url)}">{escape(text("gallery-more"))}</a></p>'
    main = _template("list.html").substitute(
        heading=escape(heading),
        about=escape(text("gallery-about")),
        cards=f'<ul class="cards">{cards}</ul>' if shown else f"<p>{escape(text('gallery-none'))}</p>",
        more=more,
    )
    title = f"{heading} · {text('gallery-title')} · {text('gallery-site')}"
    return _whole(frame, title, list_head(frame.localiser, frame.links, frame.here, is_first=is_first), main, name)


def clip_page(frame: Frame, exhibit: Exhibit, lineage: Lineage, told: str = "", *, is_open: bool = False) -> str:
    """The page of one clip; ``told`` is what became of a report, and ``is_open`` shows the form for one."""
    text, entry = frame.localiser.text, exhibit.entry
    assert exhibit.job.clip is not None
    title, alt = title_of(frame.localiser, exhibit), alt_of(frame.localiser, exhibit)
    values = {
        **_media(exhibit),
        "title": title,
        "alt": alt,
        "label": text("gallery-label"),
        "votes": text("gallery-votes", votes=entry.votes),
        "shown_name": text("gallery-shown"),
        "shown": iso(entry.shown_at),
        "day": iso(entry.shown_at)[:10],
        "vote_how": text("gallery-vote-how", code=entry.code),
        "remix_how": text("gallery-remix-how" if entry.remix else "gallery-no-remix", code=entry.code),
        "recipe_name": text("gallery-recipe"),
        "report": text("gallery-report"),
        "report_url": frame.links.page(f"{PATH}/{entry.code}/report"),
        "reason_name": text("gallery-report-reason"),
        "text_name": text("gallery-report-text"),
        "longest": str(LONGEST_TEXT),
        "send": text("gallery-report-send"),
        "back": text("gallery-back"),
        "back_url": frame.links.page(),
    }
    parts = {
        "told": f'<p class="told" role="status">{escape(told)}</p>' if told else "",
        "prompts": _prompts(frame, exhibit),
        "lineage": _lineage(frame, lineage),
        "recipe": "".join(_pair(*row) for row in recipe_of(frame.localiser, exhibit)),
        "reasons": "".join(_reason(frame.localiser, reason) for reason in ReportReason),
        "open": " open" if is_open else "",
    }
    main = _template("clip.html").substitute(_escaped(values), **parts)
    head = clip_head(frame.localiser, frame.links, exhibit)
    return _whole(frame, f"{title} · {text('gallery-site')}", head, main, "")


def embed_page(frame: Frame, exhibit: Exhibit) -> str:
    """The clip alone, for pages of others to hold."""
    values = {
        **_media(exhibit),
        "locale": frame.localiser.locale,
        "title": title_of(frame.localiser, exhibit),
        "alt": alt_of(frame.localiser, exhibit),
        "label": frame.localiser.text("gallery-label"),
        "url": frame.links.clip(exhibit.entry.code),
    }
    return _template("embed.html").substitute(_escaped(values))


def gone_page(frame: Frame) -> str:
    """What is not there, or no longer."""
    text = frame.localiser.text
    main = (
        f"<h1>{escape(text('gallery-gone-title'))}</h1><p>{escape(text('gallery-gone'))}</p>"
        f'<p><a href="{escape(frame.links.page())}">{escape(text("gallery-back"))}</a></p>'
    )
    head = '<meta name="robots" content="noindex">'
    return _whole(frame, f"{text('gallery-gone-title')} · {text('gallery-site')}", head, main, "")


def style() -> bytes:
    """The stylesheet of all pages."""
    return (files("bots.gallery") / "static" / "gallery.css").read_bytes()


def _whole(frame: Frame, title: str, head: str, main: str, name: str) -> str:
    text, locale = frame.localiser.text, frame.localiser.locale
    other = _OTHER[locale]
    values = {
        "locale": locale,
        "title": title,
        "feed": text("gallery-feed"),
        "feed_url": frame.links.page(FEED),
        "skip": text("gallery-skip"),
        "home": frame.links.page(),
        "lists": text("gallery-lists"),
        "other": other,
        "other_name": _NAMES[other],
        "other_url": frame.links.in_language(other).page(frame.here, **frame.asked),
    }
    links = " ".join(_link(frame, one, is_here=one == name) for one in LISTS)
    return _template("page.html").substitute(_escaped(values), head=head, links=links, main=main)


def _link(frame: Frame, name: str, *, is_here: bool) -> str:
    period = name.removeprefix("top-")
    url = frame.links.page() if name == NEWEST else frame.links.page(f"{PATH}/top", period=period)
    current = ' aria-current="page"' if is_here else ""
    return f'<a href="{escape(url)}"{current}>{escape(frame.localiser.text(f"gallery-{name}"))}</a>'


def _card(frame: Frame, exhibit: Exhibit) -> str:
    text, entry = frame.localiser.text, exhibit.entry
    values = {
        "url": frame.links.clip(entry.code),
        "picture": f"{PATH}/{entry.code}-card.jpg",
        "width": _media(exhibit)["width"],
        "height": _media(exhibit)["height"],
        "alt": alt_of(frame.localiser, exhibit),
        "title": title_of(frame.localiser, exhibit),
        "label": text("gallery-label"),
        "votes": text("gallery-votes", votes=entry.votes),
    }
    return _template("card.html").substitute(_escaped(values))


def _media(exhibit: Exhibit) -> dict[str, str]:
    clip, base = exhibit.job.clip, f"{PATH}/{exhibit.entry.code}"
    assert clip is not None
    return {"width": str(clip.width), "height": str(clip.height), "poster": f"{base}.jpg", "video": f"{base}.mp4"}


def _prompts(frame: Frame, exhibit: Exhibit) -> str:
    text = frame.localiser.text
    names = {"en": text("gallery-prompt-english"), "zh": text("gallery-prompt-chinese")}
    typed, *others = prompts_of(exhibit) or [Words("", "")]
    named = [(text("gallery-prompt"), typed), *((names.get(one.language, ""), one) for one in others)]
    return "".join(
        f"<h2>{escape(name)}</h2>"
        f'<blockquote lang="{escape(words.language)}" dir="auto">{escape(words.text)}</blockquote>'
        for name, words in named
        if name and words.text
    )


def _lineage(frame: Frame, lineage: Lineage) -> str:
    if not lineage:
        return ""
    steps = "".join(f"<li>{_ancestor(frame, code, exhibit)}</li>" for code, exhibit in lineage)
    return f"<h2>{escape(frame.localiser.text('gallery-lineage'))}</h2><ol>{steps}</ol>"


def _ancestor(frame: Frame, code: str, exhibit: Exhibit | None) -> str:
    if exhibit is None:
        return f'{escape(code)} <span class="soft">({escape(frame.localiser.text("gallery-lineage-gone"))})</span>'
    url, title = frame.links.clip(code), title_of(frame.localiser, exhibit)
    return f'<a href="{escape(url)}"><bdi>{escape(title)}</bdi></a> ({escape(code)})'


def _reason(localiser: Localiser, reason: ReportReason) -> str:
    return f'<option value="{escape(reason)}">{escape(localiser.text(f"report-reason-{reason}"))}</option>'


def _pair(name: str, value: str) -> str:
    return f"<dt>{escape(name)}</dt><dd><bdi>{escape(value)}</bdi></dd>"


def _escaped(values: Mapping[str, str]) -> dict[str, str]:
    return {name: escape(value) for name, value in values.items()}


@cache
def _template(name: str) -> Template:
    return Template((files("bots.gallery") / "static" / name).read_text("utf-8"))
