"""Adjusting one paragraph immediately, at the meeting."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from govern.db import now
from govern.forums.access import KEEPS, READS
from govern.paragraphs import operations
from govern.paragraphs.models import Paragraph
from govern.paragraphs.queries import paragraph_by_id
from govern.people.access import allow, me
from govern.protocols.immediate.operations import record_of, seal_immediately

pages = Blueprint("immediate", __name__)


@pages.post("/paragrafer/<int:paragraph_id>/omedelbart")
@allow(KEEPS, paragraph_by_id)
def choose(paragraph: Paragraph) -> ResponseReturnValue:
    """Mark a paragraph to be adjusted immediately, or remove the mark."""
    operations.set_immediate(paragraph, request.form.get("immediate") == "1", by=me(), at=now())
    return redirect(url_for("paragraphs.paragraph", paragraph_id=paragraph.id), 303)


@pages.post("/paragrafer/<int:paragraph_id>/forsegla")
@allow(KEEPS, paragraph_by_id)
def seal(paragraph: Paragraph) -> ResponseReturnValue:
    """Seal the paragraph alone."""
    protocol = seal_immediately(paragraph, by=me(), at=now())
    flash("Paragrafen är förseglad. Nu väntar ordförandens och justerarnas underskrifter.")
    return redirect(url_for("protocols.protocol", protocol_id=protocol.id), 303)


@pages.get("/paragrafer/<int:paragraph_id>/justerad")
@allow(READS, paragraph_by_id)
def of_paragraph(paragraph: Paragraph) -> ResponseReturnValue:
    """Redirect to the paragraph's record."""
    protocol = record_of(paragraph) or abort(404)
    return redirect(url_for("protocols.protocol", protocol_id=protocol.id), 303)
