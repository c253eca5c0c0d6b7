"""Pages for proposals: a forum's list, and reading, writing and downloading one."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from govern.cases.access import SEES, WRITES, proposal_standings, writes
from govern.cases.models import Proposal
from govern.cases.proposals import operations as proposing
from govern.cases.proposals import printing
from govern.cases.proposals.forms import form_of
from govern.cases.proposals.queries import proposal_by_id, proposals_to
from govern.cases.rules import refuse_proposal_change, refuse_proposal_ready
from govern.db import now
from govern.documents.remarks import remarks
from govern.forums.access import READS
from govern.forums.models import Forum
from govern.forums.queries import forum_by_slug
from govern.media import MEDIA, Ending
from govern.people.access import allow, me
from govern.swedish import local_day

pages = Blueprint("proposals", __name__)


@pages.get("/forum/<slug>/tjansteskrivelser")
@allow(READS, forum_by_slug)
def proposals(forum: Forum) -> ResponseReturnValue:
    """List the proposals to a forum that the signed-in person may see."""
    seen = proposals_to(forum, me(), local_day(now()))
    return render_template("proposals/proposals.html", forum=forum, proposals=seen)


@pages.route("/forum/<slug>/ny-tjansteskrivelse", methods=["GET", "POST"])
@allow(READS, forum_by_slug)
def new(forum: Forum) -> ResponseReturnValue:
    """Add a proposal to a forum; anyone in the collaboration may be its author."""
    form = form_of(None)
    proposal = form.try_(lambda: proposing.save_proposal(forum, None, form.facts(), by=me(), at=now()))
    if proposal:
        flash("Utkastet är sparat. Klarmarkera det när det kan gå till forumet.")
        return redirect(url_for(".proposal", proposal_id=proposal.id), 303)
    return render_template("proposals/form.html", form=form, forum=forum, proposal=None), _status()


@pages.get("/tjansteskrivelser/<int:proposal_id>")
@allow(SEES, proposal_by_id)
def proposal(proposal: Proposal) -> ResponseReturnValue:
    """Show a proposal."""
    sections, may_write = printing.sections(proposal), writes(me(), proposal)
    return render_template(
        "proposals/proposal.html",
        proposal=proposal,
        forum=proposal.forum,
        standing=proposal_standings([proposal])[proposal.id],
        lead=printing.lead(proposal),
        sections=[(printing.HEADINGS[name], blocks) for name, blocks in sections],
        remarks=remarks(blocks for _, blocks in sections) if may_write else [],
        may_write=may_write,
        refuse_change=refuse_proposal_change(proposal, proposal.version),
        refuse_ready=refuse_proposal_ready(proposal),
    )


@pages.route("/tjansteskrivelser/<int:proposal_id>/andra", methods=["GET", "POST"])
@allow(WRITES, proposal_by_id)
def change(proposal: Proposal) -> ResponseReturnValue:
    """Show and save the form of a proposal."""
    form = form_of(proposal)
    forum = proposal.forum
    form.try_(
        lambda: proposing.save_proposal(
            forum, proposal, form.facts(), version=form.version.data or 0, by=me(), at=now()
        )
    )
    if form.done:
        flash("Sparat.")
        return redirect(url_for(".proposal", proposal_id=proposal.id), 303)
    return render_template("proposals/form.html", form=form, forum=forum, proposal=proposal), _status()


@pages.post("/tjansteskrivelser/<int:proposal_id>/klarmarkera")
@allow(WRITES, proposal_by_id)
def ready(proposal: Proposal) -> ResponseReturnValue:
    """Mark a proposal as ready."""
    proposing.mark_ready(proposal, by=me(), at=now())
    flash("Tjänsteskrivelsen är klar och kan läggas till på föredragningslistan.")
    return redirect(url_for(".proposal", proposal_id=proposal.id), 303)


@pages.post("/tjansteskrivelser/<int:proposal_id>/ta-tillbaka")
@allow(WRITES, proposal_by_id)
def take_back(proposal: Proposal) -> ResponseReturnValue:
    """Make a proposal a draft again."""
    proposing.take_back(proposal, by=me(), at=now())
    return redirect(url_for(".change", proposal_id=proposal.id), 303)


@pages.get("/tjansteskrivelser/<int:proposal_id>.<any(pdf, docx):ending>")
@allow(SEES, proposal_by_id)
def file(proposal: Proposal, ending: Ending) -> ResponseReturnValue:
    """Download the printed proposal."""
    data = printing.printed(proposal, now(), ending)
    return send_file(BytesIO(data), MEDIA[ending], ending == "docx", printing.filename(proposal, ending))


def _status() -> int:
    """Return 422 if a submitted form is shown again, else 200."""
    return 422 if request.method == "POST" else 200
