"""Concurrent operations that repeat or exclude each other: the second is judged by the state that the first committed.

The second operation is stopped after it has read and judged and before it writes; then the first runs to its commit.
Every case runs on both databases, on PostgreSQL among the long tests: `tests/test_transactions.py` shows in `make test`
that both hold a writer back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from govern.cases.models import Attachment
from govern.db import db, in_turn, lock, pause
from govern.errors import Refused
from govern.forums import operations as forums
from govern.forums.models import Seat
from govern.meetings.models import Meeting
from govern.paragraphs.models import Paragraph
from govern.paragraphs.states import ParagraphState
from tests import make
from tests.at_once.afterwards import AFTERWARDS
from tests.at_once.meeting import MEETING, open_meeting, opened, save
from tests.at_once.people import PEOPLE
from tests.at_once.printed import PRINTED
from tests.at_once.world import AT, Case, Deed, count, row
from tests.browse import Browser
from tests.cast import Cast
from tests.test_transactions import elsewhere, meanwhile  # noqa: F401 — fixtures


@pytest.mark.parametrize("case", [*MEETING, *AFTERWARDS, *PEOPLE, *PRINTED], ids=lambda case: case.name)
def test_two_at_once(
    each_database: str,
    cast: Cast,
    case: Case,
    meanwhile: Callable[[Deed], None],  # noqa: F811
) -> None:
    """The second operation judges what it has read, then the first commits, then the second tries to write."""
    i = case.setting(cast)
    make.commit()
    pause()
    meanwhile(lambda: (case.first or case.second)(i))
    try:
        in_turn(lambda: case.second(i))
        refused = False
    except Refused:
        refused = True
    db.session.rollback()
    assert (refused, case.holds(i)) == (case.refused, True)


def test_a_right_that_ends_meanwhile(
    each_database: str,
    app: Flask,
    cast: Cast,
    browse: Callable[..., Browser],
    meanwhile: Callable[[Deed], None],  # noqa: F811
) -> None:
    """A request that is run again checks the permission again."""
    i = open_meeting(cast)
    cilla = browse("cilla")
    seat_id = db.session.scalar(select(Seat.id).where(Seat.person_id == i.cilla))
    db.session.rollback()

    def unseat() -> None:
        db.session.delete(row(Seat, seat_id or 0))
        row(Meeting, i.meeting).secretary_id = i.bo
        db.session.commit()

    meanwhile(unseat)
    cilla.post(f"/moten/{i.meeting}/paragraf", {"heading": "För sent"}, status=403)
    assert count(Paragraph) == 1


def test_an_upload_that_is_run_again(
    each_database: str,
    cast: Cast,
    browse: Callable[..., Browser],
    meanwhile: Callable[[Deed], None],  # noqa: F811
) -> None:
    """A request that is run again reads the uploaded file from its beginning."""
    i = open_meeting(cast)
    cilla = browse("cilla")
    cilla.get(f"/paragrafer/{i.paragraph}")
    meanwhile(lambda: opened(i, "Ett annat ärende"))
    cilla.submit("Lägg till bilagan", file=("avtal.pdf", b"%PDF-1.7 avtal"), title="Avtal")
    assert db.session.scalar(select(Attachment.title)) == "Avtal"


@pytest.mark.parametrize(
    ("values", "version"),
    [({"state": ParagraphState.READY, "ready_at": AT}, 1), ({"version": 2}, 2)],
    ids=["marked ready", "saved"],
)
def test_a_save_claims_what_is_stored_and_not_what_it_remembers(
    each_database: str, cast: Cast, values: dict[str, Any], version: int
) -> None:
    """The UPDATE itself checks version and state in the database, whatever the session has loaded."""
    i = open_meeting(cast)
    lock()
    paragraph = row(Paragraph, i.paragraph)
    assert paragraph.version == 1
    changed = update(Paragraph).where(Paragraph.id == i.paragraph).values(values)
    db.session.execute(changed.execution_options(synchronize_session=False))
    with pytest.raises(Refused):
        save(i, "För sent.")
    assert row(Paragraph, i.paragraph).version == version


def test_a_number_is_drawn_from_what_is_stored(each_database: str, cast: Cast) -> None:
    """A single statement reads and increments the number, so a stale number in the session is never used."""
    i = open_meeting(cast)
    lock()
    meeting = row(Meeting, i.meeting)
    series = forums.current_series(meeting.forum, day=meeting.day, meeting_id=meeting.id)
    assert series.next_number == 13
    moved = update(forums.Series).values(next_number=20).execution_options(synchronize_session=False)
    db.session.execute(moved)
    drawn = [forums.draw_number(meeting.forum, day=meeting.day, meeting_id=meeting.id)[1] for _ in range(2)]
    assert drawn == [20, 21]
