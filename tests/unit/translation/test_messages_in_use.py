"""Message ids written in the code lead to sentences, so that a slip is found here and not in a chat."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from translation.localiser import Localiser

_ROOT = Path(__file__).parents[3]


def _ids_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "text"):
            continue
        owner = ast.unparse(node.func.value).lower()
        if "localiser" in owner and node.args and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)


IDS = sorted({name for part in ("bots", "piying") for path in (_ROOT / part).rglob("*.py") for name in _ids_in(path)})


@pytest.mark.parametrize("message_id", IDS)
def test_the_sentence_exists(message_id: str) -> None:
    try:
        assert Localiser("en").text(message_id)
    except LookupError as missing:
        assert "no message" not in str(missing)  # noqa: PT017 - details are given where it is used
