"""``piying agreements``: what users declared and agreed to, as a table or as JSON lines."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

from rich.console import Console
from rich.table import Column, Table

from piying.settings import Settings
from piying.wiring import open_store

_LISTED, _ALL = 200, 10_000_000


def list_agreements(settings: Settings, *, as_json: bool) -> None:
    """The newest first."""
    with open_store(settings).look() as tx:
        found = tx.agreements.listed(limit=_ALL if as_json else _LISTED)
    if as_json:
        for one in found:
            print(json.dumps(asdict(one)))
        return
    table = Table("when (UTC)", Column("code", no_wrap=True), "about", "account", "terms", "picture")
    for one in found:
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(one.agreed_at))
        table.add_row(when, one.code, one.matter, one.account, one.terms, one.digest[:16])
    Console().print(table)
