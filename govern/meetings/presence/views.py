"""Who came: the list from the start, guests, and who presides, writes and adjusts."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from govern.bounds import number
from govern.db import in_turn, now, undo
from govern.errors import Refused
from govern.forums.access import KEEPS, SITS, keeps
from govern.forums.states import SeatRole
from govern.meetings import rules
from govern.meetings.forms import GuestForm
from govern.meetings.models import Meeting
from govern.meetings.presence import operations
from govern.meetings.presence.operations import Attendance
from govern.meetings.queries import meeting_by_id
from govern.people.access import allow, me, someone
from govern.people.models import Person

pages = Blueprint("presence", __name__)


@pages.get("/moten/<int:meeting_id>/narvaro")
@allow(SITS, meeting_by_id)
def presence(meeting: Meeting) -> ResponseReturnValue:
    """Show who came."""
    if meeting.opened_at is None:
        return redirect(url_for("meetings.agenda", meeting_id=meeting.id), 303)
    return _page(meeting, GuestForm(formdata=None)), 200


def _page(meeting: Meeting, guest_form: GuestForm, refusal: str | None = None) -> str:
    return render_template(
        "meetings/presence.html",
        meeting=meeting,
        guest_form=guest_form,
        refusal=refusal,
        may_keep=keeps(someone(), meeting) and rules.refuse_writing(meeting) is None,
        deciding=[p for p in meeting.presences if p.role.deciding],
        adjusting={adjuster.presence_id for adjuster in meeting.adjusters},
    )


@pages.post("/moten/<int:meeting_id>/narvaro")
@allow(KEEPS, meeting_by_id)
def record(meeting: Meeting) -> ResponseReturnValue:
    """Record the whole list as the page shows it, and who presides, writes and adjusts."""
    rows = [
        Attendance(
            presence_id=p.id,
            present=f"present-{p.id}" in request.form,
            remote=f"remote-{p.id}" in request.form,
            serving_for_id=request.form.get(f"serving-{p.id}", type=number) or None,
        )
        for p in meeting.presences
    ]
    meeting_id = meeting.id
    try:
        operations.record_attendance(meeting, rows, by=me(), at=now())
        in_turn(lambda: _appoint(meeting))
        in_turn(lambda: _choose_adjusters(meeting))
    except Refused as error:
        undo()
        return _page(meeting_by_id(meeting_id) or abort(404), GuestForm(formdata=None), error.sentence), 422
    flash("Närvaron är sparad.")
    return redirect(url_for(".presence", meeting_id=meeting_id), 303)


def _appoint(meeting: Meeting) -> None:
    chair, secretary = _chosen(meeting, "chair"), _chosen(meeting, "secretary")
    operations.appoint(meeting, chair=chair, secretary=secretary, by=me(), at=now())


def _choose_adjusters(meeting: Meeting) -> None:
    wanted = set(request.form.getlist("adjuster", type=int))
    operations.choose_adjusters(meeting, [p for p in meeting.presences if p.id in wanted], by=me(), at=now())


def _chosen(meeting: Meeting, name: str) -> Person | None:
    wanted = request.form.get(name, type=number)
    return next((p.person for p in meeting.presences if p.person_id and p.person_id == wanted), None)


@pages.post("/moten/<int:meeting_id>/narvaro/gast")
@allow(KEEPS, meeting_by_id)
def add_guest(meeting: Meeting) -> ResponseReturnValue:
    """Add someone who holds no seat."""
    form = GuestForm()
    form.try_(
        lambda: operations.add_guest(
            meeting,
            None,
            form.name.data,
            role=SeatRole(form.role.data),
            title=form.title.data or "",
            party=form.party.data or "",
            political_party=form.political_party.data or "",
            by=me(),
            at=now(),
        )
    )
    if form.done:
        flash(f"{form.name.data} är tillagd.")
        return redirect(url_for(".presence", meeting_id=meeting.id, _anchor="gast"), 303)
    return _page(meeting, form), 422
