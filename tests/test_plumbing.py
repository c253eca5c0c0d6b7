"""Refusals, words, stored files and instants."""

import hashlib
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, StatementError

from govern import files
from govern.db import db
from govern.errors import Refusal, Refused, enforce
from govern.forums.models import Seat
from govern.forums.states import Regime, SeatRole
from govern.words import Word
from tests import make
from tests.cast import Cast


class No(Refusal):
    """A refusal for these tests."""

    NEVER = "Det går aldrig."


class Fruit(Word):
    """A word for these tests."""

    APPLE = "apple", "äpple"
    PEAR = "pear", "päron"


def test_a_refusal_is_raised_with_its_sentence() -> None:
    """The exception also holds the field that it concerns."""
    with pytest.raises(Refused, match=r"Det går aldrig\.") as caught:
        enforce(No.NEVER, "name")
    assert (caught.value.sentence, caught.value.field) == ("Det går aldrig.", "name")
    assert type(caught.value.sentence) is str


def test_no_refusal_is_no_error() -> None:
    """A rule that returns None refuses nothing."""
    enforce(None)


def test_a_word_knows_its_swedish() -> None:
    """A word is stored and compared as its value, and has a Swedish label."""
    assert (Fruit("apple"), Fruit.APPLE == "apple", Fruit.APPLE.label) == (Fruit.APPLE, True, "äpple")
    assert Fruit.choices() == [("apple", "äpple"), ("pear", "päron")]
    assert f"{Fruit.PEAR}" == "pear"


def test_equal_bytes_are_kept_once(app: Flask, tmp_path: Path) -> None:
    """The file is named by its SHA-256 and readable by the owner only."""
    sha256 = files.keep(b"bilaga")
    assert files.keep(b"bilaga") == sha256 == hashlib.sha256(b"bilaga").hexdigest()
    assert files.read(sha256) == b"bilaga"
    kept = [path for path in (tmp_path / "instance" / "files").rglob("*") if path.is_file()]
    assert [path.name for path in kept] == [sha256]
    assert stat.S_IMODE(kept[0].stat().st_mode) == 0o600


def test_changed_bytes_are_not_given_back(app: Flask, tmp_path: Path) -> None:
    """A file changed on disk raises an error instead of being returned."""
    sha256 = files.keep(b"bilaga")
    next(path for path in (tmp_path / "instance" / "files").rglob(sha256)).write_bytes(b"annan")
    with pytest.raises(ValueError, match="has changed"):
        files.read(sha256)


def test_lost_bytes_are_missed(app: Flask) -> None:
    """A missing file raises FileNotFoundError."""
    with pytest.raises(FileNotFoundError):
        files.read("0" * 64)


@pytest.mark.usefixtures("each_database")
def test_an_instant_comes_back_in_utc(cast: Cast) -> None:
    """The time zone in which it was stored does not matter."""
    local = datetime(2024, 4, 22, 9, 0, tzinfo=timezone(timedelta(hours=2)))
    row = make.meeting(cast.forum, called_at=local)
    make.commit()
    db.session.expire_all()
    assert (row.called_at, row.called_at.tzinfo) == (local, UTC)


@pytest.mark.usefixtures("each_database")
def test_an_instant_without_a_zone_is_refused(cast: Cast) -> None:
    """Without a time zone it would be an hour or two wrong."""
    with pytest.raises(StatementError, match="needs a time zone"):
        make.meeting(cast.forum, called_at=datetime(2024, 4, 22, 9, 0))  # noqa: DTZ001
    db.session.rollback()


@pytest.mark.usefixtures("each_database")
def test_an_enum_comes_back_as_itself(cast: Cast) -> None:
    """The value is the enum member, not the stored string."""
    db.session.expire_all()
    assert cast.forum.regime is Regime.AGREEMENT
    assert {s.role for s in db.session.scalars(select(Seat))} == {SeatRole.CHAIR, SeatRole.MEMBER, SeatRole.SECRETARY}


@pytest.mark.usefixtures("each_database")
@pytest.mark.parametrize("state", ["called", "open", "closed", "sealed"])
def test_a_state_needs_its_evidence(cast: Cast, state: str) -> None:
    """A CHECK constraint requires the time at which a meeting was called, opened, closed or sealed."""
    row = make.meeting(cast.forum)
    row.state = state  # type: ignore[assignment]
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()
