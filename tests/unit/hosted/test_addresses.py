"""Where a vendor may send us to fetch a video, and where not."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.engines.hosted.fetch import FetchFailed
from core.errors import EngineFault
from tests.unit.hosted.depots import (
    KEY,
    LINK,
    PRIVATE,
    PUBLIC,
    VIDEO,
    Depot,
    Names,
    Open,
    Roads,
    moved,
    plain,
)


@pytest.mark.parametrize(
    "url",
    [
        "", "clip.mp4", "/clip.mp4", "https:///clip.mp4", "https:clip.mp4", "file:///etc/passwd", "ftp://cdn.example/a",
        "data:video/mp4;base64,AAAA", "http://cdn.example/clip.mp4", "https://cdn.example:8443/clip.mp4",
        "https://cdn.example:22/", "https://cdn.example:0/", "https://cdn.example:99999/", "https://cdn..example/",
        "https://ann@cdn.example/", "https://ann:secret@cdn.example/", "https://@cdn.example/",
        "https://cdn.example\\@127.0.0.1/", "https://127.0.0.1\\.cdn.example/", "https://cdn.example /",
        "https://cdn.example/a\r\nX: y", "https://cdn\t.example/", "https://" + "a" * 64 + ".example/",
        "https://cdn.example/" + "a" * 9000,
        "https://127.0.0.1/", "https://127.0.0.1:80/", "https://127.0.0.1./", "https://127.1/", "https://2130706433/",
        "https://0x7f000001/", "https://0x7f.1/", "https://0X7F.1/", "https://0177.0.0.1/", "https://017700000001/",
        "https://127.0.0.0x1/", "https://127%2e0.0.1/", "https://①②⑦.0.0.1/", "https://127。0。0。1/",
        "https://１２７.0.0.1/", "https://0/", "https://0.0.0.0/", "https://10.0.0.7/", "https://172.16.0.1/",
        "https://192.168.0.1/", "https://169.254.169.254/latest/meta-data", "https://100.100.100.200/",
        "https://168.63.129.16/", "https://192.0.0.192/", "https://224.0.0.1/", "https://255.255.255.255/",
        "https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/",
        "https://[0:0:0:0:0:ffff:10.0.0.7]/", "https://[::127.0.0.1]/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/",
        "https://[fd00:ec2::254]/", "https://[fec0::1]/", "https://[ff02::1]/", "https://[2002:7f00:1::]/",
        "https://[64:ff9b::7f00:1]/", "https://[64:ff9b::a9fe:a9fe]/", "https://[64:ff9b:1::7f00:1]/",
        "https://[2001:0:7f00:1::]/", "https://[2001:db8::1]/", "https://[v1.x]/", "https://[93.184.216.34]/",
        "https://[2606:4700:4700::1111%25eth0]/", "https://[::1/",
    ],
)  # fmt: skip
async def test_forbidden_addresses(roads: Roads, names: Names, opening: Open, target: Path, url: str) -> None:
    with pytest.raises(EngineFault, match="clip-invalid"):
        await opening().fetch(url, target, headers=KEY)
    assert (roads.taken, names.asked) == ([], [])


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "192.88.99.1", "240.0.0.1",
        "0.0.0.0", "224.0.0.251", "::1", "::ffff:10.0.0.1", "fe80::1%eth0", "fc00::1", "2002:a00:1::", "64:ff9b::a00:1",
        "2001::1", "3fff::1", "5f00::1", "100::1", "ff0e::1",
    ],
)  # fmt: skip
async def test_names_that_lead_inside(roads: Roads, names: Names, opening: Open, target: Path, address: str) -> None:
    names.names["cdn.example"] = [[PUBLIC, address]]
    with pytest.raises(EngineFault, match="clip-invalid") as caught:
        await opening().fetch(LINK, target)
    assert caught.value.details == {"detail": "a forbidden address: cdn.example is not public"}
    assert roads.taken == []


@pytest.mark.parametrize("address", [PUBLIC, "::ffff:93.184.216.34", "2606:4700:4700::1111", "64:ff9b::5db8:d822"])
async def test_names_that_lead_outside(roads: Roads, names: Names, opening: Open, target: Path, address: str) -> None:
    names.names["cdn.example"] = [[address]]
    with pytest.raises(FetchFailed, match=r"cdn\.example"):
        await opening().fetch(LINK, target)
    assert roads.taken == [(address, 443)]


async def test_a_name_that_is_nowhere(opening: Open, target: Path) -> None:
    with pytest.raises(FetchFailed, match=r"nowhere\.example"):
        await opening().fetch("https://nowhere.example/clip.mp4", target)


async def test_a_name_that_changes_after_the_check_changes_nothing(
    cdn: Depot, roads: Roads, names: Names, opening: Open, target: Path
) -> None:
    names.names["cdn.example"] = [[PUBLIC], ["127.0.0.1"]]
    downloads = opening()
    await downloads.fetch(LINK, target)
    assert (names.asked, roads.taken) == (["cdn.example"], [(PUBLIC, 443)])
    with pytest.raises(EngineFault, match="clip-invalid"):
        await downloads.fetch(LINK, target)
    assert roads.taken == [(PUBLIC, 443)]
    assert len(cdn.seen) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_to_the_same_server_carry_the_key(
    vendor: Depot, opening: Open, target: Path, status: int
) -> None:
    vendor.answers |= {"/a": moved("/b", status), "/b": moved("c?x=%2F", status), "/c": moved("/clip.mp4", status)}
    await opening(vendor.url).fetch(f"{vendor.url}/a", target, headers=KEY)
    assert target.read_bytes() == VIDEO
    assert [one.headers["Authorization"] for one in vendor.seen] == ["Bearer sk-secret"] * 4
    assert vendor.seen[2].raw_path == "/c?x=%2F"


async def test_the_key_stays_behind_and_does_not_come_back(
    cdn: Depot, roads: Roads, opening: Open, target: Path
) -> None:
    roads.to[PRIVATE, 8443] = cdn.port
    cdn.answers["/a"] = moved(LINK.replace("clip.mp4", "b"))
    cdn.answers["/b"] = moved("https://own.example:8443/clip.mp4")
    await opening("https://own.example:8443").fetch("https://own.example:8443/a", target, headers=KEY)
    assert [(one.host, "Authorization" in one.headers) for one in cdn.seen] == [
        ("own.example:8443", True),
        ("cdn.example", False),
        ("own.example:8443", False),
    ]


async def test_four_redirects_are_too_many(vendor: Depot, opening: Open, target: Path) -> None:
    vendor.answers |= {f"/{n}": moved(f"/{n + 1}") for n in range(4)} | {"/4": plain(VIDEO)}
    with pytest.raises(EngineFault, match="clip-invalid"):
        await opening(vendor.url).fetch(f"{vendor.url}/0", target)
    assert len(vendor.seen) == 4


@pytest.mark.parametrize(
    "location",
    [
        "", "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/", "//10.0.0.7/", "https://inside.example/",
        "http://cdn.example/clip.mp4", "http://other.example/", "//cdn.example:8443/clip.mp4", "ftp://cdn.example/",
        "file:///etc/passwd", "javascript:0", "https://ann:secret@other.example/", "https://0x7f.1/", "//2130706433/",
    ],
)  # fmt: skip
async def test_redirects_to_where_nobody_may_go(
    cdn: Depot, roads: Roads, names: Names, opening: Open, target: Path, location: str
) -> None:
    names.names["inside.example"] = [["192.168.1.1"]]
    cdn.answers["/clip.mp4"] = moved(location)
    with pytest.raises(EngineFault, match="clip-invalid"):
        await opening().fetch(LINK, target)
    assert roads.taken == [(PUBLIC, 443)]


async def test_a_redirect_to_a_name_that_changed_meanwhile(
    cdn: Depot, roads: Roads, names: Names, opening: Open, target: Path
) -> None:
    names.names["cdn.example"] = [[PUBLIC], ["127.0.0.1"]]
    cdn.answers["/a"] = moved("/clip.mp4")
    with pytest.raises(EngineFault, match="clip-invalid"):
        await opening().fetch("https://cdn.example/a", target)
    assert roads.taken == [(PUBLIC, 443)]


async def test_encryption_is_never_given_up_not_even_for_the_own_server(
    cdn: Depot, vendor: Depot, opening: Open, target: Path
) -> None:
    cdn.answers["/clip.mp4"] = moved(f"{vendor.url}/clip.mp4")
    with pytest.raises(EngineFault, match="clip-invalid"):
        await opening(vendor.url).fetch(LINK, target)
    assert vendor.seen == []


async def test_the_own_server_may_send_to_one_with_encryption_alone(
    cdn: Depot, vendor: Depot, opening: Open, target: Path
) -> None:
    vendor.answers |= {"/a": moved(LINK), "/b": moved("http://cdn.example/clip.mp4")}
    downloads = opening(vendor.url)
    await downloads.fetch(f"{vendor.url}/a", target, headers=KEY)
    assert "Authorization" not in cdn.seen[0].headers
    with pytest.raises(EngineFault, match="clip-invalid"):
        await downloads.fetch(f"{vendor.url}/b", target, headers=KEY)
    assert len(cdn.seen) == 1
