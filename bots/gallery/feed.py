"""Turns the newest exhibits into an Atom feed (RFC 4287)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from html import escape

from bots.gallery.links import FEED, PATH, Links
from bots.gallery.texts import alt_of, iso, prompts_of, title_of
from core.showcase.exhibits import Exhibit
from translation.localiser import Localiser

ENTRIES = 30
_NAMES = uuid.UUID("0c5f5d0e-6d0f-5b5e-9c43-5a7c3f0c9b11")
"""Our own namespace: what is named in it stays the same under another host's name."""


def atom(localiser: Localiser, links: Links, exhibits: Sequence[Exhibit], *, now: float) -> str:
    """The feed; ``now`` is its moment where there is nothing in it."""
    text = localiser.text
    updated = max((one.entry.shown_at for one in exhibits), default=now)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{localiser.locale}">',
        f"<id>{_urn(links.whole(FEED))}</id>",
        f"<title>{escape(text('gallery-title'))} · {escape(text('gallery-site'))}</title>",
        f"<subtitle>{escape(text('gallery-about'))}</subtitle>",
        f"<updated>{iso(updated)}</updated>",
        f"<author><name>{escape(text('gallery-site'))}</name></author>",
        f'<link rel="self" type="application/atom+xml" href="{escape(links.whole(links.page(FEED)))}"/>',
        f'<link rel="alternate" type="text/html" href="{escape(links.whole(links.page()))}"/>',
        *(_entry(localiser, links, one) for one in exhibits),
        "</feed>",
    ]
    return "\n".join(lines)


def _entry(localiser: Localiser, links: Links, exhibit: Exhibit) -> str:
    entry, clip = exhibit.entry, exhibit.job.clip
    assert clip is not None
    base, moment = f"{PATH}/{entry.code}", iso(entry.shown_at)
    label, video = localiser.text("gallery-label"), escape(links.whole(f"{base}.mp4"))
    return "\n".join(
        [
            "<entry>",
            f"<id>{_urn(entry.job)}</id>",
            f"<title>{escape(title_of(localiser, exhibit))}</title>",
            f"<published>{moment}</published>",
            f"<updated>{moment}</updated>",
            f'<link rel="alternate" type="text/html" href="{escape(links.whole(links.clip(entry.code)))}"/>',
            f'<link rel="enclosure" type="video/mp4" length="{clip.size_bytes}" href="{video}"/>',
            f'<category term="ai-generated" label="{escape(label)}"/>',
            f'<content type="html">{escape(_content(localiser, links, exhibit))}</content>',
            "</entry>",
        ]
    )


def _content(localiser: Localiser, links: Links, exhibit: Exhibit) -> str:
    """HTML, which the feed holds as text."""
    picture = escape(links.whole(f"{PATH}/{exhibit.entry.code}.jpg"))
    paragraphs = "".join(
        f'<p lang="{escape(one.language)}" dir="auto">{escape(one.text)}</p>' for one in prompts_of(exhibit)
    )
    label = escape(localiser.text("gallery-label"))
    return f'<p><img src="{picture}" alt="{escape(alt_of(localiser, exhibit))}"></p><p>{label}</p>{paragraphs}'


def _urn(name: str) -> str:
    return uuid.uuid5(_NAMES, name).urn
