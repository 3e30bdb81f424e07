"""What a vendor sends is judged by what was asked for, and told as it is from then on."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.catalogue.catalogue import Catalogue
from core.catalogue.hosted import HostedCard, Offer
from core.catalogue.load import load_models
from core.errors import EngineFault
from core.media.adopt import adopt
from core.media.probe import verify
from core.ports import Run
from core.types import Clip, GenerationSpec
from storage.database import SqlStore
from tests.fakes import SPEC, FakeEngine
from tests.stores import held_job, open_store
from tests.unit.core.test_worker import Bench
from tests.unit.media.odd import Odd, make

ASKED = replace(SPEC, width=320, height=240, num_frames=48)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path / 'piying.db'}") as opened:
        yield opened


class Vendor(FakeEngine):
    """Sends one file for whatever is asked for."""

    def __init__(self, odd: Odd, after: Callable[[Clip], Clip] = lambda clip: clip) -> None:
        super().__init__()
        self.odd, self.after = odd, after

    async def generate(self, spec: GenerationSpec, run: Run) -> Clip:
        video, poster = make(run.folder / "clip.mp4", self.odd), run.folder / "poster.jpg"
        made = adopt(video, poster, width=spec.width, height=spec.height, seconds=spec.seconds)
        return self.after(Clip(video, poster, made.width, made.height, made.seconds, made.size_bytes))


def hosted() -> Catalogue:
    """The built-in recipes, as if a vendor made their clips."""
    model = next(model for model in load_models() if model.card.key == SPEC.model)
    facts = HostedCard(at={"international": Offer(model="x")})
    return Catalogue((model.model_copy(update={"card": model.card.model_copy(update={"hosted": facts})}),))


@pytest.mark.parametrize(
    "odd",
    [
        Odd(width=334, height=246, fps=16, seconds=2.5),
        Odd("libx265", "yuv420p10le", width=334, height=246, fps=30, seconds=1.6, sound="aac"),
        Odd("libvpx-vp9", width=334, height=246, seconds=2.1, sound="libopus", container="webm"),
        Odd(width=246, height=334, seconds=2, turned=90),
    ],
    ids=str,
)
async def test_a_clip_is_stored_as_it_came_and_as_chats_play_it(store: SqlStore, tmp_path: Path, odd: Odd) -> None:
    bench = Bench(store, tmp_path, Vendor(odd), catalogue=hosted())
    stored = await bench.worker.render(held_job(store, spec=ASKED).id)
    assert (stored.width, stored.height) == (334, 246)
    assert stored.seconds == pytest.approx(odd.seconds, abs=0.07)
    path = bench.clips.open(stored.video)
    info = verify(path, width=stored.width, height=stored.height, seconds=stored.seconds)
    assert (info.codec, info.pixel_format, info.audio_codec, info.container) == ("h264", "yuv420p", "aac", "mp4")
    assert info.fps == pytest.approx(odd.fps, rel=0.001)
    assert stored.size_bytes == path.stat().st_size
    assert not bench.left_over()


@pytest.mark.parametrize("odd", [Odd(width=640, height=480, seconds=2), Odd(width=320, height=240, seconds=4)])
async def test_what_was_not_paid_for_is_not_stored(store: SqlStore, tmp_path: Path, odd: Odd) -> None:
    bench = Bench(store, tmp_path, Vendor(odd), catalogue=hosted())
    with pytest.raises(EngineFault, match="clip-invalid"):
        await bench.worker.render(held_job(store, spec=ASKED).id)


async def test_an_engine_that_says_something_else_than_its_file_is_not_believed(
    store: SqlStore, tmp_path: Path
) -> None:
    vendor = Vendor(Odd(width=320, height=240, seconds=2), lambda clip: replace(clip, seconds=3.0))
    bench = Bench(store, tmp_path, vendor, catalogue=hosted())
    with pytest.raises(EngineFault, match="clip-invalid"):
        await bench.worker.render(held_job(store, spec=ASKED).id)


async def test_an_engine_of_ones_own_keeps_to_what_was_asked(store: SqlStore, tmp_path: Path) -> None:
    bench = Bench(store, tmp_path, Vendor(Odd(width=334, height=246, seconds=2)))
    with pytest.raises(EngineFault, match="clip-invalid"):
        await bench.worker.render(held_job(store, spec=ASKED).id)
