"""Who may open the papers of an agenda and of a summons."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from govern.cases.access import proposal_standings, sees_attachment, standings
from govern.cases.access import sees as sees_proposal
from govern.cases.models import Attachment, Proposal
from govern.db import db
from govern.forums.access import sits
from govern.forums.readers import Audience, reader
from govern.meetings.models import Meeting, SummonsPackage
from govern.people.access import Right
from govern.people.models import Person


def opens(person: Person | None, package: Any) -> bool:
    """Everyone who reads the forum opens packages without secrets; those who sit in it all packages."""
    is_open = not package.confidential and not _secret_since(package)
    return Audience(forum=package.forum.id, open=is_open).admits(reader(person))


def _secret_since(package: Any) -> bool:
    """Return whether anything in an open package has been made secret since it was sent."""
    summons = package.summons
    held = [item for item in summons.meeting.agenda if item.confidential]
    if held and not package.summons_sha256:
        return True
    if any(item.withheld_at is None or item.withheld_at > summons.sent_at for item in held):
        return True
    sent = [paper for paper in summons.papers if paper.confidential is None]
    proposals = {paper.proposal for paper in sent if paper.proposal is not None}
    same = select(Attachment).where(Attachment.sha256.in_({paper.sha256 for paper in sent if paper.proposal is None}))
    attachments = {paper.attachment for paper in sent if paper.attachment is not None}
    if any(paper.attachment is None and paper.proposal is None for paper in sent):  # Sent before sources were stored.
        attachments |= set(db.session.scalars(same))
    stand = [*standings(attachments, db.session).values(), *proposal_standings(proposals).values()]
    return any(standing.secret for standing in stand)


def papers_seen(person: Person | None, meeting: Meeting) -> set[Attachment | Proposal]:
    """Return the papers on an agenda that the person may see."""
    attachments = {paper for item in meeting.agenda for paper in item.papers}
    proposals = {item.proposal for item in meeting.agenda if item.proposal is not None}
    all_of_them = sits(person, meeting)  # Those who sit in a forum that lists a paper see it: no check of each.
    seen = {paper for paper in attachments if all_of_them or sees_attachment(person, paper)}
    return seen | {proposal for proposal in proposals if sees_proposal(person, proposal)}


def shows_secret_package(_person: Person, package: SummonsPackage) -> bool:
    return package.confidential


OPENS = Right("opens_package", "Handlingarna innehåller sekretess och är till för dem som sitter i forumet.", opens)
