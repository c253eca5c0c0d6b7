"""Secrets stored in the database: encrypted with keys derived from the installation's secret, which is kept outside."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

NONCE = 12


def derive(purpose: str) -> bytes:
    """Derive the 32-byte key for a purpose from the installation's secret (HKDF-SHA-256): one key for each purpose."""
    secret: str = current_app.config["SECRET_KEY"]
    return HKDF(hashes.SHA256(), 32, salt=None, info=purpose.encode()).derive(secret.encode())


def close(plain: bytes, purpose: str) -> bytes:
    """Encrypt (AES-256-GCM); the nonce comes first."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(derive(purpose)).encrypt(nonce, plain, None)


def open_(closed: bytes, purpose: str) -> bytes:
    """Decrypt the output of `close`.

    Raises:
        ValueError: if it was encrypted for another purpose or under another secret, or was changed.
    """
    try:
        return AESGCM(derive(purpose)).decrypt(closed[:NONCE], closed[NONCE:], None)
    except InvalidTag as error:
        raise ValueError(f"this was not closed here for {purpose!r}, or the installation's secret changed") from error
