"""Whatever is sent, there is an answer in the protocol's words, and no bug of ours behind it."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.videos.videos_stage import Stand, open_stand

quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

NAMES = st.sampled_from(
    ["prompt", "model", "seconds", "size", "seed", "negative_prompt", "guidance_scale", "input_reference",
     "last_input_reference", "input_reference[image_url]", "prompt[x]", "__proto__", ""]
)  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.sampled_from(["480x480", "standard", "4", "-1", "1e400", "data:image/png;base64,!", "a cat"]),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["image_url", "file_id", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)
TYPES = st.sampled_from(
    ["application/json", "application/json; charset=nonsense", "multipart/form-data; boundary=b", "text/plain",
     "multipart/form-data", "multipart/mixed; boundary=b", 'multipart/form-data; boundary=""', "application/x-www-form"]
)  # fmt: skip
PART_HEADERS = st.sampled_from(
    [b'Content-Disposition: form-data; name="prompt"', b'Content-Disposition: form-data; name="seed"; filename="x"',
     b"Content-Disposition: form-data", b"Content-Type: text/plain; charset=nonsense", b"Content-Encoding: gzip",
     b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: nonsense", b"Content-Length: 5",
     b"Content-Type: multipart/mixed; boundary=c", b"\xff: \x00", b":"]
)  # fmt: skip
PARTS = st.builds(
    lambda headers, body: b"--b\r\n" + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + body + b"\r\n",
    st.lists(PART_HEADERS, max_size=4),
    st.binary(max_size=30),
)
BODIES = st.one_of(
    st.binary(max_size=200),
    st.dictionaries(NAMES, VALUES, max_size=5).map(lambda fields: json.dumps(fields).encode()),
    st.builds(
        lambda parts, end: b"".join(parts) + end, st.lists(PARTS, max_size=4), st.sampled_from([b"--b--\r\n", b""])
    ),
)


def _with_stand(play: Callable[[Stand], Awaitable[None]]) -> None:
    async def stage() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with open_stand(Path(folder), welcome_credits=10**6, waiting=10**6, clips_a_day=10**6) as stand:
                await play(stand)

    asyncio.run(stage())


@quick
@given(st.lists(st.tuples(TYPES, BODIES), min_size=1, max_size=8))
def test_every_body_is_answered(asked: list[tuple[str, bytes]]) -> None:
    async def play(stand: Stand) -> None:
        for content_type, body in asked:
            status, told = await stand.ask("POST", "videos", data=body, headers={"Content-Type": content_type})
            assert status < 500, (content_type, body, told)
            assert told["object"] == "video" if status == 200 else told["error"]["message"]

    _with_stand(play)


@quick
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["GET", "POST", "DELETE", "HEAD", "PUT", "OPTIONS", "PATCH"]),
            st.lists(
                st.one_of(
                    st.sampled_from(["v1", "videos", "models", "content", "remix", "..", "%00", "%ff", "?limit=%00"]),
                    st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#"), max_size=9),
                ),
                max_size=4,
            ).map("/".join),
            st.binary(max_size=40).map(lambda data: data.replace(b"\r", b"").replace(b"\n", b"")),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_no_path_and_no_header_breaks_it(asked: list[tuple[str, str, bytes]]) -> None:
    async def play(stand: Stand) -> None:
        port = int(stand.adapter.url.removesuffix("/v1").rsplit(":", 1)[1])
        for method, path, junk in asked:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head = f"{method} /v1/{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n".encode()
            key = f"Authorization: Bearer {stand.key}\r\n".encode()
            writer.write(head + key + b"Accept-Language: " + junk + b"\r\nIdempotency-Key: " + junk + b"\r\n\r\n")
            status = (await asyncio.wait_for(reader.readline(), 10)).split()[1]
            assert status[:1] in b"24", (method, path, junk, status)
            writer.close()
            await writer.wait_closed()

    _with_stand(play)
