"""A finished clip carries all its marks, the signature over the rest; what was done to it afterwards is told."""

import json
import random
import struct
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.stream import VideoStream

from bench.media import moving_frames
from core.catalogue.load import load_models
from core.engines.hosted.orders import MOST_REVISED
from core.errors import EngineFault
from core.media.encode import Encoder
from core.media.fit import fit
from core.media.frames import sample_frames
from core.media.label import make_label
from core.media.packager import Package, Packager
from core.media.probe import probe
from core.media.provenance import SEAL_BYTES, Facts, Policy, Provenance
from core.media.signing_keys import SigningKeys, load_keys, make_keys
from core.media.verify import Report, State, Trust, examine, examine_apart
from core.types import GenerationSpec

CODE = "K7QM2XD"
RECIPE: dict[str, str | int | float] = {"model": "scene", "prompt": "一只猫", "seed": 7}
FACTS = Facts(CODE, RECIPE, trained=False)
WIDTH, HEIGHT, COUNT = 480, 270, 24


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> SigningKeys:
    home = tmp_path_factory.mktemp("keys") / "provenance"
    assert make_keys(home)
    return load_keys(home)


@pytest.fixture(scope="module")
def provenance(keys: SigningKeys) -> Provenance:
    return Provenance(Policy("皮影", watermark=True), keys)


@pytest.fixture(scope="module")
def trust(keys: SigningKeys) -> Trust:
    return Trust(keys.anchors, keys.watermark)


def make(path: Path, provenance: Provenance, crf: int = 20) -> Path:
    marks = provenance.marks(CODE, "zh-Hans")
    metadata = {"comment": json.dumps(RECIPE, ensure_ascii=False)}
    with Encoder(path, width=WIDTH, height=HEIGHT, fps=24, metadata=metadata, crf=crf, marks=marks) as encoder:
        for frame in moving_frames(COUNT, WIDTH, HEIGHT):
            encoder.write(frame)
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory, provenance: Provenance) -> Path:
    path = make(tmp_path_factory.mktemp("clip") / "clip.mp4", provenance)
    provenance.seal(path, FACTS)
    return path


def shows_label(path: Path) -> list[bool]:
    """Whether white letters and a dark plate are where they should be, in some frames."""
    label = make_label("AI生成", WIDTH, HEIGHT)
    ink = label.ink[..., 0].astype(float)
    likeness = []
    for frame in sample_frames(path, 4):
        corner = frame[label.top : label.bottom, label.left : label.right].mean(2)
        likeness.append(bool(np.corrcoef(corner.ravel(), ink.ravel())[0, 1] > 0.9))
    return likeness


def test_a_finished_clip_carries_everything(clip: Path, trust: Trust) -> None:
    assert shows_label(clip) == [True] * 4
    info = probe(clip)
    assert info.faststart
    assert json.loads(info.metadata["AIGC"]) == {
        "Label": "1", "ContentProducer": "皮影", "ProduceID": CODE, "ReservedCode1": "",
        "ContentPropagator": "", "PropagateID": "", "ReservedCode2": "",
    }  # fmt: skip
    assert json.loads(info.metadata["comment"]) == RECIPE
    report = examine(clip, trust)
    assert (report.state, report.code, report.recipe, report.watermark) == (State.INTACT, CODE, RECIPE, CODE)
    assert report.manifest is not None
    assert (report.manifest.holds, report.manifest.trusted, report.manifest.problems) == (True, True, ())
    assert report.manifest.source == "algorithmicMedia"
    assert report.manifest.generator.startswith("Piying ")
    assert report.manifest.signer.startswith("Piying / Piying ")


def test_a_model_that_learnt_is_told_as_one(tmp_path: Path, provenance: Provenance, trust: Trust) -> None:
    path = make(tmp_path / "c.mp4", provenance)
    provenance.seal(path, replace(FACTS, trained=True))
    manifest = examine(path, trust).manifest
    assert manifest is not None
    assert manifest.source == "trainedAlgorithmicMedia"


def test_others_read_it_as_unchanged_by_somebody_unknown(clip: Path) -> None:
    report = examine(clip, Trust())
    assert (report.state, report.code, report.looked) == (State.UNKNOWN_SIGNER, CODE, False)
    assert report.manifest is not None
    assert report.manifest.holds
    assert not report.manifest.trusted


def boxes(data: bytes) -> dict[bytes, tuple[int, int]]:
    found, at = {}, 0
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        found[kind] = (at, at + size)
        at += size
    return found


def test_one_byte_changed_anywhere_is_told(clip: Path, tmp_path: Path, trust: Trust) -> None:
    data = bytearray(clip.read_bytes())
    places = boxes(bytes(data))
    assert list(places)[:3] == [b"ftyp", b"uuid", b"moov"]
    chance = random.Random(5)
    spots = [0, 3, 4, 9, 20, 31, 33, 36, 45, 300, 700, 1300]
    spots += [places[b"uuid"][1] - 500, places[b"moov"][0] + 5, places[b"moov"][0] + 200, len(data) - 1]
    spots += [chance.randrange(*places[b"mdat"]) for _ in range(20)]
    copy = tmp_path / "c.mp4"
    for spot in spots:
        data[spot] ^= 1 << chance.randrange(8)
        copy.write_bytes(data)
        assert examine(copy, Trust(trust.anchors)).state is State.ALTERED, spot
        data[:] = clip.read_bytes()
    copy.write_bytes(data)
    assert examine(copy, trust).state is State.INTACT


def test_bytes_at_the_end_are_told_and_a_cut_too(clip: Path, tmp_path: Path, trust: Trust) -> None:
    copy = tmp_path / "c.mp4"
    for data in (clip.read_bytes() + b"\0\0\0\x0cfreexxxx", clip.read_bytes()[:-1]):
        copy.write_bytes(data)
        assert examine(copy, trust).state in {State.ALTERED, State.UNREADABLE, State.INTACT}
    assert examine(copy, trust).state is not State.INTACT


def test_a_reencode_is_no_alteration(clip: Path, tmp_path: Path, trust: Trust) -> None:
    fitted = tmp_path / "fitted.mp4"
    fit(clip, fitted, clip.stat().st_size * 2 // 3)
    report = examine(fitted, trust)
    assert (report.state, report.manifest, report.code, report.recipe) == (State.REENCODED, None, CODE, RECIPE)
    assert report.watermark == CODE
    assert report.aigc is not None
    assert report.aigc["ProduceID"] == CODE
    assert shows_label(fitted) == [True] * 4


def test_without_metadata_the_watermark_is_left(clip: Path, tmp_path: Path, trust: Trust) -> None:
    stripped = tmp_path / "c.mp4"
    frames = sample_frames(clip, COUNT)
    with Encoder(stripped, width=WIDTH, height=HEIGHT, fps=24, metadata={}, crf=23) as encoder:
        for frame in frames:
            encoder.write(frame)
    report = examine(stripped, trust)
    assert (report.state, report.code, report.aigc, report.recipe) == (State.REENCODED, CODE, None, None)
    assert examine(stripped, Trust()).state is State.UNMARKED


def test_a_clip_that_became_a_webm_still_has_its_watermark(clip: Path, tmp_path: Path, trust: Trust) -> None:
    path = tmp_path / "c.webm"
    with av.open(str(path), "w", format="webm") as output:
        video = output.add_stream("libvpx-vp9", rate=24, options={"crf": "24", "b": "0", "cpu-used": "8"})
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for frame in sample_frames(clip, COUNT):
            output.mux(video.encode(av.VideoFrame.from_ndarray(frame)))
        output.mux(video.encode(None))
    report = examine(path, trust)
    assert (report.state, report.code, report.aigc) == (State.REENCODED, CODE, None)


def test_a_fitted_clip_is_signed_after_the_fit_and_names_its_parent(
    tmp_path: Path, provenance: Provenance, trust: Trust
) -> None:
    clip = make(tmp_path / "clip.mp4", provenance, crf=8)
    provenance.seal(clip, FACTS)
    fitted, limit = tmp_path / "fitted.mp4", clip.stat().st_size - 1
    fit(clip, fitted, limit - SEAL_BYTES)
    provenance.seal(fitted, FACTS, parent=clip)
    assert fitted.stat().st_size <= limit
    report = examine(fitted, trust)
    assert (report.state, report.code, report.watermark) == (State.INTACT, CODE, CODE)
    assert report.manifest is not None
    assert report.manifest.source == "algorithmicMedia"
    assert shows_label(fitted) == [True] * 4


def longest_prompt() -> int:
    return max(model.card.max_prompt_chars for model in load_models())


def test_even_the_longest_recipe_fits_into_what_is_set_aside(tmp_path: Path, provenance: Provenance) -> None:
    path = make(tmp_path / "c.mp4", provenance)
    plain = path.stat().st_size
    facts = Facts(CODE, RECIPE | {"prompt": "猫" * longest_prompt(), "revised_prompt": "狗" * MOST_REVISED})
    provenance.seal(path, facts)
    parent = tmp_path / "parent.mp4"
    path.rename(parent)
    child = make(tmp_path / "c.mp4", provenance)
    provenance.seal(child, facts, parent=parent)
    assert child.stat().st_size - plain < SEAL_BYTES


def test_what_cannot_be_signed_is_a_fault_and_stays_as_it_is(tmp_path: Path, provenance: Provenance) -> None:
    path = tmp_path / "c.mp4"
    path.write_bytes(b"\0\0\0\x08ftypno clip")
    with pytest.raises(EngineFault, match="engine-fault"):
        provenance.seal(path, FACTS)
    assert path.read_bytes() == b"\0\0\0\x08ftypno clip"
    assert list(tmp_path.iterdir()) == [path]


def test_without_keys_it_is_labelled_all_the_same(tmp_path: Path) -> None:
    bare = Provenance(Policy(watermark=True))
    path = make(tmp_path / "c.mp4", bare)
    before = path.read_bytes()
    bare.seal(path, FACTS)
    assert path.read_bytes() == before
    assert shows_label(path) == [True] * 4
    assert examine(path, Trust()).state is State.REENCODED


def test_an_unlabelled_copy_keeps_the_metadata(provenance: Provenance) -> None:
    marks = provenance.marks(CODE, "en", labelled=False)
    assert marks.label == ""
    assert marks.metadata == provenance.marks(CODE, "en").metadata


def test_the_frames_digest_is_of_the_frames_before_their_marks(tmp_path: Path, provenance: Provenance) -> None:
    packager, digests = Packager(), []
    for name, marks in (("plain", None), ("marked", provenance.marks(CODE, "en"))):
        path = tmp_path / f"{name}.mp4"
        package = Package(path, path.with_suffix(".jpg"), WIDTH, HEIGHT, 24, 8)
        with packager.begin(replace(package, marks=marks) if marks else package) as session:
            for frame in moving_frames(8, WIDTH, HEIGHT):
                session.write(frame)
            digests.append(session.finish().frames)
    packager.close()
    assert digests[0] == digests[1]
    assert "AIGC" in probe(tmp_path / "marked.mp4").metadata
    assert "AIGC" not in probe(tmp_path / "plain.mp4").metadata
    assert shows_nothing(tmp_path / "plain.mp4", tmp_path / "marked.mp4")


def shows_nothing(plain: Path, marked: Path) -> bool:
    label = make_label("AI-generated", WIDTH, HEIGHT)
    ink = label.ink[..., 0].ravel().astype(float)
    likeness = []
    for path in (plain, marked):
        (frame,) = sample_frames(path, 1)
        corner = frame[label.top : label.bottom, label.left : label.right].mean(2).ravel()
        likeness.append(np.corrcoef(corner, ink)[0, 1])
    return bool(likeness[0] < 0.5 < 0.9 < likeness[1])


def test_the_scene_engine_marks_what_it_is_told_to(tmp_path: Path, provenance: Provenance) -> None:
    from core.engines.scene.engine import make_clip
    from core.media.marks import lay_marks

    spec = GenerationSpec("scene", "standard", 1, "a cat on the beach", 3, WIDTH, HEIGHT, 8, 8)
    plain, marked = tmp_path / "plain", tmp_path / "marked"
    for folder in (plain, marked):
        folder.mkdir()
    lay_marks(marked, provenance.marks(CODE, "en"))
    clips = [make_clip(spec, folder, lambda _: None) for folder in (plain, marked)]
    assert clips[0].recipe["frames"] == clips[1].recipe["frames"]
    assert "AIGC" in probe(clips[1].path).metadata
    assert shows_nothing(clips[0].path, clips[1].path)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"GIF89a" + b"\0" * 500,
        b"\0\0\0\x18ftypisom" + b"\0" * 12 + b"\xff\xff\xff\xffmdat",
        b"\0\0\0\x01ftyp" + b"\xff" * 8 + b"x" * 100,
        b"\0\0\0\x08free" * 30_000,
        b"#EXTM3U\nfile:///etc/passwd\n",
    ],
)
def test_what_is_no_video_is_unreadable(data: bytes, tmp_path: Path, trust: Trust) -> None:
    path = tmp_path / "c.mp4"
    path.write_bytes(data)
    assert examine(path, trust).state is State.UNREADABLE


def test_a_file_too_large_is_not_looked_at(tmp_path: Path, trust: Trust) -> None:
    path = tmp_path / "c.mp4"
    with path.open("wb") as file:
        file.truncate((1 << 30) + 1)
    assert examine(path, trust).state is State.UNREADABLE


def test_scrambled_manifests_crash_nothing(clip: Path, tmp_path: Path, trust: Trust) -> None:
    whole = clip.read_bytes()
    start, end = boxes(whole)[b"uuid"]
    chance, copy = random.Random(3), tmp_path / "c.mp4"
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 40)):
            data[chance.randrange(start + 120, end)] = chance.randrange(256)
        copy.write_bytes(data)
        assert examine(copy, Trust(trust.anchors)).state in {State.ALTERED, State.INTACT}


@pytest.mark.slow
def test_a_child_tells_the_same(clip: Path, tmp_path: Path, trust: Trust) -> None:
    assert examine_apart(clip, trust) == examine(clip, trust)
    path = tmp_path / "c.mp4"
    path.write_bytes(b"nothing")
    assert examine_apart(path, trust) == Report(State.UNREADABLE, looked=False)
    with pytest.raises(FileNotFoundError):
        examine_apart(tmp_path / "none.mp4", trust)
