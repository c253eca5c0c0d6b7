"""Downloading the agenda as a document, and a sent summons with its papers as one PDF or as a ZIP."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, abort, send_file
from flask.typing import ResponseReturnValue

from govern import files
from govern.db import db, now
from govern.forums.access import READS, sits
from govern.media import MEDIA, Ending
from govern.meetings.access import OPENS
from govern.meetings.models import Meeting, SummonsPackage
from govern.meetings.queries import meeting_by_id
from govern.meetings.summons import queries as summons
from govern.people.access import allow, someone
from govern.swedish import slug

pages = Blueprint("summons", __name__)


@pages.get("/kallelser/<int:package_id>/handlingar.<any(pdf, zip):ending>")
@allow(OPENS, lambda package_id: db.session.get(SummonsPackage, package_id))
def package(package: SummonsPackage, ending: str) -> ResponseReturnValue:
    """Download the summons with its papers, once they are packed."""
    sha256 = package.zip_sha256 if ending == "zip" else package.pdf_sha256
    if sha256 is None:
        abort(404)
    name = f"kallelse-{slug(package.forum.name)}-{package.summons.meeting.day.isoformat()}-handlingar.{ending}"
    return send_file(files.place(sha256), MEDIA[ending], ending == "zip", name)


@pages.get("/moten/<int:meeting_id>/foredragningslista.<any(pdf, docx):ending>")
@allow(READS, meeting_by_id)
def agenda(meeting: Meeting, ending: Ending) -> ResponseReturnValue:
    """Download the current agenda."""
    data = summons.agenda(meeting, now(), ending, withheld=not sits(someone(), meeting))
    name = f"foredragningslista-{slug(meeting.forum.name)}-{meeting.day.isoformat()}.{ending}"
    return send_file(BytesIO(data), MEDIA[ending], ending == "docx", name)
