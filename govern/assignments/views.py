"""Pages for following up assignments: the list, one assignment, its reports and its closing."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from govern.assignments import operations
from govern.assignments.access import FOLLOWS_UP, REPORTS, SEES, follows_up, hears, reports
from govern.assignments.forms import ClosingForm, ReportForm
from govern.assignments.models import Duty
from govern.assignments.queries import duties_page, duty_by_id
from govern.assignments.rules import refuse_closing, refuse_reopening, state_of
from govern.assignments.states import AssignmentState, Closing
from govern.db import now
from govern.forums.queries import readable_forums
from govern.paragraphs.access import sees
from govern.people import noting
from govern.people.access import SIGNED_IN, allow, me
from govern.swedish import local_day
from govern.web.paging import asked_page

pages = Blueprint("assignments", __name__, url_prefix="/uppdrag")


@pages.get("")
@allow(SIGNED_IN)
def assignments() -> ResponseReturnValue:
    """List the assignments that the signed-in person may see, filtered by assignee, state or forum."""
    today = local_day(now())
    forums = readable_forums(me())
    mine = request.args.get("vems") == "mina"
    state = request.args.get("lage", type=AssignmentState)
    forum = next((forum for forum in forums if forum.slug == request.args.get("forum")), None)
    page = duties_page(me(), mine=mine, state=state, forum=forum, today=today, number=asked_page())
    states = {duty.assignment.id: state_of(duty, today=today) for duty in page.rows}
    answer = render_template(
        "assignments/assignments.html",
        page=page,
        states=states,
        mine=mine,
        state=state,
        forum=forum,
        forums=forums,
        every_state=AssignmentState,
    )
    _note_secrets(page.rows)
    return answer


@pages.get("/<int:assignment_id>")
@allow(SEES, duty_by_id)
def assignment(duty: Duty) -> ResponseReturnValue:
    """Show an assignment with its reports and closing."""
    answer = _page(duty, ReportForm(), ClosingForm())
    _note_secrets([duty])
    return answer


def _note_secrets(duties: Iterable[Duty]) -> None:
    """Log that the assignments' secret paragraphs were shown, since an assignment quotes its paragraph."""
    paragraphs = [duty.assignment.paragraph for duty in duties]
    noting.note_shown(me(), [paragraph for paragraph in paragraphs if paragraph.confidential], at=now())


@pages.post("/<int:assignment_id>/redovisa")
@allow(REPORTS, duty_by_id)
def report(duty: Duty) -> ResponseReturnValue:
    """Add a report on an assignment."""
    form = ReportForm()
    form.try_(lambda: operations.report(duty, form.text.data, by=me(), at=now()))
    if not form.done:
        return _page(duty, form, ClosingForm(formdata=None)), 422
    flash("Redovisningen är sparad.")
    return redirect(url_for(".assignment", assignment_id=duty.assignment.id), 303)


@pages.post("/<int:assignment_id>/avsluta")
@allow(FOLLOWS_UP, duty_by_id)
def close(duty: Duty) -> ResponseReturnValue:
    """Close an assignment."""
    form = ClosingForm()
    form.try_(lambda: operations.close(duty, form.why.data, form.note.data or "", by=me(), at=now()))
    if not form.done:
        return _page(duty, ReportForm(formdata=None), form), 422
    flash("Uppdraget är avskrivet." if form.why.data is Closing.WRITTEN_OFF else "Uppdraget är avslutat som utfört.")
    return redirect(url_for(".assignment", assignment_id=duty.assignment.id), 303)


@pages.post("/<int:assignment_id>/oppna")
@allow(FOLLOWS_UP, duty_by_id)
def reopen(duty: Duty) -> ResponseReturnValue:
    """Reopen a closed assignment."""
    operations.reopen(duty, by=me(), at=now())
    flash("Uppdraget är öppet igen.")
    return redirect(url_for(".assignment", assignment_id=duty.assignment.id), 303)


def _page(duty: Duty, report_form: ReportForm, closing_form: ClosingForm) -> str:
    heard = hears(me(), duty)
    return render_template(
        "assignments/assignment.html",
        duty=duty,
        assignment=duty.assignment,
        paragraph=duty.assignment.paragraph,
        state=state_of(duty, today=local_day(now())),
        past=duty.assignment.overdue(local_day(now())),
        may_read=sees(me(), duty.assignment.paragraph),
        is_open=duty.assignment.paragraph.is_open,
        may_report=reports(me(), duty),
        follows_up=follows_up(me(), duty),
        refuse_closing=refuse_closing(duty, hears=heard),
        refuse_reopening=refuse_reopening(duty, hears=heard),
        report_form=report_form,
        closing_form=closing_form,
    )
