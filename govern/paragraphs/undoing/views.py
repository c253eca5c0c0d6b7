"""Undoing the opening of a paragraph or a meeting, and the page that strikes a paragraph."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from govern.db import now
from govern.forums.access import KEEPS
from govern.meetings.models import Meeting
from govern.meetings.queries import meeting_by_id
from govern.paragraphs.models import Paragraph
from govern.paragraphs.queries import paragraph_by_id
from govern.paragraphs.undoing import operations, rules
from govern.paragraphs.undoing.forms import StrikeForm
from govern.people.access import allow, me

pages = Blueprint("undoing", __name__)


@pages.post("/paragrafer/<int:paragraph_id>/angra-oppning")
@allow(KEEPS, paragraph_by_id)
def undo_opening(paragraph: Paragraph) -> ResponseReturnValue:
    """Remove a paragraph that was opened by mistake."""
    meeting_id, label = paragraph.meeting_id, paragraph.label
    operations.undo_opening(paragraph, by=me(), at=now())
    flash(f"{label} är borttagen. Numret är ledigt igen.")
    return redirect(url_for("paragraphs.meeting", meeting_id=meeting_id), 303)


@pages.post("/moten/<int:meeting_id>/angra-oppning")
@allow(KEEPS, meeting_by_id)
def undo_opening_meeting(meeting: Meeting) -> ResponseReturnValue:
    """Take back the opening of a meeting."""
    operations.undo_opening_meeting(meeting, by=me(), at=now())
    flash("Mötet är inte öppnat längre. Närvarolistan görs om när det öppnas.")
    return redirect(url_for("meetings.agenda", meeting_id=meeting.id), 303)


@pages.route("/paragrafer/<int:paragraph_id>/utga", methods=["GET", "POST"])
@allow(KEEPS, paragraph_by_id)
def strike(paragraph: Paragraph) -> ResponseReturnValue:
    """Ask why a paragraph is struck, and strike it."""
    form = StrikeForm()
    form.try_(lambda: operations.strike(paragraph, form.reason.data or "", by=me(), at=now()))
    if form.done:
        flash(f"{paragraph.label} utgår. Det som stod finns kvar bland de tidigare versionerna.")
        return redirect(url_for("paragraphs.paragraph", paragraph_id=paragraph.id), 303)
    refusal = rules.refuse_striking(paragraph, form.reason.data or "?")
    page = render_template("paragraphs/strike.html", paragraph=paragraph, form=form, refusal=refusal)
    return page, 422 if request.method == "POST" else 200
