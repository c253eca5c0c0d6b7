"""Settings from the environment, each with its default and its meaning. docs/operations.md has a table of them."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any


def _setting(default: Any, meaning: str) -> Any:
    return field(default=default, metadata={"meaning": meaning})


SIGNING = {
    "local": (),
    "csc": ("signing_url", "signing_token", "signing_roots"),
    "federated": (
        "signing_url",
        "signing_entity",
        "signing_key",
        "signing_identity_provider",
        "signing_roots",
        "signing_service_certificate",
    ),
}
"""The ways to make signatures, and the settings that each requires."""
SIGNING_FACTOR = ("required", "offered")
SHORTEST_SECRET = 32
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of an installation. The environment variable is `GOVERN_` and the name in capitals."""

    organisation: str = _setting("Govern", "Who runs this installation, as its signing certificates name it")
    data_dir: Path = _setting(Path("instance"), "Folder for the database, files, search index and keys; mode 0700")
    database_url: str = _setting("", "SQLAlchemy address; empty means SQLite in the data folder")
    secret_key: str = _setting("", "Signs sessions and seals keys; empty means one is made and kept in the data folder")
    base_url: str = _setting(
        "http://127.0.0.1:8000", "The address users see, for links; where it is not given, host and port"
    )
    host: str = _setting("127.0.0.1", "Address that `govern run` listens on")
    port: int = _setting(8000, "Port that `govern run` listens on")
    workers: int = _setting(2, "Web processes that `govern run` starts")
    threads: int = _setting(8, "Threads in each web process")
    background: bool = _setting(
        True, "Whether `govern run` also starts the background, which does what is asked for after a save"
    )
    session_hours: int = _setting(12, "Hours without a request after which a session ends")
    fresh_minutes: int = _setting(5, "Minutes a sign-in stays fresh enough to sign a protocol")
    signing: str = _setting("local", "Who makes signatures: `local`, `csc` or `federated`; see docs/signatures.md")
    signing_url: str = _setting("", "Address of the remote signing service; for `local` there is none")
    signing_token: str = _setting("", "Token that the remote signing service knows this installation by (`csc`)")
    signing_entity: str = _setting("", "Entity id of this installation at the remote signing service (`federated`)")
    signing_key: str = _setting("", "PEM file with the key and certificate that sign requests to it (`federated`)")
    signing_identity_provider: str = _setting("", "Entity id of the identity provider that signers use (`federated`)")
    signing_roots: str = _setting("", "PEM file with the roots that a remote service's certificates lead to")
    signing_service_certificate: str = _setting(
        "", "PEM file with the certificate that signs its answers (`federated`)"
    )
    timestamp_url: str = _setting("", "Time-stamp authority (RFC 3161); empty means signatures without time-stamps")
    timestamp_roots: str = _setting("", "PEM file with the roots that the authority's certificate leads to")
    signing_factor: str = _setting("required", "Whether signing takes a second factor of everyone: required or offered")
    max_upload_mb: int = _setting(100, "Largest upload, in megabytes")
    smtp_host: str = _setting("", "Mail server; empty means that letters are downloaded, reminders on Min sida")
    smtp_port: int = _setting(587, "The mail server's port")
    smtp_security: str = _setting("starttls", "How mail travels to it: starttls, tls or none")
    smtp_user: str = _setting("", "Who signs in to the mail server; empty means nobody does")
    smtp_password: str = _setting("", "The password for that")
    mail_from: str = _setting("", "The address mail is sent from; needed with GOVERN_SMTP_HOST")
    log_level: str = _setting("INFO", "What the server logs as JSON: DEBUG, INFO (each request too), WARNING or ERROR")
    trusted_proxies: int = _setting(0, "Reverse proxies in front whose X-Forwarded headers are believed")

    def __post_init__(self) -> None:
        """Validate the values.

        Raises:
            ValueError: if a value is not allowed, naming the variable.
        """
        if 0 < len(self.secret_key) < SHORTEST_SECRET:
            raise ValueError(
                f"GOVERN_SECRET_KEY: {len(self.secret_key)} characters; it takes {SHORTEST_SECRET} at least"
            )
        if self.signing_factor not in SIGNING_FACTOR:
            raise ValueError(f"GOVERN_SIGNING_FACTOR: {self.signing_factor!r} is none of {', '.join(SIGNING_FACTOR)}")
        if self.log_level not in LOG_LEVELS:
            raise ValueError(f"GOVERN_LOG_LEVEL: {self.log_level!r} is none of {', '.join(LOG_LEVELS)}")

    @property
    def https(self) -> bool:
        """Return whether users reach the installation over TLS."""
        return self.base_url.startswith("https:")

    @property
    def session_cookie(self) -> str:
        """Return the session cookie's name; under https no other host can set one with the prefix (RFC 6265bis)."""
        return "__Host-govern" if self.https else "govern"

    @property
    def database(self) -> str:
        """Return the effective SQLAlchemy URL, with psycopg 3 as PostgreSQL's driver."""
        url = self.database_url or f"sqlite:///{(self.data_dir / 'govern.db').resolve()}"
        for prefix in ("postgres://", "postgresql://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url.removeprefix(prefix)
        return url


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; `DATABASE_URL`, the name used by hosting services, is accepted too.

    Raises:
        ValueError: if a value cannot be parsed, naming the variable.
    """
    given: dict[str, Any] = {}
    for setting in fields(Settings):
        text = environ.get(f"GOVERN_{setting.name.upper()}")
        if setting.name == "database_url":
            text = text or environ.get("DATABASE_URL")
        if text is not None:
            given[setting.name] = _parse(setting.name, text, type(setting.default))
    settings = Settings(**given)
    if "base_url" not in given:
        settings = replace(settings, base_url=f"http://{settings.host}:{settings.port}")
    _refuse_half(settings)
    return settings


def _refuse_half(settings: Settings) -> None:
    """Raise on incomplete settings, before anybody signs with half of them."""
    if settings.signing not in SIGNING:
        raise ValueError(f"GOVERN_SIGNING: {settings.signing!r} is none of {', '.join(SIGNING)}")
    for name in SIGNING[settings.signing]:
        if not getattr(settings, name):
            raise ValueError(f"GOVERN_{name.upper()}: GOVERN_SIGNING={settings.signing} needs it")
    if settings.timestamp_url and not settings.timestamp_roots:
        raise ValueError("GOVERN_TIMESTAMP_ROOTS: GOVERN_TIMESTAMP_URL needs it")


def _parse(name: str, text: str, wanted: type) -> Any:
    try:
        if wanted is bool:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.lower()]
        return wanted(text)
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"GOVERN_{name.upper()}: {text!r} is no {wanted.__name__}") from error


def secret_key(settings: Settings) -> str:
    """Return the secret key; without one in the settings, it is generated on first use and stored (mode 0600)."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_dir / "secret-key"
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        fresh = path.with_name(f"secret-key.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # Another process was first; its key is the one stored.
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text()
