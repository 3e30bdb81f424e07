"""What somebody typed is shown as typed, in as much of a message as Discord takes."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from discord import File
from discord.ui import LayoutView
from hypothesis import given
from hypothesis import strategies as st

from bots.discord.gallery import Look, gallery
from bots.discord.plain import ALT_TEXT, MESSAGE, alt_text, plain, plain_line
from bots.discord.press import LONGEST, unpack
from core.types import Job, Note
from tests.fakes import make_job

HOSTILE = st.text(st.sampled_from("*_~`|[]()<>@#:/\\-+.1 \naé🐈皮影"), max_size=200)


def as_shown(text: str) -> str:
    """What Discord makes of it: a backslash takes the meaning of the sign after it, and goes."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", text)


@given(HOSTILE)
def test_it_is_shown_as_it_was_typed(text: str) -> None:
    assert as_shown(plain(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "**bold** _italic_ ~~gone~~ ||hidden|| `code`",
        "@everyone <@1> <#2> <@&3> </video:4> <t:5> <:cat:6> <id:browse>",
        "[free credits](https://evil.example)",
        "https://evil.example",
        "# big\n- one\n1. two\n> said\n-# small",
    ],
)
def test_nothing_of_it_means_anything(text: str) -> None:
    shown = plain(text)
    left = re.sub(r"\\[^0-9A-Za-z\s]", "", shown)
    assert not re.search(r"[*_~`|\[\]()<>@#]|://|^\s*([-+>]|\d+[.)])", left, re.MULTILINE)


@given(HOSTILE, st.integers(20, 400))
def test_a_line_is_one_and_fits(text: str, most: int) -> None:
    line = plain_line(text, most)
    assert len(line) <= most
    assert "\n" not in line


@given(HOSTILE.map(lambda text: text * 30))
def test_the_alternative_text_fits(prompt: str) -> None:
    told = alt_text(prompt)
    assert told is None if not prompt.strip() else 0 < len(told or "") <= ALT_TEXT


def shown(job: Job, look: Look) -> LayoutView:
    return gallery(job, File(io.BytesIO(b"clip"), "clip.mp4", description=alt_text(job.prompt)), look)


@pytest.mark.parametrize("prompt", ["*" * 5000, "一只猫" * 2000, "", " \n "])
async def test_the_message_of_a_clip_fits_whatever_was_typed(prompt: str) -> None:
    notes = tuple(Note("not-followed", {"words": "<@1> *_" * 40}) for _ in range(30))
    job = replace(make_job(prompt=prompt), notes=notes)
    look = Look(["en", "zh-Hans"], user=1 << 63, is_covered=True, may_publish=True, before="b" * 300)
    view = shown(job, look)
    parts = list(view.walk_children())
    texts = [part.content for part in parts if hasattr(part, "content")]
    assert all(texts)
    assert sum(map(len, texts)) <= MESSAGE
    assert len(parts) <= 40
    ids = [part.custom_id for part in parts if hasattr(part, "custom_id")]
    assert len(ids) == len(set(ids)) == 8
    assert all(len(one) <= LONGEST and unpack(one) for one in ids)


async def test_a_message_is_not_kept_by_the_library() -> None:
    view = shown(make_job(), Look(["en"]))
    assert view.is_finished()
    assert view.timeout is None
