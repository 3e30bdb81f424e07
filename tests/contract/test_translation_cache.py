"""The cache of translations, held by the one in memory and by the one in the database."""

from dataclasses import replace

import pytest

from core.types import TranslationKey
from storage.database import SqlStore
from tests.fakes import FakeClock
from translation.cache import MemoryCache, StoredCache
from translation.ports import Cache

KEY = TranslationKey("ab" * 32, "phrase", "1", "en")
OTHERS = [
    replace(KEY, digest="cd" * 32),
    replace(KEY, translator="llm"),
    replace(KEY, version="2"),
    replace(KEY, target="zh"),
]


@pytest.fixture(params=["memory", "stored"])
def cache(request: pytest.FixtureRequest, store: SqlStore) -> Cache:
    return MemoryCache() if request.param == "memory" else StoredCache(store, FakeClock())


def test_what_was_kept_is_found_letter_for_letter(cache: Cache) -> None:
    assert cache.find(KEY) is None
    text = "a cat 🐈 says “你好” and 'hello', 35mm\u2029\\"
    cache.keep(KEY, text)
    assert cache.find(KEY) == text


@pytest.mark.parametrize("other", OTHERS)
def test_another_prompt_translator_version_or_target_is_another_translation(
    cache: Cache, other: TranslationKey
) -> None:
    cache.keep(KEY, "a cat")
    assert cache.find(other) is None
    cache.keep(other, "the cat")
    assert (cache.find(KEY), cache.find(other)) == ("a cat", "the cat")


def test_the_first_that_was_kept_stays(cache: Cache) -> None:
    for text in ("a cat", "the cat"):
        cache.keep(KEY, text)
    assert cache.find(KEY) == "a cat"


def test_keys_may_be_as_long_as_they_get(cache: Cache) -> None:
    key = TranslationKey("f" * 64, "t" * 32, "v" * 64, "zh")
    cache.keep(key, "x" * 10_000)
    assert cache.find(key) == "x" * 10_000


def test_old_translations_are_removed_and_the_others_are_not(store: SqlStore) -> None:
    with store.begin() as tx:
        assert tx.translations.oldest() is None
        tx.translations.keep(KEY, "old", now=100.0)
        tx.translations.keep(OTHERS[0], "older", now=50.0)
        tx.translations.keep(OTHERS[1], "new", now=200.0)
    with store.begin() as tx:
        assert tx.translations.oldest() == 50.0
        assert tx.translations.remove_before(200.0) == 2
        assert tx.translations.remove_before(200.0) == 0
    with store.look() as tx:
        assert [tx.translations.find(key) for key in (KEY, *OTHERS[:2])] == [None, None, "new"]
