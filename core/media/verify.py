"""Turns a video file of any origin into what it says of its origin, and how far that can be believed.

``examine`` works in this process; ``examine_apart`` has a child do it (``python -m core.media.verify``), within bounds
of time and memory, so that no file takes a server down. It reads ``{"path", "anchors", "watermark_key"}`` as JSON.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import EngineFault
from core.media.fringe import first_box, is_filler_whole
from core.media.marks import AIGC
from core.media.provenance import CLIP

if TYPE_CHECKING:
    import numpy as np

MAX_BYTES = 1 << 30
"""A larger file is not looked at."""
_MEMORY, _SECONDS = 4 << 30, 60
_FRAMES = 240
_MANY = 1_000_000
"""Characters of a manifest's report, above which it is no clip's."""
_CREATED = "c2pa.created"
_TRACES = (b"c2pa.claim", b"c2pa.signature", b"c2pa.assertions")


class State(StrEnum):
    """What can be said of a file, best first. Only the first two are of files that are as they were signed."""

    INTACT = "intact"
    """As it was signed by somebody we trust."""
    UNKNOWN_SIGNER = "unknown-signer"
    ALTERED = "altered"
    """Its manifest does not belong to these bytes, or is damaged."""
    REENCODED = "re-encoded"
    """No manifest, but metadata or a watermark: a chat or an editor has written it anew."""
    UNMARKED = "unmarked"
    UNREADABLE = "unreadable"
    """No MP4, QuickTime, Matroska or WebM file, cut short, too large, or built to do harm."""


@dataclass(frozen=True)
class Trust:
    """Whom to believe: authorities as PEM; and the key that finds our watermark, empty for none."""

    anchors: bytes = b""
    watermark_key: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Manifest:
    """A C2PA manifest: whether it holds for these bytes, who signed, with what, how the picture came to be.

    ``problems`` are C2PA's own codes for what is wrong.
    """

    holds: bool
    trusted: bool
    signer: str = ""
    generator: str = ""
    source: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """All that a file carries. ``watermark`` is the code hidden in the picture; ``looked`` tells whether it was sought.

    ``code`` is the clip's, from the best of the places that name one. ``recipe`` is as it was written into the file.
    """

    state: State
    code: str = ""
    manifest: Manifest | None = None
    aigc: Mapping[str, str] | None = None
    recipe: Mapping[str, Any] | None = None
    watermark: str = ""
    looked: bool = False


def examine(path: Path, trust: Trust) -> Report:
    """Look at manifest, metadata and watermark; never fails for what is in the file.

    Raises:
        OSError: the file cannot be read.
    """
    if path.stat().st_size > MAX_BYTES:
        return Report(State.UNREADABLE)
    manifest, clip = _read_manifest(path, trust)
    try:
        metadata = _metadata(path)
        watermark = hidden_code(path, trust.watermark_key) if trust.watermark_key else ""
        readable = True
    except EngineFault:
        metadata, watermark, readable = {}, "", False
    aigc = _object(metadata.get(AIGC, ""))
    recipe = clip.get("recipe") or _object(metadata.get("comment", ""))
    marked = bool(aigc or recipe or watermark)
    return Report(
        _state(manifest, marked=marked, readable=readable),
        str(clip.get("code") or watermark or (aigc or {}).get("ProduceID", ""))[:64],
        manifest,
        {key: str(text) for key, text in aigc.items()} if aigc else None,
        recipe if isinstance(recipe, dict) else None,
        watermark,
        bool(trust.watermark_key) and readable,
    )


def examine_apart(path: Path, trust: Trust) -> Report:
    """As ``examine``, by a child; one that died, or took too long, makes the file unreadable.

    Raises:
        OSError: the file cannot be read, or no process be started.
    """
    path.open("rb").close()
    asked = {
        "path": str(path.absolute()),
        "anchors": trust.anchors.decode("latin-1"),
        "watermark_key": trust.watermark_key.hex(),
    }
    command = [sys.executable, "-m", "core.media.verify"]
    # numpy's threads would need memory of their own.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            command,
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=_SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Report(State.UNREADABLE)
    return from_json(done.stdout) if done.returncode == 0 else Report(State.UNREADABLE)


def from_json(text: bytes) -> Report:
    """A report as ``main`` writes it."""
    told = json.loads(text)
    manifest = told.pop("manifest")
    if manifest:
        manifest = Manifest(**(manifest | {"problems": tuple(manifest["problems"])}))
    return Report(**(told | {"state": State(told["state"]), "manifest": manifest}))


def main() -> None:
    """Examine the file that standard input names, and write the report as a line of JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked = json.loads(sys.stdin.buffer.read())
    trust = Trust(asked["anchors"].encode("latin-1"), bytes.fromhex(asked["watermark_key"]))
    print(json.dumps(asdict(examine(Path(asked["path"]), trust))))  # noqa: T201 - the answer to the parent


def _state(manifest: Manifest | None, *, marked: bool, readable: bool) -> State:
    if manifest and not manifest.holds:
        return State.ALTERED
    if not readable:
        return State.ALTERED if manifest else State.UNREADABLE
    if manifest:
        return State.INTACT if manifest.trusted else State.UNKNOWN_SIGNER
    return State.REENCODED if marked else State.UNMARKED


def _read_manifest(path: Path, trust: Trust) -> tuple[Manifest | None, dict[str, Any]]:
    """The active manifest, and what our own assertion says where it has one."""
    import c2pa

    # A manifest may name an address to be asked for the rest: nobody's file shall make us call anyone.
    verify = {"verify_trust": True, "remote_manifest_fetch": False, "ocsp_fetch": False}
    settings: dict[str, Any] = {"verify": verify}
    if trust.anchors:
        settings["trust"] = {"user_anchors": trust.anchors.decode("latin-1")}
    try:
        context = c2pa.Context(c2pa.Settings.from_dict(settings))
        with path.open("rb") as file, c2pa.Reader("video/mp4", file, context=context) as reader:
            text = reader.json()
    except c2pa.C2paError as error:
        return (_damaged(type(error).__name__.strip("_")), {}) if _has_trace(path) else (None, {})
    store = json.loads(text) if len(text) <= _MANY else {}
    active = store.get("manifests", {}).get(store.get("active_manifest"))
    if not active:
        return _damaged("no-active-manifest"), {}
    clip = _assertion(active, CLIP) or {}
    return _described(store, active, _broken(store, clip, path)), clip


def _described(store: Mapping[str, Any], active: Mapping[str, Any], problems: tuple[str, ...]) -> Manifest:
    signature = active.get("signature_info", {})
    signer = " / ".join(filter(None, (signature.get("issuer"), signature.get("common_name"))))
    generators = active.get("claim_generator_info") or [{}]
    actions = [
        action
        for manifest in store["manifests"].values()
        for action in (_assertion(manifest, "c2pa.actions") or {}).get("actions", [])
    ]
    sources = [action.get("digitalSourceType", "") for action in actions if action.get("action") == _CREATED]
    return Manifest(
        # A certificate that has run out says nothing against the bytes.
        holds=all(problem.startswith("signingCredential.") for problem in problems),
        trusted=store.get("validation_state") == "Trusted",
        signer=signer[:200],
        generator=" ".join(filter(None, (generators[0].get("name"), generators[0].get("version"))))[:200],
        source=str(next(iter(sources), "")).rpartition("/")[2][:100],
        problems=problems,
    )


def _broken(store: Mapping[str, Any], clip: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    """What is wrong, by C2PA's codes, but for a signer nobody here knows; and what C2PA leaves out of its hash."""
    results = store.get("validation_results", {}).get("activeManifest", {})
    codes = {str(entry.get("code")) for entry in results.get("failure", [])}
    problems = sorted(codes - {"signingCredential.untrusted"})
    if clip.get("ftyp", first_box(path)) != first_box(path):
        problems.append("piying.ftyp.mismatch")
    if clip and not is_filler_whole(path):
        problems.append("piying.filler.mismatch")
    return tuple(problems[:20])


def _damaged(problem: str) -> Manifest:
    return Manifest(holds=False, trusted=False, problems=(problem,))


def _has_trace(path: Path) -> bool:
    """Whether there was a manifest that can no longer be read: its box lies before the pictures or after them."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(1 << 20)
        file.seek(max(0, size - (1 << 20)))
        end = file.read()
    return any(trace in part for trace in _TRACES for part in (start, end))


def _assertion(manifest: Mapping[str, Any], label: str) -> dict[str, Any] | None:
    """The data of the first assertion whose label begins like that."""
    found = (entry.get("data") for entry in manifest.get("assertions", []) if entry.get("label", "").startswith(label))
    data = next(found, None)
    return data if isinstance(data, dict) else None


def _metadata(path: Path) -> dict[str, str]:
    from core.media.source import open_source

    with open_source(path) as source:
        return source.metadata


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text[:_MANY])
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def hidden_code(path: Path, key: bytes) -> str:
    """The code that a clip's watermark hides, "" where none is found; errors as of ``core.media.source``."""
    from core.media.watermark import find_code

    mean, count = None, 0
    for picture in _luma(path):
        if mean is None:
            mean = picture
        elif picture.shape == mean.shape:
            mean += picture
        count += 1
    return "" if mean is None else find_code(key, mean / count) or ""


def _luma(path: Path) -> Iterator[np.ndarray]:
    """The first pictures as HxW float32, and not more than can be waited for."""
    import numpy as np

    from core.media.source import open_source

    with open_source(path) as source:
        for number, picture in enumerate(source.pictures()):
            if number >= _FRAMES:
                return
            yield picture.to_ndarray(format="gray").astype(np.float32)


if __name__ == "__main__":
    main()
