"""From a draft to a post and away again, on either database: who may, what is told, what stays on record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from core.errors import DeliveryDelayed, PostUnsure, RecipientGone, Refusal
from core.publishing.permissions import Right
from core.publishing.studio import View
from core.publishing.types import MACHINE, Action, Content, Profile, Role, State
from core.publishing.who import Who
from core.rights import export, forget
from core.safety.agreements import UNLABELLED
from core.types import Note, Place
from storage.database import SqlStore
from tests.fakes import FakeClipStore
from tests.publishers import CLIP, KEPT, Newsroom

HOUR = 3600.0


@pytest.fixture
def room(store: SqlStore, tmp_path: Path) -> Newsroom:
    return Newsroom(store, FakeClipStore(tmp_path))


def code_of(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return refused.value.code


async def test_from_a_draft_to_a_post_and_away_again(room: Newsroom) -> None:
    draft = room.draft(room.member)
    code = draft.publication.code
    assert room.studio.submit(room.member, code).publication.state is State.SUBMITTED
    assert room.told(room.owner) == room.told(room.editor) == ["publication-submit"]
    approved = room.studio.approve(room.editor, code, room.clock.now() + HOUR)
    assert approved.publication.state is State.SCHEDULED
    assert room.told(room.member) == ["publication-approve"]
    assert await room.post() == 0
    room.pass_(HOUR)
    assert await room.post() == 1
    assert room.now(draft).state is State.POSTED
    assert room.publisher.shown == {"m0": (f"{draft.publication.id}.1", "a cat\n\nAI-generated")}
    assert room.told(room.member)[-1] == "publication-post"
    room.studio.withdraw(room.owner, code, "wrong colours")
    await room.poster.mend()
    assert room.publisher.shown == {}
    assert room.now(draft).message is None
    with room.store.look() as tx:
        steps = tx.publications.steps(draft.publication.id)
    assert [(step.action, step.account, step.role) for step in steps] == [
        (Action.SUBMIT, room.member.account, Role.AUTHOR),
        (Action.APPROVE, room.editor.account, Role.EDITOR),
        (Action.SCHEDULE, room.editor.account, Role.EDITOR),
        (Action.BEGIN, MACHINE, None),
        (Action.POST, MACHINE, None),
        (Action.WITHDRAW, room.owner.account, Role.OWNER),
    ]
    assert steps[-1].why == "wrong colours"


def act(room: Newsroom, who: Who, action: Action, code: str) -> View:
    """What each role tries with the publication of the member."""
    doing = {
        Action.EDIT: lambda: room.studio.edit(who, code, {"en": "other"}),
        Action.CHANGE: lambda: room.studio.edit(who, code, {"en": "other"}),
        Action.AMEND: lambda: room.studio.edit(who, code, {"en": "other"}),
        Action.SUBMIT: lambda: room.studio.submit(who, code),
        Action.APPROVE: lambda: room.studio.approve(who, code),
        Action.DECLINE: lambda: room.studio.decline(who, code, "no"),
        Action.SCHEDULE: lambda: room.studio.approve(who, code, room.clock.now() + 2 * HOUR),
        Action.WITHDRAW: lambda: room.studio.withdraw(who, code),
    }
    return doing[action]()


AT: dict[Action, State] = {
    Action.EDIT: State.DRAFT, Action.SUBMIT: State.DRAFT, Action.CHANGE: State.SUBMITTED,
    Action.APPROVE: State.SUBMITTED, Action.DECLINE: State.SUBMITTED, Action.AMEND: State.SCHEDULED,
    Action.SCHEDULE: State.SCHEDULED, Action.WITHDRAW: State.SCHEDULED,
}  # fmt: skip
MAY: dict[str, frozenset[Action]] = {
    "owner": frozenset(AT) - {Action.EDIT, Action.SUBMIT},
    "editor": frozenset(AT) - {Action.EDIT, Action.SUBMIT},
    "member": frozenset({Action.EDIT, Action.SUBMIT, Action.WITHDRAW}),
    "other": frozenset(),
    "outsider": frozenset(),
    "operator": frozenset({Action.WITHDRAW}),
}


@pytest.mark.parametrize("action", AT)
def test_every_role_does_what_it_may_and_nothing_else(room: Newsroom, action: Action) -> None:
    room.office.join(room.who("other"), room.channel.id, Role.MEMBER)
    for name, allowed in MAY.items():
        who = room.operator if name == "operator" else room.who(name)
        make = {
            State.DRAFT: lambda: room.draft(room.member),
            State.SUBMITTED: room.submitted,
            State.SCHEDULED: room.scheduled,
        }
        view = make[AT[action]]()
        before = room.now(view)
        if action in allowed:
            assert act(room, who, action, before.code).publication != before
        else:
            with pytest.raises(Refusal) as refused:
                act(room, who, action, before.code)
            assert code_of(refused) in {"not-permitted", "publication-unknown"}
            assert room.now(view) == before


def test_channel_rights_of_every_role(room: Newsroom) -> None:
    doing: dict[Right, Callable[[Who], object]] = {
        Right.SEE: lambda who: room.office.see(who, room.channel.code),
        Right.OFFER: lambda who: room.studio.draft(who, room.clip(who), room.channel.code, Content()),
        Right.PROFILE: lambda who: room.office.set_profile(who, room.channel.code, {"ratio": ""}),
        Right.PEOPLE: lambda who: room.office.people(who, room.channel.code),
    }
    may = {
        room.owner: set(doing), room.editor: {Right.SEE, Right.OFFER}, room.member: {Right.SEE, Right.OFFER},
        room.outsider: set(), room.operator: {Right.SEE},
    }  # fmt: skip
    for who, allowed in may.items():
        for right, do in doing.items():
            if right in allowed:
                do(who)
            else:
                with pytest.raises(Refusal) as refused:
                    do(who)
                expected = "channel-unknown" if who is room.outsider else "not-permitted"
                assert code_of(refused) == expected
    with pytest.raises(Refusal, match="not-permitted"):
        room.office.disconnect(room.editor, room.channel.code)
    room.office.disconnect(room.owner, room.channel.code)
    assert room.office.memberships(room.owner) == []


def test_a_draft_is_its_authors_alone(room: Newsroom) -> None:
    draft = room.draft(room.member)
    for who in (room.owner, room.editor, room.operator, room.outsider):
        with pytest.raises(Refusal, match="publication-unknown"):
            room.studio.show(who, draft.publication.code)
    assert room.studio.show(room.member, draft.publication.code).publication == draft.publication
    assert room.studio.mine(room.member)
    assert room.studio.waiting(room.editor) == []


def test_the_same_clip_is_drafted_once(room: Newsroom) -> None:
    job = room.clip(room.member)
    views = [room.studio.draft(room.member, job, room.channel.code, Content()) for _ in range(2)]
    assert views[0] == views[1]


@pytest.mark.parametrize(
    ("changes", "profile", "code"),
    [
        ({"clip": None}, Profile(), "publication-unmade"),
        ({"notes": (Note(UNLABELLED),)}, Profile(), "publication-unlabelled"),
        ({"place": Place("channel", nsfw=True)}, Profile(), "clip-for-adults"),
        ({}, Profile(recipes=("hd",)), "publication-recipe"),
        ({"clip": replace(CLIP, width=480, height=854)}, Profile(ratio="16:9"), "publication-ratio"),
    ],
)
def test_a_clip_that_the_channel_does_not_take(
    room: Newsroom, changes: dict[str, object], profile: Profile, code: str
) -> None:
    with room.store.begin() as tx:
        tx.channels.set_profile(room.channel.id, profile)
    with pytest.raises(Refusal) as refused:
        room.draft(room.member, "a cat", **changes)
    assert code_of(refused) == code
    others = room.clip(room.editor)
    with pytest.raises(Refusal, match="not-yours"):
        room.studio.draft(room.member, others, room.channel.code, Content())


def test_what_was_sent_back_is_changed_and_handed_in_again(room: Newsroom) -> None:
    code = room.submitted().publication.code
    room.studio.decline(room.editor, code, "too dark")
    assert room.told(room.member) == ["publication-decline"]
    room.studio.edit(room.member, code, {"en": "a bright cat"})
    assert room.studio.submit(room.member, code).publication.content.captions == {"en": "a bright cat"}
    changed = room.studio.edit(room.editor, code, {"tags": "cats"})
    assert changed.publication.state is State.CHANGED
    assert room.told(room.member)[-1] == "publication-change"
    assert room.studio.approve(room.owner, code).publication.state is State.SCHEDULED


def test_an_owner_posts_their_own_at_once(room: Newsroom) -> None:
    draft = room.draft(room.owner)
    approved = room.studio.approve(room.owner, draft.publication.code).publication
    assert (approved.state, approved.at) == (State.SCHEDULED, room.clock.now())


def test_the_authors_time_holds_where_nobody_says_another(room: Newsroom) -> None:
    draft = room.draft(room.member)
    wished = room.clock.now() + 5 * HOUR
    room.studio.submit(room.member, draft.publication.code, wished)
    assert room.studio.approve(room.editor, draft.publication.code).publication.at == wished


def test_a_time_after_the_clip_is_gone_is_refused(room: Newsroom) -> None:
    code = room.submitted().publication.code
    with pytest.raises(Refusal, match="moment-far"):
        room.studio.approve(room.editor, code, room.clock.now() + KEPT)
    assert room.studio.show(room.editor, code).publication.state is State.SUBMITTED


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


def test_joined_accounts_keep_the_higher_role(room: Newsroom) -> None:
    view = room.submitted()
    with room.store.begin() as tx:
        tx.ledger.offer_link(room.editor.account, "hash", expires_at=room.clock.now() + 9)
        tx.ledger.accept_link(room.member.account, "hash", now=room.clock.now())
    people = {one.account: one.role for one in room.office.people(room.owner, room.channel.code)[1]}
    assert people == {room.owner.account: Role.OWNER, room.editor.account: Role.EDITOR}
    assert room.now(view).account == room.editor.account


def test_a_channel_goes_on_under_another_id(room: Newsroom) -> None:
    with room.store.begin() as tx:
        tx.chats.move("console", "news", "news-2")
        moved = tx.channels.get(room.channel.id)
    assert moved is not None
    assert moved.address.chat == "news-2"
    assert asdict(moved.profile) == asdict(room.channel.profile)


def test_a_chat_is_one_channel(room: Newsroom) -> None:
    with pytest.raises(Refusal, match="channel-known"):
        room.office.connect(room.outsider, room.channel.address, "Mine", "UTC")


def test_people_are_dismissed_by_number_and_owners_are_not(room: Newsroom) -> None:
    _, people = room.office.people(room.owner, room.channel.code)
    numbers = {one.account: number for number, one in enumerate(people, 1)}
    room.office.dismiss(room.owner, room.channel.code, numbers[room.editor.account])
    for number in (numbers[room.owner.account], 0, 99):
        with pytest.raises(Refusal, match="person-unknown"):
            room.office.dismiss(room.owner, room.channel.code, number)
    with pytest.raises(Refusal, match="publication-unknown"):
        room.studio.approve(room.editor, room.submitted().publication.code)


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
