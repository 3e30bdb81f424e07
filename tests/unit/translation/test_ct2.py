"""A model of CTranslate2's in a folder: tiny, with random weights, in the form of each family."""

from __future__ import annotations

import asyncio
import io
import json
import random
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.needs import need
from translation.ct2 import PACKAGES, Ct2Translator, _in_sentences, missing

SIZE, HEADS = 16, 2
CHINESE = [
    "一只猫在雪地里奔跑", "两只狗在草地上玩耍", "夜晚的城市下着雨", "红色的汽车向左开", "航拍海边的日落",
    "一个女孩在花园里跳舞", "老人坐在长椅上看书", "无人机飞过山谷",
]  # fmt: skip
ENGLISH = [
    "a cat runs in the snow", "two dogs play on the grass", "rain in the city at night", "a red car drives left",
    "aerial sunset by the sea", "a girl dances in the garden", "an old man reads on a bench", "a drone over a valley",
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def packages() -> None:
    lost = [name for name in PACKAGES if find_spec(name) is None]
    need(not lost, f"Python packages of piying[nmt]: {', '.join(lost)}")


def pieces(lines: list[str]) -> bytes:
    """A SentencePiece model that was trained on the lines, over and over."""
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines * 20), model_writer=model, vocab_size=90, hard_vocab_limit=False, minloglevel=2,
        pad_id=-1,
    )  # fmt: skip
    return model.getvalue()


def vocabulary(*models: bytes) -> list[str]:
    """The pieces of all models, each once, after the signs that CTranslate2 wants."""
    import sentencepiece

    found = dict.fromkeys(["<unk>", "<s>", "</s>"])
    for model in models:
        read = sentencepiece.SentencePieceProcessor(model_proto=model)
        found.update(dict.fromkeys(read.id_to_piece(number) for number in range(read.get_piece_size())))
    return list(found)


def write_model(folder: Path, tokens: list[str]) -> None:
    """A transformer of one layer with random weights."""
    from ctranslate2.specs import TransformerSpec

    spec = TransformerSpec.from_config(num_layers=1, num_heads=HEADS)
    for side in (spec.encoder, spec.decoder):
        fill(side, len(tokens))
    spec.register_source_vocabulary(tokens)
    spec.register_target_vocabulary(tokens)
    spec.validate()
    spec.save(str(folder))


def fill(side: Any, words: int) -> None:
    dice = np.random.default_rng(0)

    def weight(*shape: int) -> np.ndarray:
        return dice.normal(0, 0.2, shape).astype(np.float32)

    def norm(layer: Any) -> None:
        layer.gamma, layer.beta = np.ones(SIZE, np.float32), np.zeros(SIZE, np.float32)

    def linear(layer: Any, outputs: int, inputs: int) -> None:
        layer.weight, layer.bias = weight(outputs, inputs), weight(outputs)

    def attention(layer: Any, sizes: list[int]) -> None:
        norm(layer.layer_norm)
        for part, outputs in zip(layer.linear, sizes, strict=True):
            linear(part, outputs, SIZE)

    embeddings = side.embeddings if not isinstance(side.embeddings, list) else side.embeddings[0]
    embeddings.weight = weight(words, SIZE)
    side.position_encodings.encodings = weight(64, SIZE)
    norm(side.layer_norm)
    (layer,) = side.layer
    attention(layer.self_attention, [3 * SIZE, SIZE])
    if hasattr(layer, "attention"):
        attention(layer.attention, [SIZE, 2 * SIZE, SIZE])
        linear(side.projection, words, SIZE)
    norm(layer.ffn.layer_norm)
    linear(layer.ffn.linear_0, 4 * SIZE, SIZE)
    linear(layer.ffn.linear_1, SIZE, 4 * SIZE)


CODES = {"opus": [], "nllb": ["zho_Hans", "eng_Latn"], "m2m": ["__zh__", "__en__"]}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    source, target, both = pieces(CHINESE), pieces(ENGLISH), pieces(CHINESE + ENGLISH)
    made = {}
    for family, codes in CODES.items():
        folder = made[family] = tmp_path_factory.mktemp(family)
        if family == "opus":
            (folder / "source.spm").write_bytes(source)
            (folder / "target.spm").write_bytes(target)
            tokens = vocabulary(source, target)
        else:
            (folder / "sentencepiece.bpe.model").write_bytes(both)
            tokens = vocabulary(both) + codes
        write_model(folder, tokens)
    return made


@pytest.mark.parametrize("family", CODES)
async def test_a_folder_translates_the_same_way_twice(folders: dict[str, Path], family: str) -> None:
    assert missing(folders[family]) == []
    translator = Ct2Translator(folders[family])
    answers = {await translator.translate("一只猫在雪地里奔跑", "zh", "en") for _ in range(2)}
    await translator.close()
    answers.add(await translator.translate("一只猫在雪地里奔跑", "zh", "en"))
    (answer,) = answers
    assert answer
    assert not any(code in answer for code in (*CODES[family], "</s>", "▁"))


def test_who_is_told_its_languages_translates_both_ways(folders: dict[str, Path]) -> None:
    pairs = [("zh", "en"), ("en", "zh"), ("ja", "en")]
    for family, folder in folders.items():
        taken = [pair for pair in pairs if Ct2Translator(folder).takes(*pair)]
        assert taken == (pairs[:1] if family == "opus" else pairs[:2])


async def test_several_prompts_at_once_do_no_harm(folders: dict[str, Path]) -> None:
    translator = Ct2Translator(folders["opus"])
    alone = [await translator.translate(text, "zh", "en") for text in CHINESE]
    mixed = random.Random(0).sample(range(len(CHINESE)), len(CHINESE))
    together = await asyncio.gather(*(translator.translate(CHINESE[number], "zh", "en") for number in mixed))
    assert [together[mixed.index(number)] for number in range(len(CHINESE))] == alone


def test_other_files_are_another_version(folders: dict[str, Path], tmp_path: Path) -> None:
    versions = {Ct2Translator(folder).version for folder in folders.values()}
    assert len(versions | {Ct2Translator(tmp_path).version}) == 4
    assert max(map(len, versions)) <= 64


def test_what_a_folder_lacks_is_named(folders: dict[str, Path], tmp_path: Path) -> None:
    assert missing(tmp_path) == ["model.bin", "config.json", "shared_vocabulary.json", "source.spm and target.spm"]
    for path in folders["opus"].iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert missing(tmp_path) == []
    (tmp_path / "target.spm").unlink()
    assert missing(tmp_path) == ["source.spm and target.spm"]


def test_torch_is_not_loaded_for_it() -> None:
    # Importing CTranslate2 must stay cheap: it runs where bots run.
    code = "import sys, ctranslate2, sentencepiece; print(sorted({'torch', 'transformers'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(ran.stdout.replace("'", '"')) == []


def upper(texts: Sequence[str]) -> list[str]:
    return [text.upper().replace("<K", "<k") for text in texts]


def test_a_text_goes_sentence_by_sentence() -> None:
    asked: list[str] = []

    def translate(texts: Sequence[str]) -> list[str]:
        asked.extend(texts)
        return upper(texts)

    assert list(_in_sentences("猫a。 狗b！<k0>c；\nd", translate)) == ["猫A。", "狗B！", "<k0>C；", "D"]
    assert asked == ["猫a。", "狗b！", "<k0>c；", "d"]
    assert list(_in_sentences("", translate)) == []


def test_words_around_what_would_be_lost_are_translated_apart() -> None:
    asked: list[Sequence[str]] = []

    def translate(texts: Sequence[str]) -> list[str]:
        asked.append(texts)
        return [answer.replace("<k0>", "").replace("<k1>", "k 1") for answer in upper(texts)]

    assert list(_in_sentences("a <k0> b <k1>。c", translate)) == ["A <k0> B <k1> 。", "C"]
    assert list(_in_sentences("<k0>", translate)) == ["<k0>"]
    assert asked == [["a <k0> b <k1>。", "c"], ["a", "b"], ["<k0>"], []]
