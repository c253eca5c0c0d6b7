"""Who may read what, in random worlds of people, seats, days and secrecy.

The rule is written a second time here, as plainly as possible; the predicate, the SQL condition and the search terms
must agree with it for every person, day and row.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from govern.archive.searching.passages import readers_of
from govern.assignments import access as assignments
from govern.assignments.queries import every_duty, readable
from govern.cases import access as cases
from govern.cases.models import Attachment, Proposal
from govern.cases.states import ProposalState
from govern.db import db
from govern.forums.models import Forum, Seat
from govern.forums.readers import reader
from govern.forums.states import SeatRole
from govern.meetings.models import Meeting
from govern.meetings.states import MeetingState
from govern.paragraphs import access as paragraphs
from govern.paragraphs.models import Assignment, Paragraph
from govern.parties.models import Collaboration
from govern.people.models import Person
from tests import make
from tests.cast import Cast

DAYS = [make.DAY + timedelta(days=days) for days in (-30, 0, 30, 60)]
SECRET = "OSL 19 kap. 3 §"


@dataclass
class World:
    """The rows created from one seed."""

    people: list[Person] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    attachments: list[tuple[Attachment, list[Paragraph]]] = field(default_factory=list)

    def sits(self, person: Person, forum: Forum, day: date, *roles: SeatRole) -> bool:
        """Return whether the person has a seat in the forum, on its first and last days too."""
        return any(
            seat.forum is forum
            and seat.person is person
            and (not roles or seat.role in roles)
            and seat.starts_on <= day <= (seat.ends_on or date.max)
            for seat in self.seats
        )

    def belongs(self, person: Person, collaboration: Collaboration) -> bool:
        """Return whether the person has, had or will have a seat in the collaboration."""
        return any(s.person is person and s.forum.collaboration is collaboration for s in self.seats)


def a_world(cast: Cast, seed: int) -> World:
    """Create people, seats and rows."""
    source, world = random.Random(seed), World()
    away = make.collaboration("Annan samverkan")
    forums = [cast.forum, cast.elsewhere, make.forum(away, "Fjärran")]
    world.people = [cast.ada, *(make.add(Person(name=f"Person {number}")) for number in range(6))]
    for person in world.people[1:]:
        for _ in range(source.randint(0, 2)):
            starts_on = source.choice(DAYS)
            role = source.choice([SeatRole.SECRETARY, SeatRole.MEMBER, SeatRole.CHAIR])
            ends_on = source.choice([None, starts_on, starts_on + timedelta(days=30)])
            row = make.seat(source.choice(forums), person, role, starts_on=starts_on, ends_on=ends_on)
            world.seats.append(row)
    for number in range(12):
        forum, sealed = source.choice(forums), source.random() < 0.5
        meeting = make.meeting(forum, state=MeetingState.SEALED if sealed else MeetingState.OPEN)
        series = make.series(forum, scope=f"värld {number}")
        reason = source.choice([None, SECRET])
        world.paragraphs.append(make.paragraph(meeting, series, f"Ärende {number}", cast.ada, confidential=reason))
        who = source.choice([None, *world.people[1:]])
        given = make.assignment(world.paragraphs[-1], "att återkomma", who.name if who else "någon")
        given.assignee_person_id = who.id if who else None
        world.assignments.append(given)
        state = source.choice(list(ProposalState))
        ready_at, author = make.AT if state is ProposalState.READY else None, source.choice(world.people[1:])
        values = {"state": state, "ready_at": ready_at, "confidential": reason}
        proposal = make.proposal(forum, f"Skrivelse {number}", author, **values)
        world.proposals.append(proposal)
        paper = make.attachment(f"Handling {number}", cast.ada, data=f"{seed} {number}".encode())
        paper.confidential = source.choice([None, None, SECRET])
        listed = source.sample(world.paragraphs, source.randint(0, min(2, len(world.paragraphs))))
        for paragraph in listed:
            paragraph.attachments.append(paper)
        world.attachments.append((paper, listed))
    db.session.flush()
    return world


# --- The rule, written plainly -----------------------------------------------------------------------------------


def may_read(world: World, person: Person, day: date, forum: Forum, *, is_open: bool) -> bool:
    """Return whether the person has a seat in the forum or, for what is public, belongs to its collaboration."""
    return world.sits(person, forum, day) or (is_open and world.belongs(person, forum.collaboration))


def is_open(paragraph: Paragraph) -> bool:
    """Return whether the paragraph is sealed and not confidential."""
    return paragraph.meeting.state is MeetingState.SEALED and not paragraph.confidential


def reads_paragraph(world: World, person: Person, day: date, row: Paragraph) -> bool:
    return may_read(world, person, day, row.meeting.forum, is_open=is_open(row))


def sees_duty(world: World, person: Person, day: date, row: Assignment) -> bool:
    return reads_paragraph(world, person, day, row.paragraph) or row.assignee_person_id == person.id


def sees_proposal(world: World, person: Person, day: date, row: Proposal) -> bool:
    if row.author is person or world.sits(person, row.forum, day, SeatRole.SECRETARY):
        return True
    ready = row.state is ProposalState.READY
    return ready and may_read(world, person, day, row.forum, is_open=not row.confidential)


def sees_attachment(world: World, person: Person, day: date, row: Attachment, listed: list[Paragraph]) -> bool:
    secret = row.confidential or any(paragraph.confidential for paragraph in listed)
    told = any(paragraph.meeting.state is MeetingState.SEALED for paragraph in listed)
    forums = {paragraph.meeting.forum for paragraph in listed}
    return any(may_read(world, person, day, forum, is_open=told and not secret) for forum in forums)


# --- The three implementations -----------------------------------------------------------------------------------


def every_case(world: World) -> Iterator[tuple[Person, date]]:
    """Yield every person on every day."""
    return ((person, day) for person in world.people for day in DAYS)


def expected(world: World, rule: Callable[..., bool], person: Person, day: date, rows: list[Any]) -> set[int]:
    """Return the ids of the rows that the plain rule admits; Ada is an administrator and reads everything."""
    return {row.id for row in rows if person is world.people[0] or rule(world, person, day, row)}


@pytest.mark.usefixtures("each_database")
@pytest.mark.parametrize("seed", range(3))
def test_predicate_sql_and_terms_give_one_answer(cast: Cast, seed: int) -> None:
    """They agree for paragraphs, assignments, proposals and attachments."""
    world = a_world(cast, seed)
    of_meeting = select(Paragraph.id).join(Meeting, Meeting.id == Paragraph.meeting_id)
    stand = cases.proposal_standings(world.proposals)
    papers = cases.standings([paper for paper, _ in world.attachments], db.session)
    for person, day in every_case(world):
        who = reader(person, day)
        wanted = expected(world, reads_paragraph, person, day, world.paragraphs)
        assert {row.id for row in world.paragraphs if paragraphs.audience(row).admits(who)} == wanted
        assert set(db.session.scalars(of_meeting.where(paragraphs.audience(Paragraph).where(who)))) == wanted
        assert {row.id for row in world.paragraphs if readers_of(row) & who.terms} == wanted

        wanted = expected(world, sees_duty, person, day, world.assignments)
        seen = {row.id for row in world.assignments if assignments.audience(row, row.paragraph).admits(who)}
        assert seen == wanted
        assert {row.id for row in db.session.scalars(readable(every_duty(), person, day)).unique()} == wanted

        wanted = expected(world, sees_proposal, person, day, world.proposals)
        opened = {row.id: row.state is ProposalState.READY and stand[row.id].open for row in world.proposals}
        seen = {r.id for r in world.proposals if cases.audience(r, is_open=opened[r.id]).admits(who)}
        assert seen == wanted
        hidden = set(db.session.scalars(select(Proposal.id).where(cases.proposal_hidden_sql(person, day))))
        assert hidden == {row.id for row in world.proposals if row.confidential} - wanted

        for paper, listed in world.attachments:
            wants = bool(listed) and (person is cast.ada or sees_attachment(world, person, day, paper, listed))
            assert any(audience.admits(who) for audience in papers[paper.id].audiences()) is wants
            if listed and {paragraph.forum.collaboration_id for paragraph in listed} == {cast.collaboration.id}:
                assert bool(papers[paper.id].readers(cast.collaboration.id) & who.terms) is wants


def test_the_public_reads_nothing(cast: Cast) -> None:
    """The public reads only published copies, which are separate rows with pages of their own."""
    world, nobody = a_world(cast, 0), reader(None)
    assert not any(paragraphs.audience(row).admits(nobody) for row in world.paragraphs)
    of_meeting = select(Paragraph.id).join(Meeting, Meeting.id == Paragraph.meeting_id)
    assert not db.session.scalars(of_meeting.where(paragraphs.audience(Paragraph).where(nobody))).all()
    assert not nobody.terms
