"""Turns settings into a running process: the only code that knows every class."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import cached_property, partial

import structlog
from aiohttp import web

from bots.adapter import Adapter, Publisher
from bots.commands import Commands
from bots.console.door import OWNER
from bots.courier import Courier
from bots.crier import Crier
from bots.fitting import Fitting
from bots.origin import Examiner
from bots.videos.mapping import PLATFORM as API
from core.intake import Intake
from core.jobs.settlement import Settlement
from core.jobs.upkeep import Upkeep
from core.media.provenance import Provenance
from core.metrics import Metrics
from core.quotas.rate import Rate
from core.rights import Rights
from core.safety.cases import Cases
from core.showcase.showcase import Showcase
from core.types import Options
from core.wording import PromptReader
from core.worker import Worker
from piying.casework import make_casework
from piying.clock import SystemClock
from piying.discord import DISCORD, make_discord
from piying.engines import EngineFactory, make_catalogue, make_engines
from piying.lanes import lanes_of, make_executor, queue_settings
from piying.mistake import Mistake
from piying.moderators import make_moderator
from piying.operations import health_routes, metrics_route, serve_operations
from piying.privacy import make_privacy
from piying.provenance_settings import make_provenance, make_trust
from piying.publishing import find_publishers, make_poster, make_publishing, make_timekeeper
from piying.served import make_console, make_videos
from piying.settings import Settings
from piying.telegram import TELEGRAM, make_telegram
from piying.translators import make_chain, make_director
from storage.clips import FolderClipStore
from storage.database import SqlStore, is_sqlite, make_engine
from storage.migrate import is_current, migrate
from storage.queue import DbosQueue
from translation.cache import MemoryCache, StoredCache
from translation.chain import Chain
from translation.judge import make_guard
from translation.negatives import read_negative
from translation.normalise import normalise
from translation.options import read_options

CONSOLE = "console"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Role:
    """What a process does: which chats it serves, which classes of work it renders.

    ``name`` is set for a process of which there is one; it then comes back to its own unfinished work.
    """

    platforms: tuple[str, ...] = ()
    worker_classes: tuple[str, ...] = ()
    name: str | None = None


def open_store(settings: Settings) -> SqlStore:
    """The database; an SQLite file is brought to the present schema.

    Raises:
        Mistake: the data folder cannot be made, or a PostgreSQL database needs ``piying migrate`` first.
        sqlalchemy.exc.DBAPIError: the database does not answer, or is none.
    """
    if is_sqlite(settings.database):
        settings.make_data_folder()
    engine = make_engine(settings.database)
    if is_sqlite(settings.database):
        migrate(engine, settings.database)
    elif not is_current(engine):
        raise Mistake("the database's schema is not this version's: run `piying migrate` first")
    return SqlStore(engine)


def read_prompt(text: str) -> tuple[str, Options]:
    """Clean a prompt and take its options out."""
    return read_options(normalise(text))


@dataclass
class Process:
    """Everything a role needs, started and stopped together."""

    settings: Settings
    role: Role
    make_engines: EngineFactory = make_engines
    adapters: dict[str, Adapter] = field(default_factory=dict)
    read_prompt: PromptReader = read_prompt
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Build the parts; nothing runs yet."""
        settings, role = self.settings, self.role
        self.store = open_store(settings)
        self.catalogue = make_catalogue(settings)
        self.metrics, self.clock = Metrics(), SystemClock()
        self.settlement = Settlement(self.store, self.clock, self.metrics)
        self.clips = FolderClipStore(settings.clips)
        self.engines = self.make_engines(settings, self.catalogue, self.metrics)
        self.moderator = make_moderator(settings, clock=self.clock)
        self.translator = self._translator()
        self.director = make_director(settings) if role.platforms else None
        self.queue = DbosQueue(
            self.store,
            settings.database,
            make_executor(role.name, lanes_of(settings.jobs, self.catalogue, role.worker_classes)),
            settings=queue_settings(settings.jobs),
            worker_classes=self.catalogue.worker_classes,
            platforms=role.platforms,
        )
        self.examiner = Examiner(partial(make_trust, settings.provenance, settings.data_folder))
        self.casework = make_casework(settings, self.store, self.clock, self.director)
        self.showcase = Showcase(store=self.store, clips=self.clips, clock=self.clock, moderator=self.moderator)
        self.intake = self._intake()
        self.publishers: dict[str, Publisher] = {}
        self.commands = self._commands()
        if CONSOLE in role.platforms and CONSOLE not in self.adapters:
            self.adapters[CONSOLE] = make_console(self)
        if API in role.platforms and API not in self.adapters:
            self.adapters[API] = make_videos(self)
        if TELEGRAM in role.platforms and TELEGRAM not in self.adapters:
            self.adapters[TELEGRAM] = make_telegram(self)
        if DISCORD in role.platforms and DISCORD not in self.adapters:
            self.adapters[DISCORD] = make_discord(self)
        self.publishers |= find_publishers(self.adapters)
        self.courier = Courier(
            adapters=self.adapters,
            store=self.store,
            fitting=self.fitting,
            settlement=self.settlement,
            metrics=self.metrics,
        )

    @cached_property
    def provenance(self) -> Provenance:
        """What labels and signs. Keys are made for it, so it is asked for by what will run alone."""
        return make_provenance(self.settings.provenance, self.settings.data_folder)

    @cached_property
    def fitting(self) -> Fitting:
        """Clips as small as a chat wants them."""
        return Fitting(self.clips, self.provenance)

    async def start(self) -> None:
        """Queue first, then the chats: a message that is answered has somewhere to go."""
        serves = bool(self.role.platforms)
        worker = self._worker() if self.role.worker_classes else None
        if worker:
            await asyncio.to_thread(worker.sweep)
            await self._open_engines()
        poster = make_poster(self) if serves else None
        await self.queue.start(renders=worker, deliveries=self.courier if serves else None, postings=poster)
        for adapter in self.adapters.values():
            await adapter.start()
        if poster:
            self._tasks += [
                asyncio.create_task(poster.watch()),
                asyncio.create_task(make_timekeeper(self).watch()),
                asyncio.create_task(self.courier.watch()),
                asyncio.create_task(Crier(adapters=self.adapters, store=self.store, clock=self.clock).watch()),
                asyncio.create_task(self._upkeep().keep_up(self.settings.jobs.upkeep_every)),
            ]
        if self.settings.operations_port is not None:
            await serve_operations(self.operations(), self.settings.operations_port)

    async def stop(self) -> None:
        """Take nothing more in, let jobs in hand end, hand back the rest."""
        for task in self._tasks:
            task.cancel()
        for adapter in self.adapters.values():
            await adapter.stop()
        await self.queue.stop(self.settings.jobs.stop_grace)
        for engine in self.engines.values():
            await engine.close()
        await self.translator.close()
        await self.moderator.close()
        if self.director:
            await self.director.close()
        self.store.close()

    async def _open_engines(self) -> None:
        cards = [card for card in self.catalogue.cards if card.worker_class in self.role.worker_classes]
        for name in dict.fromkeys(card.engine for card in cards):
            await self.engines[name].open()

    def ready(self) -> bool:
        """Whether jobs can be taken: the database answers and clips can be written. Blocking."""
        return self.store.ready() and self.clips.writable()

    def operations(self) -> list[web.RouteDef]:
        """Health, and figures."""
        return [*health_routes(self.ready), metrics_route(self.metrics.registry)]

    def _translator(self) -> Chain:
        if not self.role.platforms:
            # A worker takes no prompts in: the keys need not be where it is.
            return Chain((), guard=make_guard(), cache=MemoryCache(), clock=self.clock)

        def count(translator: str, outcome: str) -> None:
            self.metrics.translated.labels(translator, outcome).inc()

        cache = StoredCache(self.store, self.clock)
        return make_chain(self.settings, cache=cache, clock=self.clock, count=count)

    def _intake(self) -> Intake:
        return Intake(
            store=self.store,
            queue=self.queue,
            engines=self.engines,
            catalogue=self.catalogue,
            translator=self.translator,
            rewriter=self.director,
            moderator=self.moderator,
            read_prompt=self.read_prompt,
            read_negative=read_negative,
            clock=self.clock,
            limits=self.settings.limits.limits(),
            timezone=self.settings.timezone,
            metrics=self.metrics,
            clips=self.clips,
            casework=self.casework,
            allows_unlabelled=self.settings.provenance.allow_unlabelled,
        )

    def _commands(self) -> Commands:
        rate = Rate(self.settings.limits.burst, self.settings.limits.per_second)
        return Commands(
            intake=self.intake,
            store=self.store,
            queue=self.queue,
            settlement=self.settlement,
            clock=self.clock,
            rate=rate,
            casework=self.casework,
            rights=Rights(
                store=self.store, queue=self.queue, clips=self.clips, settlement=self.settlement, clock=self.clock,
                privacy=make_privacy(self.settings),
            ),
            cases=Cases(store=self.store, clips=self.clips, clock=self.clock),
            moderators=self.settings.safety.moderating,
            operator=self._operator(),
            publishing=make_publishing(self),
            showcase=self.showcase,
            gallery_url=self.settings.gallery.public_url,
        )  # fmt: skip

    def _operator(self) -> tuple[str, str] | None:
        """Of a page without a token, who sits at this machine: what they may not do there they could do by command."""
        # Only who serves the page needs to have its token.
        is_open = CONSOLE in self.role.platforms and not self.settings.console.secret()
        return (CONSOLE, OWNER) if is_open else None

    def _worker(self) -> Worker:
        return Worker(
            store=self.store,
            engines=self.engines,
            catalogue=self.catalogue,
            clips=self.clips,
            moderator=self.casework.watch(self.moderator, "clip"),
            clock=self.clock,
            metrics=self.metrics,
            provenance=self.provenance,
            # On the clips' own disk, so that a finished file is moved and not copied.
            folder=self.settings.clips / "unfinished",
            time_limit=self.settings.jobs.time_limit,
            desks=self.settings.jobs.lanes,
            budget=self.settings.budget,
        )

    def _upkeep(self) -> Upkeep:
        return Upkeep(
            store=self.store,
            queue=self.queue,
            clips=self.clips,
            clock=self.clock,
            deliveries=self.courier,
            platforms=self.role.platforms,
            kept=self.settings.kept,
            metrics=self.metrics,
            budget=self.settings.budget,
        )
