"""What an operator has at a vendor."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.catalogue.hosted import Region


@dataclass(frozen=True)
class Account:
    """What the operator set for one vendor. ``at_once`` clips and ``rate`` new ones a second for each of the keys.

    ``watermark``: whether the vendor shall put its own mark into the picture; None leaves that to the vendor.
    """

    keys: tuple[str, ...] = field(repr=False)
    region: Region
    base: str
    at_once: int
    rate: float
    watermark: bool | None = None
