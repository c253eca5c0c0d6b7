"""The agenda as a paper, and a sent summons with its papers as one PDF or as a ZIP."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, abort, request, send_file
from flask.typing import ResponseReturnValue

from govern import files
from govern.db import db, now
from govern.documents.papers.files import MEDIA, Ending
from govern.forums.access import READS, sits
from govern.meetings.access import OPENS
from govern.meetings.models import Meeting, SummonsPackage
from govern.meetings.queries import meeting_by_id
from govern.meetings.summons import queries as summons
from govern.meetings.summons.packing import pack  # noqa: F401 — registers what the outbox does
from govern.people.access import allow, someone
from govern.swedish import slug

pages = Blueprint("summons", __name__)
KINDS = {"pdf": "application/pdf", "zip": "application/zip"}


@pages.get("/kallelser/<int:package_id>/handlingar.<any(pdf, zip):ending>")
@allow(OPENS, lambda package_id, ending: db.session.get(SummonsPackage, package_id))
def package(package: SummonsPackage) -> ResponseReturnValue:
    """Download the summons with its papers, once they are packed."""
    ending = "zip" if request.path.endswith(".zip") else "pdf"
    sha256 = package.zip_sha256 if ending == "zip" else package.pdf_sha256
    if sha256 is None:
        abort(404)
    name = f"kallelse-{slug(package.forum.name)}-{package.summons.meeting.day.isoformat()}-handlingar.{ending}"
    return send_file(files.place(sha256), KINDS[ending], ending == "zip", name)


@pages.get("/moten/<int:meeting_id>/foredragningslista.<any(pdf, docx):ending>")
@allow(READS, lambda meeting_id, ending: meeting_by_id(meeting_id))
def agenda(meeting: Meeting) -> ResponseReturnValue:
    """Download the agenda as it stands."""
    ending: Ending = "docx" if request.path.endswith(".docx") else "pdf"
    data = summons.agenda(meeting, now(), ending, withheld=not sits(someone(), meeting))
    name = f"foredragningslista-{slug(meeting.forum.name)}-{meeting.day.isoformat()}.{ending}"
    return send_file(BytesIO(data), MEDIA[ending], ending == "docx", name)
