"""The pages that remove a planned meeting, or move it to another forum."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from govern.db import now
from govern.forums.access import KEEPS
from govern.forums.queries import forums_kept_by
from govern.meetings import rules
from govern.meetings.models import Meeting
from govern.meetings.queries import meeting_by_id
from govern.meetings.removing import operations
from govern.meetings.removing.forms import MoveForm
from govern.people.access import allow, me
from govern.swedish import local_day

pages = Blueprint("removing", __name__)


@pages.post("/moten/<int:meeting_id>/ta-bort")
@allow(KEEPS, meeting_by_id)
def remove(meeting: Meeting) -> ResponseReturnValue:
    """Remove a planned meeting."""
    slug = meeting.forum.slug
    operations.remove_meeting(meeting, by=me(), at=now())
    flash("Mötet är borttaget.")
    return redirect(url_for("archive.forum", slug=slug), 303)


@pages.route("/moten/<int:meeting_id>/flytta", methods=["GET", "POST"])
@allow(KEEPS, meeting_by_id)
def move(meeting: Meeting) -> ResponseReturnValue:
    """Move a planned meeting to another forum that the user keeps."""
    kept = forums_kept_by(me(), meeting.forum.collaboration_id, local_day(now()))
    others = [forum for forum in kept if forum.id != meeting.forum_id]
    form = MoveForm().offer(others)
    chosen = next((forum for forum in others if forum.id == form.forum.data), meeting.forum)
    form.try_(lambda: operations.move_meeting(meeting, chosen, by=me(), at=now()))
    if form.done:
        flash(f"Mötet hör nu till {chosen.name}. Gå igenom föredragningslistan.")
        return redirect(url_for("meetings.agenda", meeting_id=meeting.id), 303)
    page = render_template(
        "meetings/move.html", meeting=meeting, form=form, others=others, refusal=rules.refuse_removing(meeting)
    )
    return page, 422 if request.method == "POST" else 200
