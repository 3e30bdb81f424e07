"""What waits for a slow page stays small."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from bots.console.outbox import MAX_NEWS, MAX_REPLIES, Outbox


async def test_news_of_one_kind_take_each_others_place() -> None:
    outbox = Outbox()
    assert all(outbox.tell("progress:A", {"percent": percent}) for percent in range(10_000))
    outbox.tell("progress:B", {"percent": 1})
    assert await outbox.take() == {"percent": 9999}
    assert await outbox.take() == {"percent": 1}


async def test_too_many_kinds_of_news_are_too_many() -> None:
    outbox = Outbox()
    assert all(outbox.tell(f"job:{number}", {}) for number in range(MAX_NEWS))
    assert not outbox.tell("job:one more", {})
    assert outbox.tell("job:0", {"newer": True})
    assert await outbox.take() == {"newer": True}
    assert outbox.tell("job:one more", {})


async def test_replies_wait_for_room() -> None:
    outbox = Outbox()
    for number in range(MAX_REPLIES):
        await outbox.reply({"number": number})
    late = asyncio.create_task(outbox.reply({"number": "late"}))
    await asyncio.sleep(0)
    assert not late.done()
    assert await outbox.take() == {"number": 0}
    await late
    rest = [(await outbox.take())["number"] for _ in range(MAX_REPLIES)]
    assert rest == [*range(1, MAX_REPLIES), "late"]


async def test_taking_waits_for_something() -> None:
    outbox = Outbox()
    taking = asyncio.create_task(outbox.take())
    await asyncio.sleep(0)
    outbox.tell("account", {"balance": 3})
    assert await taking == {"balance": 3}


@given(
    st.lists(
        st.one_of(st.just("reply"), st.just("take"), st.sampled_from([f"news {n}" for n in range(5)])), max_size=60
    )
)
def test_nothing_but_outdated_news_is_lost(moves: list[str]) -> None:
    async def play() -> None:
        outbox = Outbox()
        expected: dict[int | str, int] = {}
        for number, move in enumerate(moves):
            if move == "take":
                if expected:
                    assert await outbox.take() == {"number": expected.pop(next(iter(expected)))}
            elif move == "reply":
                if sum(isinstance(kind, int) for kind in expected) < MAX_REPLIES:
                    await outbox.reply({"number": number})
                    expected[number] = number
            else:
                assert outbox.tell(move, {"number": number})
                expected[move] = number

    asyncio.run(play())
