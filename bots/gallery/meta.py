"""Turns a page into what other programs read of it: search engines, chats that unfurl links, readers of feeds."""

from __future__ import annotations

from html import escape
from typing import Any

from bots.gallery.links import PATH, Links
from bots.gallery.texts import alt_of, prompts_of, title_of
from core.showcase.exhibits import Exhibit
from core.showcase.showcase import one_line
from core.types import Locale
from translation.localiser import LOCALES, Localiser

_LONGEST_DESCRIPTION = 200
_OPEN_GRAPH: dict[Locale, str] = {"en": "en_GB", "zh-Hans": "zh_CN"}
_BAR = 40
"""Pixels of the line under an embedded clip."""
_LEAST = 64
_OEMBED = "1.0"


def list_head(localiser: Localiser, links: Links, here: str, *, is_first: bool) -> str:
    """For a list: of its further pages nothing is to be found by searching, since they change with every new clip."""
    text = localiser.text
    lines = [_meta("description", text("gallery-about")), *_addresses(links, here)]
    lines += [] if is_first else [_meta("robots", "noindex, follow")]
    lines += [
        _graph("og:type", "website"),
        _graph("og:site_name", text("gallery-site")),
        _graph("og:title", text("gallery-title")),
        _graph("og:description", text("gallery-about")),
        _graph("og:url", links.whole(here)),
        _graph("og:locale", _OPEN_GRAPH[localiser.locale]),
        _meta("twitter:card", "summary"),
    ]
    return "\n".join(lines)


def clip_head(localiser: Localiser, links: Links, exhibit: Exhibit) -> str:
    """For a clip: Open Graph, Twitter's card, and where its oEmbed answer is."""
    here, clip = f"{PATH}/{exhibit.entry.code}", exhibit.job.clip
    assert clip is not None
    title, alt, about = title_of(localiser, exhibit), alt_of(localiser, exhibit), describe(localiser, exhibit)
    width, height = str(clip.width), str(clip.height)
    elsewhere = links.oembed(exhibit.entry.code)
    video, picture = links.whole(f"{here}.mp4"), links.whole(f"{here}.jpg")
    lines = [
        _meta("description", about),
        *_addresses(links, here),
        f'<link rel="alternate" type="application/json+oembed" title="{escape(title)}" href="{escape(elsewhere)}">',
        _graph("og:type", "video.other"),
        _graph("og:site_name", localiser.text("gallery-site")),
        _graph("og:title", title),
        _graph("og:description", about),
        _graph("og:url", links.whole(here)),
        _graph("og:locale", _OPEN_GRAPH[localiser.locale]),
        _graph("og:image", picture),
        _graph("og:image:type", "image/jpeg"),
        _graph("og:image:alt", alt),
        _graph("og:video", video),
        *([_graph("og:video:secure_url", video)] if video.startswith("https:") else []),
        _graph("og:video:type", "video/mp4"),
        _graph("og:video:width", width),
        _graph("og:video:height", height),
        _meta("twitter:card", "player"),
        _meta("twitter:title", title),
        _meta("twitter:description", about),
        _meta("twitter:image", picture),
        _meta("twitter:image:alt", alt),
        _meta("twitter:player", links.whole(f"{here}/embed")),
        _meta("twitter:player:width", width),
        _meta("twitter:player:height", str(clip.height + _BAR)),
        _meta("twitter:player:stream", video),
        _meta("twitter:player:stream:content_type", "video/mp4"),
    ]
    return "\n".join(lines)


def oembed(
    localiser: Localiser, links: Links, exhibit: Exhibit, most_width: int | None, most_height: int | None
) -> dict[str, Any]:
    """A clip as oEmbed 1.0 (oembed.com) has it, of type ``video`` and no larger than asked for, in pixels."""
    clip, base = exhibit.job.clip, f"{PATH}/{exhibit.entry.code}"
    assert clip is not None
    room = max(_LEAST, (most_height or clip.height + _BAR) - _BAR)
    scale = min(1.0, max(_LEAST, most_width or clip.width) / clip.width, room / clip.height)
    width, height = round(clip.width * scale), round(clip.height * scale) + _BAR
    title = title_of(localiser, exhibit)
    source = escape(links.whole(f"{base}/embed"))
    return {
        "version": _OEMBED,
        "type": "video",
        "title": title,
        "provider_name": localiser.text("gallery-site"),
        "provider_url": links.whole(PATH),
        "cache_age": 60,
        "width": width,
        "height": height,
        "html": f'<iframe src="{source}" width="{width}" height="{height}" title="{escape(title)}" '
        'style="border:0" allowfullscreen loading="lazy"></iframe>',
    }


def describe(localiser: Localiser, exhibit: Exhibit) -> str:
    """That a machine made it, and of what words."""
    prompt = next((one.text for one in prompts_of(exhibit)), "")
    return " · ".join(filter(None, (localiser.text("gallery-label"), one_line(prompt, _LONGEST_DESCRIPTION))))


def _addresses(links: Links, here: str) -> list[str]:
    """The one address of a page, and those of it in each language."""
    lines = [f'<link rel="canonical" href="{escape(links.whole(links.page(here)))}">']
    for locale in LOCALES:
        url = links.whole(links.in_language(locale).page(here))
        lines.append(f'<link rel="alternate" hreflang="{locale}" href="{escape(url)}">')
    return lines


def _meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{escape(content)}">'


def _graph(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{escape(content)}">'
