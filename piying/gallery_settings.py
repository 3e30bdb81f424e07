"""Turns ``PIYING_GALLERY__…`` into whether there is a public gallery, and where people find it."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import field_validator

from piying.parts import Part

PATH = "/gallery"


class GallerySettings(Part):
    """The public gallery, on the chat page's port. ``url`` is how the port is reached from outside, without a path."""

    on: bool = False
    url: str | None = None

    @field_validator("url")
    @classmethod
    def _is_an_origin(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
            raise ValueError("write it as https://films.example.org")
        if parts.path.strip("/") or parts.fragment:
            raise ValueError(f"without a path: the gallery is at {PATH} of it")
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def public_url(self) -> str | None:
        """Where the gallery is for everybody; None where it is off, or nobody said."""
        return f"{self.url}{PATH}" if self.on and self.url else None
