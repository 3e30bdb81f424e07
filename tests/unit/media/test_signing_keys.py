"""Keys are made once, for their owner alone; what cannot sign is told without a word of what is secret."""

import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from core.media.signing_keys import BadKeys, load_keys, make_keys


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert make_keys(tmp_path / "provenance")
    return tmp_path / "provenance"


def test_only_their_owner_reads_them(home: Path) -> None:
    assert {file.name: oct(file.stat().st_mode & 0o777) for file in home.iterdir()} == dict.fromkeys(
        ("authority.pem", "authority.key", "signer.pem", "signer.key", "watermark.key"), "0o600"
    )
    assert oct(home.stat().st_mode & 0o777) == "0o700"


def test_they_are_made_once(home: Path) -> None:
    before = {file.name: file.read_bytes() for file in home.iterdir()}
    assert not make_keys(home)
    assert {file.name: file.read_bytes() for file in home.iterdir()} == before


def test_those_who_come_together_end_with_the_same(tmp_path: Path) -> None:
    made: list[bool] = []
    starts = [threading.Thread(target=lambda: made.append(make_keys(tmp_path / "keys"))) for _ in range(6)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert sorted(made) == [False] * 5 + [True]
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]
    assert load_keys(tmp_path / "keys").algorithm == "es256"


def test_nothing_secret_is_in_what_is_printed(home: Path) -> None:
    keys = load_keys(home)
    assert "PRIVATE" not in repr(keys)
    assert repr(keys.watermark) not in repr(keys)


def test_an_operators_certificate_signs_instead(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    make_keys(other)
    keys = load_keys(home, certificate=other / "signer.pem", key=other / "signer.key")
    assert keys.chain == (other / "signer.pem").read_bytes()
    assert keys.watermark == (home / "watermark.key").read_bytes()
    assert keys.anchors.count(b"BEGIN CERTIFICATE") == 2


def test_what_cannot_sign_is_told(home: Path, tmp_path: Path) -> None:
    other, text = tmp_path / "other", tmp_path / "text"
    make_keys(other)
    text.write_text("none")
    locked = tmp_path / "locked.key"
    locked.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
        )
    )
    chain = home / "signer.pem"
    for certificate, key, reason in (
        (chain, other / "signer.key", "is not the certificate's"),
        (text, home / "signer.key", "holds no PEM certificates"),
        (chain, text, "holds no private key"),
        (chain, locked, "without a password"),
        (tmp_path / "none.pem", home / "signer.key", "cannot read"),
    ):
        with pytest.raises(BadKeys, match=reason):
            load_keys(home, certificate=certificate, key=key)
