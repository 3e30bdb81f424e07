"""Turns vendors' settings into what the doctor says of them; only where asked to, by asking the vendors themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from core.catalogue.cards import Model
from core.catalogue.catalogue import Catalogue
from core.catalogue.offers import unpriced
from core.engines.hosted.account import Account
from core.engines.hosted.asking import Asking
from core.engines.hosted.faults import AnswerLost, Fault, Kind, NotSent, VendorFault
from core.engines.hosted.keys import Key
from core.engines.hosted.vendor import Vendor
from core.engines.hosted.wire import Wire
from piying.clock import SystemClock
from piying.hosted import account_of, terms_of, variable, vendor_of
from piying.mistake import Mistake
from piying.readiness import Finding
from piying.settings import Settings

_REMEDIES = {
    Kind.KEY: "check the key, and that it is of the region that is set",
    Kind.MODEL: "activate the model in the vendor's console; or the path in …__BASE_URL is wrong",
    Kind.BALANCE: "top the account up",
    Kind.BUSY: "try again in a minute",
    Kind.DOWN: "check the address and the network, or try again later",
}


async def prove(vendor: Vendor, base: str, key: str) -> Fault | None:
    """What speaks against a key; None where it is good. Nothing is begun, and nothing costs money."""
    wire = Wire(base)
    try:
        answer = await Asking(vendor, wire, SystemClock()).ask(vendor.probe(), Key(1, key))
        vendor.proved(answer)
    except VendorFault as error:
        return error.fault
    except (NotSent, AnswerLost) as error:
        return Fault(Kind.DOWN, str(error))
    finally:
        await wire.close()
    return None


def look_at_vendors(
    settings: Settings, catalogue: Catalogue, models: Iterable[Model], *, live: bool
) -> Iterator[Finding]:
    """A line for each vendor that is set up, and for each of its keys where the vendor is asked (``live``)."""
    models = tuple(models)
    if not settings.engines.vendors:
        yield Finding("vendors", good=True, state="none; a key brings a vendor's models: docs/reference/engines.md")
    for name, told in settings.engines.vendors.items():
        try:
            account = account_of(name, told, catalogue)
        except Mistake as mistake:
            yield Finding(f"vendor {name}", good=False, state=str(mistake), remedy="mend that variable")
            continue
        yield _vendor(name, account, catalogue, unpriced(models, terms_of(name, told)))
        if live:
            yield from _keys(vendor_of(name, told), account)


def _vendor(name: str, account: Account, catalogue: Catalogue, without_price: tuple[str, ...]) -> Finding:
    host, own = urlsplit(account.base).hostname or "", [card.key for card in catalogue.cards if card.engine == name]
    state = f"{host} ({account.region}), {_count(account)}; {', '.join(own) or 'no model'}"
    remedy = f"for {', '.join(without_price)}, say what it costs: {variable(name)}__PRICES" if without_price else ""
    return Finding(f"vendor {name}", bool(own), state, remedy)


def _count(account: Account) -> str:
    keys = sum(map(bool, account.keys))
    return f"{keys} keys" if keys > 1 else "1 key" if keys else "no key"


def _keys(vendor: Vendor, account: Account) -> Iterator[Finding]:
    for number, key in enumerate(account.keys, start=1):
        fault = asyncio.run(prove(vendor, account.base, key))
        subject = f"vendor {vendor.name}, key {number}"
        if fault is None:
            yield Finding(subject, good=True, state="asked now: it is good")
        else:
            remedy = _REMEDIES.get(fault.kind, "see its page in docs/howto")
            yield Finding(subject, good=False, state=f"{fault.kind} {fault.code}".strip()[:120], remedy=remedy)
