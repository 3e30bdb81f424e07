"""What an operator may write about a vendor: a bad address or price is said at once, and a secret in it is not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from core.engines.hosted.addresses import Gate
from piying.engine_settings import VendorSettings


@pytest.mark.parametrize(
    "url",
    [
        "https://me:secret@a.example", "https://:secret@a.example", "https://@a.example", "https://a.example?k=secret",
        "https://a.example#secret", "https://a.example:99999", "ftp://a.example", "a.example", "https://", "https://[",
        "https://0x7f.1", "https://a .example",
    ],
)  # fmt: skip
def test_an_address_that_nobody_could_ask_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="write it as"):
        VendorSettings(base_url=url)


@pytest.mark.parametrize("url", ["https://a.example", "http://127.0.0.1:8000/v1", "http://[::1]:8000", "http://gpu:80"])
def test_an_address_of_a_server_is_taken(url: str) -> None:
    assert VendorSettings(base_url=f"{url}/").base_url == url
    assert Gate(url).host


@pytest.mark.parametrize("price", ["-0.1", "NaN", "Infinity"])
def test_a_price_that_would_slip_past_the_budget_is_refused(price: str) -> None:
    with pytest.raises(ValidationError):
        VendorSettings(prices={"a": {"480p": Decimal(price)}})
    assert VendorSettings(prices={"a": {"480p": Decimal(0)}}).prices == {"a": {"480p": 0}}
