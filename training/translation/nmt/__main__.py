"""Turns the data folder into a translator that CTranslate2 runs: ``python -m training.translation.nmt DATA OUT``.

A run that was stopped goes on from its checkpoint when it is begun again with the same words. With ``--device cuda``
take ``--size base --tokens 32000``.
"""

from __future__ import annotations

import argparse
import io
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

from training.translation.nmt.export import export
from training.translation.nmt.material import Text, gather
from training.translation.nmt.model import SIZES, Transformer
from training.translation.nmt.train import BEGIN, END, PADDING, Ids, Plan, train

SEED = 20_26
LONGEST = 128
"""Pieces of a text that is learnt from."""
PLACEHOLDERS = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with translation/ and safety/")
    parser.add_argument("out", type=Path, help="the folder to write; checkpoints lie beside it, in OUT.work")
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--tokens", type=int, default=2_500, help="of a batch, padding included")
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so many, and export what there is")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--lines", type=int, help="learn from so many lines only")
    asked = parser.parse_args()
    work = asked.out.with_name(f"{asked.out.name}.work")
    work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    start = time.monotonic()
    warm_up = min(400, asked.steps // 5)
    plan = Plan(asked.steps, asked.tokens, SEED, asked.device, warm_up=warm_up, minutes=asked.minutes)
    lines = _kept(asked.data, work / "lines.json", asked.lines)
    pieces = learn_pieces(lines, work / "pieces.model", SIZES[asked.size].pieces)
    torch.manual_seed(SEED)
    found = SentencePieceProcessor(model_file=str(pieces)).get_piece_size()
    model = Transformer(replace(SIZES[asked.size], pieces=found))
    done = train(
        model,
        encoded(lines, pieces),
        plan,
        work / "checkpoint.safetensors",
        lambda what: print(f"{time.monotonic() - start:6.0f} s  {what}", flush=True),
    )
    export(model, pieces, asked.out)
    print(f"{done} steps in {asked.out}")


def _kept(data: Path, path: Path, most: int | None) -> list[Text]:
    """The lines, gathered once for a run and all that take it up again."""
    if not path.exists():
        path.write_text(json.dumps(gather(data, SEED, most), ensure_ascii=False), "utf-8")
    return [(chinese, english) for chinese, english in json.loads(path.read_text("utf-8"))]


def learn_pieces(lines: Sequence[Text], path: Path, size: int) -> Path:
    """A SentencePiece model of both languages, which falls back to bytes and never cuts a placeholder."""
    if not path.exists():
        model = io.BytesIO()
        SentencePieceTrainer.train(
            sentence_iterator=(text for line in lines for text in line), model_writer=model, vocab_size=size,
            byte_fallback=True, character_coverage=0.9995, hard_vocab_limit=False,
            pad_id=PADDING, bos_id=BEGIN, eos_id=END, unk_id=3, pad_piece="<pad>", num_threads=1, minloglevel=2,
            user_defined_symbols=[f"<k{number}>" for number in range(PLACEHOLDERS)],
            input_sentence_size=200_000, shuffle_input_sentence=False,
        )  # fmt: skip
        path.write_bytes(model.getvalue())
    return path


def encoded(lines: Sequence[Text], pieces: Path) -> list[tuple[Ids, Ids]]:
    """Ids of both sides, each with the sign of its end, without what is too long."""
    reader = SentencePieceProcessor(model_file=str(pieces))
    sources, targets = ([[*ids, END] for ids in reader.encode([line[side] for line in lines])] for side in (0, 1))
    return [pair for pair in zip(sources, targets, strict=True) if max(map(len, pair)) <= LONGEST]


if __name__ == "__main__":
    main()
