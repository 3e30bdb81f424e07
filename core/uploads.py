"""Turns the pictures of a Request into files of its job in the clip store, and a job's files back into pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import DeclarationNeeded, Refusal
from core.jobs.codes import new_id
from core.ports import ClipStore, Moderator
from core.safety.agreements import PICTURE
from core.safety.review import require_allowed
from core.types import GenerationSpec, Request

if TYPE_CHECKING:
    import numpy as np

FIRST, LAST = "first.png", "last.png"
"""Names in the clip store; in a spec whose job is not stored yet they stand for the keys."""

_AT_ONCE = 2
"""The largest picture that is taken, 40 megapixels, needs up to 620 MiB while it is read, whatever its file weighs."""

Pictures = Mapping[str, "np.ndarray"]
"""HxWx3 uint8 RGB of the clip's size, by the name each is kept under."""


class Uploads:
    """Reads, reviews and keeps what came with a request."""

    def __init__(self, moderator: Moderator, clips: ClipStore) -> None:
        self._moderator, self._clips = moderator, clips
        self._desk = asyncio.Semaphore(_AT_ONCE)

    async def read(self, request: Request, spec: GenerationSpec) -> Pictures:
        """The pictures as the clip will begin and end with them, once they have been looked at.

        Raises:
            Refusal: ``image-invalid``.
            PromptBlocked: they may not be shown.
            DeclarationNeeded: their user has not said that they may use them. No face is looked for: one that was not
                found would stand for consent. Of what Piying itself made of their words nobody need say that.
        """
        uploads = {FIRST: request.image, LAST: request.last_image}
        pictures = {name: await self._fit(data, spec) for name, data in uploads.items() if data is not None}
        if pictures:
            require_allowed(await self._moderator.review_frames(list(pictures.values()), place=request.place))
            if not (request.declares or request.pictures_declared or request.continues):
                raise DeclarationNeeded(category=PICTURE)
        return pictures

    async def _fit(self, data: bytes, spec: GenerationSpec) -> np.ndarray:
        async with self._desk:
            return await asyncio.to_thread(_fitted, data, spec)

    def keep(self, request: Request, spec: GenerationSpec, pictures: Pictures) -> GenerationSpec:
        """Store the pictures; the spec with their keys. Blocking.

        Raises:
            EngineFault: ``storage-full``.
        """
        job_id = new_id(request.key)
        keys = {name: self._clips.put_file(job_id, name, _png(picture)) for name, picture in pictures.items()}
        return replace(spec, image=keys.get(FIRST), last_image=keys.get(LAST))

    def of(self, spec: GenerationSpec) -> tuple[bytes | None, bytes | None]:
        """The files of a job's two pictures, as a Request carries them. Blocking.

        Raises:
            Refusal: ``job-unknown``: one is gone.
        """
        first, last = (self._read(key) if key else None for key in (spec.image, spec.last_image))
        return first, last

    def _read(self, key: str) -> bytes:
        path = self._clips.open(key)
        try:
            return path.read_bytes()
        except FileNotFoundError as error:
            # Its job was deleted between the two.
            raise Refusal("job-unknown", job=key) from error

    def drop(self, request: Request) -> None:
        """Forget the pictures of a request that was not taken. Blocking."""
        self._clips.delete(new_id(request.key))


def declaring_pictures(request: Request) -> Request:
    """As if all were declared, where a new picture is with it.

    One declaration is for the prompt and the picture, and is asked for last, when nothing else stands against either.
    """
    is_new = bool(request.image or request.last_image) and not (request.pictures_declared or request.continues)
    return replace(request, declares=request.declares or is_new)


def _fitted(data: bytes, spec: GenerationSpec) -> np.ndarray:
    import numpy as np

    from core.media.picture import fit_picture, read_picture

    return np.asarray(fit_picture(read_picture(data), spec.width, spec.height))


def _png(picture: np.ndarray) -> bytes:
    from PIL import Image

    from core.media.picture import to_png

    return to_png(Image.fromarray(picture))
