"""Converting a meeting's rows to the facts of its summons, and writing that as files."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import datetime
from typing import cast

from govern import record
from govern.cases.access import proposal_standings, standings
from govern.db import db
from govern.documents.papers.files import agenda_file, summons_docx, summons_pdf
from govern.documents.papers.summons import SummonsFacts, SummonsItem
from govern.forums.house.queries import style_of
from govern.forums.states import SeatRole
from govern.media import Ending
from govern.meetings.models import AgendaItem, Meeting
from govern.meetings.papers_deadline import lateness
from govern.meetings.queries import in_record
from govern.meetings.timing import timed, timetable_for
from govern.swedish import SWEDEN, local_day


def facts(meeting: Meeting, at: datetime, *, withheld: bool = False, sending: bool = False) -> SummonsFacts:
    """Return the facts of the summons; `withheld` leaves out what those who do not sit in the forum may not read.

    `sending` dates it now; else it has the day when the latest was sent, if any.
    """
    forum = meeting.forum
    items = meeting.on_agenda
    clock = timetable_for(meeting) if timed(meeting) else None
    secret = _secret_papers(items)
    return SummonsFacts(
        body=record.Body(name=forum.legal_body, org_number=forum.collaboration.org_number),
        forum=record.Forum(name=forum.name, level=forum.level.value, kind=forum.kind.value),
        meeting=in_record(meeting),
        items=tuple(
            SummonsItem(position=position, heading=record.WITHHELD)
            if withheld and item.confidential
            else SummonsItem(
                position=position,
                heading=item.heading,
                kind=cast("record.ParagraphKind | None", item.kind.value if item.kind else None),
                reference=item.case.reference if item.case else None,
                attachments=_titles(item, secret),
                note=item.note,
                remark=lateness(item, lambda paper: not (withheld and paper in secret)),
                starts=slot.planned.astimezone(SWEDEN).time() if slot else None,
            )
            for position, item in enumerate(items, 1)
            for slot in [clock.slot(item.id) if clock else None]
        ),
        called=tuple(person.name for _, person in forum.seated_on(meeting.day)),
        sent=local_day(at) if sending else local_day(meeting.summonses[-1].sent_at) if meeting.summonses else None,
        signed_by=_caller(meeting),
    )


def _secret_papers(items: Sequence[AgendaItem]) -> set[object]:
    """Return the papers that are secret, by themselves or because of another place where they are listed."""
    files = {paper.id: paper for item in items for paper in item.papers}
    officers = {item.proposal.id: item.proposal for item in items if item.proposal}
    secret: set[object] = {files[id_] for id_, one in standings(files.values(), db.session).items() if one.secret}
    return secret | {officers[id_] for id_, one in proposal_standings(officers.values()).items() if one.secret}


def _titles(item: AgendaItem, secret: Set[object]) -> tuple[str, ...]:
    """Return the titles of an item's papers, with a placeholder for each secret one.

    Under a confidential item only papers that are confidential themselves get the placeholder.
    """
    withheld = "Handling som omfattas av sekretess"
    hidden = {paper for paper in secret if not item.confidential or getattr(paper, "confidential", None)}
    titles = [withheld if paper in hidden else paper.title for paper in item.papers]
    if item.proposal is not None:
        titles.insert(0, withheld if item.proposal in hidden else f"Tjänsteskrivelse: {item.proposal.heading}")
    return tuple(titles)


def _caller(meeting: Meeting) -> str:
    seated = meeting.forum.seated_on(meeting.day)
    return next((person.name for seat, person in seated if seat.role is SeatRole.SECRETARY), "")


def pdf(meeting: Meeting, at: datetime, *, withheld: bool = False, sending: bool = False) -> bytes:
    """Return the summons as a PDF; `sending` as in `facts`."""
    return summons_pdf(facts(meeting, at, withheld=withheld, sending=sending), style_of(meeting.forum))


def docx(meeting: Meeting, at: datetime, *, withheld: bool = False) -> bytes:
    """Return the summons as a DOCX."""
    return summons_docx(facts(meeting, at, withheld=withheld), style_of(meeting.forum))


def agenda(meeting: Meeting, at: datetime, ending: Ending, *, withheld: bool = False) -> bytes:
    """Return the agenda as a separate document."""
    return agenda_file(facts(meeting, at, withheld=withheld), ending, style_of(meeting.forum))
