"""Setting up the demo's collaboration: parties, people, accounts, forums, terms, seats and cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from govern.cases import operations as cases
from govern.db import db
from govern.demo import script
from govern.demo.dates import instant
from govern.demo.wording import Costs, References, Share, Sum
from govern.forums import operations as forums
from govern.forums.models import Forum, Seat
from govern.forums.operations import ForumFacts, SeatFacts
from govern.forums.states import ForumKind, Level, Numbering, Regime, SeatRole
from govern.parties import operations as parties
from govern.parties.models import Collaboration
from govern.people import operations as people
from govern.people.models import Person
from govern.swedish import local_day

AGE = 820
"""How many days before today the collaboration began."""

FIRST_TERM = 2023
"""A year in which a term of office began; in Swedish municipalities a term is four calendar years."""


@dataclass(slots=True)
class Stage:
    """What has been set up so far, by the script's names, as ids, since rows do not outlive a session."""

    today: date
    spec: script.Collaboration
    collaboration_id: int = 0
    people: dict[str, int] = field(default_factory=dict)
    parties: dict[str, int] = field(default_factory=dict)
    forums: dict[str, int] = field(default_factory=dict)
    seats: dict[tuple[str, script.Seat], int] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    references: References = field(default_factory=References)
    paragraphs: dict[str, str] = field(default_factory=dict)

    @property
    def began(self) -> date:
        """The day when the collaboration began."""
        return self.today - timedelta(days=AGE)

    def person(self, name: str) -> Person:
        """Return a person by name."""
        return db.session.get_one(Person, self.people[name])

    def forum(self, key: str) -> Forum:
        """Return a forum by its key in the script."""
        return db.session.get_one(Forum, self.forums[key])

    def words(self) -> dict[str, Any]:
        """Return the values of the placeholders that are the same at every meeting."""
        costs = Costs(self.spec.parties)
        return {"costs": costs, "share": Share(costs), "kr": Sum(), "ref": self.references}


def set_up(stage: Stage) -> None:
    """Add everything that exists before the first meeting."""
    at = instant(stage.began, "08:00")
    for sign_in in stage.spec.sign_ins:
        person = people.add_person(sign_in.name, sign_in.email, by=None, at=at)
        administrator = sign_in.administrator
        people.add_account(person, sign_in.email, sign_in.password, administrator=administrator, by=None, at=at)
        stage.people[sign_in.name] = person.id
    by = stage.person(stage.spec.sign_ins[0].name)
    collaboration = _parties(stage, by, at)
    for forum in script.forums():
        _add_people(stage, forum, by, at)
        _add_forum(stage, collaboration, forum, by, at)


def _parties(stage: Stage, by: Person, at: datetime) -> Collaboration:
    spec = stage.spec
    collaboration = parties.add_collaboration(spec.name, None, spec.purpose, by=by, at=at)
    stage.collaboration_id = collaboration.id
    for party in spec.parties:
        row = parties.save_party(
            collaboration,
            None,
            name=party.name,
            short_name=party.short_name,
            org_number=party.org_number,
            population=party.population,
            host=party.host,
            email=party.email,
            by=by,
            at=at,
        )
        stage.parties[party.short_name] = row.id
    parties.add_agreement(
        collaboration,
        spec.agreement,
        stage.began,
        notice_months=spec.notice_months,
        review_months=spec.review_months,
        by=by,
        at=at,
    )
    return collaboration


def _add_people(stage: Stage, forum: script.Forum, by: Person, at: datetime) -> None:
    for seat in forum.seat:
        if seat.name and seat.name not in stage.people:
            stage.people[seat.name] = people.add_person(seat.name, by=by, at=at).id


def _add_forum(stage: Stage, collaboration: Collaboration, spec: script.Forum, by: Person, at: datetime) -> None:
    facts = ForumFacts(
        name=spec.name,
        level=Level(spec.level),
        kind=ForumKind(spec.kind),
        regime=Regime(spec.regime),
        numbering=Numbering(spec.numbering),
        mandate=spec.mandate.strip(),
        parent_id=stage.forums.get(spec.parent),
        adjusters=spec.adjusters,
    )
    forum = forums.add_forum(collaboration, facts, by=by, at=at)
    stage.forums[spec.key] = forum.id
    start = stage.began.year - (stage.began.year - FIRST_TERM) % 4
    while start <= stage.today.year:
        name = f"{start}–{start + 3}"
        forums.add_term(forum, name, date(start, 1, 1), date(start + 3, 12, 31), by=by, at=at)
        start += 4
    for item in spec.standing:
        forums.add_standing_item(forum, item.heading, None, item.closing, by=by, at=at)
    for seat in spec.seat:
        if seat.from_day is None:
            add_seat(stage, spec, seat, stage.began, at=at)


def add_seat(stage: Stage, forum: script.Forum, seat: script.Seat, starts_on: date, *, at: datetime) -> None:
    """Add a seat, filled or vacant, from a day on."""
    by = stage.person(stage.spec.sign_ins[0].name)
    facts = _facts(stage, seat, starts_on, None)
    row = forums.save_seat(stage.forum(forum.key), None, facts, by=by, at=at)
    stage.seats[forum.key, seat] = row.id


def end_seat(stage: Stage, forum: script.Forum, seat: script.Seat, ends_on: date, *, at: datetime) -> None:
    """Set the last day of a seat."""
    by = stage.person(stage.spec.sign_ins[0].name)
    row = db.session.get_one(Seat, stage.seats[forum.key, seat])
    facts = _facts(stage, seat, row.starts_on, ends_on)
    forums.save_seat(stage.forum(forum.key), row, facts, by=by, at=at)


def _facts(stage: Stage, seat: script.Seat, starts_on: date, ends_on: date | None) -> SeatFacts:
    return SeatFacts(
        person_id=stage.people[seat.name] if seat.name else None,
        role=SeatRole(seat.role),
        starts_on=starts_on,
        ends_on=ends_on,
        party_id=stage.parties.get(seat.party),
        political_party=seat.political_party,
        title=seat.title,
    )


def open_case(stage: Stage, key: str, *, at: datetime) -> str:
    """Return the registry number of a case, opening it if needed."""
    if key not in stage.cases:
        case = next(case for case in stage.spec.cases if case.key == key)
        stage.cases[key] = f"{stage.spec.register} {local_day(at).year}/{case.number:05}"
        collaboration = db.session.get_one(Collaboration, stage.collaboration_id)
        by = stage.person(stage.spec.sign_ins[0].name)
        cases.open_case(collaboration, stage.cases[key], case.heading, by=by, at=at)
    return stage.cases[key]
