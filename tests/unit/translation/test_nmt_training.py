"""``training/translation/nmt``: that its parts do what they say, and from nothing to a folder that translates."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import pytest

from tests.needs import need

if not all(map(find_spec, ("torch", "sentencepiece", "ctranslate2"))):
    pytest.skip("missing: torch, sentencepiece and ctranslate2", allow_module_level=True)

import torch
from ctranslate2 import Translator
from sentencepiece import SentencePieceProcessor

from training.translation.dictionary import Dictionary
from training.translation.nmt.__main__ import encoded, learn_pieces
from training.translation.nmt.export import export
from training.translation.nmt.material import mark, mix
from training.translation.nmt.model import Size, Transformer
from training.translation.nmt.train import BEGIN, PADDING, Ids, Plan, batch_rows, padded, train
from training.translation.synthetic import Prompts
from translation.ct2 import Ct2Translator, missing

ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared" / "data"
SIZE = Size(0, 32, 2, 64, 2, 1, 0.1)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def lines() -> list[tuple[str, str]]:
    prompts = Prompts(1)
    return [prompts.next() for _ in range(400)]


@pytest.fixture(scope="module")
def pieces(lines: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return learn_pieces(lines, tmp_path_factory.mktemp("pieces") / "pieces.model", 4000)


@pytest.fixture(scope="module")
def pairs(lines: list[tuple[str, str]], pieces: Path) -> list[tuple[Ids, Ids]]:
    return encoded(lines, pieces)


def transformer(pieces: Path) -> Transformer:
    torch.manual_seed(0)
    found = SentencePieceProcessor(model_file=str(pieces)).get_piece_size()
    return Transformer(Size(found, *(getattr(SIZE, name) for name in list(SIZE.__dataclass_fields__)[1:])))


def test_what_is_copied_is_a_placeholder_on_both_sides() -> None:
    assert mark(("一只猫,35mm 镜头", "a cat, 35mm lens")) == ("一只猫,<k0> 镜头", "a cat, <k0> lens")
    assert mark(("35mm 镜头", "a lens")) is None
    assert mark(("一只猫", "a cat")) == ("一只猫", "a cat")


def test_mixed_lines_have_chinese_words_as_their_english_says_them() -> None:
    dictionary = Dictionary({"公园": ["park"], "跑步": ["to run"], "海滩": ["beach"]})
    costs = {"公园": 1.0, "里": 1.0, "在": 1.0, "猫": 1.0}
    assert mix(("猫在公园里", "a cat in the park"), dictionary, costs, random.Random(1))[0] == "猫在 park 里"
    assert mix(("猫在公园里", "a cat is there"), dictionary, costs, random.Random(1))[0] == "猫在公园里"


def test_batches_hold_every_row_once_and_no_more_than_they_may(pairs: list[tuple[Ids, Ids]]) -> None:
    batches = batch_rows(pairs, 300)
    assert sorted(row for batch in batches for row in batch) == list(range(len(pairs)))
    assert all(len(rows) * max(max(map(len, pairs[row])) for row in rows) <= 300 for rows in batches)


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not(
    pairs: list[tuple[Ids, Ids]], pieces: Path, tmp_path: Path
) -> None:
    plan = Plan(6, 300, 7, "cpu", warm_up=2, every=3)
    whole, resumed = transformer(pieces), transformer(pieces)
    train(whole, pairs, plan, tmp_path / "whole.safetensors", print)
    with pytest.raises(KeyboardInterrupt):
        train(transformer(pieces), pairs, plan, tmp_path / "parts.safetensors", stops_the_second_time())
    assert train(resumed, pairs, plan, tmp_path / "parts.safetensors", print) == 6
    for (name, one), other in zip(whole.named_parameters(), resumed.parameters(), strict=True):
        assert torch.equal(one, other), name


def stops_the_second_time() -> Callable[[str], None]:
    """Ends a run before its second checkpoint."""
    said: list[str] = []

    def say(what: str) -> None:
        said.append(what)
        if len(said) == 2:
            raise KeyboardInterrupt

    return say


def test_the_folder_scores_as_the_model_does(pairs: list[tuple[Ids, Ids]], pieces: Path, tmp_path: Path) -> None:
    model = transformer(pieces)
    train(model, pairs, Plan(30, 600, 7, "cpu", warm_up=5), tmp_path / "c.safetensors", print)
    model.eval()
    export(model, pieces, tmp_path / "folder", quantization=None)
    reader = SentencePieceProcessor(model_file=str(pieces))
    source, target = pairs[0]
    with torch.no_grad():
        scores = model(padded([source]), padded([[BEGIN, *target[:-1]]]), PADDING).log_softmax(-1)
    expected = [float(scores[0, place, piece]) for place, piece in enumerate(target)]
    found = Translator(str(tmp_path / "folder")).score_batch(
        [[reader.id_to_piece(piece) for piece in source[:-1]]], [[reader.id_to_piece(piece) for piece in target[:-1]]]
    )
    assert found[0].log_probs == pytest.approx(expected, abs=1e-3)


def excerpt(folder: Path) -> Path:
    """The first lines of each file that training reads: all of them take a minute, to learn from 3000."""
    for name in ("translation", "safety"):
        (folder / name).mkdir(parents=True)
        for file in (*(DATA / name).glob("*.tsv"), *(DATA / name).glob("*.jsonl")):
            with file.open(encoding="utf-8") as lines:
                (folder / name / file.name).write_text("".join(islice(lines, 4000)), "utf-8")
    return folder


@pytest.mark.slow
def test_one_command_goes_from_nothing_to_a_folder_that_translates(tmp_path: Path) -> None:
    need(DATA.exists(), f"translated texts in {DATA}")
    data = excerpt(tmp_path / "data")
    command = [sys.executable, "-m", "training.translation.nmt", str(data), str(tmp_path / "nmt")]
    subprocess.run([*command, "--size", "tiny", "--steps", "40", "--lines", "3000"], cwd=ROOT, check=True, timeout=900)
    assert missing(tmp_path / "nmt") == []
    answer = asyncio.run(Ct2Translator(tmp_path / "nmt").translate("一只 <k0> 猫在跑", "zh", "en"))
    assert answer.count("<k0>") == 1
