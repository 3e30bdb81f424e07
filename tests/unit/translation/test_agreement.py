from pathlib import Path

import pytest

from translation.agreement import Grammar, agreed, read_grammar
from translation.english import Word, write

GRAMMAR = Grammar(
    {"man": "men", "cat": "cats", "dog": "dogs", "door": "doors", "sheep": "sheep", "park": "parks"},
    {"open": "opens", "run": "runs", "jump": "jumps", "park": "parks"},
)


@pytest.mark.parametrize(
    ("found", "mended"),
    [
        ("man opens a door", "a man opens a door"),
        ("the old man open a door", "the old man opens a door"),
        ("two cats is running", "two cats are running"),
        ("two cats runs", "two cats run"),
        ("a cat and a dog is running", "a cat and a dog are running"),
        ("a cat are running", "a cat is running"),
        ("cat running , dog jump", "a cat running , the dog jumps"),
        ("cat in the snow", "cat in the snow"),
        ("three sheep run", "three sheep run"),
        ("cat park", "cat park"),
        ("with a cat running", "with a cat running"),
        ("neon lights", "neon lights"),
        ("his cat runs", "his cat runs"),
        ("the man opens a door is closing", "the man opens a door closing"),
        ("riding a dog is going home", "riding a dog going home"),
        ("a man wearing a hat is running", "a man wearing a hat is running"),
        ("a cat is running and a dog is jumping", "a cat is running and a dog is jumping"),
        ("a red doors", "a red door"),
        ("a shot of a man are running", "a shot of a man is running"),
        ("two old man on the road", "two old men on the road"),
        ("two old man sat", "two old man sat"),
        ("opens door", "opens a door"),
        ("plays door", "plays door"),
        ("near an opening door", "near an opening door"),
        ("a man opening door", "a man opening a door"),
        ("through park gates", "through park gates"),
        ("the doors are jump", "the doors are jumping"),
        ("the doors are open", "the doors are open"),
        ("the sand run", "the sand runs"),
    ],
)
def test_subject_and_verb_agree(found: str, mended: str) -> None:
    words = [Word(word) for word in found.split(" ")]
    assert " ".join(word.text for word in agreed(words, GRAMMAR)) == mended


def test_a_number_in_digits_counts_what_follows() -> None:
    several = [Word("3", copied=True), Word("cat"), Word("Nike", copied=True)]
    assert [word.text for word in agreed(several, GRAMMAR)] == ["3", "cats", "Nike"]
    for number in ("1", "1990", "4K"):
        assert agreed([Word(number, copied=True), Word("cat")], GRAMMAR)[1].text == "cat"


def test_what_is_copied_stays() -> None:
    words = [Word("cat", copied=True), Word("run", copied=True)]
    assert agreed(words, GRAMMAR) == words
    assert write([Word("Cat", copied=True), Word("is"), Word("running")], (), GRAMMAR) == "Cat is running"


def test_without_a_file_nothing_is_touched(tmp_path: Path) -> None:
    words = [Word("man"), Word("open")]
    assert agreed(words, read_grammar(tmp_path / "none.tsv")) == words


def test_forms_are_read(tmp_path: Path) -> None:
    (tmp_path / "g.tsv").write_text("n\tcat\tcats\nv\trun\truns\n", "utf-8")
    assert read_grammar(tmp_path / "g.tsv") == Grammar({"cat": "cats"}, {"run": "runs"})
