"""What goes out with a summons, written down then and there: a later change of the agenda changes nothing sent."""

from __future__ import annotations

from datetime import datetime

from govern import files, outbox
from govern.cases import printing
from govern.cases.models import Proposal
from govern.cases.operations import keep_row
from govern.db import db
from govern.meetings.models import AgendaItem, Summons, SummonsPackage, SummonsPaper
from govern.meetings.summons import pdf as summons_pdf

WITHHELD = "Ärende som omfattas av sekretess"
PACK = "pack"
"""The outbox topic; its keys are the ids of packages."""


def enclose(summons: Summons, *, at: datetime) -> None:
    """List the papers of the agenda as they are now, in the caller's transaction, and ask for them to be packed.

    With a confidential paper among them there are two packages: one for everyone, one for those who sit in the forum.
    """
    items = [item for item in summons.meeting.agenda if item.withdrawn_at is None]
    for number, item in enumerate(items, 1):
        for paper in _papers(item, at):
            paper.item_number = number
            paper.item_heading = WITHHELD if item.confidential else item.heading
            paper.confidential = paper.confidential or item.confidential
            paper.position = len(summons.papers) + 1
            summons.papers.append(paper)
    secret = any(paper.confidential for paper in summons.papers)
    if summons.papers:
        summons.packages += [SummonsPackage(confidential=held) for held in ((False, True) if secret else (False,))]
    if any(item.confidential for item in items):
        for package in summons.packages:
            if not package.confidential:
                package.summons_sha256 = files.keep(summons_pdf(summons.meeting, at, withheld=True))
    db.session.flush()
    for package in summons.packages:
        outbox.enqueue(PACK, package.id, at=at)


def _papers(item: AgendaItem, at: datetime) -> list[SummonsPaper]:
    papers = [_printed(item.proposal, at)] if item.proposal else []
    return papers + [
        SummonsPaper(
            title=paper.title,
            filename=paper.filename,
            sha256=paper.sha256,
            confidential=paper.confidential,
            attachment=paper,
        )
        for paper in item.papers
    ]


def _printed(proposal: Proposal, at: datetime) -> SummonsPaper:
    data = printing.printed(proposal, at)
    sha256 = files.keep(data)
    keep_row(sha256, len(data), "application/pdf", at=at)
    return SummonsPaper(
        title=f"Tjänsteskrivelse: {proposal.heading}",
        filename=printing.filename(proposal),
        sha256=sha256,
        confidential=proposal.confidential,
        proposal=proposal,
    )
