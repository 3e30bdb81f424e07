"""From a draft to a post and away again, on either database: who may, what is told, what stays on record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from core.errors import Refusal
from core.publishing.permissions import Right
from core.publishing.studio import View
from core.publishing.types import MACHINE, Action, Content, Profile, Role, State
from core.publishing.who import Who
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
