"""Pages and JSON for the paragraph editor: versions, other editors, phrases, and the procedure."""

from __future__ import annotations

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from govern.bounds import number as as_number
from govern.db import db, now
from govern.forums.access import KEEPS, keeps
from govern.paragraphs import movements, operations, rules
from govern.paragraphs.access import PRESIDES
from govern.paragraphs.drafting import comparing, desk, editors
from govern.paragraphs.drafting import draft as drafts
from govern.paragraphs.drafting import queries as stored
from govern.paragraphs.drafting.models import ParagraphVersion
from govern.paragraphs.models import Paragraph
from govern.paragraphs.phrases import operations as phrasebook
from govern.paragraphs.queries import paragraph_by_id
from govern.people.access import allow, me, someone
from govern.swedish import local_clock
from govern.web.incoming import sent_object

pages = Blueprint("drafting", __name__)


def _row(paragraph_id: int) -> Paragraph | None:
    """Return the paragraph's row only: the page polls every few seconds."""
    return db.session.get(Paragraph, paragraph_id)


@pages.get("/paragrafer/<int:paragraph_id>/versioner", endpoint="versions")
@allow(PRESIDES, paragraph_by_id)
def versions_list(paragraph: Paragraph) -> ResponseReturnValue:
    """List the versions; an htmx request gets only the list, for a panel."""
    context = {
        "paragraph": paragraph,
        "versions": stored.versions_of(paragraph),
        "refuse_restoring": rules.refuse_editing(paragraph) if keeps(someone(), paragraph) else rules.Refusal.SEALED,
    }
    part = "HX-Request" in request.headers
    return render_template(f"paragraphs/{'versions_part' if part else 'versions'}.html", **context)


@pages.get("/paragrafer/<int:paragraph_id>/versioner/<int:number>")
@allow(PRESIDES, paragraph_by_id)
def version(paragraph: Paragraph, number: int) -> ResponseReturnValue:
    """Compare a version word by word with the current text, or with another version (`?med=`)."""
    kept = _kept(paragraph, number)
    other = request.args.get("med", type=as_number)
    against = _kept(paragraph, other) if other is not None else None
    before, after = drafts.parse(kept.draft), stored.read(paragraph)
    if against is not None:
        earlier, later = sorted((kept, against), key=lambda row: row.version)
        before, after = drafts.parse(earlier.draft), drafts.parse(later.draft)
    return render_template(
        "paragraphs/version.html",
        paragraph=paragraph,
        kept=kept,
        against=against,
        versions=stored.versions_of(paragraph),
        parts=comparing.compare(before, after, desk.names_of_meeting(paragraph)),
        may_restore=keeps(someone(), paragraph),
        refuse_restoring=rules.refuse_editing(paragraph),
    )


def _kept(paragraph: Paragraph, number: int) -> ParagraphVersion:
    return stored.version_of(paragraph, number) or abort(404)


@pages.post("/paragrafer/<int:paragraph_id>/versioner/<int:number>/aterstall")
@allow(KEEPS, paragraph_by_id)
def restore(paragraph: Paragraph, number: int) -> ResponseReturnValue:
    """Restore a version."""
    kept = _kept(paragraph, number)
    operations.restore(paragraph, kept, by=me(), at=now())
    flash("Versionen är återställd. Texten som stod där innan finns kvar bland versionerna.")
    return redirect(url_for("paragraphs.paragraph", paragraph_id=paragraph.id), 303)


@pages.post("/paragrafer/<int:paragraph_id>/skriver")
@allow(KEEPS, _row)
def editing(paragraph: Paragraph) -> ResponseReturnValue:
    """Receive the page's heartbeat, and return who else has the paragraph open and who holds the pen."""
    sent = sent_object()
    session_id = current_user.session.id
    if sent.get("leave"):
        editors.leave(paragraph, session_id)
        return jsonify(holder=None, mine=False, others=[], version=paragraph.version)
    writers = editors.beat(
        paragraph,
        by=me(),
        session_id=session_id,
        at=now(),
        typing=sent.get("typing") is True,
        take_over=sent.get("take_over") is True,
    )
    holder = {"name": writers.holder, "since": local_clock(writers.since)} if writers.since else None
    return jsonify(holder=holder, mine=writers.mine, others=list(writers.others), version=paragraph.version)


@pages.get("/paragrafer/<int:paragraph_id>/fraser")
@allow(KEEPS, paragraph_by_id)
def phrases(paragraph: Paragraph) -> ResponseReturnValue:
    """Return the phrases, with this meeting's facts filled in."""
    return jsonify(phrasebook.filled(paragraph, movements.standings_at(paragraph)))


@pages.post("/paragrafer/<int:paragraph_id>/beslutsgang")
@allow(KEEPS, paragraph_by_id)
def procedure(paragraph: Paragraph) -> ResponseReturnValue:
    """Generate the procedure from the draft that the page sends; nothing is saved."""
    draft = drafts.parse_sent(sent_object())
    return jsonify(
        html=desk.procedure_html(draft, desk.names_of_meeting(paragraph), paragraph.forum.name),
        edited=desk.written_by_hand(paragraph, draft),
        faults=desk.procedure_faults(paragraph, draft),
    )
