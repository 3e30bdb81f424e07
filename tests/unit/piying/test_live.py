"""Hold ``piying doctor`` to what it says of vendors, asked and not asked."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from core.catalogue.load import load_models
from piying.engine_settings import EnginesSettings, OpenAiVideosSettings, VendorSettings
from piying.engines import make_catalogue
from piying.live import look_at_vendors
from piying.mistake import Mistake
from piying.readiness import Finding
from piying.settings import Settings
from tests.vendors.threaded import in_thread
from tests.vendors.zhipu import ZhipuServer

KEY = "sk-secret-1"


def look(*, live: bool = False, **vendors: VendorSettings) -> list[Finding]:
    settings = Settings(engines=EnginesSettings(**vendors))
    return list(look_at_vendors(settings, make_catalogue(settings), load_models(), live=live))


@pytest.fixture
def zhipu() -> Iterator[ZhipuServer]:
    with in_thread(ZhipuServer()) as server:
        yield server


def test_without_a_key_it_is_said_how_to_get_there() -> None:
    (found,) = look()
    assert found.good
    assert "docs/reference/engines.md" in found.state


def test_a_vendor_is_named_with_its_host_its_keys_and_its_models() -> None:
    (found,) = look(bytedance=VendorSettings(key=SecretStr(f"{KEY},{KEY}2")))
    assert found.good
    assert "ark.ap-southeast.bytepluses.com (international), 2 keys; " in found.state
    assert "seedance-2.5" in found.state
    assert KEY not in found.state


def test_models_without_a_price_are_named_and_how_to_state_one() -> None:
    (found,) = look(zhipu=VendorSettings(key=SecretStr(KEY), region="china"))
    assert not found.good
    assert "PIYING_ENGINES__ZHIPU__PRICES" in found.remedy
    (found,) = look(
        zhipu=VendorSettings(
            key=SecretStr(KEY),
            region="china",
            models=("cogvideox-3",),
            prices={"cogvideox-3": {"720p": Decimal("0.05"), "1080p": Decimal("0.05")}},
        )
    )
    assert (found.good, "cogvideox-3" in found.state) == (True, True)


def test_a_key_is_proved_by_asking(zhipu: ZhipuServer) -> None:
    told = {"base_url": zhipu.url, "models": ("cogvideox-3",)}
    good = look(live=True, zhipu=VendorSettings(key=SecretStr(zhipu.key), **told))
    assert [finding.good for finding in good[1:]] == [True]
    bad = look(live=True, zhipu=VendorSettings(key=SecretStr("wrong"), **told))
    assert [finding.good for finding in bad[1:]] == [False]
    assert "key" in bad[1].remedy
    assert zhipu.creates == []


def test_a_vendor_that_cannot_be_reached_is_told_from_a_bad_key() -> None:
    found = look(live=True, kling=VendorSettings(key=SecretStr(KEY), base_url="http://127.0.0.1:9"))
    assert "down" in found[1].state
    assert KEY not in str(found)


def test_sora_is_gone() -> None:
    with pytest.raises(ValidationError, match="discontinued on 2026-09-24"):
        OpenAiVideosSettings(base_url="https://api.openai.com")


@pytest.mark.parametrize("url", ["ftp://x", "https://", "https://u:p@host", "https://host/?key=1", "host"])
def test_an_address_is_one(url: str) -> None:
    with pytest.raises(ValidationError):
        VendorSettings(base_url=url)


def test_a_region_that_the_vendor_has_not_is_a_mistake() -> None:
    with pytest.raises(Mistake, match="REGION"):
        look(baidu=VendorSettings(key=SecretStr(KEY), region="international"))


def test_a_file_of_keys_is_read_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("one\ntwo, three\n")
    assert VendorSettings(key_file=file).keys("X") == ("one", "two", "three")
