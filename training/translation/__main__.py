"""Turns the data folder into what the phrase translator and the gloss know: ``python -m training.translation DATA``.

One thread, some five minutes, 4 GB of memory. The same data, seed and numpy give the same files.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from training.translation import export, extract, language_model
from training.translation.align import Points, align
from training.translation.corpus import Corpus, Pair, held_hashes, read
from training.translation.dictionary import Dictionary, read_dictionary
from training.translation.material import Line, Material, gather
from training.translation.tune import START, Point, tune
from translation.phrase import PhraseTranslator
from translation.source import class_name
from translation.syntax import arranged
from translation.weights import FOLDER, Lexicon, Settings, Weights

SEED = 20_26
MOST_WORDS = 62_000
SLICE = 150


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with translation/ and safety/")
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--tries", type=int, default=14, help="steps of the search for weights")
    asked = parser.parse_args()
    train(asked.data, asked.out, asked.tries)


def train(data: Path, out: Path, tries: int) -> None:
    say = _clock()
    corpus, dictionary = read(data), read_dictionary(data)
    material = gather(data, corpus, dictionary, SEED)
    say(f"{len(material.lines)} pairs")
    out.mkdir(parents=True, exist_ok=True)
    named = dict.fromkeys(dictionary.senses({}, material.names), "")
    lexicon = Lexicon(material.costs, {}, named, frozenset(material.verbs), frozenset(material.adjectives))
    lines = [Line(arranged(line.chinese, lexicon), line.english, line.weight) for line in material.lines]
    say("arranged")
    points = align_lines(lines)
    say("aligned")
    features = build_tables(lines, points, material, dictionary, out)
    say(f"{len(features)} options")
    settle(features, corpus, out, tries)
    held = sorted(held_hashes(corpus.youmind + corpus.tatoeba))
    Path(__file__).with_name("held_out.txt").write_text("\n".join(held) + "\n", "utf-8")
    say("tuned")


def align_lines(lines: Sequence[Line]) -> list[Points]:
    sources: dict[str, int] = {}
    targets: dict[str, int] = {}
    pairs = [
        (
            np.array([sources.setdefault(class_name(token), len(sources)) for token in line.chinese]),
            np.array([targets.setdefault(word.lower(), len(targets)) for word in line.english]),
        )
        for line in lines
    ]
    return align(pairs)


def build_tables(
    lines: Sequence[Line], points: Sequence[Points], material: Material, dictionary: Dictionary, out: Path
) -> np.ndarray:
    """Write all but the scores; the features of every option."""
    sentences = [
        ([class_name(token) for token in line.chinese], line.english, found, line.weight)
        for line, found in zip(lines, points, strict=True)
    ]
    lexicon = extract.Lexicon(sentences)
    senses = dictionary.senses(lexicon.likely(0.05, 2.0), material.names)
    table = extract.phrase_table(sentences, lexicon, senses)
    counts = Counter(word for words in material.style for word in words)
    needed = {word for options in table.values() for option in options for word in option.words}
    common = [word for word, count in counts.most_common() if count > 1 or word in needed]
    words = ["<s>", "<unk>", *dict.fromkeys(["#", "@", *common, *sorted(needed)])][:MOST_WORDS]
    ids = {word: number for number, word in enumerate(words)}
    model = language_model.train(([ids.get(word, 1) for word in line] for line in material.style), len(words))
    arrays, features = export.table_arrays(table, ids)
    export.write(out, arrays | export.model_arrays(model), words, {})
    export.write_grammar(out, material.grammar)
    meanings = dictionary.meanings(lexicon.forward) | learnt_names(table)
    kept = {
        word: cost for word, cost in material.costs.items() if word in meanings or len(word) == 1 or (word,) in table
    }
    export.write_lexicon(
        out,
        kept,
        meanings,
        {word: " ".join(sorted(found)) for word, found in senses.items()},
        material.verbs,
        material.adjectives,
    )
    return features


def learnt_names(table: Mapping[extract.Phrase, Sequence[extract.Option]]) -> dict[str, str]:
    """What the table calls each word that names a thing, where it knows a name the dictionary has too."""
    return {
        phrase[0]: " ".join(options[0].words)
        for phrase, options in table.items()
        if len(phrase) == 1 and len(phrase[0]) > 1 and _is_name(options[0])
    }


def _is_name(option: extract.Option) -> bool:
    missed, rare = option.features[extract.FEATURES.index("missed")], option.features[extract.FEATURES.index("rare")]
    return bool(option.words) and not missed and not rare


def settle(features: np.ndarray, corpus: Corpus, out: Path, tries: int) -> None:
    """Search the weights, and write them into the scores and the settings."""
    slices = [
        ([pair.chinese for pair in chosen], [pair.english for pair in chosen])
        for source in ("youmind_prompts", "tatoeba_cmn_eng", "cdda_mo")
        for chosen in [_slice(corpus, source)]
    ]
    weights: list[Weights] = []

    def apply(point: Mapping[str, float]) -> Callable[[str], str]:
        if not weights:
            _write_point(features, START, out)
            weights.append(Weights(out))
        opened = weights[0]
        opened.table.scores = export.scores(features, [point[name] for name in extract.FEATURES])
        opened.settings = _settings(point)
        return PhraseTranslator(opened).translate

    best = tune(apply, slices, tries, SEED)
    _write_point(features, best, out)


def _write_point(features: np.ndarray, point: Point, out: Path) -> None:
    scores = export.scores(features, [point[name] for name in extract.FEATURES])
    np.save(out / "option_scores.npy", scores, allow_pickle=False)
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(out.glob("*.npy")))).hexdigest()[:12]
    settings = asdict(_settings(point))
    record = {"version": digest, "weights": settings, "tuned": {name: point[name] for name in extract.FEATURES}}
    (out / "settings.json").write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", "utf-8")


def _settings(point: Mapping[str, float]) -> Settings:
    return Settings(point["language"], point["unknown"], point["copied"])


def _clock() -> Callable[[str], None]:
    start = time.monotonic()
    return lambda what: print(f"{time.monotonic() - start:6.0f} s  {what}", flush=True)


def _slice(corpus: Corpus, source: str) -> list[Pair]:
    plain = [
        pair for pair in corpus.tuning if pair.source == source and '"' not in pair.chinese and len(pair.chinese) < 80
    ]
    return plain[:: max(1, len(plain) // SLICE)][:SLICE]


if __name__ == "__main__":
    main()
