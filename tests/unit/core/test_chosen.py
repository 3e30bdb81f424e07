"""What users and chats chose, as the intake heeds it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.catalogue.catalogue import Catalogue
from core.catalogue.load import load_models
from core.errors import QuotaExceeded, Refusal, Unsupported
from core.intake import Intake
from core.preferences import ChatSettings, UserSettings
from core.quotas.limits import Limits
from core.types import Address, JobState, Note, Place, Request, Server, Translation
from storage.database import SqlStore
from tests.desks import ask, make_intake
from tests.stores import ALICE, NOW, account_of, open_store

GROUP = Address("console", "group", "alice")
OTHER = Address("console", "group", "bob")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path / 'piying.db'}") as opened:
        yield opened


def choose(store: SqlStore, *, user: UserSettings | None = None, chat: ChatSettings | None = None) -> None:
    with store.begin() as tx:
        if user is not None:
            tx.preferences.set_user("console", "alice", user, now=NOW)
        if chat is not None:
            tx.preferences.set_chat("console", "group", chat, now=NOW)


async def made(intake: Intake, prompt: str = "a cat", **options: Any) -> tuple[str, float, tuple[int, int], list[Note]]:
    quote = await intake.quote(ask(prompt, address=GROUP, **options))
    spec = quote.spec
    return spec.recipe, spec.seconds, (spec.width, spec.height), list(quote.notes)


async def test_a_users_settings_stand_where_the_request_says_nothing(store: SqlStore) -> None:
    choose(store, user=UserSettings(recipe="hd", ratio="9:16", seconds=6.0))
    intake = make_intake(store)
    assert await made(intake) == ("hd", 6.0, (720, 1280), [])
    assert await made(intake, recipe="standard", ratio="1:1", seconds=4.0) == ("standard", 4.0, (480, 480), [])
    choose(store, user=UserSettings(recipe="standard", ratio="1:1", seconds=3.0))
    assert (await made(intake, "a cat hd"))[0] == "hd"
    assert (await made(intake, "a cat vertical"))[2] == (480, 854)
    assert (await made(intake, "a cat 6s"))[1] == 6.0


async def test_a_setting_that_cannot_be_followed_is_left_out_and_told(store: SqlStore) -> None:
    choose(store, user=UserSettings(recipe="gone-hd", seconds=90.0))
    recipe, seconds, _, notes = await made(make_intake(store))
    usual, usual_seconds, _, _ = await made(make_intake(store), recipe=recipe)
    assert (recipe, seconds) == (usual, usual_seconds)
    assert notes == [Note("recipe-left-out", {"asked": "gone-hd"}), Note("seconds-left-out", {"asked": "90"})]


async def test_what_the_request_says_itself_is_refused_where_it_cannot_be(store: SqlStore) -> None:
    choose(store, user=UserSettings(seconds=6.0))
    with pytest.raises(Unsupported, match="option-seconds"):
        await made(make_intake(store), seconds=90.0)


async def test_a_recipe_for_pictures_is_left_out_where_there_are_none(store: SqlStore) -> None:
    model = load_models()[0]
    card = model.card.model_copy(update={"key": "animate", "pictures": ("first",)})
    recipe = model.recipes[0].model_copy(update={"key": "animate-standard"})
    catalogue = Catalogue((model, model.model_copy(update={"card": card, "recipes": (recipe,)})))
    choose(store, user=UserSettings(recipe="animate-standard"))
    used, *_, notes = await made(make_intake(store, catalogue=catalogue))
    assert used == catalogue.default
    assert notes == [Note("recipe-left-out", {"asked": "animate-standard"})]


async def test_a_chat_that_lacks_the_default_gives_its_first_recipe(store: SqlStore) -> None:
    choose(store, chat=ChatSettings(recipes=("gone-hd", "hd")))
    assert (await made(make_intake(store)))[::3] == ("hd", [])
    choose(store, user=UserSettings(recipe="hd"))
    assert (await made(make_intake(store)))[::3] == ("hd", [])
    choose(store, user=UserSettings(recipe="standard"))
    assert (await made(make_intake(store)))[::3] == ("hd", [Note("recipe-left-out", {"asked": "standard"})])


@pytest.mark.parametrize("prompt", ["a cat", "a cat hd"])
async def test_a_recipe_that_the_chat_does_not_allow_is_refused(store: SqlStore, prompt: str) -> None:
    choose(store, chat=ChatSettings(recipes=("standard",)))
    options = {} if prompt.endswith("hd") else {"recipe": "hd"}
    for take in (make_intake(store).quote, make_intake(store).submit):
        with pytest.raises(Unsupported, match="recipe-not-here") as refused:
            await take(ask(prompt, address=GROUP, **options))
        assert refused.value.details == {"value": "hd", "known": "standard"}


async def test_a_paused_chat_takes_nothing_and_others_do(store: SqlStore) -> None:
    choose(store, chat=ChatSettings(paused=True))
    intake = make_intake(store)
    for take in (intake.quote, intake.submit):
        with pytest.raises(Refusal, match="chat-paused"):
            await take(ask(address=GROUP))
    assert (await intake.submit(ask(address=ALICE))).job.state is JobState.QUEUED


@pytest.mark.parametrize(
    ("late", "code"),
    [
        (ChatSettings(paused=True), "chat-paused"),
        (ChatSettings(recipes=("hd",)), "recipe-not-here"),
        (ChatSettings(clips_a_day=0), "limit-chat-clips"),
    ],
)
async def test_what_a_chat_changes_while_a_prompt_is_read_holds(store: SqlStore, late: ChatSettings, code: str) -> None:
    class Slow:
        names = ("slow",)

        async def translate(self, text: str, languages: Any, *, by: str | None = None) -> Any:

            choose(store, chat=late)
            return Translation(text, "en", "none", translated=False)

    with pytest.raises(Refusal, match=code):
        await make_intake(store, translator=Slow()).submit(ask(address=GROUP))
    assert account_of(store).held == 0


async def test_a_chats_limits_are_for_all_and_only_lower_the_operators(store: SqlStore) -> None:
    choose(store, chat=ChatSettings(clips_a_day=2, seconds_a_day=10_000))
    intake = make_intake(store, limits=Limits(chat_seconds_a_day=9))
    await intake.submit(ask(key="1", address=GROUP, seconds=4.0))
    with pytest.raises(QuotaExceeded, match="limit-chat-seconds"):
        await intake.submit(ask(key="2", address=OTHER, seconds=6.0))
    await intake.submit(ask(key="2", address=OTHER, seconds=4.0))
    with pytest.raises(QuotaExceeded, match="limit-chat-clips") as refused:
        await intake.submit(ask(key="3", address=GROUP, seconds=2.0))
    assert refused.value.details["limit"] == 2
    await intake.submit(ask(key="3", address=ALICE))


async def test_a_members_limit_counts_their_clips_of_this_chat_alone(store: SqlStore) -> None:
    choose(store, chat=ChatSettings(member_clips_a_day=1))
    intake = make_intake(store)
    await intake.submit(ask(key="0", address=ALICE))
    await intake.submit(ask(key="1", address=GROUP))
    with pytest.raises(QuotaExceeded, match="limit-member-clips") as refused:
        await intake.submit(ask(key="2", address=GROUP))
    assert refused.value.details["limit"] == 1
    assert refused.value.details["retry_after"]
    await intake.submit(ask(key="3", address=OTHER))


async def test_a_clip_made_again_keeps_its_options_whatever_was_chosen_since(store: SqlStore) -> None:
    intake = make_intake(store)
    job = (await intake.submit(ask(address=GROUP, seconds=4.0))).job
    choose(store, user=UserSettings(recipe="hd", ratio="1:1", seconds=6.0))
    again = (await intake.submit(intake.request_again(job, "again", GROUP))).job
    assert again.spec == job.spec


def place_of(*chats: str, roles: tuple[str, ...] = ()) -> Place:
    return Place("group", server=Server("guild:1", chats, roles))


def in_server(channel: str, user: str = "alice", *, roles: tuple[str, ...] = (), key: str = "key") -> Request:
    """Asked for in a channel of a server; a thread says both names."""
    address = Address("console", channel, user)
    return replace(ask(key=key, address=address, seconds=4.0), place=place_of(channel, "parent", roles=roles))


def rule(store: SqlStore, **chosen: Any) -> None:
    with store.begin() as tx:
        tx.preferences.set_chat("console", "guild:1", ChatSettings(**chosen), now=NOW)


async def test_what_a_server_chose_holds_in_all_its_chats_and_in_no_other(store: SqlStore) -> None:
    rule(store, recipes=("hd",))
    intake = make_intake(store)
    assert (await intake.submit(in_server("12"))).job.spec.recipe == "hd"
    assert (await intake.submit(ask(key="2", address=GROUP))).job.spec.recipe != "hd"
    rule(store, paused=True)
    for channel in ("12", "13"):
        with pytest.raises(Refusal, match="chat-paused"):
            await intake.submit(in_server(channel, key=channel))


async def test_only_in_channels_that_a_server_allows_is_anything_made(store: SqlStore) -> None:
    rule(store, channels=("12",))
    intake = make_intake(store)
    for take in (intake.quote, intake.submit):
        with pytest.raises(Refusal, match="chat-not-allowed") as refused:
            await take(in_server("13"))
        assert refused.value.details == {"known": "12"}
    job = (await intake.submit(in_server("12"))).job
    assert job.place == place_of("12", "parent")
    rule(store, channels=("parent",))
    await intake.submit(in_server("99", key="thread"))
    rule(store, channels=("elsewhere",))
    with pytest.raises(Refusal, match="chat-not-allowed"):
        await intake.submit(intake.request_again(job, "again", job.address))


async def test_the_channels_of_a_server_share_its_limits(store: SqlStore) -> None:
    rule(store, clips_a_day=2)
    intake = make_intake(store)
    await intake.submit(in_server("12", key="1"))
    await intake.submit(in_server("13", "bob", key="2"))
    with pytest.raises(QuotaExceeded, match="limit-chat-clips"):
        await intake.submit(in_server("14", "carol", key="3"))
    await intake.submit(ask(key="3", address=Address("console", "14", "carol")))


async def test_the_operators_limits_of_a_chat_are_those_of_a_server(store: SqlStore) -> None:
    intake = make_intake(store, limits=Limits(chat_clips_a_day=1))
    await intake.submit(in_server("12", key="1"))
    with pytest.raises(QuotaExceeded, match="limit-chat-clips"):
        await intake.submit(in_server("13", "bob", key="2"))


async def test_a_role_has_a_limit_of_its_own_in_place_of_everybodys(store: SqlStore) -> None:
    rule(store, member_clips_a_day=1, role_clips_a_day={"muted": 0, "friend": 2, "patron": 3})
    intake = make_intake(store)
    with pytest.raises(QuotaExceeded, match="limit-member-clips"):
        await intake.submit(in_server("12", "mallory", roles=("muted",)))
    for clip, roles in enumerate([(), ("friend",), ("friend", "patron", "muted")]):
        job = (await intake.submit(in_server(f"1{clip}", roles=roles, key=str(clip)))).job
        # Whoever reads the job must not learn what its user was there.
        assert job.place == place_of(f"1{clip}", "parent")
    with pytest.raises(QuotaExceeded, match="limit-member-clips") as refused:
        await intake.submit(in_server("12", roles=("friend", "patron"), key="4"))
    assert refused.value.details["limit"] == 3


async def test_where_a_server_wants_labels_nobody_gets_a_clip_without(store: SqlStore) -> None:
    rule(store, labelled=True)
    intake = make_intake(store, allows_unlabelled=True)
    with pytest.raises(Refusal, match="unlabelled-not-here"):
        await intake.submit(replace(in_server("12"), unlabelled=True))
    rule(store)
    await intake.submit(replace(in_server("12"), unlabelled=True))
