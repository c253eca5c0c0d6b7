"""Routes that fetch what earlier meetings left, and that lead from a carried item to its origin."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from govern.assignments.carrying import operations as carrying
from govern.assignments.models import Carried
from govern.db import db, now
from govern.forums.access import KEEPS, READS
from govern.meetings.models import Meeting
from govern.meetings.queries import meeting_by_id
from govern.people.access import allow, me

pages = Blueprint("carrying", __name__)


@pages.post("/moten/<int:meeting_id>/hamta-punkter")
@allow(KEEPS, meeting_by_id)
def fetch(meeting: Meeting) -> ResponseReturnValue:
    """Add what earlier meetings left to the agenda."""
    count = carrying.carry(meeting, by=me(), at=now())
    messages = {0: "Inget nytt att hämta: allt som väntar finns redan på listan.", 1: "En punkt är hämtad."}
    flash(messages.get(count, f"{count} punkter är hämtade."))
    return redirect(url_for("meetings.agenda", meeting_id=meeting.id), 303)


@pages.get("/arendepunkter/<int:item_id>/ursprung")
@allow(READS, lambda item_id: db.session.get(Carried, item_id))
def origin(carried: Carried) -> ResponseReturnValue:
    """Redirect to the assignment, paragraph or protocol that an item comes from; access is checked there."""
    if carried.assignment is not None:
        return redirect(url_for("assignments.assignment", assignment_id=carried.assignment.id), 303)
    if carried.paragraph is not None:
        paragraph = carried.paragraph
        if paragraph.meeting.sealed_at is not None:
            address = url_for("protocols.of_meeting", meeting_id=paragraph.meeting_id, _anchor=f"p{paragraph.number}")
            return redirect(address, 303)
        return redirect(url_for("paragraphs.paragraph", paragraph_id=paragraph.id), 303)
    if carried.previous is not None and carried.previous.sealed_at is None:
        return redirect(url_for("paragraphs.meeting", meeting_id=carried.previous.id), 303)
    return redirect(url_for("protocols.of_meeting", meeting_id=carried.previous_id), 303)
