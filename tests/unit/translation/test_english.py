import pytest

from translation.english import Word, write


def words(text: str) -> list[Word]:
    return [Word(part) for part in text.split(" ")]


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ("a cat runs .", "A cat runs."),
        ("a cat , a dog . they run", "A cat, a dog. They run"),
        ("a owl and an dog", "An owl and a dog"),
        ("an unicorn , a hour", "A unicorn, an hour"),
        ("the the cat cat sleeps", "The cat sleeps"),
        ("a the cat", "The cat"),
        ("the girl 's dress does n't move", "The girl's dress doesn't move"),
        ('the sign says " open " in red', 'The sign says "open" in red'),
        ("a ( red ) car", "A (red) car"),
        ("一 。 二", "一. 二"),
        ("a city in the , at night", "A city, at night"),
        ("a city at night with", "A city at night"),
        ("the camera pushes in .", "The camera pushes in."),
        ("cat , .", "Cat."),
    ],
)
def test_words_become_text(parts: str, text: str) -> None:
    assert write(words(parts)) == text


def test_nouns_after_a_numeral_are_many_where_the_word_is_known() -> None:
    vocabulary = {"cats", "reds", "people"}
    assert write(words("two cat and three xyz"), vocabulary) == "Two cats and three xyz"
    assert write(words("two cats , two red dogs"), vocabulary) == "Two cats, two red dogs"
    assert write(words("two person"), vocabulary) == "Two people"
    assert write([Word("two"), Word("cat", copied=True)], vocabulary) == "Two cat"


def test_what_is_copied_keeps_every_letter() -> None:
    copied = [Word("iPhone", copied=True), Word("a"), Word("“的 的”", copied=True), Word("the", copied=True)]
    assert write(copied) == "iPhone a “的 的” the"


def test_nothing_gives_nothing() -> None:
    assert write([]) == ""
    assert write([Word("")]) == ""
