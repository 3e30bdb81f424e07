"""What tests read of the gallery, and that what they read is whole and asks nothing of others."""

from __future__ import annotations

from html.parser import HTMLParser

import aiohttp

OURS = ("/", "#", "https://films.example/gallery/")
ATOM = "{http://www.w3.org/2005/Atom}"


class Checker(HTMLParser):
    """That each element is closed, and what there is of scripts, handlers and other sites."""

    VOID = frozenset({"meta", "link", "img", "source", "input", "br"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.bad: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        found = dict(attrs)
        self.tags.append((tag, found))
        if tag in {"script", "style", "iframe", "object"} or any(
            name.startswith("on") or name == "style" for name in found
        ):
            self.bad.append(tag)
        if tag not in {"meta", "link"}:
            self.bad += [
                value for name in ("src", "poster", "href") if (value := found.get(name)) and not value.startswith(OURS)
            ]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.bad.append(f"</{tag}>")


def check(text: str) -> Checker:
    checker = Checker()
    checker.feed(text)
    checker.close()
    assert (checker.bad, checker.open) == ([], [])
    return checker


async def read(
    client: aiohttp.ClientSession, path: str, status: int = 200, headers: dict[str, str] | None = None
) -> str:
    async with client.get(path, headers=headers) as answer:
        assert answer.status == status
        return await answer.text()


def graph(text: str) -> dict[str, str]:
    return {
        str(found.get("property") or found.get("name")): str(found["content"])
        for tag, found in check(text).tags
        if tag == "meta" and "content" in found
    }
