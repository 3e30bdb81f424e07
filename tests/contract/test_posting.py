"""What is scheduled is posted once and in time, and stays as its people want it, on either database."""

from __future__ import annotations

from pathlib import Path

import pytest

from bots.adapter import Post
from core.errors import DeliveryDelayed, PostUnsure, RecipientGone
from core.publishing.studio import View
from core.publishing.types import Content, State
from core.rights import export, forget
from storage.database import SqlStore
from tests.fakes import FakeClipStore
from tests.publishers import KEPT, Newsroom

HOUR = 3600.0


@pytest.fixture
def room(store: SqlStore, tmp_path: Path) -> Newsroom:
    return Newsroom(store, FakeClipStore(tmp_path))


async def test_a_new_time_holds_and_a_withdrawn_one_is_not_posted(room: Newsroom) -> None:
    moved, gone = room.scheduled(), room.scheduled()
    room.studio.approve(room.editor, moved.publication.code, room.clock.now() + 3 * HOUR)
    room.studio.withdraw(room.member, gone.publication.code)
    room.pass_(2 * HOUR)
    assert await room.post() == 0
    room.pass_(2 * HOUR)
    assert await room.post() == 1
    assert len(room.publisher.sent) == 1


async def test_two_processes_begin_it_once(room: Newsroom) -> None:
    room.scheduled()
    room.pass_(HOUR)
    both = [room.make_timekeeper(), room.make_timekeeper()]
    assert sum(one.look() for one in both) == 1
    assert len(room.queue.posts) == 1


async def test_another_platforms_process_leaves_it_alone(room: Newsroom) -> None:
    room.scheduled()
    room.pass_(HOUR)
    assert room.make_timekeeper(("telegram",)).look() == 0


async def test_asked_again_it_is_posted_once(room: Newsroom) -> None:
    view = room.scheduled()
    room.pass_(HOUR)
    room.timekeeper.look()
    for _ in range(3):
        await room.poster.post(view.publication.id, 1)
    assert len(room.publisher.sent) == 1


async def test_what_was_sent_before_a_crash_is_found(room: Newsroom) -> None:
    view = room.scheduled()
    room.pass_(HOUR)
    room.timekeeper.look()
    room.publisher.after = [ConnectionError()]
    with pytest.raises(ConnectionError):
        await room.poster.post(view.publication.id, 1)
    assert room.now(view).begun
    await room.poster.post(view.publication.id, 1)
    assert len(room.publisher.sent) == 1
    assert (room.now(view).state, room.now(view).message) == (State.POSTED, "m0")


async def test_a_platform_that_cannot_tell_is_not_asked_to_post_twice(room: Newsroom) -> None:
    view = room.scheduled()
    room.pass_(HOUR)
    room.timekeeper.look()
    room.publisher.forgetful, room.publisher.after = True, [ConnectionError()]
    with pytest.raises(ConnectionError):
        await room.poster.post(view.publication.id, 1)
    with pytest.raises(PostUnsure):
        await room.poster.post(view.publication.id, 1)
    await room.poster.give_up(view.publication.id, 1, "engine-fault")
    assert len(room.publisher.sent) == 1
    assert (room.now(view).state, room.now(view).error) == (State.FAILED, "post-unsure")
    for who in (room.owner, room.editor, room.member):
        assert room.told(who)[-1] == "publication-fail"


async def test_a_platform_that_said_no_is_asked_again(room: Newsroom) -> None:
    view = room.scheduled()
    room.pass_(HOUR)
    room.timekeeper.look()
    room.publisher.forgetful, room.publisher.faults = True, [DeliveryDelayed(retry_after=1)]
    with pytest.raises(DeliveryDelayed):
        await room.poster.post(view.publication.id, 1)
    assert not room.now(view).begun
    await room.poster.post(view.publication.id, 1)
    assert room.now(view).state is State.POSTED


async def test_a_failed_post_is_posted_by_another_turn(room: Newsroom) -> None:
    view = room.scheduled()
    room.pass_(HOUR)
    room.timekeeper.look()
    await room.poster.give_up(view.publication.id, 1, "recipient-gone")
    await room.poster.give_up(view.publication.id, 1, "recipient-gone")
    assert room.told(room.owner).count("publication-fail") == 1
    room.studio.approve(room.owner, view.publication.code)
    assert await room.post() == 1
    await room.poster.give_up(view.publication.id, 1, "recipient-gone")
    assert (room.now(view).state, room.now(view).turn, room.now(view).error) == (State.POSTED, 2, None)


async def test_what_the_queue_gave_up_is_told(room: Newsroom) -> None:
    view = room.scheduled()
    room.pass_(HOUR)
    room.timekeeper.look()
    room.queue.dead_jobs.add(f"{view.publication.id}.1")
    await room.timekeeper.sweep()
    assert room.now(view).state is State.POSTING
    room.pass_(HOUR)
    await room.timekeeper.sweep()
    assert (room.now(view).state, room.now(view).error) == (State.FAILED, "worker-lost")


@pytest.mark.parametrize(("missed", "state"), [("post", State.POSTED), ("ask", State.MISSED)])
async def test_a_post_missed_while_down_is_late_or_asked_about(room: Newsroom, missed: str, state: State) -> None:
    room.office.set_profile(room.owner, room.channel.code, {"missed": missed})
    view = room.scheduled()
    room.pass_(HOUR + 900)
    room.timekeeper = room.make_timekeeper()
    await room.post()
    assert room.now(view).state is state
    if missed == "ask":
        assert room.told(room.owner)[-1] == "publication-miss"
        room.studio.approve(room.owner, view.publication.code)
        assert await room.post() == 1


async def test_quiet_hours_put_a_post_off(room: Newsroom) -> None:
    view = room.scheduled()
    minute = int(room.clock.now() + 8 * HOUR) % 86400 // 60
    quiet = [(minute + shift) % 1440 for shift in (30, 180)]
    typed = "-".join(f"{one // 60:02}:{one % 60:02}" for one in quiet)
    room.office.set_profile(room.owner, room.channel.code, {"quiet": typed})
    room.pass_(HOUR)
    assert await room.post() == 0
    put_off = room.now(view)
    assert put_off.at is not None
    assert put_off.state is State.SCHEDULED
    assert 110 * 60 < put_off.at - room.clock.now() < 130 * 60
    assert room.told(room.member)[-1] == "publication-put-off"
    room.pass_(put_off.at - room.clock.now())
    assert await room.post() == 1
    asked = room.clock.now() + 86400 - HOUR
    later = room.studio.approve(room.editor, room.submitted().publication.code, asked)
    assert later.publication.at is not None
    assert later.publication.at > asked


async def test_a_clock_set_forward_and_back_posts_nothing_early(room: Newsroom) -> None:
    room.scheduled(5 * HOUR)
    assert await room.post() == 0
    room.clock.time += 6 * HOUR
    assert await room.post() == 0
    room.clock.time -= 6 * HOUR
    room.running += 120
    assert await room.post() == 0
    room.pass_(5 * HOUR)
    assert await room.post() == 1


async def test_a_clock_that_stays_forward_posts_a_minute_later(room: Newsroom) -> None:
    room.scheduled(5 * HOUR)
    assert await room.post() == 0
    room.clock.time += 6 * HOUR
    assert await room.post() == 0
    room.pass_(61)
    assert await room.post() == 1


async def test_a_clock_set_back_posts_nothing_twice(room: Newsroom) -> None:
    room.scheduled()
    room.pass_(HOUR)
    assert await room.post() == 1
    room.clock.time -= 5 * HOUR
    assert await room.post() == 0
    room.pass_(6 * HOUR)
    assert await room.post() == 0
    assert len(room.publisher.sent) == 1


async def posted(room: Newsroom) -> View:
    view = room.scheduled()
    room.pass_(HOUR)
    assert await room.post() == 1
    return view


async def test_a_post_says_what_editors_change(room: Newsroom) -> None:
    view = await posted(room)
    assert await room.poster.mend() == 0
    room.studio.edit(room.editor, view.publication.code, {"en": "two cats", "tags": "cats"})
    room.publisher.faults = [DeliveryDelayed(retry_after=5)]
    assert await room.poster.mend() == 0
    assert await room.poster.mend() == 0
    room.pass_(6)
    assert await room.poster.mend() == 1
    assert await room.poster.mend() == 0
    assert room.publisher.shown["m0"][1] == "two cats\n\n#cats\n\nAI-generated"


async def test_a_channel_that_is_gone_ends_the_mending(room: Newsroom) -> None:
    view = await posted(room)
    room.studio.withdraw(room.owner, view.publication.code)
    room.publisher.faults = [RecipientGone()]
    await room.poster.mend()
    assert room.now(view).message is None


async def test_the_post_of_a_deleted_clip_goes(room: Newsroom) -> None:
    view = await posted(room)
    with room.store.begin() as tx:
        tx.jobs.delete(view.publication.job, now=room.clock.now())
    await room.poster.mend()
    assert room.publisher.shown == {}
    assert room.now(view).state is State.WITHDRAWN
    assert room.told(room.member)[-1] == "publication-withdraw"


async def test_a_deleted_clip_is_not_posted(room: Newsroom) -> None:
    view = room.scheduled()
    with room.store.begin() as tx:
        tx.jobs.delete(view.publication.job, now=room.clock.now())
    room.pass_(HOUR)
    room.timekeeper.look()
    with pytest.raises(Exception, match="clip-invalid"):
        await room.poster.post(view.publication.id, 1)
    assert room.publisher.sent == []


async def test_who_is_forgotten_leaves_no_posts_and_no_words(room: Newsroom) -> None:
    view, waiting = await posted(room), room.submitted("my own words")
    with room.store.begin() as tx:
        told = export(tx, room.member.account)
        assert {row["code"] for row in told["publications"]} == {view.publication.code, waiting.publication.code}
        assert [row["role"] for row in told["channel_people"]] == ["member"]
        forget(tx, room.member.account, now=room.clock.now())
    await room.poster.mend()
    assert room.publisher.shown == {}
    with room.store.look() as tx:
        assert tx.publications.get(waiting.publication.id) is None
        left = tx.publications.get(view.publication.id)
        assert left is not None
        assert (left.content, left.address.user, left.message) == (Content(), "", None)
        assert left.account != room.member.account
        assert room.member.account not in {one.account for one in tx.channels.people(room.channel.id)}


async def test_who_is_forgotten_while_it_is_sent_leaves_no_post(room: Newsroom) -> None:
    view = room.scheduled()
    room.pass_(HOUR)
    room.timekeeper.look()
    publish = room.publisher.publish

    async def slowly(post: Post) -> str:
        message = await publish(post)
        with room.store.begin() as tx:
            forget(tx, room.member.account, now=room.clock.now())
        return message

    room.publisher.publish = slowly  # type: ignore[method-assign]
    await room.poster.post(view.publication.id, 1)
    assert len(room.publisher.shown) == 1
    await room.poster.mend()
    assert room.publisher.shown == {}
    assert room.now(view).state is State.WITHDRAWN


async def test_old_rows_go_and_posts_stay(room: Newsroom) -> None:
    kept, dropped = await posted(room), room.draft(room.member)
    failed = room.scheduled()
    room.pass_(HOUR)
    room.timekeeper.look()
    await room.poster.give_up(failed.publication.id, 1, "too-large")
    room.pass_(KEPT + HOUR)
    await room.timekeeper.sweep()
    with room.store.look() as tx:
        assert tx.publications.get(kept.publication.id)
        assert tx.publications.get(dropped.publication.id) is None
        assert tx.publications.steps(failed.publication.id) == []
    assert room.queue.forgotten == [f"{failed.publication.id}.1"]
