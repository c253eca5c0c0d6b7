"""Settings are read from the environment; an unreadable value is an error that names the variable."""

import stat
from dataclasses import fields
from pathlib import Path

import pytest
from flask import Flask

from govern import config
from govern.config import Settings, from_environment


def test_an_empty_environment_gives_the_defaults() -> None:
    """No setting is required."""
    assert from_environment({}) == Settings()


def test_each_setting_can_be_given() -> None:
    """Each setting is read from the variable named after it in capitals."""
    given = {"data_dir": "/srv/govern", "port": "8080", "background": "no", "database_url": "postgresql://db/govern"}
    settings = from_environment({f"GOVERN_{name.upper()}": value for name, value in given.items()})
    assert settings == Settings(
        data_dir=Path("/srv/govern"),
        port=8080,
        base_url="http://127.0.0.1:8080",  # Follows host and port.
        background=False,
        database_url="postgresql://db/govern",
    )


@pytest.mark.parametrize(("name", "value"), [("PORT", "eighty"), ("BACKGROUND", "perhaps"), ("PORT", "")])
def test_what_cannot_be_read_names_its_variable(name: str, value: str) -> None:
    """The error names the variable."""
    with pytest.raises(ValueError, match=f"GOVERN_{name}"):
        from_environment({f"GOVERN_{name}": value})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgres_is_reached_by_psycopg(scheme: str) -> None:
    """Every scheme of a PostgreSQL URL is changed to the psycopg driver's."""
    assert from_environment({"DATABASE_URL": f"{scheme}://u@h/d"}).database == "postgresql+psycopg://u@h/d"


def test_our_own_variable_comes_first() -> None:
    """`GOVERN_DATABASE_URL` takes precedence over `DATABASE_URL`."""
    environ = {"DATABASE_URL": "postgresql://a/a", "GOVERN_DATABASE_URL": "postgresql://b/b"}
    assert from_environment(environ).database_url == "postgresql://b/b"


def test_every_setting_says_what_it_means() -> None:
    """The table of settings in docs/operations.md is generated from these texts."""
    assert not [setting.name for setting in fields(Settings) if not setting.metadata.get("meaning")]


def test_the_secret_key_is_made_once_and_kept_to_oneself(tmp_path: Path) -> None:
    """The key file has mode 0600 in a folder of mode 0700, and the key is the same at the next start."""
    settings = Settings(data_dir=tmp_path / "data")
    first = config.secret_key(settings)
    assert len(first) >= 43
    assert config.secret_key(settings) == first
    assert stat.S_IMODE((settings.data_dir / "secret-key").stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o700
    assert [path.name for path in settings.data_dir.iterdir()] == ["secret-key"]
    assert config.secret_key(Settings(data_dir=tmp_path / "other")) != first


def test_a_given_secret_key_is_used(tmp_path: Path) -> None:
    """No key file is written."""
    assert config.secret_key(Settings(data_dir=tmp_path, secret_key="given" * 8)) == "given" * 8
    assert not list(tmp_path.iterdir())


def test_the_session_cookie_is_hard_to_steal(app: Flask) -> None:
    """Scripts cannot read the cookie, and other sites cannot send it."""
    assert app.config["SESSION_COOKIE_HTTPONLY"] is True
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Lax"


def test_a_short_secret_is_refused() -> None:
    """A secret key that could be guessed is refused (OWASP ASVS 5.0, 11.5.1)."""
    with pytest.raises(ValueError, match="GOVERN_SECRET_KEY"):
        Settings(secret_key="kort")
