"""Turns a vendor's key into whether the vendor takes it, by the cheapest request there is."""

from __future__ import annotations

from core.engines.hosted.asking import Asking
from core.engines.hosted.faults import AnswerLost, Fault, Kind, NotSent, VendorFault
from core.engines.hosted.keys import Key
from core.engines.hosted.vendor import Vendor
from core.engines.hosted.wire import Wire
from piying.clock import SystemClock


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
