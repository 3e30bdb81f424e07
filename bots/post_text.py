"""Turns a publication into the text of its post: captions, credit, tags, and that the clip was made by a machine."""

from __future__ import annotations

from core.publishing.types import Channel, Publication
from core.types import Locale
from translation.localiser import Localiser

_LOCALES: dict[str, Locale] = {"zh": "zh-Hans", "en": "en"}


def post_text(publication: Publication, channel: Channel) -> str:
    """In the channel's languages, in their order; credit and label in each that a caption is in."""
    content = publication.content
    languages = [one for one in channel.profile.languages if one in content.captions]
    localisers = [Localiser(_LOCALES[one]) for one in languages or channel.profile.languages]
    credit = [one.text("post-credit", name=content.credit) for one in localisers] if content.credit else []
    label = [one.text("post-label") for one in localisers]
    tags = " ".join(f"#{tag}" for tag in content.tags)
    lines = ["\n".join(content.captions[one] for one in languages), " · ".join(credit), tags, " · ".join(label)]
    return "\n\n".join(line for line in lines if line)
