"""Pages for calling off a meeting, for the letters about it, and for downloading the invitation."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField
from wtforms.validators import DataRequired

from govern import mail
from govern.db import db, now
from govern.forums.access import KEEPS, READS
from govern.letters import LetterState
from govern.meetings import operations
from govern.meetings.inviting import operations as inviting
from govern.meetings.inviting.models import InvitationLetter
from govern.meetings.models import Meeting
from govern.meetings.queries import meeting_by_id
from govern.meetings.rules import Refusal, refuse_calling_off
from govern.meetings.summons import queries as summons
from govern.people.access import allow, me
from govern.swedish import slug
from govern.web.forms import Form

pages = Blueprint("inviting", __name__)


class CallOffForm(Form):
    """Why a meeting is called off."""

    reason = TextAreaField(
        "Varför mötet ställs in",
        [DataRequired(Refusal.NO_CANCEL_REASON.value)],
        description="Skälet står i brevet till dem som är kallade.",
        render_kw={"rows": 3},
    )


@pages.route("/moten/<int:meeting_id>/stall-in", methods=["GET", "POST"])
@allow(KEEPS, meeting_by_id)
def call_off(meeting: Meeting) -> ResponseReturnValue:
    """Call the meeting off."""
    form = CallOffForm()
    form.try_(lambda: operations.call_off(meeting, form.reason.data, by=me(), at=now()))
    if form.done:
        flash("Mötet är inställt.")
        return redirect(url_for("meetings.agenda", meeting_id=meeting.id), 303)
    refusal = refuse_calling_off(meeting, "skäl")
    recipients = len(inviting.invited(meeting))
    page = render_template("meetings/call_off.html", meeting=meeting, form=form, refusal=refusal, recipients=recipients)
    return page, 422 if request.method == "POST" else 200


@pages.get("/moten/<int:meeting_id>/utskick")
@allow(KEEPS, meeting_by_id)
def sent(meeting: Meeting) -> ResponseReturnValue:
    """List the letters about a meeting."""
    rows = inviting.letters_of(meeting)
    return render_template(
        "meetings/letters.html",
        meeting=meeting,
        rows=rows,
        waits=any(row.letter.state is LetterState.WAITING for row in rows),
        configured=mail.configured(current_app.config["GOVERN"]),
        without_address=[person.name for _, person in meeting.forum.seated_on(meeting.day) if not person.email],
    )


def _letter_by_id(letter_id: int) -> InvitationLetter | None:
    return db.session.get(InvitationLetter, letter_id)


@pages.post("/utskick/<int:letter_id>/igen")
@allow(KEEPS, _letter_by_id)
def again(row: InvitationLetter) -> ResponseReturnValue:
    """Send a letter again."""
    inviting.send_again(row, by=me(), at=now())
    return redirect(url_for(".sent", meeting_id=row.meeting_id), 303)


@pages.get("/utskick/<int:letter_id>/brev.eml")
@allow(KEEPS, _letter_by_id)
def letter(row: InvitationLetter) -> ResponseReturnValue:
    """Download a letter as it was sent."""
    return _eml(row.letter.message, row.meeting)


@pages.get("/moten/<int:meeting_id>/inbjudan.ics")
@allow(READS, meeting_by_id)
def calendar(meeting: Meeting) -> ResponseReturnValue:
    """Download the meeting as a calendar file."""
    data = inviting.calendar_of(meeting, inviting.invitation_of(meeting), inviting.method_now(meeting), at=now())
    name = f"{slug(meeting.forum.name)}-{meeting.day.isoformat()}.ics"
    return send_file(BytesIO(data), "text/calendar", as_attachment=True, download_name=name)


@pages.get("/moten/<int:meeting_id>/inbjudan.eml")
@allow(KEEPS, meeting_by_id)
def unsent(meeting: Meeting) -> ResponseReturnValue:
    """Download the letter to everyone who is called, to send from the user's own mailbox."""
    if not meeting.summonses:
        abort(404)
    at, to = now(), inviting.called(meeting)
    secret = any(item.confidential for item in meeting.on_agenda)
    pdf = summons.pdf(meeting, at, withheld=True) if secret else meeting.summonses[-1].pdf
    method = inviting.method_now(meeting)
    made = inviting.write_letter(meeting, inviting.invitation_of(meeting), to, method, "Kallelse", at=at, summons=pdf)
    made["X-Unsent"] = "1"  # Mail programs open it as a draft.
    return _eml(made.as_bytes(), meeting)


def _eml(data: bytes, meeting: Meeting) -> Response:
    name = f"kallelse-{slug(meeting.forum.name)}-{meeting.day.isoformat()}.eml"
    return send_file(BytesIO(data), "message/rfc822", as_attachment=True, download_name=name)
