"""Payments as an operator sees and refunds them."""

from pathlib import Path

import pytest

from core.payments import Payment, PaymentState
from piying.__main__ import main
from piying.settings import Settings
from piying.wiring import open_store
from tests.stores import ALICE, NOW, open_account


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("PIYING_DATA_FOLDER", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    settings = Settings()
    with open_store(settings).begin() as tx:
        account = open_account(tx, credits_=0)
        tx.payments.grant_once(Payment("telegram", "charge-1", account.id, ALICE.user, 50, 25, "XTR", NOW))
        tx.ledger.grant(account.id, -20, now=NOW, note="spent")
    return settings


def test_payments_are_listed(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    main(["payments", "list"])
    told = capsys.readouterr().out
    assert "charge-1" in told
    assert "25 XTR" in told
    main(["payments", "list", "--refunding"])
    assert "charge-1" not in capsys.readouterr().out


def test_a_refund_takes_what_is_left_and_waits_for_the_platform(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["payments", "refund", "telegram", "charge-1"])
    assert "30 of 50 credits taken back" in capsys.readouterr().out
    with open_store(settings).begin() as tx:
        (waiting,) = tx.payments.listed("telegram", refunding=True, limit=9)
        assert (waiting.state, open_account(tx).balance) == (PaymentState.REFUNDING, 0)
        tx.payments.end_refund("telegram", "charge-1", now=NOW)
    for payment, why in (("charge-1", "back already"), ("charge-2", "no payment")):
        with pytest.raises(SystemExit):
            main(["payments", "refund", "telegram", payment])
        assert why in capsys.readouterr().err
