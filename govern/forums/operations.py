"""Adding and changing forums, filling seats, and drawing paragraph numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from govern import audit, outbox, plausible
from govern.db import db, save_changes
from govern.errors import Refused, enforce
from govern.forums.models import Forum, Seat, Series, StandingItem, Term
from govern.forums.rules import (
    Refusal,
    refuse_adjust_days,
    refuse_next_number,
    refuse_parent,
    refuse_seat,
    refuse_setting_numbers,
    scope_of,
)
from govern.forums.states import ForumKind, Level, Numbering, ParagraphKind, Regime, SeatRole
from govern.parties.models import Collaboration
from govern.people import operations as people
from govern.people.models import Person
from govern.people.rules import Refusal as PersonRefusal
from govern.swedish import local_day, slug
from govern.topics import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class ForumFacts:
    """A forum as typed. `body` heads its protocols instead of the collaboration's name, if not empty."""

    name: str
    level: Level
    kind: ForumKind
    regime: Regime
    numbering: Numbering
    body: str = ""
    mandate: str = ""
    parent_id: int | None = None
    adjust_days: int = 14
    adjusters: int = 1
    paper_days: int = 7
    any_order: bool = False


WRITTEN = (
    "name",
    "level",
    "kind",
    "regime",
    "numbering",
    "body",
    "mandate",
    "adjust_days",
    "adjusters",
    "paper_days",
    "any_order",
)


def close_forum(forum: Forum, *, by: Person, at: datetime) -> None:
    """Close a forum, so that it can have no new meetings; its content remains readable."""
    forum.closed_on = forum.closed_on or local_day(at)
    audit.write("forum.closed", forum, by=by, at=at)
    save_changes()


def reopen_forum(forum: Forum, *, by: Person, at: datetime) -> None:
    """Reopen a closed forum."""
    forum.closed_on = None
    audit.write("forum.reopened", forum, by=by, at=at)
    save_changes()


def add_forum(collaboration: Collaboration, facts: ForumFacts, *, by: Person, at: datetime) -> Forum:
    """Add a forum.

    Raises:
        Refused: if the collaboration has a forum with that name, or the days to the adjusting are more than the law's.
    """
    _refuse_name(collaboration, facts.name)
    enforce(refuse_adjust_days(facts.regime, facts.adjust_days), "adjust_days")
    with db.session.no_autoflush:
        forum = Forum(collaboration=collaboration, slug=_free_slug(slug(facts.name)))
        _write(forum, facts)
    db.session.add(forum)
    audit.write("forum.added", forum, by=by, at=at)
    save_changes()
    return forum


def change_forum(forum: Forum, facts: ForumFacts, *, by: Person, at: datetime) -> None:
    """Change a forum.

    Raises:
        Refused: if the name is taken, the parent is itself or beneath it, or the numbering changes once a series' next
            number is no longer 1, or the days to the adjusting are more than the law's.
    """
    if facts.numbering is not forum.numbering and any(series.next_number > 1 for series in forum.series):
        raise Refused(Refusal.STARTED, "numbering")
    _refuse_name(forum.collaboration, facts.name, but=forum)
    enforce(refuse_adjust_days(facts.regime, facts.adjust_days), "adjust_days")
    _write(forum, facts)
    audit.write("forum.changed", forum, by=by, at=at)
    outbox.enqueue(Topic.INDEX_FORUM, forum.id, at=at)
    save_changes()


def _refuse_name(collaboration: Collaboration, name: str, but: Forum | None = None) -> None:
    same = select(Forum.id).where(Forum.collaboration_id == collaboration.id, Forum.name == name)
    if db.session.scalar(same) not in (None, but.id if but else None):
        raise Refused(Refusal.NAME_TAKEN, "name")


def _write(forum: Forum, facts: ForumFacts) -> None:
    parent = db.session.get(Forum, facts.parent_id) if facts.parent_id else None
    enforce(refuse_parent(forum, parent), "parent_id")
    forum.parent = parent
    for name in WRITTEN:
        setattr(forum, name, getattr(facts, name))


def add_term(forum: Forum, name: str, starts_on: date, ends_on: date, *, by: Person, at: datetime) -> Term:
    """Add a term of office; only seats saved afterwards are assigned to it.

    Raises:
        Refused: if a day is impossible, or it ends before it starts.
    """
    plausible.refuse_impossible("term.starts_on", starts_on, local_day(at))
    plausible.refuse_impossible("term.ends_on", ends_on, local_day(at))
    if ends_on < starts_on:
        raise Refused(Refusal.ENDS_BEFORE_START, "ends_on")
    term = Term(forum=forum, name=name, starts_on=starts_on, ends_on=ends_on)
    db.session.add(term)
    audit.write("term.added", term, by=by, at=at)
    save_changes()
    return term


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatFacts:
    """A seat as typed; without a person it is vacant."""

    person_id: int | None
    role: SeatRole
    starts_on: date
    ends_on: date | None = None
    party_id: int | None = None
    political_party: str = ""
    title: str = ""


def save_seat(forum: Forum, seat: Seat | None, facts: SeatFacts, *, by: Person, at: datetime) -> Seat:
    """Add a seat last in order (if `seat` is None) or change one; it belongs to the term in which it starts.

    Raises:
        Refused: if a day is impossible, it ends before it starts, or the person already holds the same role then.
    """
    for name, day in (("starts_on", facts.starts_on), ("ends_on", facts.ends_on)):
        if seat is None or day != getattr(seat, name):
            plausible.refuse_impossible(f"seat.{name}", day, local_day(at))
    refusal = refuse_seat(facts, [other for other in forum.seats if other is not seat])
    enforce(refusal, "ends_on" if refusal is Refusal.ENDS_BEFORE_START else "person_id")
    action = "seat.changed" if seat else "seat.added"
    seat = seat or Seat(forum_id=forum.id, position=max((s.position for s in forum.seats), default=0) + 1)
    for name in ("person_id", "role", "starts_on", "ends_on", "party_id", "political_party", "title"):
        setattr(seat, name, getattr(facts, name))
    seat.term = next((term for term in forum.terms if term.starts_on <= seat.starts_on <= term.ends_on), None)
    db.session.add(seat)
    audit.write(action, seat, by=by, at=at, role=seat.role)
    save_changes()
    return seat


def fill_seat(
    forum: Forum,
    seat: Seat | None,
    name: str,
    email: str | None,
    facts: SeatFacts,
    *,
    same_person: bool = False,
    by: Person,
    at: datetime,
) -> Seat:
    """Save a seat for a named person, who is added if not registered; without a name the seat is vacant.

    With `same_person` the current holder is renamed instead, for instance if misspelt. A person with an account is not
    renamed here: the name appears at their signature, and only a re-authenticated administrator may change it.

    Raises:
        Refused: if the name is ambiguous, the holder to rename has an account, or `save_seat` refuses.
    """
    person = seat.person if seat else None
    if not name:
        person = None
    elif person is None or not same_person:
        person = people.named_person(name, email, by=by, at=at)
    elif person.name != name:
        enforce(PersonRefusal.NAME_OF_ACCOUNT if person.account else None, "name")
        person.name = name
        audit.write("person.changed", person, by=by, at=at)
    return save_seat(forum, seat, replace(facts, person_id=person.id if person else None), by=by, at=at)


def end_seat(seat: Seat, last_day: date, *, by: Person, at: datetime) -> None:
    """Set the last day of a seat.

    Raises:
        Refused: if the day is impossible, or before the seat's first day.
    """
    plausible.refuse_impossible("seat.ends_on", last_day, local_day(at), "last_day")
    if last_day < seat.starts_on:
        raise Refused(Refusal.ENDS_BEFORE_START, "last_day")
    seat.ends_on = last_day
    audit.write("seat.ended", seat, by=by, at=at, last_day=last_day.isoformat())
    save_changes()


def order_seats(forum: Forum, order: Sequence[int], *, by: Person, at: datetime) -> None:
    """Order the seats that have not ended by their ids; substitutes serve in this order.

    Raises:
        Refused: if `order` does not contain each of them exactly once.
    """
    seats = {seat.id: seat for seat in forum.seats_from(local_day(at))}
    if sorted(order) != sorted(seats):
        raise Refused(Refusal.ORDER)
    ended = [seat for seat in forum.seats if seat.id not in seats]
    for position, seat in enumerate([*(seats[seat_id] for seat_id in order), *ended], 1):
        seat.position = position
    audit.write("seats.ordered", forum, by=by, at=at)
    save_changes()


def move_seat(seat: Seat, steps: int, *, by: Person, at: datetime) -> None:
    """Move a seat by `steps` among those that have not ended; negative is up.

    Raises:
        Refused: if it has ended.
    """
    order = [other.id for other in seat.forum.seats_from(local_day(at))]
    if seat.id not in order:
        raise Refused(Refusal.SEAT_ENDED)
    index = order.index(seat.id)
    order.insert(max(0, min(len(order) - 1, index + steps)), order.pop(index))
    order_seats(seat.forum, order, by=by, at=at)


def add_standing_item(
    forum: Forum, heading: str, kind: ParagraphKind | None, closing: bool, *, by: Person, at: datetime
) -> StandingItem:
    """Add an item to every future agenda of the forum."""
    last = db.session.scalar(select(func.max(StandingItem.position)).where(StandingItem.forum_id == forum.id))
    item = StandingItem(forum=forum, position=(last or 0) + 1, heading=heading, kind=kind, closing=closing)
    db.session.add(item)
    audit.write("standing_item.added", item, by=by, at=at)
    save_changes()
    return item


def remove_standing_item(item: StandingItem, *, by: Person, at: datetime) -> None:
    """Remove an item from future agendas; existing ones keep it."""
    audit.write("standing_item.removed", item, by=by, at=at, heading=item.heading)
    db.session.delete(item)
    save_changes()


def set_next_number(forum: Forum, number: int, *, day: date, by: Person, at: datetime) -> None:
    """Set the next number of the series in force that day, for instance when a forum comes from another system.

    Raises:
        Refused: if `number` is lower than the next one, or every meeting starts from 1.
    """
    enforce(refuse_setting_numbers(forum), "next_number")
    series = current_series(forum, day=day, meeting_id=0)
    enforce(refuse_next_number(series, number), "next_number")
    series.next_number = number
    audit.write("series.set", series, by=by, at=at, next_number=number)
    save_changes()


def draw_number(forum: Forum, *, day: date, meeting_id: int) -> tuple[Series, int]:
    """Draw the next paragraph number, in the transaction that creates the paragraph.

    A single UPDATE … RETURNING on the series row, so that concurrent transactions get different numbers; a rollback
    also undoes the increment, so that no number is lost.
    """
    series = current_series(forum, day=day, meeting_id=meeting_id)
    drawn = db.session.scalar(
        update(Series)
        .where(Series.id == series.id)
        .values(next_number=Series.next_number + 1)
        .returning(Series.next_number)
        .execution_options(synchronize_session="fetch")
    )
    if drawn is None:
        raise LookupError(f"series {series.id} is gone")
    return series, drawn - 1


def return_number(series: Series, number: int) -> None:
    """Make the last number drawn the next one again, in the transaction that removes its paragraph.

    Raises:
        LookupError: if it is not the last one.
    """
    before = Series.id == series.id, Series.next_number == number + 1
    statement = update(Series).where(*before).values(next_number=number).returning(Series.id)
    if db.session.scalar(statement.execution_options(synchronize_session="fetch")) is None:
        raise LookupError(f"{number} is not the last number of series {series.id}")


def current_series(forum: Forum, *, day: date, meeting_id: int) -> Series:
    """Return the series that a meeting on that day draws from, creating it if needed."""
    scope = scope_of(forum.numbering, day, meeting_id)
    query = select(Series).where(Series.forum_id == forum.id, Series.scope == scope)
    series = db.session.scalar(query)
    if series is None:
        try:
            with db.session.begin_nested():
                series = Series(forum_id=forum.id, scope=scope, next_number=1)
                db.session.add(series)
        except IntegrityError:  # A concurrent transaction has created it.
            series = db.session.scalars(query).one()
    return series


def _free_slug(wanted: str) -> str:
    taken = set(db.session.scalars(select(Forum.slug).where(Forum.slug.startswith(wanted))))
    return next(s for s in (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3))) if s not in taken)
