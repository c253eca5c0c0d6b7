"""Recording what is sent with a summons, so that later changes of the agenda do not affect it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from govern import files, outbox
from govern.cases.models import Proposal
from govern.cases.operations import keep_row
from govern.cases.proposals import printing
from govern.db import db
from govern.meetings.models import AgendaItem, Meeting, Summons, SummonsPackage, SummonsPaper
from govern.meetings.summons import queries
from govern.topics import Topic

WITHHELD_ITEM = "Ärende som omfattas av sekretess"
"""The heading of a confidential item in `SummonsPaper`."""


AgendaState = Sequence[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed summons, made before any row is written. `mailed` is the summons that is mailed.

    `withheld` is the SHA-256 of the stored summons without confidential items, if there are any. `papers` are the
    officers' papers as stored files, SHA-256 and size by proposal id; `of` is the state of the agenda when printed.
    """

    summons: bytes
    mailed: bytes
    withheld: str | None
    papers: Mapping[int, tuple[str, int]]
    state: AgendaState


def agenda_state(meeting: Meeting) -> AgendaState:
    """Return the state of what the agenda sends, to detect whether it has changed since printing."""
    return [
        (item.id, item.confidential, _stand(item.proposal), [(paper.id, paper.confidential) for paper in item.papers])
        for item in meeting.on_agenda
    ]


def _stand(proposal: Proposal | None) -> tuple[object, ...] | None:
    return (proposal.id, proposal.version, proposal.state) if proposal else None


def printed(meeting: Meeting, at: datetime) -> Printed:
    """Print a summons and its officers' papers, and store their files, without changing rows."""
    items = meeting.on_agenda
    summons = queries.pdf(meeting, at, sending=True)
    secret = any(item.confidential for item in items)
    open_ = queries.pdf(meeting, at, withheld=True, sending=True) if secret else summons
    papers = {}
    for proposal in dict.fromkeys(item.proposal for item in items if item.proposal):
        data = printing.printed(proposal, at)
        papers[proposal.id] = (files.keep(data), len(data))
    return Printed(summons, open_, files.keep(open_) if secret else None, papers, agenda_state(meeting))


def enclose(summons: Summons, printed: Printed, *, at: datetime) -> None:
    """Record the agenda's current papers as the summons' and queue their packing, in the caller's transaction.

    If one of them is confidential there are two packages: one for everyone, one for those who sit in the forum.
    """
    for number, item in enumerate(summons.meeting.on_agenda, 1):
        for paper in _papers(item, printed, at):
            paper.item_number = number
            paper.item_heading = WITHHELD_ITEM if item.confidential else item.heading
            paper.confidential = paper.confidential or item.confidential
            paper.position = len(summons.papers) + 1
            summons.papers.append(paper)
    secret = any(paper.confidential for paper in summons.papers)
    if summons.papers:
        summons.packages += [SummonsPackage(confidential=held) for held in ((False, True) if secret else (False,))]
    for package in summons.packages:
        if not package.confidential:
            package.summons_sha256 = printed.withheld
    db.session.flush()
    for package in summons.packages:
        outbox.enqueue(Topic.PACK, package.id, at=at)


def _papers(item: AgendaItem, printed: Printed, at: datetime) -> list[SummonsPaper]:
    papers = [_officers(item.proposal, *printed.papers[item.proposal.id], at=at)] if item.proposal else []
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


def _officers(proposal: Proposal, sha256: str, size: int, *, at: datetime) -> SummonsPaper:
    keep_row(sha256, size, "application/pdf", at=at)
    return SummonsPaper(
        title=f"Tjänsteskrivelse: {proposal.heading}",
        filename=printing.filename(proposal),
        sha256=sha256,
        confidential=proposal.confidential,
        proposal=proposal,
    )
