"""Turns ``PIYING_PROVENANCE__…`` into what labels and signs clips, and what reads that back."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

import structlog
from pydantic import Field, field_validator, model_validator

from core.media.provenance import Policy, Provenance
from core.media.signing_keys import BadKeys, SigningKeys, load_keys, make_keys
from core.media.verify import Trust
from piying.mistake import Mistake
from piying.parts import Part

log = structlog.get_logger(__name__)


class ProvenanceSettings(Part):
    """Marks of origin. The label and the metadata have no switch: the law asks for them.

    ``label`` is shown for the whole ``clip``, or at its ``start`` for ``label_seconds``.
    """

    label: Literal["clip", "start"] = "clip"
    label_seconds: float = Field(2.0, ge=2)
    producer: str = Field("Piying", min_length=1, max_length=200)
    sign: bool = True
    folder: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    trusted_file: Path | None = None
    watermark: bool = False
    allow_unlabelled: bool = False

    @field_validator("producer")
    @classmethod
    def _plain(cls, text: str) -> str:
        if not text.isprintable() or not text.strip():
            raise ValueError("the producer's name or number has printable characters")
        return text.strip()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.certificate_file is None) != (self.key_file is None):
            raise ValueError("…__CERTIFICATE_FILE and …__KEY_FILE belong together")
        if self.watermark and not self.sign:
            raise ValueError("…__WATERMARK needs keys: leave …__SIGN on")
        return self

    def policy(self) -> Policy:
        """As core takes it."""
        seconds = self.label_seconds if self.label == "start" else None
        return Policy(self.producer, seconds, self.watermark)

    def home(self, data_folder: Path) -> Path:
        """Where the keys are."""
        return (self.folder or data_folder / "provenance").resolve()


def make_provenance(settings: ProvenanceSettings, data_folder: Path) -> Provenance:
    """What marks and signs. The first process that needs keys makes them.

    Raises:
        Mistake: keys cannot be made or read: clips must not go out unsigned for that.
    """
    return Provenance(settings.policy(), _keys(settings, data_folder) if settings.sign else None)


def make_trust(settings: ProvenanceSettings, data_folder: Path) -> Trust:
    """Whom to believe when a clip is read back; makes nothing, and trusts nobody where there are no keys.

    Raises:
        Mistake: there are keys, and they cannot be read.
    """
    home = settings.home(data_folder)
    if not home.is_dir():
        return Trust(_read_file(settings.trusted_file) if settings.trusted_file else b"")
    keys = _load(settings, home)
    return Trust(keys.anchors, keys.watermark)


def init_keys(settings: ProvenanceSettings, data_folder: Path) -> tuple[Path, bool]:
    """The folder of the keys, and whether they were made just now.

    Raises:
        Mistake: they cannot be made.
    """
    home = settings.home(data_folder)
    try:
        return home, make_keys(home)
    except OSError as error:
        raise Mistake(f"cannot make keys in {home}: {error.strerror}") from error


def _keys(settings: ProvenanceSettings, data_folder: Path) -> SigningKeys:
    home, is_new = init_keys(settings, data_folder)
    if is_new:
        log.info("keys.made", folder=str(home), keep="clips are signed with them: keep a copy")
    return _load(settings, home)


def _load(settings: ProvenanceSettings, home: Path) -> SigningKeys:
    try:
        return load_keys(
            home, certificate=settings.certificate_file, key=settings.key_file, trusted=settings.trusted_file
        )
    except BadKeys as error:
        raise Mistake(f"PIYING_PROVENANCE: {error}") from error


def _read_file(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Mistake(f"PIYING_PROVENANCE__TRUSTED_FILE: cannot read {file}: {error.strerror}") from error
