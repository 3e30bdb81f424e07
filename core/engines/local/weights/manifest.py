"""What was pulled, file by file, and whether it is still there."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError

from core.engines.local.weights.errors import WeightsError

MANIFEST = "manifest.json"


def safe_name(name: str) -> str:
    """A relative path that stays below its folder.

    Raises:
        WeightsError: it would lead elsewhere.
    """
    parts = PurePosixPath(name).parts
    if not parts or name != "/".join(parts) or "\\" in name or "\0" in name or any(_leads_away(part) for part in parts):
        raise WeightsError(f"{name!r} is no name for a file of a model")
    return name


def _leads_away(part: str) -> bool:
    return part in {"..", ".", "/"} or part.startswith(".")


def _valid_name(name: str) -> str:
    try:
        return safe_name(name)
    except WeightsError as error:
        raise ValueError(str(error)) from error


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileFacts(_Data):
    """One file. ``published`` is the SHA-256 of what it was made of, ``saved_as`` how: ``published`` or a precision."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: NonNegativeInt
    published: str = Field(pattern=r"^[0-9a-f]{64}$")
    saved_as: str


class Origin(_Data):
    """Where files came from; ``commit`` is what ``revision`` stood for, and empty for a folder."""

    repo: str
    revision: str
    commit: str


class Manifest(_Data):
    """All of a model's files by their paths below its folder."""

    model: str
    origins: tuple[Origin, ...] = ()
    files: Mapping[Annotated[str, AfterValidator(_valid_name)], FileFacts] = Field(default_factory=dict)

    @property
    def weights(self) -> str:
        """SHA-256 over the names and hashes of all files."""
        lines = "".join(f"{name} {facts.sha256}\n" for name, facts in sorted(self.files.items()))
        return hashlib.sha256(lines.encode()).hexdigest()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(facts.size for facts in self.files.values())

    def component_sizes(self) -> dict[str, int]:
        """Bytes of weights by component."""
        sizes: dict[str, int] = {}
        for name, facts in self.files.items():
            if name.endswith(".safetensors"):
                component = name.partition("/")[0]
                sizes[component] = sizes.get(component, 0) + facts.size
        return sizes


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a model's folder, if it has one.

    Raises:
        WeightsError: it has one that cannot be read, or that names files elsewhere.
    """
    path = folder / MANIFEST
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text("utf-8"))
        content.pop("weights", None)
        return Manifest.model_validate(content)
    except (ValidationError, ValueError, AttributeError) as error:
        raise WeightsError(f"{path} is damaged: remove the folder and pull the model again") from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """All or nothing."""
    text = json.dumps({"weights": manifest.weights, **manifest.model_dump(mode="json")}, indent=1, sort_keys=True)
    part = folder / f"{MANIFEST}.part"
    with part.open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / MANIFEST)


def weights_hash(folder: Path) -> str:
    """Stands for all weights of a pulled model in the recipe of record.

    Raises:
        WeightsError: the folder has no manifest, or a damaged one.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise WeightsError(f"{folder} has no manifest: the model was not pulled")
    return manifest.weights


def faults(folder: Path, manifest: Manifest, *, deep: bool = False) -> Iterator[str]:
    """What differs from the manifest: sizes, and with ``deep`` every byte."""
    for name, facts in manifest.files.items():
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing"
        elif path.stat().st_size != facts.size:
            yield f"{name} has {path.stat().st_size} bytes instead of {facts.size}"
        elif deep and sha256(path) != facts.sha256:
            yield f"{name} is not what was pulled"


def sha256(path: Path) -> str:
    """Of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
