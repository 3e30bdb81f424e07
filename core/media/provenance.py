"""Turns a job into the marks its clip shall carry, and a finished file into a signed one.

The order is: fit or transcode, watermark and label (in the frames, before encoding), metadata (as the file is muxed),
signature last. A clip that is fitted to a chat's limit keeps the first three, and is signed anew after it::

    provenance = Provenance(Policy(), keys)
    lay_marks(folder, provenance.marks(job.code, job.locale))     # before the engine begins
    provenance.seal(clip.path, Facts(job.code, clip.recipe, trained=True))
    ...
    fit(stored, fitted, limit - provenance.seal_bytes)
    provenance.seal(fitted, facts, parent=stored)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from core.catalogue.load import BUILT_IN
from core.errors import EngineFault
from core.media.fringe import first_box
from core.media.marks import AIGC, Marks
from core.media.signing_keys import SigningKeys
from core.media.whole import whole_file
from core.types import Locale

SEAL_BYTES = 65_536
"""The most that a signature adds to a file, with the longest recipe, twice over where it has a parent."""
CLIP = "piying.clip"
"""Our own assertion: the clip's code, its recipe, and the first box of the file, which C2PA leaves out of its hash."""
_IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
TRAINED, ALGORITHM = f"{_IPTC}trainedAlgorithmicMedia", f"{_IPTC}algorithmicMedia"
"""Made by a model that learnt from samples; made by rules alone, as the scene engine's are."""
_MP4 = "video/mp4"


@dataclass(frozen=True)
class Policy:
    """An operator's choices. ``label_seconds`` None shows the label for as long as the clip."""

    producer: str = "Piying"
    label_seconds: float | None = None
    watermark: bool = False


@dataclass(frozen=True)
class Facts:
    """What a signature vouches for. ``trained``: whether a trained model made it.

    ``parts`` are the codes of the clips that a film was made of.
    """

    code: str
    recipe: Mapping[str, str | int | float] = field(default_factory=dict)
    trained: bool = True
    parts: tuple[str, ...] = ()


def facts_of(code: str, recipe: Mapping[str, str | int | float], model: str) -> Facts:
    """What is vouched for of a clip of this model; a film's recipe tells what its clips were made by."""
    models = str(recipe.get("models", model)).split(", ")
    parts = tuple(str(recipe["clips"]).split(" + ")) if "clips" in recipe else ()
    return Facts(code, recipe, trained=any(name != BUILT_IN for name in models), parts=parts)


@dataclass(frozen=True)
class Provenance:
    """Marks and signatures of this installation; without ``keys`` nothing is signed or watermarked."""

    policy: Policy
    keys: SigningKeys | None = None

    @property
    def seal_bytes(self) -> int:
        """The most that ``seal`` adds to a file."""
        return SEAL_BYTES if self.keys else 0

    def marks(self, code: str, locale: Locale, *, labelled: bool = True) -> Marks:
        """What a job's clip shall carry. Without its label only where its user asked for that and agreed to the terms.

        The metadata stay: nobody may have a clip without those.
        """
        from core.media.label_texts import TEXTS

        hides = self.policy.watermark and self.keys is not None
        return Marks(
            TEXTS[locale] if labelled else "",
            self.policy.label_seconds,
            {AIGC: aigc_json(self.policy.producer, code)},
            code,
            self.keys.watermark.hex() if self.keys and hides else "",
        )

    def seal(self, path: Path, facts: Facts, *, parent: Path | None = None) -> None:
        """Sign a finished file in place; ``parent`` is the signed clip that it was transcoded from. Blocking.

        Raises:
            EngineFault: it could not be signed: an unsigned clip must not go out for a signed one.
            OSError: the disk is full or refuses.
        """
        if self.keys is None:
            return
        import c2pa

        manifest = _manifest(facts, first_box(path), has_parent=parent is not None)
        try:
            with whole_file(path) as part:
                _sign(path, part, manifest, self.keys, parent)
        except c2pa.C2paError as error:
            raise EngineFault(detail=f"cannot be signed: {error}") from error


def aigc_json(producer: str, code: str) -> str:
    """The implicit label of GB 45438-2025: made by AI (1), by whom, under which number; no one has passed it on yet."""
    fields = {
        "Label": "1",
        "ContentProducer": producer,
        "ProduceID": code,
        "ReservedCode1": "",
        "ContentPropagator": "",
        "PropagateID": "",
        "ReservedCode2": "",
    }
    return json.dumps(fields, ensure_ascii=False)


def _manifest(facts: Facts, first_box: str, *, has_parent: bool) -> dict[str, Any]:
    if has_parent:
        actions: list[dict[str, Any]] = [
            {"action": "c2pa.opened", "parameters": {"ingredientIds": ["parent"]}},
            {"action": "c2pa.transcoded"},
        ]
    else:
        source = TRAINED if facts.trained else ALGORITHM
        actions = [{"action": "c2pa.created", "digitalSourceType": source}]
        actions += [{"action": "c2pa.placed", "parameters": {"ingredientIds": [code]}} for code in facts.parts]
    clip = {"code": facts.code, "recipe": dict(facts.recipe), "ftyp": first_box}
    return {
        "claim_generator_info": [{"name": "Piying", "version": version("piying")}],
        "title": f"{facts.code}.mp4",
        "format": _MP4,
        "ingredients": [] if has_parent else [_part(code) for code in dict.fromkeys(facts.parts)],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": actions}},
            {"label": CLIP, "data": clip},
        ],
    }


def _part(code: str) -> dict[str, str]:
    """A clip that a film was made of, by its name: its own manifest would make ten times as much of a short one's."""
    return {"title": f"{code}.mp4", "format": _MP4, "relationship": "componentOf", "instance_id": code}


def _sign(source: Path, target: Path, manifest: Mapping[str, Any], keys: SigningKeys, parent: Path | None) -> None:
    import c2pa

    quiet = {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": False, "verify_after_sign": False}
    context = c2pa.Context(c2pa.Settings.from_dict({"verify": quiet, "builder": {"thumbnail": {"enabled": False}}}))
    # No time-stamp: that would need a server of others for every clip.
    info = c2pa.C2paSignerInfo(keys.algorithm.encode(), keys.chain, keys.key, None)
    with (
        c2pa.Signer.from_info(info) as signer,
        c2pa.Builder(dict(manifest), context) as builder,
        source.open("rb") as unsigned,
        target.open("w+b") as signed,
    ):
        if parent:
            before = {"title": manifest["title"], "relationship": "parentOf", "instance_id": "parent"}
            with parent.open("rb") as file:
                builder.add_ingredient(before, _MP4, file)
        builder.sign(signer, _MP4, unsigned, signed)
