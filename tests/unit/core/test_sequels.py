"""Clips that go on from one's own: by which recipe, with which options, and on whose word."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.catalogue.cards import Model
from core.catalogue.catalogue import Catalogue
from core.catalogue.load import load_models
from core.catalogue.sequels import suited
from core.errors import Refusal, Unsupported
from core.intake import Intake
from core.sequels import CONTINUES, continues
from core.types import PRIVATE, Address, GenerationSpec, Job, JobState, Note, Options, Place, Request, StoredClip
from storage.clips import FolderClipStore
from storage.database import SqlStore
from tests.desks import make_intake
from tests.fakes import SPEC, FakeEngine, FakeModerator
from tests.stores import ALICE, BOB, held_job
from tests.unit.film.clips import BLUE, RED, write_clip

SCENE, FILM = (next(model for model in load_models() if model.card.key == key) for key in ("scene", "film"))
PICTURE = Note("declared", {"category": "picture"})


def painter(key: str, qualities: Sequence[str], **changes: Any) -> Model:
    """A model that takes a picture, and nothing else."""
    card = {"key": key, "engine": "scene", "pictures": ("first",)} | changes
    recipes = [SCENE.recipes[0].model_copy(update={"key": f"{key}-{quality}"}) for quality in qualities]
    return SCENE.model_copy(update={"card": SCENE.card.model_copy(update=card), "recipes": tuple(recipes)})


class Desk:
    """An intake with clips that there are."""

    def __init__(
        self, store: SqlStore, folder: Path, *models: Model, default: str | None = None, **changes: Any
    ) -> None:
        self.store, self.folder = store, folder
        self.clips = FolderClipStore(folder / "clips")
        catalogue = Catalogue((SCENE, FILM, *models), default)
        parts = {"clips": self.clips, "catalogue": catalogue, "engines": {"scene": FakeEngine(), "film": FakeEngine()}}
        self.intake: Intake = make_intake(store, **(parts | changes))

    def finished(self, *, spec: GenerationSpec = SPEC, **changes: Any) -> Job:
        job = held_job(self.store, credits_=1000, spec=spec, state=JobState.SUCCEEDED, **changes)
        data = write_clip(self.folder / f"{job.code}.mp4", BLUE, size=(spec.width, spec.height), frames=3).read_bytes()
        video = self.clips.put_file(job.id, "clip.mp4", data)
        with self.store.begin() as tx:
            tx.jobs.attach_clip(job.id, StoredClip(video, "", spec.width, spec.height, spec.seconds, len(data)))
        return job

    def request(self, code: str, key: str, address: Address) -> Request:
        return self.intake.sequels.request(self.intake.account(address).id, code, key, address, None)

    async def go_on(self, job: Job, key: str = "next", **changes: Any) -> Job:
        request = self.request(job.code, key, job.address)
        return (await self.intake.submit(replace(request, prompt="the cat jumps", **changes))).job


async def test_it_begins_with_the_last_frame_without_its_label(store: SqlStore, tmp_path: Path) -> None:
    desk = Desk(store, tmp_path, painter("brush", ["standard"]))
    first = desk.finished()
    job = await desk.go_on(first)
    assert (job.spec.recipe, job.spec.prompt, job.spec.last_image) == ("brush-standard", "the cat jumps", None)
    assert job.spec.image is not None
    with Image.open(desk.clips.open(job.spec.image)) as image:
        picture = np.asarray(image).astype(int)
    assert picture.shape == (480, 854, 3)
    difference = np.abs(picture - BLUE)
    assert difference.mean() < 2
    assert difference.max() < 40
    assert continues(job) == first.code
    assert Note(CONTINUES, {"job": first.code}) in job.notes
    assert Note("continued-by", {"recipe": "brush-standard"}) in job.notes


async def test_a_recipe_that_takes_pictures_stays(store: SqlStore, tmp_path: Path) -> None:
    both = SCENE.model_copy(update={"card": SCENE.card.model_copy(update={"pictures": ("none", "first")})})
    desk = Desk(store, tmp_path, painter("brush", ["standard"]))
    desk.intake = make_intake(store, clips=desk.clips, catalogue=Catalogue((both,)), engines={"scene": FakeEngine()})
    job = await desk.go_on(desk.finished(spec=replace(SPEC, recipe="hd", width=1280, height=720)))
    assert (job.spec.recipe, job.spec.width, job.spec.seed, job.spec.seconds) == ("hd", 1280, SPEC.seed, SPEC.seconds)
    assert [note.code for note in job.notes] == [CONTINUES]


async def test_else_the_users_own_or_the_default_or_the_nearest_is_taken(store: SqlStore, tmp_path: Path) -> None:
    models = (painter("dear", ["hd", "draft"]), painter("brush", ["standard"]), painter("pen", ["standard"]))
    desk = Desk(store, tmp_path, *models)
    assert (await desk.go_on(desk.finished(), "nearest")).spec.recipe == "brush-standard"
    hd = replace(SPEC, recipe="hd", width=1280, height=720)
    assert (await desk.go_on(desk.finished(spec=hd), "hd")).spec.recipe == "dear-hd"
    with store.begin() as tx:
        settings = tx.preferences.user(ALICE.platform, ALICE.user, for_change=True)
        tx.preferences.set_user(ALICE.platform, ALICE.user, replace(settings, recipe="pen-standard"), now=1.0)
    assert (await desk.go_on(desk.finished(), "own")).spec.recipe == "pen-standard"


async def test_only_what_the_chat_allows_is_taken(store: SqlStore, tmp_path: Path) -> None:
    desk = Desk(store, tmp_path, painter("brush", ["standard"]), painter("pen", ["draft"]))
    with store.begin() as tx:
        settings = tx.preferences.chat(ALICE.platform, ALICE.chat, for_change=True)
        tx.preferences.set_chat(
            ALICE.platform, ALICE.chat, replace(settings, recipes=("standard", "pen-draft")), now=1.0
        )
    assert (await desk.go_on(desk.finished())).spec.recipe == "pen-draft"


async def test_where_none_takes_a_picture_it_says_so_and_holds_nothing(store: SqlStore, tmp_path: Path) -> None:
    desk = Desk(store, tmp_path)
    first = desk.finished()
    with pytest.raises(Unsupported, match="continue-unsupported"):
        await desk.go_on(first)
    with store.begin() as tx:
        assert tx.ledger.held_jobs() == [first.id]


async def test_what_another_model_has_not_is_the_nearest_and_told(store: SqlStore, tmp_path: Path) -> None:
    other = {
        "resolutions": ("720p",),
        "ratios": ("1:1", "9:16"),
        "num_frames": (48, 72),
        "min_seconds": 2,
        "max_seconds": 3,
    }
    model = painter("brush", ["standard"], **other)
    recipe = model.recipes[0].model_copy(
        update={"resolution": "720p", "ratio": "1:1", "credits_per_second": {"720p": 2}}
    )
    desk = Desk(store, tmp_path, model.model_copy(update={"recipes": (recipe,)}))
    job = await desk.go_on(desk.finished())
    assert (job.spec.width, job.spec.height, job.spec.seconds) == (720, 720, 3)
    told = {note.details["asked"]: note.details["made"] for note in job.notes if note.code == "snapped"}
    assert told == {"480p": "720p", "16:9": "1:1", "4 s": "3 s"}


def test_a_seed_is_one_that_the_vendor_has() -> None:
    model = next(model for model in load_models() if model.card.hosted and "first" in model.card.pictures)
    assert model.card.hosted is not None
    options, _ = suited(Options(seed=2**32 - 1), model.card, model.recipes[0])
    assert options.seed == (2**32 - 1) % (model.card.hosted.max_seed + 1)
    assert suited(Options(seed=2**32 - 1), SCENE.card, SCENE.recipes[0])[0].seed == 2**32 - 1


async def test_nobody_declares_what_piying_made_and_nothing_is_put_on_record(store: SqlStore, tmp_path: Path) -> None:
    desk = Desk(store, tmp_path, painter("brush", ["standard"]))
    job = await desk.go_on(desk.finished())
    again = (await desk.intake.submit(desk.intake.request_again(job, "again", ALICE))).job
    for made in (job, again):
        assert PICTURE not in made.notes
        assert continues(made) is not None
    with store.begin() as tx:
        assert tx.agreements.listed(limit=9) == []


async def test_what_was_declared_of_a_picture_comes_along(store: SqlStore, tmp_path: Path) -> None:
    desk = Desk(store, tmp_path, painter("brush", ["standard"]))
    remix = Note("remix-of", {"job": "K7QM2XD"})
    job = await desk.go_on(desk.finished(notes=(PICTURE, remix)))
    assert PICTURE in job.notes
    assert remix in job.notes


async def test_somebody_elses_unfinished_or_unknown_clips_are_not_gone_on_from(store: SqlStore, tmp_path: Path) -> None:
    desk = Desk(store, tmp_path, painter("brush", ["standard"]))
    theirs, waiting = desk.finished(), held_job(store, credits_=1000)
    for code, address, refusal in (
        (theirs.code, BOB, "clip-others"),
        (waiting.code, ALICE, "clip-unfinished"),
        ("ZZZZZZZ", ALICE, "job-unknown"),
    ):
        with pytest.raises(Refusal, match=refusal):
            desk.request(code, "key", address)
    desk.clips.delete(theirs.id)
    with pytest.raises(Refusal, match="job-unknown"):
        desk.request(theirs.code, "key", ALICE)


async def test_a_film_is_gone_on_from_in_its_shape(store: SqlStore, tmp_path: Path) -> None:
    desk = Desk(store, tmp_path, painter("brush", ["standard"]))
    spec = replace(SPEC, model="film", recipe="film-standard", width=480, height=832, clips=("a", "b"))
    job = await desk.go_on(desk.finished(spec=spec))
    assert (job.spec.recipe, job.spec.width, job.spec.height, job.spec.clips) == ("brush-standard", 480, 854, ())


async def test_its_picture_is_looked_at_as_any_other(store: SqlStore, tmp_path: Path) -> None:
    seen: list[tuple[int, ...]] = []

    class Watching(FakeModerator):
        async def review_frames(self, frames: Sequence[np.ndarray], *, place: Place = PRIVATE) -> Any:
            seen.extend(tuple(frame.reshape(-1, 3).mean(0).round().astype(int)) for frame in frames)
            return await super().review_frames(frames, place=place)

    desk = Desk(store, tmp_path, painter("brush", ["standard"]), moderator=Watching())
    await desk.go_on(desk.finished())
    assert np.abs(np.array(seen) - BLUE).max() < 6


async def test_a_picture_of_ones_own_still_needs_a_declaration(store: SqlStore, tmp_path: Path) -> None:
    desk = Desk(store, tmp_path, painter("brush", ["standard"]))
    buffer = BytesIO()
    Image.new("RGB", (854, 480), RED).save(buffer, "PNG")
    request = Request("key", ALICE, "a cat", options=Options(recipe="brush-standard"), image=buffer.getvalue())
    with pytest.raises(Refusal, match="declaration-needed"):
        await desk.intake.submit(request)
