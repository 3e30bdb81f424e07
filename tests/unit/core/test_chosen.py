"""What users and chats chose, as the intake heeds it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.catalogue.catalogue import Catalogue
from core.catalogue.load import load_models
from core.errors import QuotaExceeded, Refusal, Unsupported
from core.intake import Intake
from core.preferences import ChatSettings, UserSettings
from core.quotas.limits import Limits
from core.types import Address, JobState, Note, Translation
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
