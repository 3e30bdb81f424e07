"""Keys as an operator makes and lists them."""

import argparse
from pathlib import Path

import pytest

from piying.arguments import make_parser
from piying.keys import create_key, list_keys
from piying.operator import change_account
from piying.settings import Settings
from piying.wiring import open_store


@pytest.mark.parametrize("name", ["[/x]", "[red]a", "甲 [bold"])
def test_names_and_notes_are_shown_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    settings = Settings(data_folder=tmp_path)
    create_key(settings, name, 5)
    list_keys(settings)
    assert name in capsys.readouterr().out
    with open_store(settings).look() as tx:
        (account,) = tx.ledger.accounts(limit=2)
    change_account(settings, account.id, lambda tx: tx.ledger.grant(account.id, 1, now=1.0, note=name))
    assert name in capsys.readouterr().out


def test_more_credits_than_can_be_counted_are_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    parsed = make_parser().parse_args(["keys", "create", "a", "--credits", "9" * 15], argparse.Namespace())
    assert parsed.credits == 10**15 - 1
    with pytest.raises(SystemExit):
        make_parser().parse_args(["keys", "create", "a", "--credits", "9" * 16])
    assert "15 digits" in capsys.readouterr().err
