"""Turns what waits for moderators into a page of forms, and a form into a decision."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from aiohttp import web

from bots.commands import Commands
from bots.console.mapping import to_address
from bots.presenter import present_due, present_error, present_ground
from core.errors import Refusal
from core.safety.cases import Case
from core.types import Address
from translation.localiser import Localiser, choose_locale

PATH = "/operator"
_CHOICES = {"allow": True, "deny": False}
_LONGEST_REASON = 300
# With no-referrer a browser sends a form with the origin "null", which is nobody's.
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}


class OperatorPage:
    """For moderators alone: to others there is no such page. ``visitor`` says who asks, or turns them away."""

    def __init__(
        self, commands: Commands, visitor: Callable[[web.Request], str], clip_path: Callable[[str], Path]
    ) -> None:
        self._commands, self._visitor, self._clip_path = commands, visitor, clip_path
        folder = files("bots.console") / "static"
        self._page = Template((folder / "operator.html").read_text("utf-8"))
        self._case = Template((folder / "operator-case.html").read_text("utf-8"))
        self._form = Template((folder / "operator-form.html").read_text("utf-8"))

    def routes(self) -> list[web.RouteDef]:
        """The page, its forms and the clips that are reported."""
        return [
            web.get(PATH, self._show),
            web.post(PATH, self._decide),
            web.get(PATH + r"/clips/{code:[0-9A-Za-z]{1,16}}.mp4", self._clip),
        ]

    async def _show(self, request: web.Request) -> web.StreamResponse:
        return await self._rendered(request, self._moderator(request), "")

    async def _decide(self, request: web.Request) -> web.StreamResponse:
        address, localiser = self._moderator(request), _localiser(request)
        form = await request.post()
        case_id, choice, why = (str(form.get(name, "")) for name in ("case", "choice", "why"))
        if choice not in _CHOICES or not why.strip():
            return await self._rendered(request, address, localiser.text("operator-no-reason"))
        try:
            kind = await self._commands.rule(
                address, case_id, allows=_CHOICES[choice], why=why.strip()[:_LONGEST_REASON]
            )
        except Refusal as refusal:
            return await self._rendered(request, address, present_error(localiser, refusal))
        return await self._rendered(request, address, localiser.text(f"case-done-{kind}-{choice}", case=case_id))

    async def _clip(self, request: web.Request) -> web.StreamResponse:
        clip = await self._commands.case_clip(self._moderator(request), request.match_info["code"])
        if clip is None:
            raise web.HTTPNotFound
        path = await asyncio.to_thread(self._clip_path, clip.video)
        return web.FileResponse(path, headers={"Content-Type": "video/mp4", "Cache-Control": "private, no-store"})

    def _moderator(self, request: web.Request) -> Address:
        address = to_address(self._visitor(request))
        if not self._commands.is_moderator(address):
            raise web.HTTPNotFound
        return address

    async def _rendered(self, request: web.Request, address: Address, told: str) -> web.Response:
        localiser, cases = _localiser(request), await self._commands.cases(address)
        kinds = [case.kind for case in cases]
        counts = [localiser.text(f"operator-{kind}s", count=kinds.count(kind)) for kind in ("appeal", "report")]
        values = {
            "locale": localiser.locale,
            "title": localiser.text("operator-title"),
            "heading": localiser.text("operator-heading"),
            "counts": " · ".join(counts) if cases else localiser.text("operator-none"),
            "told": told,
        }
        articles = "\n".join(self._article(localiser, case) for case in cases)
        page = self._page.substitute(_escaped(values), cases=articles)
        return web.Response(text=page, content_type="text/html", headers=_HEADERS)

    def _article(self, localiser: Localiser, case: Case) -> str:
        values = {"id": case.id, "kind": localiser.text(f"operator-kind-{case.kind}")}
        facts = "".join(
            f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in self._facts(localiser, case) if value
        )
        parts = {"facts": facts, "clip": _clip_link(localiser, case), "form": self._answered(localiser, case)}
        return self._case.substitute(_escaped(values), **parts)

    def _answered(self, localiser: Localiser, case: Case) -> str:
        """The form that decides it, but for what is the moderator's own."""
        if case.own:
            return f'<p class="soft">{escape(localiser.text("case-own"))}</p>'
        values = {
            "id": case.id,
            "why": localiser.text("operator-why"),
            "hint": localiser.text("operator-why-hint"),
            "deny": localiser.text(f"operator-{case.kind}-deny"),
            "allow": localiser.text(f"operator-{case.kind}-allow"),
        }
        return self._form.substitute(_escaped(values))

    def _facts(self, localiser: Localiser, case: Case) -> Iterator[tuple[str, str]]:
        came = datetime.fromtimestamp(case.created_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
        yield localiser.text("operator-ground"), present_ground(localiser, case)
        yield localiser.text("operator-came"), came
        yield localiser.text("operator-due"), present_due(localiser, case, self._commands.now)
        yield localiser.text("operator-prompt"), case.prompt
        yield localiser.text("operator-fragment"), case.fragment
        yield localiser.text("operator-text"), case.text


def _clip_link(localiser: Localiser, case: Case) -> str:
    if case.kind != "report":
        return ""
    if not case.code:
        return f'<p class="soft">{escape(localiser.text("operator-no-clip"))}</p>'
    text = escape(localiser.text("operator-clip", code=case.code))
    return f'<p><a href="{PATH}/clips/{escape(case.code)}.mp4">{text}</a></p>'


def _escaped(values: Mapping[str, str]) -> dict[str, str]:
    return {name: escape(value) for name, value in values.items()}


def _localiser(request: web.Request) -> Localiser:
    return Localiser(choose_locale(request.headers.get("Accept-Language", "")))
