"""The state of an assignment: the same in Python and in SQL."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

from sqlalchemy import select

from govern.assignments.models import AssignmentClosing, Report
from govern.assignments.queries import duties, every_duty, in_state
from govern.assignments.rules import state_of
from govern.assignments.states import AssignmentState, Closing
from govern.db import db
from govern.paragraphs.models import Assignment
from tests import make
from tests.cast import Cast

DAY = timedelta(days=1)


def test_the_list_of_a_state_is_what_is_in_it(each_database: str, cast: Cast) -> None:
    """Each of all combinations of report, closing and due day is in the list of its own state, and in no other."""
    paragraph = make.paragraph(make.meeting(cast.forum), make.series(cast.forum), "Ärende", cast.ada)
    for closed, reported, due in product(
        (False, True), (False, True), (None, make.DAY - DAY, make.DAY, make.DAY + DAY)
    ):
        given = make.assignment(paragraph, "att återkomma", "någon")
        given.due = due
        if reported:
            make.add(Report(assignment=given, by=cast.ada, at=make.AT, text="Klart."))
        if closed:
            make.add(AssignmentClosing(assignment=given, why=Closing.DONE, by=cast.ada, at=make.AT))
    db.session.commit()
    rows = db.session.scalars(every_duty()).unique().all()
    plainly = {duty.assignment.id: state_of(duty, today=make.DAY) for duty in duties(rows)}
    assert set(plainly.values()) == set(AssignmentState)
    for state in AssignmentState:
        listed = db.session.scalars(in_state(every_duty(), state, make.DAY)).unique()
        assert {row.id for row in listed} == {id_ for id_, stands in plainly.items() if stands is state}
    overdue = set(db.session.scalars(select(Assignment.id).where(Assignment.overdue(make.DAY))))
    assert overdue == {row.id for row in rows if row.overdue(make.DAY)}
