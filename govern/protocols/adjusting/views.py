"""The page where adjusters read a closed meeting's paragraphs, and the secretary sees their verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired

from govern.bounds import pairs
from govern.db import now
from govern.forums.access import KEEPS, keeps
from govern.meetings.adjusting_deadline import clock
from govern.meetings.models import Meeting
from govern.meetings.queries import meeting_by_id
from govern.meetings.states import MeetingState
from govern.paragraphs.models import Paragraph
from govern.paragraphs.queries import paragraph_by_id
from govern.people.access import allow, me
from govern.people.models import Person
from govern.protocols.access import READS_PROOF
from govern.protocols.adjusting import operations as adjusting
from govern.protocols.adjusting import queries as adjusted
from govern.protocols.adjusting.models import Adjustment
from govern.protocols.adjusting.rules import Refusal, is_adjuster
from govern.swedish import local_day
from govern.web.forms import Form, optional_id

pages = Blueprint("adjusting", __name__)


class RemarkForm(Form):
    """An adjuster's comment; each paragraph on the page has its own form."""

    text = TextAreaField("Din synpunkt", [DataRequired(Refusal.NO_TEXT.value)], render_kw={"rows": 3})
    read = HiddenField()


@pages.get("/moten/<int:meeting_id>/justering")
@allow(READS_PROOF, meeting_by_id)
def reading(meeting: Meeting) -> ResponseReturnValue:
    """Show the paragraphs to read, and the comments on them."""
    if meeting.state is MeetingState.SEALED:
        return redirect(url_for("protocols.of_meeting", meeting_id=meeting.id), 303)
    return _page(meeting), 200


def _page(meeting: Meeting, refused: Paragraph | None = None, form: RemarkForm | None = None) -> str:
    readings, said = adjusted.readings(meeting, me()), adjusted.adjustments_of(meeting)
    forms = {one.paragraph.id: _form(one.paragraph, formdata=None) for one in readings}
    if refused and form:
        forms[refused.id] = form
    return render_template(
        "review/adjusting.html",
        meeting=meeting,
        clock=clock(meeting, local_day(now())),
        readings=readings,
        comments={
            one.paragraph.id: [a for a in said if a.text and a.paragraph_id == one.paragraph.id] for one in readings
        },
        progress=[
            (adjuster.presence.distinct_name, _read_by(meeting, adjuster.presence.person))
            for adjuster in meeting.adjusters
        ],
        forms=forms,
        refused=refused.id if refused else None,
        adjusts=is_adjuster(me(), meeting) and meeting.state is MeetingState.CLOSED,
        may_keep=keeps(me(), meeting),
    )


def _form(paragraph: Paragraph, **values: Any) -> RemarkForm:
    return RemarkForm(prefix=f"p{paragraph.id}-", **values)


def _read_by(meeting: Meeting, person: Person | None) -> tuple[int, int]:
    """Return how many paragraphs this adjuster has read in their present version, and how many there are."""
    readings = adjusted.readings(meeting, person) if person else []
    done = {adjusted.Stage.READ, adjusted.Stage.COMMENTED}
    return sum(one.stage in done for one in readings), len(readings)


@pages.post("/paragrafer/<int:paragraph_id>/inga-synpunkter")
@allow(READS_PROOF, paragraph_by_id)
def record_no_remarks(paragraph: Paragraph) -> ResponseReturnValue:
    """Record that the adjuster has no remarks on a paragraph."""
    adjusting.record_no_remarks(paragraph, optional_id(request.form.get("read")) or 0, by=me(), at=now())
    return redirect(url_for(".reading", meeting_id=paragraph.meeting_id, _anchor=f"g{paragraph.id}"), 303)


@pages.post("/moten/<int:meeting_id>/inga-synpunkter")
@allow(READS_PROOF, meeting_by_id)
def record_no_remarks_on_the_rest(meeting: Meeting) -> ResponseReturnValue:
    """Record that the adjuster has no remarks on the paragraphs that are left."""
    shown = pairs(request.form.getlist("read"))
    count = adjusting.record_no_remarks_on_the_rest(meeting, shown, by=me(), at=now())
    flash("Du hade inga synpunkter på 1 paragraf." if count == 1 else f"Du hade inga synpunkter på {count} paragrafer.")
    return redirect(url_for(".reading", meeting_id=meeting.id), 303)


@pages.post("/paragrafer/<int:paragraph_id>/synpunkt")
@allow(READS_PROOF, paragraph_by_id)
def comment(paragraph: Paragraph) -> ResponseReturnValue:
    """Comment on a paragraph."""
    form = _form(paragraph)
    read = optional_id(form.read.data) or 0
    form.try_(lambda: adjusting.comment(paragraph, form.text.data, read, by=me(), at=now()))
    if form.done:
        flash("Synpunkten är skickad till sekreteraren.")
        return redirect(url_for(".reading", meeting_id=paragraph.meeting_id, _anchor=f"g{paragraph.id}"), 303)
    return _page(paragraph.meeting, paragraph, form), 422


@pages.post("/synpunkter/<int:adjustment_id>/besvarad")
@allow(KEEPS, adjusted.paragraph_of)
def answer(paragraph: Paragraph, adjustment_id: int) -> ResponseReturnValue:
    """Mark a comment as answered."""
    adjustment = adjusted.adjustment_by_id(adjustment_id)
    if adjustment is not None:
        adjusting.answer(adjustment, by=me(), at=now())
    return redirect(url_for(".reading", meeting_id=paragraph.meeting_id, _anchor=f"g{paragraph.id}"), 303)


@pages.app_template_global("adjusters_comments")
def adjusters_comments(paragraph: Paragraph) -> Sequence[Adjustment]:
    """Return the adjusters' comments on a paragraph for the page where it is written, which is of an earlier slice."""
    return adjusted.comments_on(paragraph)
