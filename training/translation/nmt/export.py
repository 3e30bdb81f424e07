"""Turns a trained transformer and its SentencePiece model into a folder that ``translation.ct2`` loads."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import TransformerSpec
from sentencepiece import SentencePieceProcessor
from torch import nn

from training.translation.nmt.model import Attention, Layer, Transformer


def export(model: Transformer, pieces: Path, folder: Path, quantization: str | None = "int8") -> None:
    """Write ``model.bin``, the vocabulary and both SentencePiece files; what was in the folder is gone."""
    size = model.size
    spec = TransformerSpec.from_config((size.encoder, size.decoder), size.heads, pre_norm=True)
    sides = ((spec.encoder, model.encoder, model.encoder_norm), (spec.decoder, model.decoder, model.decoder_norm))
    for side, layers, norm in sides:
        _side(side, model, norm)
        for described, layer in zip(side.layer, layers, strict=True):
            _layer(described, layer)
    spec.decoder.projection.weight = _array(model.embedding.weight)
    spec.decoder.projection.bias = np.zeros(size.pieces, np.float32)
    reader = SentencePieceProcessor(model_file=str(pieces))
    vocabulary = [reader.id_to_piece(number) for number in range(reader.get_piece_size())]
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.config.add_source_eos = True
    spec.config.decoder_start_token = spec.config.bos_token = "<s>"
    spec.validate()
    spec.optimize(quantization=quantization)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    spec.save(str(folder))
    for name in ("source.spm", "target.spm"):
        shutil.copyfile(pieces, folder / name)


def _side(side: Any, model: Transformer, norm: nn.LayerNorm) -> None:
    side.scale_embeddings = True
    embeddings = side.embeddings[0] if isinstance(side.embeddings, list) else side.embeddings
    embeddings.weight = _array(model.embedding.weight)
    side.position_encodings.encodings = _array(model.positions)
    _norm(side.layer_norm, norm)


def _layer(described: Any, layer: Layer) -> None:
    own, across = described.self_attention, getattr(described, "attention", None)
    _norm(own.layer_norm, layer.norm)
    _linear(own.linear[0], layer.own.query, layer.own.key, layer.own.value)
    _linear(own.linear[1], layer.own.out)
    if across is not None:
        _norm(across.layer_norm, layer.across_norm)
        _across(across, layer.across)
    _norm(described.ffn.layer_norm, layer.inner_norm)
    _linear(described.ffn.linear_0, layer.inner)
    _linear(described.ffn.linear_1, layer.outer)


def _across(described: Any, attention: Attention) -> None:
    _linear(described.linear[0], attention.query)
    _linear(described.linear[1], attention.key, attention.value)
    _linear(described.linear[2], attention.out)


def _norm(described: Any, norm: nn.LayerNorm) -> None:
    described.gamma, described.beta = _array(norm.weight), _array(norm.bias)


def _linear(described: Any, *layers: nn.Linear) -> None:
    described.weight = np.concatenate([_array(layer.weight) for layer in layers])
    described.bias = np.concatenate([_array(layer.bias) for layer in layers])


def _array(tensor: Any) -> np.ndarray[Any, Any]:
    return np.asarray(tensor.detach().float().cpu().numpy())
