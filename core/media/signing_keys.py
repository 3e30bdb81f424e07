"""Turns chance into the keys that clips are signed and watermarked with, and files into what signs.

A certificate authority of this installation's own stands behind the signing certificate: nobody else knows it, so that
others read "valid, unknown signer". An operator with a certificate from a known authority sets that instead.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

_CHAIN, _KEY, _AUTHORITY, _AUTHORITY_KEY = "signer.pem", "signer.key", "authority.pem", "authority.key"
_WATERMARK = "watermark.key"
_YEARS = 10
"""A clip without a time-stamp is valid for as long as its certificate, so that one must outlive the clips."""
_WATERMARK_BYTES = 32


class BadKeys(Exception):
    """What is there cannot sign; the text says why, and holds nothing secret."""


@dataclass(frozen=True)
class SigningKeys:
    """What signs: PEM, the leaf's certificate first. ``algorithm`` is C2PA's name; ``anchors`` are whom we trust."""

    chain: bytes
    key: bytes = field(repr=False)
    algorithm: str
    anchors: bytes
    watermark: bytes = field(repr=False)


def make_keys(folder: Path) -> bool:
    """Make an authority, a certificate by it and a watermark's key; False where they are there already.

    The folder appears whole, or another process's does: two that start together end with the same keys.

    Raises:
        OSError: they cannot be written.
    """
    if (folder / _CHAIN).is_file():
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        for name, data in _new_files().items():
            _write_secret(fresh / name, data)
        fresh.rename(folder)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        if not (folder / _CHAIN).is_file():
            raise
        return False
    return True


def load_keys(
    folder: Path, *, certificate: Path | None = None, key: Path | None = None, trusted: Path | None = None
) -> SigningKeys:
    """The folder's keys, or an operator's ``certificate`` (chain, leaf first) and ``key``; PEM, the key unencrypted.

    ``trusted`` holds further authorities whose signatures are told as trusted.

    Raises:
        BadKeys: a file is missing, is no PEM, or the key is not the certificate's.
    """
    from cryptography import x509

    own = certificate is None
    chain, secret = _read(certificate or folder / _CHAIN), _read(key or folder / _KEY)
    try:
        certificates = x509.load_pem_x509_certificates(chain)
    except ValueError as error:
        raise BadKeys(f"{certificate or folder / _CHAIN} holds no PEM certificates") from error
    algorithm = _algorithm(secret, certificates[0], key or folder / _KEY)
    anchors = _read(folder / _AUTHORITY) if (folder / _AUTHORITY).is_file() else b""
    if not own:
        anchors += b"\n" + _pem(certificates[-1])
    if trusted:
        anchors += b"\n" + _read(trusted)
    return SigningKeys(chain, secret, algorithm, anchors, _read(folder / _WATERMARK))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadKeys(f"cannot read {file}: {error.strerror}") from error


def _algorithm(secret: bytes, leaf: x509.Certificate, file: Path) -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    try:
        key = serialization.load_pem_private_key(secret, None)
    except (ValueError, TypeError) as error:
        raise BadKeys(f"{file} holds no private key in PEM without a password") from error
    if key.public_key() != leaf.public_key():
        raise BadKeys(f"the key in {file} is not the certificate's")
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    if isinstance(key, rsa.RSAPrivateKey):
        return "ps256"
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    raise BadKeys(f"C2PA knows no signature by the kind of key in {file}: take P-256, P-384, P-521, RSA or Ed25519")


_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


def _new_files() -> dict[str, bytes]:
    from cryptography.hazmat.primitives.asymmetric import ec

    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    mark = secrets.token_hex(4)
    authority_name, leaf_name = _name(f"Piying own authority {mark}"), _name(f"Piying {mark}")
    authority = _certificate(authority_name, authority_key, authority_name, authority_key)
    leaf = _certificate(leaf_name, key, authority_name, authority_key)
    return {
        _AUTHORITY: _pem(authority),
        _AUTHORITY_KEY: _secret_pem(authority_key),
        _CHAIN: _pem(leaf) + _pem(authority),
        _KEY: _secret_pem(key),
        _WATERMARK: secrets.token_bytes(_WATERMARK_BYTES),
    }


def _name(common: str) -> x509.Name:
    from cryptography import x509

    oid = x509.NameOID
    return x509.Name([x509.NameAttribute(oid.ORGANIZATION_NAME, "Piying"), x509.NameAttribute(oid.COMMON_NAME, common)])


def _certificate(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, issuer: x509.Name, issuer_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    """An authority's where it is its own issuer; else one that may sign, with the usage that C2PA asks for."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID

    is_authority = subject == issuer
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(is_authority, 0 if is_authority else None), critical=True)
        .add_extension(_usage(is_authority=is_authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if not is_authority:
        purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purposes, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)


def _secret_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write_secret(file: Path, data: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
