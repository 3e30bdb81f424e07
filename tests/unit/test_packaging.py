"""Hold what is packaged to what is there: a wheel without its data would only fail on somebody else's machine."""

import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES = [pattern.rstrip("*") for pattern in PYPROJECT["tool"]["setuptools"]["packages"]["find"]["include"]]


def test_every_data_file_goes_into_the_package() -> None:
    patterns = PYPROJECT["tool"]["setuptools"]["package-data"]["*"]
    left_out = [str(path) for path in _data_files() if not any(fnmatch(path.name, pattern) for pattern in patterns)]
    assert left_out == []


def test_the_image_is_built_from_all_packages() -> None:
    let_through = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert {f"!{package}" for package in PACKAGES} <= set(let_through)


def _data_files() -> Iterator[Path]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*"):
            inside = path.relative_to(ROOT)
            hidden = any(part.startswith(".") for part in inside.parts)
            if path.is_file() and path.suffix not in {".py", ".pyc"} and not hidden:
                yield inside
