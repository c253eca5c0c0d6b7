"""The page of the presence list: who was present, guests, and the chair, secretary and adjusters."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from govern.bounds import number
from govern.db import now, undo
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
    """Show the presence list."""
    if meeting.opened_at is None:
        return redirect(url_for("meetings.agenda", meeting_id=meeting.id), 303)
    return _page(meeting, _kept(meeting), GuestForm(formdata=None)), 200


@dataclass(frozen=True, slots=True)
class _Shown:
    """The state of the list on the page: as stored, or as submitted."""

    attending: dict[int, Attendance]
    chair_id: int | None
    secretary_id: int | None
    adjusting: set[int]


def _kept(meeting: Meeting) -> _Shown:
    rows = [
        Attendance(presence_id=p.id, present=p.present, remote=p.remote, serving_for_id=p.serving_for_id)
        for p in meeting.presences
    ]
    adjusting = {adjuster.presence_id for adjuster in meeting.adjusters}
    return _Shown({row.presence_id: row for row in rows}, meeting.chair_id, meeting.secretary_id, adjusting)


def _sent(meeting: Meeting) -> _Shown:
    rows = [
        Attendance(
            presence_id=p.id,
            present=f"present-{p.id}" in request.form,
            remote=f"remote-{p.id}" in request.form,
            serving_for_id=request.form.get(f"serving-{p.id}", type=number) or None,
        )
        for p in meeting.presences
    ]
    chair_id, secretary_id = (request.form.get(name, type=number) for name in ("chair", "secretary"))
    adjusting = set(request.form.getlist("adjuster", type=int))
    return _Shown({row.presence_id: row for row in rows}, chair_id, secretary_id, adjusting)


def _page(meeting: Meeting, shown: _Shown, guest_form: GuestForm, refusal: str | None = None) -> str:
    return render_template(
        "meetings/presence.html",
        meeting=meeting,
        shown=shown,
        guest_form=guest_form,
        refusal=refusal,
        may_keep=keeps(someone(), meeting) and rules.refuse_writing(meeting) is None,
        deciding=[p for p in meeting.presences if p.role.deciding],
    )


@pages.post("/moten/<int:meeting_id>/narvaro")
@allow(KEEPS, meeting_by_id)
def record(meeting: Meeting) -> ResponseReturnValue:
    """Record the whole list as submitted, with chair, secretary and adjusters."""
    sent, meeting_id = _sent(meeting), meeting.id
    chair, secretary = (_person(meeting, chosen) for chosen in (sent.chair_id, sent.secretary_id))
    try:
        operations.record_list(
            meeting,
            list(sent.attending.values()),
            chair=chair,
            secretary=secretary,
            adjusting=sent.adjusting,
            confirmed="adjusters_confirmed" in request.form,
            by=me(),
            at=now(),
        )
    except Refused as error:
        undo()
        again = meeting_by_id(meeting_id) or abort(404)
        return _page(again, sent, GuestForm(formdata=None), error.sentence), 422
    flash("Närvaron är sparad.")
    return redirect(url_for(".presence", meeting_id=meeting_id), 303)


def _person(meeting: Meeting, person_id: int | None) -> Person | None:
    return next((p.person for p in meeting.presences if p.person_id and p.person_id == person_id), None)


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
    return _page(meeting, _kept(meeting), form), 422
