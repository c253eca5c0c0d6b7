"""An assignment in a secret paragraph, given to another forum, whose members cannot read it or report on it."""

from collections.abc import Callable

from sqlalchemy import select

from govern.assignments.models import Report
from govern.db import db
from govern.meetings.states import MeetingState
from govern.paragraphs.states import ParagraphState
from tests import make
from tests.browse import Browser
from tests.cast import Cast


def test_a_secret_duty_is_not_shown_to_the_forum_that_it_is_given_to(
    browse: Callable[..., Browser], cast: Cast
) -> None:
    """Not even the response to a report without text shows it."""
    meeting = make.meeting(cast.forum, state=MeetingState.SEALED)
    given = make.paragraph(
        meeting, make.series(cast.forum), "Upphandling", cast.anna, ParagraphState.APPROVED, confidential="OSL 19 kap."
    )
    duty = make.assignment(given, "att pröva anbudet", "Referensgruppen", assignee_forum_id=cast.elsewhere.id)
    make.commit()
    david = browse("david")
    david.get(f"/uppdrag/{duty.id}", status=403)
    for text in ("", "Klart."):
        page = david.post(f"/uppdrag/{duty.id}/redovisa", {"text": text}, status=403)
        assert "anbudet" not in page.html
    assert not db.session.scalars(select(Report)).all()
    given.confidential = None
    make.commit()
    david.post(f"/uppdrag/{duty.id}/redovisa", {"text": "Klart."})
    assert db.session.scalars(select(Report)).one().by_id == cast.david.id
