"""A sent summons with its papers, to download as one PDF or as a ZIP."""

from __future__ import annotations

from flask import Blueprint, abort, request, send_file
from flask.typing import ResponseReturnValue

from govern import files
from govern.db import db
from govern.meetings.access import OPENS
from govern.meetings.models import SummonsPackage
from govern.meetings.packing import pack  # noqa: F401 — registers what the outbox does
from govern.people.access import allow
from govern.web.swedish import slug

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
