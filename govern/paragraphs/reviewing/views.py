"""The chair's review queue on one page: read, approve, or send back with a comment on a passage."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length, Optional

from govern.bounds import pairs
from govern.db import now
from govern.forums.access import KEEPS
from govern.meetings.adjusting_deadline import clock
from govern.meetings.models import Meeting
from govern.meetings.queries import meeting_by_id
from govern.paragraphs import operations
from govern.paragraphs.access import PRESIDES
from govern.paragraphs.forms import ReturnForm
from govern.paragraphs.models import Paragraph
from govern.paragraphs.queries import paragraph_by_id
from govern.paragraphs.reviewing import operations as reviewing
from govern.people.access import SIGNED_IN, allow, me
from govern.swedish import local_day
from govern.web.forms import optional_id

pages = Blueprint("reviewing", __name__)


class SendBackForm(ReturnForm):
    """Why a paragraph is sent back, and the passage concerned; each paragraph on the page has its own form."""

    quote = TextAreaField("Vilket ställe gäller det?", [Optional(), Length(max=2000)], render_kw={"rows": 2})
    anchor = HiddenField(validators=[Length(max=40)])
    read = HiddenField()


def _form(paragraph: Paragraph, **values: Any) -> SendBackForm:
    form = SendBackForm(prefix=f"p{paragraph.id}-", **values)
    form.comment.render_kw = {"rows": 3}
    return form


@pages.get("/granska")
@allow(SIGNED_IN)
def queue() -> ResponseReturnValue:
    """Show the paragraphs that wait for the signed-in person."""
    return _page(), 200


def _page(refused: Paragraph | None = None, form: SendBackForm | None = None) -> str:
    waiting, today = reviewing.queue(me()), local_day(now())
    forms = {one.paragraph.id: _form(one.paragraph, formdata=None) for one in waiting}
    if refused and form:
        forms[refused.id] = form
    return render_template(
        "review/queue.html",
        waiting=waiting,
        forms=forms,
        refused=refused.id if refused else None,
        unchanged=[one for one in waiting if one.unchanged],
        clocks={one.paragraph.meeting_id: clock(one.paragraph.meeting, today) for one in waiting},
    )


@pages.post("/granska/<int:paragraph_id>/godkann")
@allow(PRESIDES, paragraph_by_id)
def approve(paragraph: Paragraph) -> ResponseReturnValue:
    """Approve the version that was read, and return to the queue."""
    operations.approve(paragraph, by=me(), at=now(), read=optional_id(request.form.get("read")))
    flash(f"{paragraph.label} är godkänd.")
    return redirect(url_for(".queue"), 303)


@pages.post("/granska/<int:paragraph_id>/tillbaka")
@allow(PRESIDES, paragraph_by_id)
def send_back(paragraph: Paragraph) -> ResponseReturnValue:
    """Send a paragraph back with a comment on a passage."""
    form = _form(paragraph)
    form.try_(
        lambda: operations.send_back(
            paragraph,
            form.comment.data,
            quote=form.quote.data or "",
            anchor=form.anchor.data or "",
            read=optional_id(form.read.data),
            by=me(),
            at=now(),
        )
    )
    if form.done:
        flash(f"{paragraph.label} är skickad tillbaka till sekreteraren.")
        return redirect(url_for(".queue"), 303)
    return _page(paragraph, form), 422


@pages.post("/granska/oforandrade")
@allow(SIGNED_IN)
def approve_unchanged() -> ResponseReturnValue:
    """Approve all paragraphs that are unchanged since they were approved."""
    count = reviewing.approve_unchanged(me(), pairs(request.form.getlist("read")), at=now())
    flash("1 paragraf är godkänd." if count == 1 else f"{count} paragrafer är godkända.")
    return redirect(url_for(".queue"), 303)


@pages.post("/granska/resten")
@allow(SIGNED_IN)
def approve_rest() -> ResponseReturnValue:
    """Approve all paragraphs of a meeting that were on the page and still wait."""
    count = reviewing.approve_rest(me(), pairs(request.form.getlist("read")), at=now())
    flash("1 paragraf är godkänd." if count == 1 else f"{count} paragrafer är godkända.")
    return redirect(url_for(".queue"), 303)


@pages.post("/moten/<int:meeting_id>/klarmarkera-alla")
@allow(KEEPS, meeting_by_id)
def mark_all_ready(meeting: Meeting) -> ResponseReturnValue:
    """Mark all finished paragraphs of a meeting as ready."""
    count, left = reviewing.mark_all_ready(meeting, by=me(), at=now())
    flash("1 paragraf väntar nu på ordföranden." if count == 1 else f"{count} paragrafer väntar nu på ordföranden.")
    if left:
        flash(f"Inte klara: {', '.join(left)}. Där saknas text eller rubrik, eller något behöver rättas.", "warning")
    return redirect(url_for("paragraphs.meeting", meeting_id=meeting.id), 303)


def _paragraph_of(review_id: int) -> Paragraph | None:
    review = reviewing.review_by_id(review_id)
    return review.paragraph if review else None


@pages.post("/kommentarer/<int:review_id>/atgardad")
@allow(KEEPS, _paragraph_of)
def resolve(paragraph: Paragraph, review_id: int) -> ResponseReturnValue:
    """Mark a comment as resolved."""
    review = next(review for review in paragraph.reviews if review.id == review_id)
    operations.resolve(review, by=me(), at=now())
    return redirect(url_for("paragraphs.paragraph", paragraph_id=paragraph.id), 303)
