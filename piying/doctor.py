"""``piying doctor``: what is on, what is missing and how to get it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from rich.console import Console

from bots.console.door import is_loopback
from core.catalogue.load import load_models
from core.engines.scene.sprites import load_sprites
from piying.clock import SystemClock
from piying.engines import make_catalogue
from piying.gallery_settings import PATH
from piying.live import look_at_vendors
from piying.mistake import Mistake
from piying.moderators import make_panel, make_policy
from piying.readiness import Finding, look_at_costs, look_at_ends, look_at_models, report_of
from piying.settings import Settings
from piying.translators import describe, make_chain
from storage.database import SqlStore, is_sqlite, make_engine
from storage.migrate import is_current
from translation.cache import MemoryCache

_ROOM_GB = 1.0


def examine(settings: Settings, *, live: bool = False) -> bool:
    """Print the report; whether everything needed is there. With ``live`` vendors are asked about their keys."""
    findings = list(_findings(settings, live=live))
    Console(markup=False).print(report_of(findings))
    return all(finding.good for finding in findings)


def _findings(settings: Settings, *, live: bool) -> Iterator[Finding]:
    version = sys.version_info
    yield Finding(
        "Python", version >= (3, 11), f"{version.major}.{version.minor}", "" if version >= (3, 11) else "3.11+"
    )
    yield _database(settings)
    yield _disk("data folder", settings.data_folder.resolve())
    yield _disk("clips folder", settings.clips)
    yield _console(settings)
    yield _gallery(settings)
    yield Finding(
        "videos API", good=True, state=f"`piying serve`: {_address(settings.serve.host, settings.serve.port)}v1"
    )
    yield _telegram(settings)
    yield _discord(settings)
    sprites = len(load_sprites())
    yield Finding("engine scene", sprites > 0, f"built-in cartoon scene engine, {sprites} sprites")
    yield from _models(settings, live=live)
    yield _moderation(settings)
    yield _translation(settings)
    yield from _books(settings)


def _gallery(settings: Settings) -> Finding:
    gallery, console = settings.gallery, settings.console
    if not gallery.on:
        return Finding("gallery", good=True, state="off; PIYING_GALLERY__ON=true shows what people opted in")
    where = gallery.public_url or f"{_address(console.host, console.port)}{PATH.strip('/')}"
    open_ = bool(console.token or console.token_file)
    remedy = "" if open_ else "set PIYING_CONSOLE__TOKEN: without it the port answers to this machine alone"
    return Finding("gallery", good=open_ or gallery.url is None, state=f"{where}, for everybody to see", remedy=remedy)


def _models(settings: Settings, *, live: bool) -> Iterator[Finding]:
    try:
        catalogue = make_catalogue(settings)
    except Mistake as mistake:
        yield Finding("recipes", good=False, state=str(mistake), remedy="piying models list")
        return
    first, *others = catalogue.recipes
    yield Finding("recipes", good=True, state=f"{first} (if nobody names one), {', '.join(others)}")
    yield from look_at_ends(catalogue.cards, datetime.now(UTC).date())
    yield from look_at_vendors(settings, catalogue, load_models(settings.cards_folder), live=live)
    if cards := [card for card in catalogue.cards if card.local]:
        yield from look_at_models(cards, settings)


def _translation(settings: Settings) -> Finding:
    try:
        make_chain(settings, cache=MemoryCache(), clock=SystemClock())
    except Mistake as mistake:
        return Finding("translation", good=False, state=str(mistake), remedy="see docs/reference/settings.md")
    return Finding("translation", good=True, state=f"{describe(settings)}; nobody was asked now")


def _books(settings: Settings) -> Iterator[Finding]:
    """Where there is a database with the present schema; what is wrong with it otherwise is another line's."""
    url = sa.make_url(settings.database)
    if is_sqlite(settings.database) and not Path(str(url.database)).exists():
        return
    engine = make_engine(settings.database)
    try:
        if not is_current(engine):
            return
        with SqlStore(engine).look() as tx:
            now = SystemClock().now()
            waiting, overdue = tx.reports.counts(now)
            costs = look_at_costs(tx.costs, settings.budget, now)
    except sa.exc.SQLAlchemyError:
        return
    finally:
        engine.dispose()
    remedy = "piying reports list" if waiting else ""
    yield Finding("reports", overdue == 0, f"{waiting} wait for a decision, {overdue} of them overdue", remedy)
    if settings.engines.vendors:
        yield costs


def _moderation(settings: Settings) -> Finding:
    """Services are not asked: whether they take their keys shows with the first prompt."""
    try:
        make_policy(settings)
        versions = make_panel(settings, clock=SystemClock()).versions
    except Mistake as mistake:
        return Finding("moderation", good=False, state=str(mistake), remedy="mend that file or its variable")
    asked = ", ".join(f"{name} {version}" for name, version in versions.items())
    return Finding("moderation", good=True, state=f"prompts: {asked}; frames: two small networks; nobody was asked now")


def _database(settings: Settings) -> Finding:
    url = sa.make_url(settings.database)
    name = f"{url.get_backend_name()} {url.database}"
    if is_sqlite(settings.database) and not Path(str(url.database)).exists():
        return Finding("database", good=True, state=f"{name}: made at the first start")
    engine = make_engine(settings.database)
    try:
        current = is_current(engine)
    except sa.exc.SQLAlchemyError as error:
        # The driver's text may hold the password; its class does not.
        return Finding(
            "database", good=False, state=type(error).__name__, remedy="check PIYING_DATABASE_URL and the server"
        )
    finally:
        engine.dispose()
    return Finding("database", current or is_sqlite(settings.database), name, "" if current else "piying migrate")


def _disk(subject: str, folder: Path) -> Finding:
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return Finding(subject, good=False, state=f"{existing} cannot be written", remedy="set PIYING_DATA_FOLDER")
    free = shutil.disk_usage(existing).free / 1e9
    remedy = "" if free > _ROOM_GB else "free some space, or set PIYING_DATA_FOLDER"
    return Finding(subject, free > _ROOM_GB, f"{folder}, {free:.1f} GB free", remedy)


def _console(settings: Settings) -> Finding:
    console = settings.console
    try:
        has_token = console.secret() is not None
    except Mistake as mistake:
        return Finding("console", good=False, state=str(mistake), remedy="write the token into that file")
    protected = has_token or is_loopback(console.host)
    state = _address(console.host, console.port) + (", behind a token" if has_token else "")
    return Finding("console", protected, state, "" if protected else "set PIYING_CONSOLE__TOKEN or …__TOKEN_FILE")


def _telegram(settings: Settings) -> Finding:
    """Nobody is asked, not even Telegram: whether it takes the token shows when the bot starts."""
    told = settings.telegram
    if not told.is_on:
        how = "for a bot, ask @BotFather for a token: PIYING_TELEGRAM__TOKEN or …__TOKEN_FILE"
        return Finding("telegram", good=True, state=f"off; {how}")
    try:
        told.secret()
    except Mistake as mistake:
        return Finding("telegram", good=False, state=str(mistake), remedy="write the token into that file")
    way = told.webhook
    here = f"webhook {way.url}, which ends at {_address(way.host, way.port)}" if way.url else "long polling"
    return Finding("telegram", good=True, state=f"on, by {told.base_url}; {here}; nobody was asked now")


def _discord(settings: Settings) -> Finding:
    """Nobody is asked, not even Discord."""
    told = settings.discord
    if not told.is_on:
        how = "for a bot, the Developer Portal gives a token: PIYING_DISCORD__TOKEN or …__TOKEN_FILE"
        return Finding("discord", good=True, state=f"off; {how}")
    try:
        told.secret()
    except Mistake as mistake:
        return Finding("discord", good=False, state=str(mistake), remedy="write the token into that file")
    shards = {None: "one connection", 0: "as many connections as it recommends"}.get(told.shards)
    many = shards or f"{told.shards} connections"
    return Finding("discord", good=True, state=f"on, by {told.api_url}; {many}; nobody was asked now")


def _address(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"
