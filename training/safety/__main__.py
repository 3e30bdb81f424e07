"""Turns the data folder into what the classifier knows: ``python -m training.safety DATA``.

One thread; the vectors take some twenty minutes once, the rest two. The same data, seed, translation weights and
versions give the same files. Set OMP_NUM_THREADS=1: PyTorch would open threads that the vectors then share.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from core.safety.heads import CARD, FOLDER, WEIGHTS, Floats, Heads
from core.safety.ngrams import windows
from piying.bench.held_out import sentence_hash
from training.safety.calibrate import thresholds
from training.safety.features import Embedder
from training.safety.learn import OUTPUTS, Arrays, learn_ngrams, learn_vectors
from training.safety.material import Example, calibration, chinese, gather
from training.safety.reading import learn_reading
from translation.phrase import PhraseTranslator

SEED = 5
BLEND = 0.3
"""What the n-grams' logits count beside the vectors'."""
Say = Callable[[str], None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with safety/ and translation/")
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument(
        "--cache", type=Path, default=Path.home() / ".cache" / "piying-training", help="for the vectors"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="a share of the examples, to try things out")
    asked = parser.parse_args()
    train(asked.data, asked.out, Embedder(asked.cache), asked.scale)


def train(data: Path, out: Path, embedder: Embedder, scale: float = 1.0, say: Say | None = None) -> None:
    say = say or _clock()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(mode=True)
    examples = [part for example in gather(data, SEED, scale) for part in _parts(example)]
    say(f"{len(examples)} windows to learn from")
    texts = [example.text for example in examples]
    arrays: Arrays = learn_vectors(embedder.embed(texts), examples, SEED)
    say("vectors learnt")
    arrays |= learn_ngrams(texts, examples, SEED)
    say("n-grams learnt")
    arrays |= learn_reading(examples, chinese(data))
    harmless = calibration(data, scale)
    card: dict[str, Any] = {"outputs": OUTPUTS, "blend": BLEND, "learnt": _digest(texts)}
    write(out, arrays, card | {"thresholds": _unset()})
    write(out, arrays, card | {"thresholds": _settle(Heads(out), harmless, embedder)})
    say("thresholds set")


def _parts(example: Example) -> list[Example]:
    rest = (example.unsafe, example.category, example.language, example.weight)
    # What is harmful in a long text may be in one window of it alone.
    parts = windows(example.text)
    return [Example(part, *rest) for part in (parts[:1] if example.unsafe else parts) if part]


def _settle(heads: Heads, harmless: Mapping[str, Sequence[str]], embedder: Embedder) -> dict[str, list[float]]:
    full, ngrams = {}, {}
    translator = PhraseTranslator()
    for language, texts in harmless.items():
        # Of a Chinese prompt the English is judged too, and the higher score counts.
        english = [translator.translate(text) if language == "zh" else "" for text in texts]
        parts = [windows(text) + (windows(other) if other else []) for text, other in zip(texts, english, strict=True)]
        flat = [part for some in parts for part in some]
        logits = heads.ngram_logits(flat)
        ngrams[language] = _highest(logits, parts)
        full[language] = _highest(heads.vector_logits(embedder.embed(flat)) + BLEND * logits, parts)
    return {
        name: [round(float(value), 4) for value in thresholds(found, OUTPUTS)]
        for name, found in (("full", full), ("ngrams", ngrams))
    }


def _highest(logits: Floats, parts: Sequence[Sequence[str]]) -> Floats:
    starts = np.cumsum([0, *(len(some) for some in parts[:-1])])
    return np.asarray(np.maximum.reduceat(logits, starts), np.float32)


def _unset() -> dict[str, list[float]]:
    return dict.fromkeys(("full", "ngrams"), [0.0] * len(OUTPUTS))


def write(out: Path, arrays: Mapping[str, npt.NDArray[Any]], card: Mapping[str, Any]) -> None:
    """The same arrays give the same bytes: the archive tells no time."""
    out.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out / WEIGHTS, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(arrays):
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), buffer.getvalue(), zipfile.ZIP_DEFLATED
            )
    digest = hashlib.sha256((out / WEIGHTS).read_bytes()).hexdigest()
    settled = json.dumps([digest, card["thresholds"], card["blend"]])
    version = hashlib.sha256(settled.encode()).hexdigest()[:12]
    record = {**card, "sha256": digest, "version": version}
    (out / CARD).write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", "utf-8")


def _digest(texts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(map(sentence_hash, texts))).encode()).hexdigest()


def _clock() -> Say:
    start = time.monotonic()
    return lambda what: print(f"{time.monotonic() - start:6.0f} s  {what}", flush=True)


if __name__ == "__main__":
    main()
