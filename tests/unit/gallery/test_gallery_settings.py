"""Whether there is a gallery, as it is set."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from piying.gallery_settings import GallerySettings
from piying.settings import Settings
from piying.wiring import Process, Role


@pytest.mark.parametrize(
    "url", ["films.example", "ftp://films.example", "https://", "https://a/b", "https://me@a", "https://a?b"]
)
def test_an_origin_is_a_scheme_and_a_host(url: str) -> None:
    with pytest.raises(ValidationError):
        GallerySettings(on=True, url=url)


def test_chats_are_told_where_it_is_once_it_is_on_and_somebody_said() -> None:
    assert (
        GallerySettings(on=True, url="https://films.example:8443/").public_url == "https://films.example:8443/gallery"
    )
    assert GallerySettings(on=False, url="https://films.example").public_url is None
    assert GallerySettings(on=True).public_url is None


@pytest.mark.parametrize("is_on", [False, True])
def test_it_is_off_until_it_is_switched_on(tmp_path: Path, is_on: bool) -> None:
    settings = Settings(data_folder=tmp_path, gallery=GallerySettings(on=is_on))
    process = Process(settings, Role(platforms=("console",), name="test"))
    runner = process.adapters["console"]._runner  # type: ignore[attr-defined]
    paths = {route.resource.canonical for route in runner.app.router.routes() if route.resource}
    assert ("/gallery" in paths) == is_on
    process.store.close()
