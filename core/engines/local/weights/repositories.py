"""Where published files come from: a model hub, or a folder that somebody brought."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from core.catalogue.local import Source
from core.engines.local.weights.errors import WeightsError
from core.engines.local.weights.manifest import Origin, safe_name, sha256

_BY_HAND = "or bring the files and use --from FOLDER"
WANTED = "--from wants diffusers' layout: model_index.json, or a modular one, and a folder for each component"


@dataclass(frozen=True)
class Published:
    """A file as its repository lists it. ``sha256`` and ``git_hash`` are empty where that says nothing of it."""

    name: str
    size: int
    sha256: str = ""
    git_hash: str = ""


@dataclass(frozen=True)
class Listing:
    """All files of a repository by name, and what its revision stood for."""

    origin: Origin
    files: Mapping[str, Published]


class Repository(Protocol):
    """Published files."""

    @property
    def place(self) -> str:
        """Where it is, for people: a repository's name, or a path."""

    def listing(self) -> Listing:
        """What there is.

        Raises:
            WeightsError: it cannot be asked, or there is nothing.
        """

    def fetch(self, name: str) -> Path:
        """One file, in full and on this disk.

        Raises:
            WeightsError: it could not be had.
        """

    def release(self, name: str) -> None:
        """The fetched file is needed no more."""


class FolderRepository:
    """A folder, which is left as it is."""

    def __init__(self, folder: Path, repo: str = "folder") -> None:
        self._folder, self._repo = folder, repo

    @property
    def place(self) -> str:
        """See the protocol."""
        return str(self._folder)

    def listing(self) -> Listing:
        """See the protocol. Hidden files are none of the model's."""
        if not self._folder.is_dir():
            raise WeightsError(f"{self._folder} is no folder; {WANTED}")
        files = {published.name: published for published in self._walk()}
        return Listing(Origin(repo=self._repo, revision="", commit=""), files)

    def fetch(self, name: str) -> Path:
        """See the protocol."""
        return self._folder / safe_name(name)

    def release(self, name: str) -> None:
        """See the protocol."""

    def _walk(self) -> Iterator[Published]:
        for path in sorted(self._folder.rglob("*")):
            name = path.relative_to(self._folder)
            if path.is_file() and not any(part.startswith(".") for part in name.parts):
                yield Published(name.as_posix(), path.stat().st_size)


class HubRepository:
    """A repository of a model hub, whose files wait in ``folder`` until they are released.

    ``huggingface_hub`` finds the hub (``HF_ENDPOINT``) and a token (``HF_TOKEN``, or a file at ``HF_TOKEN_PATH``). It
    forgets half a file when its process dies, and files have ten GB here: so large ones are kept as they come.
    """

    def __init__(self, source: Source, folder: Path) -> None:
        self._source, self._folder = source, folder
        self._listing: Listing | None = None

    @property
    def place(self) -> str:
        """See the protocol."""
        return self._source.repo

    def listing(self) -> Listing:
        """See the protocol."""
        from huggingface_hub import HfApi

        with _explained(self._source):
            info = HfApi().model_info(self._source.repo, revision=self._source.revision, files_metadata=True)
        files = {
            sibling.rfilename: Published(
                sibling.rfilename,
                sibling.size or 0,
                sibling.lfs.sha256 if sibling.lfs else "",
                "" if sibling.lfs else sibling.blob_id or "",
            )
            for sibling in info.siblings or ()
        }
        origin = Origin(repo=self._source.repo, revision=self._source.revision, commit=info.sha or "")
        self._listing = Listing(origin, files)
        return self._listing

    def fetch(self, name: str) -> Path:
        """See the protocol. A token goes to the hub alone, not to where the hub keeps large files."""
        listing = self._listing or self.listing()
        path = self._folder / safe_name(name)
        if path.is_file():
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        with _explained(self._source):
            _download(self._source.repo, listing.origin.commit, listing.files[name], part)
        return part.replace(path)

    def release(self, name: str) -> None:
        """See the protocol."""
        (self._folder / safe_name(name)).unlink(missing_ok=True)


def _download(repo: str, commit: str, published: Published, part: Path) -> None:
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers

    url = hf_hub_url(repo, published.name, revision=commit)
    headers = build_hf_headers()
    place = get_hf_file_metadata(url).location
    if urlsplit(place).netloc != urlsplit(url).netloc:
        headers.pop("authorization", None)
    part.touch()
    with part.open("r+b") as file:
        there = file.seek(0, os.SEEK_END)
        if there > published.size:
            there = file.truncate(file.seek(0))
        http_get(
            place, file, resume_size=there, headers=headers, expected_size=published.size, displayed_filename=part.stem
        )


def check(published: Published, path: Path) -> str:
    """The SHA-256 of what was fetched.

    Raises:
        WeightsError: it is not what the repository lists.
    """
    found = sha256(path)
    size_is_wrong = path.stat().st_size != published.size
    if size_is_wrong or (published.sha256 or found) != found or not _is_blob(published.git_hash, path):
        raise WeightsError(f"{published.name} is not what its repository lists (checksum): pull again")
    return found


def _is_blob(git_hash: str, path: Path) -> bool:
    """Small files are listed by git's own hash of them."""
    if not git_hash:
        return True
    content = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest() == git_hash


@contextmanager
def _explained(source: Source) -> Iterator[None]:
    from huggingface_hub import errors

    where = f"{source.repo} at {source.revision}"
    try:
        yield
    except errors.OfflineModeIsEnabled as error:
        raise WeightsError(f"HF_HUB_OFFLINE is set: unset it to pull {where}, {_BY_HAND}") from error
    except errors.GatedRepoError as error:
        raise WeightsError(f"{where}: accept its conditions on the hub, and give a token in HF_TOKEN") from error
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError, errors.HFValidationError) as error:
        raise WeightsError(f"{where}: there is none, or it needs a token in HF_TOKEN") from error
    except errors.RemoteEntryNotFoundError as error:
        raise WeightsError(f"{where}: the hub lists a file that it does not have") from error
    except (errors.HfHubHTTPError, errors.LocalEntryNotFoundError, errors.FileMetadataError, errors.HTTPError) as error:
        raise WeightsError(_unanswered(where, error)) from error
    except OSError as error:
        if error.errno is None or isinstance(error, ConnectionError):
            raise WeightsError(_unanswered(where, error)) from error
        raise


def _unanswered(where: str, error: Exception) -> str:
    says = f"{where}: {_address(error)} does not answer as it should ({_kind(error)})"
    return f"{says}: try again, set HF_ENDPOINT to the address of a mirror that you trust, {_BY_HAND}"


def _address(error: Any) -> str:
    """The host that was asked, or else the hub, without a password before its name or a signature behind it."""
    from huggingface_hub import constants

    try:
        url = urlsplit(str(error.request.url))
    except (AttributeError, RuntimeError):
        # It is of no request, or of one that its library did not keep.
        url = urlsplit(constants.ENDPOINT)
    return f"{url.scheme}://{url.netloc.rpartition('@')[2]}"


def _kind(error: BaseException) -> str:
    """Its kind and, from the hub, its number: texts of libraries may hold addresses with signatures."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    return f"{type(error).__name__} {status}" if status else type(error).__name__
