"""The page where a paragraph's decision is related to the earlier one that it replaces or amends."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from govern.db import now
from govern.forums.access import KEEPS
from govern.paragraphs.models import Paragraph
from govern.paragraphs.queries import paragraph_by_id
from govern.paragraphs.superseding import operations as superseding
from govern.paragraphs.superseding.forms import RelateForm
from govern.paragraphs.superseding.rules import refuse_relating
from govern.people.access import allow, me
from govern.swedish import local_day

pages = Blueprint("superseding", __name__)


@pages.route("/paragrafer/<int:paragraph_id>/ersatter", methods=["GET", "POST"])
@allow(KEEPS, paragraph_by_id)
def supersedes(paragraph: Paragraph) -> ResponseReturnValue:
    """Show the earlier decisions that a paragraph replaces or amends, and add one."""
    form = RelateForm()
    form.try_(lambda: superseding.relate(paragraph, form.relation.data, form.earlier.data, by=me(), at=now()))
    if form.done:
        flash("Kopplingen är sparad. Den syns på båda paragraferna och i ärendet.")
        return redirect(url_for(".supersedes", paragraph_id=paragraph.id), 303)
    return render_template(
        "paragraphs/supersedes.html",
        paragraph=paragraph,
        form=form,
        offered=superseding.offered(paragraph, me(), local_day(now())),
        refusal=refuse_relating(paragraph),
    ), 422 if request.method == "POST" else 200


@pages.post("/paragrafer/<int:paragraph_id>/ersatter/<int:supersession_id>/ta-bort")
@allow(KEEPS, paragraph_by_id)
def take_back(paragraph: Paragraph, supersession_id: int) -> ResponseReturnValue:
    """Remove a relation."""
    superseding.unrelate(paragraph, supersession_id, by=me(), at=now())
    flash("Kopplingen är borttagen.")
    return redirect(url_for(".supersedes", paragraph_id=paragraph.id), 303)
