"""Requesting a meeting's binder as PDF and ZIP, and downloading it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue

from govern import files
from govern.db import db, now
from govern.media import MEDIA
from govern.people.access import allow, me
from govern.protocols.access import READS_FILE
from govern.protocols.binding import operations as binding
from govern.protocols.dispatching.models import MeetingBinder
from govern.protocols.models import Protocol
from govern.protocols.queries import minutes_by_id
from govern.swedish import slug

pages = Blueprint("binding", __name__)


@pages.post("/protokoll/<int:protocol_id>/parm")
@allow(READS_FILE, minutes_by_id)
def ask(protocol: Protocol) -> ResponseReturnValue:
    """Request a binder of the meeting."""
    binding.ask(protocol, by=me(), at=now())
    flash("Pärmen görs. Du kan lämna sidan under tiden.")
    return redirect(url_for("protocols.protocol", protocol_id=protocol.id, _anchor="parm"), 303)


@pages.get("/parmar/<int:binder_id>/parm.<any(pdf, zip):ending>")
@allow(READS_FILE, lambda binder_id: db.session.get(MeetingBinder, binder_id))
def binder(binder: MeetingBinder, ending: str) -> ResponseReturnValue:
    """Download the binder, once it is ready."""
    sha256 = binder.zip_sha256 if ending == "zip" else binder.pdf_sha256
    if sha256 is None:
        abort(404)
    name = f"parm-{slug(binder.forum.name)}-{binder.protocol.meeting.day.isoformat()}.{ending}"
    return send_file(files.place(sha256), MEDIA[ending], ending == "zip", name)
