"""A case's timeline: its events across forums and years, limited to what the reader may know.

The database collects the events, one row each, so that a page costs the same however long the timeline is. An event has
the same access as its subject: a draft is visible to those who sit in its forum, and of a confidential paragraph others
see only the number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import Boolean, Select, exists, func, literal, select, type_coerce, union_all
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from govern.archive.states import Event
from govern.assignments.models import AssignmentClosing, Report
from govern.cases.access import proposal_hidden_sql
from govern.cases.models import Case, Proposal
from govern.cases.states import ProposalState
from govern.db import db, now
from govern.forums.readers import reader
from govern.meetings.models import Meeting
from govern.notices.models import Notice, Posting
from govern.paragraphs.access import audience
from govern.paragraphs.models import Assignment, Decision, Paragraph
from govern.paragraphs.states import Outcome
from govern.paragraphs.superseding import operations as superseding
from govern.paragraphs.superseding.operations import Tie
from govern.people.models import Person
from govern.protocols.models import Protocol, Signature
from govern.protocols.states import ProtocolKind
from govern.swedish import local_day, long_date
from govern.web.paging import Page

PAGE = 50
LONGEST = 280  # Longer texts are cut to this many characters.
OUTCOMES = {
    Outcome.APPROVAL: "Beslutat",
    Outcome.REJECTION: "Avslaget",
    Outcome.REMISSION: "Återremitterat",
    Outcome.TABLING: "Bordlagt",
    Outcome.NOTING: "Antecknat",
    Outcome.ELECTION: "Valt",
    Outcome.OTHER: "Beslutat",
}
TONES = {Outcome.REMISSION: "wait", Outcome.TABLING: "wait", Outcome.NOTING: "quiet", Outcome.REJECTION: "stop"}
RANK = {event: place for place, event in enumerate(Event)}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEvent:
    """One event as shown.

    `state` is a word and its tone, `ties` the decisions that this one replaces or amends, or that replace or amend it.
    """

    event: Event
    day: date
    title: str
    where: str
    url: str | None = None
    label: str = ""
    text: str = ""
    state: tuple[str, str] | None = None
    withheld: bool = False
    ties: Sequence[Tie] = field(default=())


def timeline(case: Case, person: Person, today: date, number: int) -> Page[TimelineEvent]:
    """Return a page of a case's events, latest first, in a bounded number of statements."""
    events = union_all(*_events(case, person, today)).subquery()
    total = db.session.scalar(select(func.count()).select_from(events)) or 0
    order = (events.c.day.desc(), events.c.rank.desc(), events.c.place.desc(), events.c.id.desc())
    rows = db.session.execute(select(events).order_by(*order).limit(PAGE).offset((number - 1) * PAGE)).all()
    by_row: dict[tuple[int, int], TimelineEvent] = {}
    for rank, say in _READ.items():
        ids = [row.id for row in rows if row.rank == rank]
        if ids:
            by_row |= {(rank, id_): happening for id_, happening in say(ids, person, today)}
    happened = [by_row[row.rank, row.id] for row in rows if (row.rank, row.id) in by_row]
    happened.sort(key=lambda happening: happening.day, reverse=True)  # By Swedish days; the database sorts by UTC days.
    return Page(happened, number, PAGE, total)


def shows_secret_case(person: Person, case: Case) -> bool:
    """Return whether a case's page shows this person anything that is withheld from others."""
    today = local_day(now())
    paragraph = select(Paragraph.id).join(Meeting, Meeting.id == Paragraph.meeting_id)
    paragraph = paragraph.where(Paragraph.case_id == case.id, Paragraph.confidential.is_not(None))
    proposal = select(Proposal.id).where(Proposal.case_id == case.id, Proposal.state == ProposalState.READY)
    seen = proposal_hidden_sql(None, today) & ~proposal_hidden_sql(person, today)
    shown = paragraph.where(reader(person, today).sits_in(Meeting.forum_id)).exists() | proposal.where(seen).exists()
    return bool(db.session.scalar(select(shown)))


# --- Events in SQL -------------------------------------------------------------------------------------------


def _events(case: Case, person: Person, today: date) -> Iterator[Select[Any]]:
    """Yield a query for each kind of event, with the row's id, its day and its rank within the day."""
    who = reader(person, today)
    known = Meeting.sealed_at.is_not(None) | who.sits_in(Meeting.forum_id)
    seen = audience(Paragraph).where(who)
    yield _event(Event.PROPOSED, Proposal.id, func.date(Proposal.ready_at)).where(
        Proposal.case_id == case.id, Proposal.state == ProposalState.READY, ~proposal_hidden_sql(person, today)
    )
    treated = _event(Event.TREATED, Paragraph.id, func.date(Meeting.day), Paragraph.number)
    yield treated.join(Meeting, Meeting.id == Paragraph.meeting_id).where(Paragraph.case_id == case.id, known)
    closing = AssignmentClosing
    for query in (
        _event(Event.ASSIGNED, Assignment.id, func.date(Meeting.day)).select_from(Assignment),
        _event(Event.REPORTED, Report.id, func.date(Report.at)).join(Assignment, Assignment.id == Report.assignment_id),
        _event(Event.CLOSED, closing.id, func.date(closing.at)).join(
            Assignment, Assignment.id == closing.assignment_id
        ),
    ):
        of_case = query.join(Paragraph, Paragraph.id == Assignment.paragraph_id)
        yield of_case.join(Meeting, Meeting.id == Paragraph.meeting_id).where(Paragraph.case_id == case.id, seen)
    here = exists().where(Paragraph.meeting_id == Protocol.meeting_id, Paragraph.case_id == case.id)
    main = (Protocol.kind == ProtocolKind.MAIN, here)
    yield _event(Event.SEALED, Protocol.id, func.date(Protocol.sealed_at)).where(*main)
    signed = select(func.max(Signature.signed_at)).where(Signature.protocol_id == Protocol.id).scalar_subquery()
    yield _event(Event.SIGNED, Protocol.id, func.date(signed)).where(*main, signed.is_not(None), Protocol.settled)
    posted = _event(Event.POSTED, Posting.id, func.date(Posting.posted_on), Posting.position)
    posted = posted.join(Notice, Notice.id == Posting.notice_id).join(Protocol, Protocol.id == Notice.protocol_id)
    yield posted.where(*main, Posting.posted_on.is_not(None))
    corrected = _event(Event.CORRECTED, Protocol.id, func.date(Protocol.sealed_at))
    corrected = corrected.join(Paragraph, Paragraph.id == Protocol.paragraph_id)
    corrected = corrected.join(Meeting, Meeting.id == Paragraph.meeting_id)
    yield corrected.where(Protocol.kind == ProtocolKind.CORRECTION, Paragraph.case_id == case.id, seen)


def _event(event: Event, key: Any, day: Any, place: Any = None) -> Select[Any]:
    columns = (literal(RANK[event]).label("rank"), key.label("id"), day.label("day"))
    return select(*columns, (literal(0) if place is None else place).label("place"))


# --- Descriptions of the events ------------------------------------------------------------------------------


Events = Iterator[tuple[int, TimelineEvent]]
AT_MEETING: tuple[ExecutableOption, ...] = (joinedload(Paragraph.meeting).joinedload(Meeting.forum),)
OF_DUTY = joinedload(Assignment.paragraph).joinedload(Paragraph.meeting).joinedload(Meeting.forum)


def _proposed(ids: Sequence[int], _person: Person, _today: date) -> Events:
    query = select(Proposal).where(Proposal.id.in_(ids))
    for row in db.session.scalars(query.options(joinedload(Proposal.forum), joinedload(Proposal.author))):
        if row.ready_at is not None:
            yield (
                row.id,
                TimelineEvent(
                    event=Event.PROPOSED,
                    day=local_day(row.ready_at),
                    title=row.heading,
                    where=f"{row.author.name}, till {row.forum.name}",
                    url=url_for("proposals.proposal", proposal_id=row.id),
                    state=("Sekretess", "stop") if row.confidential else None,
                ),
            )


def _treated(ids: Sequence[int], person: Person, today: date) -> Events:
    sits = type_coerce(reader(person, today).sits_in(Meeting.forum_id), Boolean).label("sits")
    query = select(Paragraph, sits).join(Meeting, Meeting.id == Paragraph.meeting_id).where(Paragraph.id.in_(ids))
    query = query.options(*AT_MEETING, selectinload(Paragraph.decisions).selectinload(Decision.clauses))
    rows = db.session.execute(query).all()
    ties = superseding.earlier(ids), superseding.later(ids, person, today)
    for paragraph, sits_ in rows:
        withheld = bool(paragraph.confidential) and not sits_
        meeting = paragraph.meeting
        yield (
            paragraph.id,
            TimelineEvent(
                event=Event.TREATED,
                day=meeting.day,
                label=paragraph.label,
                title="Sekretess" if withheld else paragraph.heading or "Utan rubrik",
                where=meeting.forum.name,
                url=None if withheld else superseding.address(paragraph),
                text="" if withheld else _decided(paragraph),
                state=None if withheld else _state(paragraph),
                withheld=withheld,
                ties=() if withheld else [tie for side in ties for tie in side.get(paragraph.id, [])],
            ),
        )


def _state(paragraph: Paragraph) -> tuple[str, str]:
    """Return the outcome of the decisions, or the state of a paragraph that is not sealed."""
    if paragraph.meeting.sealed_at is None:
        return paragraph.state.label, "quiet"
    if not paragraph.decisions:
        return Event.TREATED.label, "quiet"
    words = dict.fromkeys(OUTCOMES[decision.outcome] for decision in paragraph.decisions)
    return ", ".join(words), TONES.get(paragraph.decisions[0].outcome, "good")


def _decided(paragraph: Paragraph) -> str:
    clauses = [f"att {clause.text}".rstrip(" ,;.") for decision in paragraph.decisions for clause in decision.clauses]
    return _cut("; ".join(clauses) + "." if clauses else "")


def _assigned(ids: Sequence[int], _person: Person, _today: date) -> Events:
    for row in db.session.scalars(select(Assignment).where(Assignment.id.in_(ids)).options(OF_DUTY)):
        due = f"senast {long_date(row.due)}" if row.due else "utan slutdatum"
        what = {"event": Event.ASSIGNED, "day": row.paragraph.meeting.day, "text": _cut(row.text)}
        to = f"Uppdrag till {row.assignee}" if row.assignee else "Uppdrag"
        yield row.id, _of_duty(row, to, f"{row.forum.name} {row.paragraph.label}, {due}", **what)


def _reported(ids: Sequence[int], _person: Person, _today: date) -> Events:
    query = select(Report).where(Report.id.in_(ids))
    for row in db.session.scalars(query.options(joinedload(Report.by), joinedload(Report.assignment).options(OF_DUTY))):
        what = {"event": Event.REPORTED, "day": local_day(row.at), "text": _cut(row.text)}
        yield row.id, _of_duty(row.assignment, f"Återrapport från {row.by.name}", _given(row.assignment), **what)


def _closed(ids: Sequence[int], _person: Person, _today: date) -> Events:
    query = select(AssignmentClosing).where(AssignmentClosing.id.in_(ids))
    query = query.options(joinedload(AssignmentClosing.assignment).options(OF_DUTY), joinedload(AssignmentClosing.by))
    for row in db.session.scalars(query):
        what = {"event": Event.CLOSED, "day": local_day(row.at), "text": _cut(row.note)}
        what["state"] = (row.why.label, "good")
        if row.reopened_at is not None:
            what["state"] = (f"Öppnat igen {long_date(local_day(row.reopened_at))}", "warn")
        yield row.id, _of_duty(row.assignment, "Uppdraget avslutat", _given(row.assignment), **what)


def _given(assignment: Assignment) -> str:
    to = f"Uppdrag till {assignment.assignee} i " if assignment.assignee else "Uppdrag i "
    return f"{to}{assignment.forum.name} {assignment.paragraph.label}"


def _of_duty(assignment: Assignment, title: str, where: str, **what: Any) -> TimelineEvent:
    url = None
    if assignment.paragraph.meeting.sealed_at is not None:
        url = url_for("assignments.assignment", assignment_id=assignment.id)
    return TimelineEvent(title=title, where=where, url=url, **what)


def _sealed(ids: Sequence[int], _person: Person, _today: date) -> Events:
    for row in _protocols(ids):
        title = "Protokollet inläst" if row.imported else "Protokollet förseglat"
        yield row.id, _of_protocol(row, Event.SEALED, local_day(row.sealed_at), title)


def _signed(ids: Sequence[int], _person: Person, _today: date) -> Events:
    query = select(Signature.protocol_id, func.max(Signature.signed_at)).where(Signature.protocol_id.in_(ids))
    moments = {row[0]: row[1] for row in db.session.execute(query.group_by(Signature.protocol_id)) if row[1]}
    for row in _protocols(ids):
        yield row.id, _of_protocol(row, Event.SIGNED, local_day(moments[row.id]), "Protokollet undertecknat av alla")


def _posted(ids: Sequence[int], _person: Person, _today: date) -> Events:
    to_meeting = joinedload(Notice.protocol).joinedload(Protocol.meeting).joinedload(Meeting.forum)
    query = select(Posting).where(Posting.id.in_(ids)).options(joinedload(Posting.notice).options(to_meeting))
    for row in db.session.scalars(query):
        if row.posted_on is not None:
            title = f"Protokollet anslaget, {row.board}" if row.board else "Protokollet anslaget"
            title += " (återkallat)" if row.notice.withdrawn_at else ""
            yield row.id, _of_protocol(row.notice.protocol, Event.POSTED, row.posted_on, title)


def _corrected(ids: Sequence[int], _person: Person, _today: date) -> Events:
    for row in _protocols(ids):
        label = row.paragraph.label if row.paragraph else ""
        url = url_for("protocols.of_meeting", meeting_id=row.meeting_id, _anchor="rattelser")
        happening = _of_protocol(row, Event.CORRECTED, local_day(row.sealed_at), f"Rättelse av {label}", url=url)
        yield row.id, happening


def _protocols(ids: Sequence[int]) -> Sequence[Protocol]:
    query = select(Protocol).where(Protocol.id.in_(ids)).options(joinedload(Protocol.paragraph))
    return db.session.scalars(query.options(joinedload(Protocol.meeting).joinedload(Meeting.forum))).all()


def _of_protocol(row: Protocol, event: Event, when: date, title: str, url: str = "") -> TimelineEvent:
    return TimelineEvent(
        event=event,
        day=when,
        title=title,
        where=f"{row.forum.name}, mötet {long_date(row.meeting.day)}",
        url=url or url_for("protocols.of_meeting", meeting_id=row.meeting_id),
    )


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rpartition(' ')[0]} …"


_READ: dict[int, Callable[[Sequence[int], Person, date], Events]] = {
    RANK[event]: say
    for event, say in {
        Event.PROPOSED: _proposed,
        Event.TREATED: _treated,
        Event.ASSIGNED: _assigned,
        Event.SEALED: _sealed,
        Event.SIGNED: _signed,
        Event.POSTED: _posted,
        Event.CORRECTED: _corrected,
        Event.REPORTED: _reported,
        Event.CLOSED: _closed,
    }.items()
}
