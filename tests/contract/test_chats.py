"""Core's ports for what chats add, preferences, posts and chats, held on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa

from core.errors import Refusal
from core.payments import Payment
from core.posts import PostBook
from core.preferences import ChatSettings, UserSettings, changed
from core.quotas.usage import Used
from core.reports import ReportReason, make_report
from core.rights import export, forget
from core.types import Address, Job, JobState, Place, Server
from storage.chat_tables import posts, preferences
from storage.database import SqlStore
from tests.stores import NOW, account_of, held_job, open_account

GROUP = Address("telegram", "-100", "7")
PRIVATE_CHAT = Address("telegram", "7", "7")
OTHER = Address("telegram", "-100", "8")


def job(store: SqlStore, address: Address, **changes: object) -> Job:
    return held_job(store, address, credits_=100, **changes)


def codes(store: SqlStore, address: Address, **asked: object) -> list[str]:
    account = account_of(store, address)
    with store.look() as tx:
        return [found.code for found in tx.chats.history(account.id, address, **{"limit": 9, **asked})]  # type: ignore[arg-type]


def test_settings_are_kept_apart_by_platform_and_by_what_they_are_of(store: SqlStore) -> None:
    mine = UserSettings(recipe="hd", quiet=True)
    chats = ChatSettings(recipes=("draft",), clips_a_day=0, channels=("12",), role_clips_a_day={"3": 0}, labelled=True)
    with store.begin() as tx:
        assert tx.preferences.user("telegram", "7") == UserSettings()
        tx.preferences.set_user("telegram", "7", UserSettings(ratio="1:1"), now=NOW)
        tx.preferences.set_user("telegram", "7", mine, now=NOW)
        tx.preferences.set_chat("telegram", "7", chats, now=NOW)
    with store.look() as tx:
        assert tx.preferences.user("telegram", "7") == mine
        assert tx.preferences.chat("telegram", "7") == chats
        assert tx.preferences.user("discord", "7") == UserSettings()
        assert tx.preferences.chat("telegram", "8") == ChatSettings()


def test_changes_at_once_are_all_kept(store: SqlStore) -> None:
    changes = {"recipe": "hd", "ratio": "1:1", "seconds": 6.0, "quiet": True, "locale": "en"}

    def change(name: str) -> None:
        with store.begin() as tx:
            settings = tx.preferences.user("telegram", "7", for_change=True)
            tx.preferences.set_user("telegram", "7", changed(settings, {name: changes[name]}), now=NOW)

    with ThreadPoolExecutor(5) as threads:
        list(threads.map(change, changes))
    with store.look() as tx:
        assert tx.preferences.user("telegram", "7") == UserSettings("en", "hd", "1:1", 6.0, quiet=True)


def test_facts_are_replaced_as_a_whole_and_go_with_their_job(store: SqlStore) -> None:
    first, second = job(store, GROUP), job(store, GROUP)
    book = PostBook(store)
    assert book.get(first.id) == {}
    assert book.put(first.id, {"message": 5, "topic": 2})
    assert book.put(first.id, {"message": 6, "file": "甲"})
    assert book.put(second.id, {"message": 7})
    assert book.get(first.id) == {"message": 6, "file": "甲"}
    assert book.of([first.id, second.id, "none"]) == {first.id: {"message": 6, "file": "甲"}, second.id: {"message": 7}}
    assert book.of([]) == {}
    with store.begin() as tx:
        tx.jobs.remove(first.id)
    assert not book.put(first.id, {"message": 8})
    assert book.of([first.id, second.id]) == {second.id: {"message": 7}}


def test_who_is_forgotten_leaves_neither_choices_nor_posts(store: SqlStore) -> None:
    mine, theirs = job(store, GROUP), job(store, OTHER)
    with store.begin() as tx:
        tx.preferences.set_user("telegram", "7", UserSettings(recipe="hd"), now=NOW)
        tx.preferences.set_chat("telegram", "7", ChatSettings(covered=True), now=NOW)
        tx.preferences.set_chat("telegram", "-100", ChatSettings(paused=True), now=NOW)
        tx.preferences.set_user("telegram", "8", UserSettings(quiet=True), now=NOW)
        for one in (mine, theirs):
            tx.posts.put(one.id, {"message": 5, "token": "opens a door", "token_until": 9.0})
    with store.begin() as tx:
        told = export(tx, mine.account)
        assert {row["scope"]: row["settings"] for row in told["preferences"]} == {
            "user": {"recipe": "hd"},
            "chat": {"covered": True},
        }
        assert told["posts"] == {mine.id: {"message": 5}}
        forget(tx, mine.account, now=NOW)
        assert not tx.posts.put(mine.id, {"message": 6})
    with store.look() as tx:
        assert tx.preferences.user("telegram", "7") == UserSettings()
        assert [row.job_id for row in tx.connection.execute(sa.select(posts))] == [theirs.id]
        left = tx.connection.execute(sa.select(preferences.c.scope, preferences.c.id)).all()
    assert sorted(map(tuple, left)) == [("chat", "-100"), ("user", "8")]


def test_nobody_is_forgotten_while_money_is_being_given_back(store: SqlStore) -> None:
    account = account_of(store, GROUP)
    with store.begin() as tx:
        tx.payments.grant_once(Payment("telegram", "charge", account.id, "7", 5, 5, "XTR", NOW))
        tx.payments.begin_refund("telegram", "charge", now=NOW)
    with pytest.raises(Refusal, match="refund-open"), store.begin() as tx:
        forget(tx, account.id, now=NOW)
    with store.begin() as tx:
        tx.payments.end_refund("telegram", "charge", now=NOW)
        forget(tx, account.id, now=NOW)


def test_a_users_history_has_their_jobs_of_all_chats_and_nobody_elses(store: SqlStore) -> None:
    made = [job(store, address, created_at=NOW + n) for n, address in enumerate((GROUP, PRIVATE_CHAT, GROUP))]
    job(store, OTHER)
    job(store, Address("discord", "7", "7"))
    newest_first = [one.code for one in made][::-1]
    assert codes(store, GROUP) == codes(store, PRIVATE_CHAT) == newest_first
    assert codes(store, GROUP, limit=1, after=newest_first[0]) == newest_first[1:2]
    with store.begin() as tx:
        tx.jobs.delete(made[1].id, now=NOW)
    assert codes(store, GROUP, after=newest_first[1]) == newest_first[2:]
    with pytest.raises(Refusal, match="job-unknown"):
        codes(store, OTHER, after=newest_first[0])


def test_jobs_of_one_moment_are_paged_without_a_gap(store: SqlStore) -> None:
    made = {job(store, GROUP, created_at=NOW).code for _ in range(5)}
    found, after = list[str](), None
    while page := codes(store, GROUP, limit=2, after=after):
        found, after = found + page, page[-1]
    assert (len(found), set(found)) == (5, made)


def test_finished_clips_are_found_by_code_or_by_all_words(store: SqlStore) -> None:
    def clip(code: str, prompt: str, state: JobState = JobState.SUCCEEDED, address: Address = GROUP) -> None:
        job(store, address, code=code, prompt=prompt, state=state, created_at=NOW + len(prompt))

    clip("ABC123", "A red fox in the snow")
    clip("ABD123", "雪地里的一只红狐狸")
    clip("XYZ789", "100% red_car")
    clip("FAILED1", "a red fox", JobState.FAILED)
    clip("THEIRS1", "a red fox", address=OTHER)
    for words, expected in {
        "abc": ["ABC123"], "AB": ["ABC123", "ABD123"], "RED fox": ["ABC123"], "snow red": ["ABC123"],
        "狐狸": ["ABD123"], "100%": ["XYZ789"], "d_c": ["XYZ789"], "%": ["XYZ789"], "wolf": [],
        "red": ["ABC123", "XYZ789"], "": ["ABC123", "XYZ789", "ABD123"],
    }.items():  # fmt: skip
        assert codes(store, GROUP, words=words) == expected, words


def test_usage_counts_as_limits_do(store: SqlStore) -> None:
    for state in (JobState.QUEUED, JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED):
        job(store, GROUP, state=state, created_at=NOW)
    job(store, OTHER, created_at=NOW)
    job(store, PRIVATE_CHAT, created_at=NOW)
    job(store, OTHER, created_at=NOW - 1)
    with store.begin() as tx:
        assert tx.chats.usage("telegram", "-100", since=NOW) == [Used("7", 2, 8.0), Used("8", 1, 4.0)]
        assert tx.chats.usage("telegram", "-100", since=NOW + 1) == []
        assert tx.jobs.spent_since(NOW, address=GROUP) == (3, 12.0)


def test_what_is_made_in_the_chats_of_a_server_is_counted_by_its_name(store: SqlStore) -> None:
    first, second = Address("discord", "12", "7"), Address("discord", "13", "8")
    here, there = (Place("group", server=Server(name, ("12", "parent"))) for name in ("guild:1", "guild:2"))
    made = job(store, first, place=here, created_at=NOW)
    job(store, second, place=here, created_at=NOW)
    job(store, second, place=there, created_at=NOW)
    job(store, second, created_at=NOW)
    job(store, replace(first, platform="telegram"), place=here, created_at=NOW)
    server = Address("discord", "guild:1", "9")
    with store.begin() as tx:
        assert tx.jobs.get(made.id) == made
        assert tx.chats.usage("discord", "guild:1", since=NOW) == [Used("7", 1, 4.0), Used("8", 1, 4.0)]
        assert tx.jobs.spent_since(NOW, address=server) == (2, 8.0)
        assert tx.jobs.spent_since(NOW, account=made.account, address=server) == (1, 4.0)
        assert tx.jobs.spent_since(NOW, address=second) == (3, 12.0)
        assert tx.jobs.spent_since(NOW + 1, address=server) == (0, 0.0)


def test_a_chat_that_moves_takes_all_along_and_only_once(store: SqlStore) -> None:
    made, elsewhere = job(store, GROUP), job(store, replace(GROUP, platform="discord"))
    with store.begin() as tx:
        tx.preferences.set_chat("telegram", "-100", ChatSettings(clips_a_day=3), now=NOW)
        tx.posts.put(made.id, {"message": 5})
        account = open_account(tx, OTHER)
        report = tx.reports.add(make_report(made, account.id, OTHER, ReportReason.OTHER, "", now=NOW))
        assert tx.chats.move("telegram", "-100", "-200") == 1
        assert tx.chats.move("telegram", "-100", "-200") == 0
    with store.look() as tx:
        assert tx.jobs.of_chat("telegram", "-100", limit=9) == []
        (moved,) = tx.jobs.of_chat("telegram", "-200", limit=9)
        assert moved == replace(made, address=Address("telegram", "-200", "7"))
        assert tx.posts.get(made.id) == {"message": 5}
        assert tx.preferences.chat("telegram", "-200") == ChatSettings(clips_a_day=3)
        assert tx.preferences.chat("telegram", "-100") == ChatSettings()
        found = tx.reports.get(report.id)
        assert found is not None
        assert found.address.chat == "-200"
        assert tx.jobs.get(elsewhere.id) == elsewhere


def test_settings_that_the_new_chat_has_already_stay(store: SqlStore) -> None:
    with store.begin() as tx:
        tx.preferences.set_chat("telegram", "-100", ChatSettings(clips_a_day=3), now=NOW)
        tx.preferences.set_chat("telegram", "-200", ChatSettings(paused=True), now=NOW)
        tx.chats.move("telegram", "-100", "-200")
        assert tx.preferences.chat("telegram", "-200") == ChatSettings(paused=True)
        assert tx.preferences.chat("telegram", "-100") == ChatSettings()
