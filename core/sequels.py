"""Turns a finished clip into a Request for one that begins where it ends, by whichever recipe takes a picture."""

from __future__ import annotations

from core.catalogue.catalogue import Catalogue
from core.catalogue.sequels import options_after
from core.errors import Refusal
from core.films import own_clip
from core.ports import ClipStore, Store
from core.safety.agreements import DECLARED, PICTURE
from core.showcase.exhibits import REMIX
from core.types import Address, Job, Place, Request

CONTINUES = "continues"
"""The note on a clip that begins with the last frame of its user's own; its detail ``job`` is that one's code."""


class Sequels:
    """What goes on from a clip."""

    def __init__(self, store: Store, clips: ClipStore, catalogue: Catalogue) -> None:
        self._store, self._clips, self._catalogue = store, clips, catalogue

    def request(self, account: str, code: str, key: str, address: Address, place: Place | None) -> Request:
        """A request that goes on from an account's own clip, with the words of that one, to be replaced. Blocking.

        Raises:
            Refusal: as of ``core.films.own_clip``; ``job-unknown``: its file is gone.
            EngineFault: ``clip-invalid``: its file is damaged.
        """
        with self._store.look() as tx:
            job, clip = own_clip(tx, account, code)
        place = place or (job.place if address.chat == job.address.chat else Place("group"))
        return Request(
            key,
            address,
            job.prompt,
            job.locale,
            options_after(self._catalogue, job.spec),
            self._last_picture(clip.video),
            pictures_declared=any(
                note.code == DECLARED and note.details.get("category") == PICTURE for note in job.notes
            ),
            place=place,
            remix_of=_told(job, REMIX),
            continues=job.code,
        )

    def _last_picture(self, key: str) -> bytes:
        from PIL import Image

        from core.media.ending import last_frame
        from core.media.picture import to_png

        path = self._clips.open(key)
        try:
            return to_png(Image.fromarray(last_frame(path)))
        except FileNotFoundError as error:
            # Its job was deleted between the two.
            raise Refusal("job-unknown", job=key) from error


def continues(job: Job) -> str | None:
    """The code of the clip that a job goes on from."""
    return _told(job, CONTINUES)


def _told(job: Job, code: str) -> str | None:
    return next((str(note.details["job"]) for note in job.notes if note.code == code), None)
