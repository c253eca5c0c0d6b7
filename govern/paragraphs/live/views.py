"""The live page, which others watch during the meeting on their own screens or on a projector."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from govern.db import now
from govern.forums.access import READS, sits
from govern.meetings.models import Meeting
from govern.paragraphs.live import queries as live
from govern.paragraphs.live import workspace
from govern.paragraphs.live.timing import lag, timetable_of
from govern.people.access import allow, someone

pages = Blueprint("live", __name__)


@pages.get("/moten/<int:meeting_id>/live")
@allow(READS, live.watched_meeting)
def meeting(meeting: Meeting) -> ResponseReturnValue:
    """Show the meeting's progress: what is being treated, what is decided, what is left.

    With `rev` the response is only the part that changes, or 204 if nothing has. Drafts, including their headings, and
    confidential content are shown only to those who sit in the forum; others read the agenda's headings.
    """
    at = now()
    revision = live.revision(meeting, at=at)
    if request.args.get("rev") == str(revision):
        return "", 204
    paragraphs, current = live.treated_now(meeting)
    template = "paragraphs/live_now.html" if "rev" in request.args else "paragraphs/live.html"
    return render_template(
        template,
        meeting=meeting,
        revision=revision,
        paragraphs=paragraphs,
        current=current,
        waiting=[item for item in workspace.not_opened(meeting, paragraphs) if not item.withdrawn],
        inside=sits(someone(), meeting),
        timetable=(timetable := timetable_of(meeting, paragraphs, at)),
        lag=lag(timetable),
        at=at,
    ), 200
