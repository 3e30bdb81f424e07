"""Whether there is a gallery, as it is set."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from piying.doctor import _gallery
from piying.gallery_settings import GallerySettings
from piying.settings import ConsoleSettings, Settings
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


@pytest.mark.parametrize(
    ("gallery", "token", "good", "state"),
    [
        (GallerySettings(), None, True, "off; PIYING_GALLERY__ON=true shows what people opted in"),
        (GallerySettings(on=True), None, True, "http://127.0.0.1:8765/gallery, for everybody to see"),
        (
            GallerySettings(on=True, url="https://a.example"),
            None,
            False,
            "https://a.example/gallery, for everybody to see",
        ),
        (
            GallerySettings(on=True, url="https://a.example"),
            "t",
            True,
            "https://a.example/gallery, for everybody to see",
        ),
    ],
)
def test_the_doctor_says_where_it_is_and_what_keeps_people_out(
    tmp_path: Path, gallery: GallerySettings, token: str | None, good: bool, state: str
) -> None:
    console = ConsoleSettings(token=SecretStr(token) if token else None)
    found = _gallery(Settings(data_folder=tmp_path, gallery=gallery, console=console))
    assert (found.good, found.state) == (good, state)
    assert ("PIYING_CONSOLE__TOKEN" in found.remedy) == (gallery.on and token is None)


@pytest.mark.parametrize("is_on", [False, True])
def test_it_is_off_until_it_is_switched_on(tmp_path: Path, is_on: bool) -> None:
    settings = Settings(data_folder=tmp_path, gallery=GallerySettings(on=is_on))
    process = Process(settings, Role(platforms=("console",), name="test"))
    runner = process.adapters["console"]._runner  # type: ignore[attr-defined]
    paths = {route.resource.canonical for route in runner.app.router.routes() if route.resource}
    assert ("/gallery" in paths) == is_on
    process.store.close()
