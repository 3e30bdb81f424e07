from pathlib import Path
from stat import S_IMODE

import pytest

from piying.mistake import Mistake
from piying.output import plan, put, try_out

OPEN, PRIVATE = 0o022, 0o077


@pytest.mark.parametrize(
    ("output", "prompts", "files"),
    [
        ("a.mp4", 1, ["a.mp4"]),
        ("sub/a.mp4", 1, ["sub/a.mp4"]),
        ("clips", 1, ["clips/1.mp4"]),
        ("clips", 2, ["clips/1.mp4", "clips/2.mp4"]),
        ("there.d", 1, ["there.d/1.mp4"]),
        ("there.mp4", 2, ["there.mp4/1.mp4", "there.mp4/2.mp4"]),
    ],
)
def test_where_clips_go(tmp_path: Path, output: str, prompts: int, files: list[str]) -> None:
    (tmp_path / "there.d").mkdir()
    (tmp_path / "there.mp4").mkdir()
    assert plan(tmp_path / output, prompts) == [tmp_path / file for file in files]


def test_several_clips_do_not_go_into_one_file(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="2 prompts need a folder"):
        plan(tmp_path / "a.mp4", 2)


def test_a_file_that_would_be_no_mp4_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match=r"a\.gif would hold no gif: clips are \.mp4 files"):
        plan(tmp_path / "a.gif", 1)
    assert plan(tmp_path / "A.MP4", 1) == [tmp_path / "A.MP4"]


def test_trying_leaves_folders_and_no_files(tmp_path: Path) -> None:
    old = tmp_path / "old.mp4"
    old.write_bytes(b"clip")
    try_out([old, tmp_path / "a" / "b" / "1.mp4"], OPEN)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b", "old.mp4"]
    assert old.read_bytes() == b"clip"
    assert S_IMODE((tmp_path / "a").stat().st_mode) == 0o755


@pytest.mark.parametrize("output", ["file/1.mp4", "file/deeper/1.mp4", "folder", "x" * 300 + ".mp4"])
def test_what_cannot_be_written_is_a_mistake(tmp_path: Path, output: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(Mistake, match="cannot write"):
        try_out([tmp_path / output], OPEN)


@pytest.mark.parametrize(("umask", "mode"), [(OPEN, 0o644), (PRIVATE, 0o600)])
def test_a_new_file_has_the_users_own_mode(tmp_path: Path, umask: int, mode: int) -> None:
    clip, path = tmp_path / "clip", tmp_path / "out.mp4"
    clip.write_bytes(b"clip")
    put(clip, path, umask)
    assert (path.read_bytes(), S_IMODE(path.stat().st_mode)) == (b"clip", mode)


def test_an_old_file_keeps_its_mode(tmp_path: Path) -> None:
    clip, path = tmp_path / "clip", tmp_path / "out.mp4"
    clip.write_bytes(b"clip")
    path.touch(0o640)
    put(clip, path, OPEN)
    assert (path.read_bytes(), S_IMODE(path.stat().st_mode)) == (b"clip", 0o640)


def test_a_clip_that_could_not_be_copied_is_still_found(tmp_path: Path) -> None:
    clip = tmp_path / "clip"
    clip.write_bytes(b"clip")
    with pytest.raises(Mistake, match=f"The clip is in {clip}"):
        put(clip, tmp_path / "gone" / "out.mp4", OPEN)
