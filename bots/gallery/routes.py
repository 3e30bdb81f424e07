"""Turns HTTP requests of anybody into pages, pictures and videos of the showcase, read from the database each time."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs

from aiohttp import ETag, web

from bots.gallery import feed, meta, page
from bots.gallery.links import CODE, EVER, FEED, OEMBED, PATH, STYLE, Links, code_in, origin_of, read_period, unpack
from bots.gallery.page import NEWEST, PAGE, Frame
from core.errors import Refusal
from core.ports import Clock
from core.quotas.rate import Rate
from core.reports import LONGEST_TEXT, ReportReason
from core.showcase.exhibits import Exhibit
from core.showcase.showcase import Showcase
from translation.localiser import LOCALES, Localiser, choose_locale

_SECONDS = 30
"""How long others may keep an answer. What is taken down is gone from their copies within a minute."""
_SHORT = f"public, max-age={_SECONDS}, must-revalidate"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors {}"
)
# With no-referrer a browser sends a form with the origin "null", which is nobody's.
_HEADERS = {"Content-Security-Policy": _POLICY.format("'none'"), "Referrer-Policy": "same-origin"}
_FOR_ALL = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
_EMBEDDED = {"Content-Security-Policy": _POLICY.format("*"), "Cross-Origin-Resource-Policy": "cross-origin"}
_MEDIA = {"mp4": "video/mp4", "jpg": "image/jpeg"}
_LONGEST_FORM = 16 * 1024
"""Bytes: as many characters as a report has, each of nine bytes, and more."""
_LONGEST_URL = 2000
_ROBOTS = f"User-agent: *\nAllow: {PATH}\nAllow: /static/mark.svg\nDisallow: /\n"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Gallery:
    """Open to whoever reaches the port. ``clip_path`` opens a key of the clip store (blocking).

    ``url`` is the origin that the port has outside; None is whatever a request was sent to.
    """

    def __init__(self, showcase: Showcase, *, clip_path: Callable[[str], Path], clock: Clock, url: str | None) -> None:
        self._showcase, self._clip_path, self._clock, self._url = showcase, clip_path, clock, url
        # Behind a proxy all visitors come from one address.
        self._reports = Rate(burst=10, per_second=0.1)
        self._all_reports = Rate(burst=60, per_second=0.5)

    def routes(self) -> list[web.RouteDef]:
        """All that the gallery answers; those with fixed names before codes, which look like names."""
        found: list[tuple[str, Handler]] = [
            ("/robots.txt", self._robots),
            (PATH, self._newest),
            (f"{PATH}/", self._moved),
            (f"{PATH}/top", self._top),
            (FEED, self._feed),
            (OEMBED, self._oembed),
            (STYLE, self._style),
            (f"{PATH}/{CODE}", self._clip),
            (f"{PATH}/{CODE}/embed", self._embed),
            (f"{PATH}/{CODE}-card.jpg", self._card),
            (f"{PATH}/{CODE}.{{kind:mp4|jpg}}", self._media),
        ]
        gets = [web.get(path, partial(self._answer, handler)) for path, handler in found]
        return [*gets, web.post(f"{PATH}/{CODE}/report", partial(self._answer, self._report))]

    async def _answer(self, handler: Handler, request: web.Request) -> web.StreamResponse:
        try:
            response = await handler(request)
        except Refusal:
            response = _html(request, page.gone_page(self._frame(request)), status=404)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    async def _newest(self, request: web.Request) -> web.StreamResponse:
        after = unpack(request.query.get("after", ""))
        found = await asyncio.to_thread(self._showcase.newest, limit=PAGE + 1, after=after)
        return _html(request, page.list_page(self._frame(request), NEWEST, found, is_first=after is None))

    async def _top(self, request: web.Request) -> web.StreamResponse:
        after, period = unpack(request.query.get("after", "")), read_period(request.query.get("period", ""))
        found = await asyncio.to_thread(self._showcase.top, period, limit=PAGE + 1, after=after)
        name = str(period) if period else EVER
        frame = self._frame(request, period=name)
        return _html(request, page.list_page(frame, f"top-{name}", found, is_first=after is None))

    async def _clip(self, request: web.Request) -> web.StreamResponse:
        exhibit = await self._find(request)
        code = exhibit.entry.code
        if request.match_info["code"] != code:
            raise web.HTTPMovedPermanently(self._links(request).clip(code))
        told = self._localiser(request).text("gallery-report-thanks", code=code) if "told" in request.query else ""
        return await self._shown(request, exhibit, told)

    async def _shown(
        self, request: web.Request, exhibit: Exhibit, told: str, *, is_open: bool = False, status: int = 200
    ) -> web.StreamResponse:
        lineage = await asyncio.to_thread(self._showcase.lineage, exhibit.job)
        frame = self._frame(request, here=f"{PATH}/{exhibit.entry.code}")
        return _html(request, page.clip_page(frame, exhibit, lineage, told, is_open=is_open), status=status)

    async def _embed(self, request: web.Request) -> web.StreamResponse:
        exhibit = await self._find(request)
        response = _html(request, page.embed_page(self._frame(request), exhibit))
        response.headers.update(_EMBEDDED)
        return response

    async def _media(self, request: web.Request) -> web.StreamResponse:
        exhibit = await self._find(request)
        assert exhibit.job.clip is not None
        is_video = request.match_info["kind"] == "mp4"
        return await self._file(exhibit.job.clip.video if is_video else exhibit.entry.cover)

    async def _card(self, request: web.Request) -> web.StreamResponse:
        return await self._file((await self._find(request)).entry.card)

    async def _file(self, key: str) -> web.StreamResponse:
        path = await asyncio.to_thread(self._clip_path, key)
        # Ranges, the ETag and the moment of the last change are FileResponse's.
        kind = _MEDIA[path.suffix.removeprefix(".")]
        return web.FileResponse(path, headers={"Content-Type": kind, "Cache-Control": _SHORT, **_FOR_ALL})

    async def _report(self, request: web.Request) -> web.StreamResponse:
        exhibit, text = await self._find(request), self._localiser(request).text
        form = await _read_form(request)
        reason = form.get("reason", "")
        if reason not in set(ReportReason):
            return await self._shown(request, exhibit, text("gallery-report-invalid"), is_open=True, status=400)
        try:
            self._reports.check(request.remote or "", self._clock.now())
            self._all_reports.check("", self._clock.now())
        except Refusal:
            return await self._shown(request, exhibit, text("gallery-report-soon"), is_open=True, status=429)
        code, locale = exhibit.entry.code, self._localiser(request).locale
        words = form.get("text", "")[:LONGEST_TEXT]
        await asyncio.to_thread(self._showcase.report, code, ReportReason(reason), words, locale)
        raise web.HTTPSeeOther(self._links(request).page(f"{PATH}/{code}", told="report"))

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        found = await asyncio.to_thread(self._showcase.newest, limit=feed.ENTRIES)
        text = feed.atom(self._localiser(request), self._links(request), found, now=self._clock.now())
        return _kept(request, text, "application/atom+xml")

    async def _oembed(self, request: web.Request) -> web.StreamResponse:
        if request.query.get("format", "json") != "json":
            raise web.HTTPNotImplemented
        code = code_in(request.query.get("url", "")[:_LONGEST_URL])
        if code is None:
            raise web.HTTPNotFound
        try:
            exhibit = await asyncio.to_thread(self._showcase.find, code)
        except Refusal as refusal:
            raise web.HTTPNotFound from refusal
        most = (_size(request.query.get(f"max{side}", "")) for side in ("width", "height"))
        answer = meta.oembed(self._localiser(request), self._links(request), exhibit, *most)
        return web.json_response(answer, headers={"Cache-Control": _SHORT, **_FOR_ALL})

    async def _style(self, request: web.Request) -> web.StreamResponse:
        return _kept(request, page.style().decode(), "text/css")

    async def _robots(self, request: web.Request) -> web.StreamResponse:
        return _kept(request, _ROBOTS, "text/plain")

    async def _moved(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPMovedPermanently(self._links(request).page())

    async def _find(self, request: web.Request) -> Exhibit:
        return await asyncio.to_thread(self._showcase.find, request.match_info["code"])

    def _frame(self, request: web.Request, *, here: str | None = None, **asked: str) -> Frame:
        after = request.query.get("after", "")
        asked |= {"after": after} if unpack(after) else {}
        return Frame(self._localiser(request), self._links(request), here or request.path, asked)

    def _links(self, request: web.Request) -> Links:
        chosen = next((one for one in LOCALES if one == request.query.get("lang")), None)
        return Links(origin_of(self._url, request.scheme, request.host), chosen)

    def _localiser(self, request: web.Request) -> Localiser:
        return Localiser(self._links(request).chosen or choose_locale(request.headers.get("Accept-Language", "")))


def _html(request: web.Request, text: str, *, status: int = 200) -> web.Response:
    return _kept(request, text, "text/html", status=status)


def _kept(request: web.Request, text: str, kind: str, *, status: int = 200) -> web.Response:
    """What caches may keep for a moment; who has the same is told so."""
    etag = ETag(hashlib.sha256(text.encode()).hexdigest()[:24])
    headers = {"Cache-Control": _SHORT if status == 200 else "no-store", "Vary": "Accept-Language"}
    if status == 200 and etag in (request.if_none_match or ()):
        response = web.Response(status=304, headers=headers)
    else:
        response = web.Response(text=text, content_type=kind, charset="utf-8", status=status, headers=headers)
    response.etag = etag
    return response


async def _read_form(request: web.Request) -> dict[str, str]:
    """The fields of a form, whatever bytes there are in it; of one that is too long, none."""
    body = bytearray()
    async for chunk in request.content.iter_chunked(4096):
        body += chunk
        if len(body) > _LONGEST_FORM:
            return {}
    fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=20) if body.count(b"&") < 20 else {}
    return {name: values[0] for name, values in fields.items()}


def _size(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None
