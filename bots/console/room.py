"""Turns one piece of news into a message to each open page of a visitor."""

from __future__ import annotations

from collections import defaultdict

from aiohttp import WSCloseCode

from bots.console.session import Session, Telling

MAX_PAGES = 32
"""Pages a visitor may have open at once."""


class Room:
    """Who is here."""

    def __init__(self) -> None:
        self._pages: defaultdict[str, set[Session]] = defaultdict(set)

    def enter(self, page: Session) -> bool:
        """Take the page in; False where the visitor has too many open."""
        pages = self._pages[page.address.chat]
        if len(pages) >= MAX_PAGES:
            return False
        pages.add(page)
        return True

    def exit(self, page: Session) -> None:
        """Forget the page."""
        pages = self._pages[page.address.chat]
        pages.discard(page)
        if not pages:
            del self._pages[page.address.chat]

    def has(self, visitor: str) -> bool:
        """Some page of theirs is open."""
        return visitor in self._pages

    def tell(self, visitor: str, kind: str, telling: Telling, *, besides: Session | None = None) -> None:
        """Tell each open page of the visitor in its own language; nobody there is no error."""
        for page in tuple(self._pages.get(visitor, ())):
            if page is not besides:
                page.tell(kind, telling)

    def close(self) -> None:
        """Send everyone out; the pages come back when the door opens again."""
        for pages in self._pages.values():
            for page in pages:
                page.leave(WSCloseCode.GOING_AWAY)
