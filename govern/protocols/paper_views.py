"""Pages for documents that are written from a sealed protocol's record on request."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

from flask import Blueprint, send_file
from flask.typing import ResponseReturnValue

from govern import record
from govern.documents.papers.files import attendance_file
from govern.forums.access import READS, sits
from govern.forums.house.queries import style_of
from govern.media import MEDIA, Ending
from govern.people.access import allow, someone
from govern.protocols.models import Protocol
from govern.protocols.queries import minutes_by_id
from govern.swedish import slug

pages = Blueprint("papers", __name__)


@pages.get("/protokoll/<int:protocol_id>/narvarolista.<any(pdf, docx):ending>")
@allow(READS, minutes_by_id)
def attendance(protocol: Protocol, ending: Ending) -> ResponseReturnValue:
    """Download the attendance list; confidential paragraphs are withheld from those who do not sit in the forum."""
    style = replace(style_of(protocol.forum), public_copy=not sits(someone(), protocol))
    data = attendance_file(record.loads(protocol.record), ending, style)
    name = f"narvarolista-{slug(protocol.forum.name)}-{protocol.meeting.day.isoformat()}.{ending}"
    return send_file(BytesIO(data), MEDIA[ending], ending == "docx", name)
