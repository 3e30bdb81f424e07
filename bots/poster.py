"""Turns a publication whose turn it is into a post in its channel, and keeps posts as their people want them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import structlog

from bots.adapter import Post, Publisher
from bots.fitting import Fitting
from bots.post_text import post_text
from core.errors import DeliveryError, EngineFault, PostUnsure, RecipientGone
from core.ports import Clock, Store
from core.publishing.outcomes import Turn, find_turn, note_begun, posted, settled, unposted, withdraw_gone
from core.publishing.types import State

_LOOK_EVERY = 2.0
_AT_ONCE = 20
_REST_SECONDS = 60.0
"""For so long a post that cannot be changed now is left alone."""

log = structlog.get_logger(__name__)


class Poster:
    """``core.publishing.records.Postings`` over the adapters of this process that serve channels."""

    def __init__(self, *, publishers: Mapping[str, Publisher], store: Store, fitting: Fitting, clock: Clock) -> None:
        self._publishers, self._store, self._fitting, self._clock = publishers, store, fitting, clock
        self._rests: dict[str, float] = {}

    async def post(self, publication_id: str, turn: int) -> None:
        """See the port. What may be out already is looked for before it is sent again."""
        found = await asyncio.to_thread(find_turn, self._store, publication_id, turn)
        if found is None:
            return
        async with self._prepared(found) as post:
            message = await self._seek(found, post) if found.publication.begun else None
            if message is None:
                message = await self._send(found, post, turn)
        revision = found.publication.revision
        now = self._clock.now()
        await asyncio.to_thread(posted, self._store, publication_id, turn, message, revision, now=now)

    async def give_up(self, publication_id: str, turn: int, code: str) -> None:
        """See the port."""
        log.warning("publication.failed", publication=publication_id, code=code)
        await asyncio.to_thread(unposted, self._store, publication_id, turn, code, now=self._clock.now())

    async def watch(self) -> None:
        """Change and take away posts, for ever."""
        while True:
            try:
                await self.mend()
            except Exception as error:  # noqa: BLE001 - the loop must outlive whatever the database's driver raises
                log.warning("posts.put_off", error=type(error).__name__)
            await asyncio.sleep(_LOOK_EVERY)

    async def mend(self) -> int:
        """Take away posts that are withdrawn or whose clip is deleted, rewrite those that were changed; how many."""
        mended = 0
        for publication_id in await asyncio.to_thread(self._unlike):
            if self._rests.get(publication_id, 0.0) > self._clock.now():
                continue
            self._rests.pop(publication_id, None)
            found = await asyncio.to_thread(find_turn, self._store, publication_id)
            mended += await self._mend(found) if found else 0
        return mended

    async def _mend(self, found: Turn) -> bool:
        try:
            await self._set_right(found)
        except RecipientGone:
            # Nobody can see it there any more.
            await asyncio.to_thread(settled, self._store, found.publication.id, shown=None)
        except DeliveryError as error:
            wait = float(error.details.get("retry_after", _REST_SECONDS))
            self._rests[found.publication.id] = self._clock.now() + wait
            log.warning("post.not_mended", platform=found.channel.address.platform, reason=error.code)
            return False
        return True

    async def _set_right(self, found: Turn) -> None:
        publication, publisher = found.publication, self._publishers[found.channel.address.platform]
        if publication.state is State.POSTED and found.job is None:
            await asyncio.to_thread(withdraw_gone, self._store, publication.id, now=self._clock.now())
        if publication.state is State.WITHDRAWN or found.job is None:
            await publisher.remove(found.channel, publication)
            await asyncio.to_thread(settled, self._store, publication.id, shown=None)
            return
        await publisher.amend(found.channel, publication, post_text(publication, found.channel))
        await asyncio.to_thread(settled, self._store, publication.id, shown=publication.revision)

    async def _seek(self, found: Turn, post: Post) -> str | None:
        return await self._publisher(found).seek(post)

    async def _send(self, found: Turn, post: Post, turn: int) -> str:
        await asyncio.to_thread(note_begun, self._store, found.publication.id, turn, begun=True)
        try:
            return await self._publisher(found).publish(post)
        except PostUnsure:
            raise
        except DeliveryError:
            # The platform said no, so nothing is out.
            await asyncio.to_thread(note_begun, self._store, found.publication.id, turn, begun=False)
            raise

    def _publisher(self, found: Turn) -> Publisher:
        return self._publishers[found.channel.address.platform]

    @asynccontextmanager
    async def _prepared(self, found: Turn) -> AsyncIterator[Post]:
        job, channel = found.job, found.channel
        if job is None or job.clip is None:
            raise EngineFault("clip-invalid")
        limit = self._publisher(found).upload_limit(channel.address)
        async with self._fitting.fitted(job, job.clip, limit) as files:
            text = post_text(found.publication, channel)
            yield Post(found.publication, channel, job, files.video, files.poster, text)

    def _unlike(self) -> list[str]:
        with self._store.look() as tx:
            return tx.publications.unlike(tuple(self._publishers), limit=_AT_ONCE)
