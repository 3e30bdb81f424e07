"""What is sent for a finished video, to whom, and by which way."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.engines.hosted.fetch import Downloads, FetchFailed
from core.errors import EngineFault
from tests.unit.hosted.depots import (
    KEY,
    LINK,
    PRIVATE,
    VIDEO,
    Depot,
    Names,
    Open,
    Proxy,
    Roads,
    plain,
    stream,
)


async def test_a_video_of_the_operators_own_server(vendor: Depot, opening: Open, target: Path) -> None:
    await opening(vendor.url).fetch(f"{vendor.url}/clip.mp4", target, headers=KEY)
    assert target.read_bytes() == VIDEO
    seen = vendor.seen[0].headers
    assert (seen["Authorization"], seen.getall("Accept-Encoding")) == ("Bearer sk-secret", ["identity"])


async def test_a_video_elsewhere_is_fetched_without_the_key(
    cdn: Depot, vendor: Depot, opening: Open, target: Path
) -> None:
    await opening(vendor.url).fetch(LINK, target, headers=KEY)
    assert target.read_bytes() == VIDEO
    assert "Authorization" not in cdn.seen[0].headers
    assert cdn.seen[0].raw_path == "/clip.mp4?Expires=1&Signature=s3cr%2Ft%3D"


async def test_a_whole_video_in_bits_of_a_byte(vendor: Depot, opening: Open, target: Path) -> None:
    webm = b"\x1a\x45\xdf\xa3" + bytes(40)
    vendor.answers["/clip.webm"] = stream([webm[i : i + 1] for i in range(len(webm))])
    await opening(vendor.url).fetch(f"{vendor.url}/clip.webm", target)
    assert target.read_bytes() == webm


async def test_encoding_cannot_be_asked_for(vendor: Depot, opening: Open, target: Path) -> None:
    await opening(vendor.url).fetch(f"{vendor.url}/clip.mp4", target, headers={"accept-encoding": "gzip"})
    assert vendor.seen[0].headers.getall("Accept-Encoding") == ["identity"]


async def test_another_port_or_scheme_of_the_same_host_is_not_the_own_server(
    vendor: Depot, cdn: Depot, opening: Open, target: Path
) -> None:
    downloads = opening("https://cdn.example:8443")
    await downloads.fetch(LINK, target, headers=KEY)
    assert "Authorization" not in cdn.seen[0].headers
    with pytest.raises(EngineFault, match="clip-invalid"):
        await opening("https://127.0.0.1").fetch(f"{vendor.url}/clip.mp4", target, headers=KEY)
    assert vendor.seen == []


async def test_no_cookies_and_no_netrc(
    vendor: Depot, opening: Open, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ann password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    vendor.answers["/clip.mp4"] = plain(VIDEO, headers={"Set-Cookie": "a=b; Path=/"})
    downloads = opening(vendor.url)
    for _ in range(2):
        await downloads.fetch(f"{vendor.url}/clip.mp4", target)
    assert [("Cookie" in one.headers, "Authorization" in one.headers) for one in vendor.seen] == [(False, False)] * 2


async def test_the_own_host_may_be_private(cdn: Depot, roads: Roads, opening: Open, target: Path) -> None:
    roads.to[PRIVATE, 8443] = cdn.port
    await opening("https://OWN.example:8443/v1").fetch("https://own.example:8443/clip.mp4", target, headers=KEY)
    assert "Authorization" in cdn.seen[0].headers
    roads.to[PRIVATE, 443] = cdn.port
    await opening("https://own.example:8443").fetch("https://own.example/clip.mp4", target, headers=KEY)
    assert "Authorization" not in cdn.seen[1].headers


@pytest.mark.parametrize(
    ("own", "url"),
    [("http://127.0.0.1:9", "https://127.0.0.1/clip.mp4"), ("http://[0:0::1]:9", "https://[::1]/clip.mp4")],
)
async def test_an_own_host_that_is_an_address_may_be_private(
    roads: Roads, opening: Open, target: Path, own: str, url: str
) -> None:
    for way in (("127.0.0.1", 443), ("::1", 443)):
        roads.closed.add(way)
    with pytest.raises(FetchFailed):
        await opening(own).fetch(url, target)
    assert len(roads.taken) == 1


async def test_who_is_not_trusted_is_asked_nothing(cdn: Depot, opening: Open, target: Path) -> None:
    with pytest.raises(FetchFailed, match=r"cdn\.example"):
        await opening(tls=None).fetch(LINK, target)
    assert cdn.seen == []


@pytest.mark.parametrize("own", ["", "api.example", "ftp://api.example", "https://", "https://a b", "https://[::1"])
def test_the_own_address_must_be_one(own: str) -> None:
    with pytest.raises(ValueError, match=r"no address|neither http|no host|Invalid IPv6"):
        Downloads(own, largest=1, seconds=1.0)


async def test_through_a_proxy(cdn: Depot, proxy: Proxy, roads: Roads, opening: Open, target: Path) -> None:
    await opening().fetch(LINK, target, headers=KEY)
    assert target.read_bytes() == VIDEO
    assert (proxy.asked, {port for _, port in roads.taken}) == (["cdn.example:443"], {proxy.port, cdn.port})
    assert "Authorization" not in cdn.seen[0].headers


async def test_a_proxy_knows_names_that_are_unknown_here(
    names: Names, proxy: Proxy, opening: Open, target: Path
) -> None:
    del names.names["cdn.example"]
    await opening().fetch(LINK, target)
    assert (names.asked, proxy.asked) == (["cdn.example"], ["cdn.example:443"])


async def test_the_own_host_may_be_private_behind_a_proxy(proxy: Proxy, opening: Open, target: Path) -> None:
    await opening("https://own.example").fetch("https://own.example/clip.mp4", target)
    assert proxy.asked == ["own.example:443"]


@pytest.mark.parametrize("url", ["https://10.0.0.7/", "https://[::1]/", "https://hidden.example/clip.mp4"])
async def test_a_proxy_is_not_sent_inside(names: Names, proxy: Proxy, opening: Open, target: Path, url: str) -> None:
    names.names["hidden.example"] = [["10.0.0.8"]]
    with pytest.raises(EngineFault, match="clip-invalid"):
        await opening().fetch(url, target)
    assert proxy.asked == []


async def test_a_proxy_that_refuses(names: Names, proxy: Proxy, opening: Open, target: Path) -> None:
    with pytest.raises(FetchFailed, match=r"other\.example"):
        await opening().fetch("https://other.example/clip.mp4", target)
    assert proxy.asked == ["other.example:443"]
