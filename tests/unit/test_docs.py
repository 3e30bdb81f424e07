"""Hold the documents to the code and to each other."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from core.metrics import Metrics
from piying.engine_settings import EnginesSettings
from piying.settings import Settings

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-Hans.md")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

_ROW = re.compile(r"^\| `(PIYING_[\w<>]+)` \| (.+?) \|", re.MULTILINE)
_CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def test_the_settings_page_has_every_variable_with_its_default() -> None:
    text = (ROOT / "docs/reference/settings.md").read_text("utf-8")
    assert dict(_rows(text)) == dict(_variables(Settings, "PIYING_"))


def test_the_page_on_watching_names_every_metric_and_no_event_that_is_gone() -> None:
    text = (ROOT / "docs/howto/watch-it.md").read_text("utf-8")
    metrics = {
        f"{found.name}_total" if found.type == "counter" else found.name for found in Metrics().registry.collect()
    }
    assert set(re.findall(r"^\| `(piying_\w+)` \|", text, re.MULTILINE)) == metrics
    logging = re.compile(r'log\.\w+\(\s*"([a-z_.]+)"')
    logged = {event for path in _code() for event in logging.findall(path.read_text("utf-8"))}
    told = set(re.findall(r"`([a-z]+\.[a-z_]+)`", text))
    assert told
    assert told <= logged


@pytest.mark.parametrize("name", READMES)
def test_a_readme_is_short(name: str) -> None:
    assert len((ROOT / name).read_text("utf-8").splitlines()) < 120


def test_both_readmes_show_the_same_commands_and_pictures() -> None:
    english, chinese = ((ROOT / name).read_text("utf-8") for name in READMES)
    assert _CODE.findall(english) == _CODE.findall(chinese) != []
    assert _pictures(english) == [name.replace(".zh-Hans", "") for name in _pictures(chinese)] != []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = [link for link in _links(page) if not _resolves(page, link)]
    assert broken == []


def test_every_page_is_reached_from_the_index() -> None:
    index = ROOT / "docs/README.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in _links(index)}
    assert {page for page in PAGES if page.parent != ROOT} - linked == {index}


@pytest.mark.parametrize("name", READMES)
def test_make_targets_named_in_a_readme_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(_CODE.findall((ROOT / name).read_text("utf-8")))))
    assert named
    assert named <= targets


def _code() -> list[Path]:
    return [path for folder in ("bots", "core", "storage", "piying") for path in ROOT.glob(f"{folder}/**/*.py")]


def _rows(text: str) -> Iterator[tuple[str, str]]:
    """A row of ``<VENDOR>`` is one for each of them."""
    parts = EnginesSettings.model_fields.items()
    vendors = [name.upper() for name, field in parts if _is_part(field.annotation)]
    for variable, default in _ROW.findall(text):
        for vendor in vendors if "<VENDOR>" in variable else [""]:
            yield variable.replace("<VENDOR>", vendor), default


def _variables(part: type[BaseModel], prefix: str) -> Iterator[tuple[str, str]]:
    for name, field in part.model_fields.items():
        variable = prefix + name.upper()
        nested = [kind for kind in (field.annotation, *get_args(field.annotation)) if _is_part(kind)]
        if nested:
            yield from _variables(nested[0], f"{variable}__")
        else:
            yield variable, _default(field)


def _is_part(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _default(field: FieldInfo) -> str:
    if field.default_factory is dict:
        return "empty"
    if field.default_factory is not None:
        return "CPU cores"
    return "not set" if field.default is None else f"`{field.default}`"


def _pictures(text: str) -> list[str]:
    return [link for link in _targets(text) if link.endswith(".png")]


def _links(page: Path) -> list[str]:
    return [link for link in _targets(_CODE.sub("", page.read_text("utf-8"))) if not re.match(r"[a-z]+:", link)]


def _targets(text: str) -> list[str]:
    return [first or second for first, second in _LINK.findall(text)]


def _resolves(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in _anchors(target))


def _anchors(page: Path) -> set[str]:
    """Headings as GitHub names them: lower case, punctuation away, spaces to hyphens."""
    headings = _HEADING.findall(_CODE.sub("", page.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
