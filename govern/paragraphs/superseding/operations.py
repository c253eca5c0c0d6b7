"""Relating a decision to the earlier one that it replaces or amends, and finding relations from either side."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import aliased, contains_eager, joinedload

from govern import audit
from govern.db import db, save_changes
from govern.errors import Refused, enforce
from govern.forums.models import Forum
from govern.forums.readers import reader
from govern.meetings.models import Meeting
from govern.paragraphs.access import audience
from govern.paragraphs.models import Paragraph
from govern.paragraphs.operations import queue_index_update
from govern.paragraphs.states import Relation
from govern.paragraphs.superseding.models import Supersession
from govern.paragraphs.superseding.rules import Refusal, choose, read_name, refuse_relating
from govern.people.models import Person

MOST = 50  # The most paragraphs offered in the form.


def relate(paragraph: Paragraph, relation: Relation, name: str, *, by: Person, at: datetime) -> Supersession:
    """Record that a paragraph's decision replaces or amends an earlier one, named by its number.

    Raises:
        Refused: if the paragraph may not be changed, the name does not identify one earlier paragraph, or the relation
            exists already.
    """
    enforce(refuse_relating(paragraph))
    named = read_name(name)
    if named is None:
        raise Refused(Refusal.NO_NUMBER, "earlier")
    found = db.session.scalars(_earlier(paragraph).where(Paragraph.number == named.number)).all()
    chosen = choose(named, found, paragraph.meeting.forum_id)
    if isinstance(chosen, Refusal):
        raise Refused(chosen, "earlier")
    enforce(Refusal.TAKEN if chosen.id in {row.earlier_id for row in paragraph.supersedes} else None, "earlier")
    row = Supersession(paragraph=paragraph, earlier=chosen, relation=relation, by_id=by.id, at=at)
    db.session.add(row)
    _changed(paragraph, "paragraph.relates", chosen.id, relation, by=by, at=at)
    return row


def unrelate(paragraph: Paragraph, supersession_id: int, *, by: Person, at: datetime) -> None:
    """Remove the relation between a paragraph's decision and an earlier one.

    Raises:
        Refused: if the paragraph may not be changed, or has no such relation.
    """
    enforce(refuse_relating(paragraph))
    row = next((row for row in paragraph.supersedes if row.id == supersession_id), None)
    if row is None:
        raise Refused(Refusal.NOT_THERE)
    db.session.delete(row)
    _changed(paragraph, "paragraph.unrelated", row.earlier_id, row.relation, by=by, at=at)


def _changed(
    paragraph: Paragraph, action: str, earlier_id: int, relation: Relation, *, by: Person, at: datetime
) -> None:
    audit.write(action, paragraph, by=by, at=at, earlier=earlier_id, relation=relation.value)
    queue_index_update([paragraph], at=at)
    save_changes()


def _earlier(paragraph: Paragraph) -> Select[Paragraph]:
    """Select what a paragraph may replace or amend: the collaboration's sealed paragraphs of meetings before it."""
    meeting = paragraph.meeting
    return (
        select(Paragraph)
        .join(Paragraph.meeting)
        .join(Meeting.forum)
        .where(Forum.collaboration_id == meeting.forum.collaboration_id, Meeting.sealed_at.is_not(None))
        .where(tuple_(Meeting.day, Meeting.starts) <= (meeting.day, meeting.starts), Meeting.id != meeting.id)
        .options(contains_eager(Paragraph.meeting).contains_eager(Meeting.forum))
        .order_by(Meeting.day.desc(), Paragraph.number.desc())
    )


def offered(paragraph: Paragraph, person: Person, today: date) -> list[tuple[str, str]]:
    """List suggestions as (text to type, heading): first the same case's paragraphs, then the forum's latest."""
    query = _earlier(paragraph).where(audience(Paragraph).where(reader(person, today)))
    own = query.where(Paragraph.meeting.has(forum_id=paragraph.meeting.forum_id)).limit(MOST // 2)
    same = query.where(Paragraph.case_id == paragraph.case_id).limit(MOST // 2) if paragraph.case_id else None
    rows = dict.fromkeys([*(db.session.scalars(same) if same is not None else ()), *db.session.scalars(own)])
    return [(f"{p.label} {p.forum.name} {p.meeting.day.isoformat()}", p.heading) for p in rows]


def earlier_of(record_label: str, forum_name: str, day: date, collaboration_id: int) -> Paragraph | None:
    """Return the paragraph that a record names as replaced or amended, if it exists in the collaboration."""
    query = select(Paragraph).join(Paragraph.meeting).join(Meeting.forum)
    query = query.where(Forum.collaboration_id == collaboration_id, Forum.name == forum_name, Meeting.day == day)
    return next((p for p in db.session.scalars(query) if p.label == record_label), None)


# --- Reading relations from either side ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation as shown on one side of it: the words, such as `Ersatt av`, and the paragraph at the other end."""

    words: str
    paragraph: Paragraph

    @property
    def name(self) -> str:
        """The other paragraph's number and forum; never confidential."""
        return f"{self.paragraph.label}, {self.paragraph.forum.name}"

    @property
    def day(self) -> date:
        """The day of the other paragraph's meeting."""
        return self.paragraph.meeting.day

    @property
    def url(self) -> str:
        """The URL of the other paragraph; access is checked there."""
        return address(self.paragraph)


def address(paragraph: Paragraph) -> str:
    """Return a paragraph's URL: in the protocol once it is sealed, else the paragraph's own page."""
    if paragraph.meeting.sealed_at is not None:
        return url_for("protocols.of_meeting", meeting_id=paragraph.meeting_id, _anchor=f"p{paragraph.number}")
    return url_for("paragraphs.paragraph", paragraph_id=paragraph.id)


def later(paragraph_ids: Collection[int], person: Person, today: date) -> dict[int, list[Tie]]:
    """Return what has replaced or amended these paragraphs, as far as the person may see it, by their ids."""
    query = (
        select(Supersession)
        .join(Paragraph, Paragraph.id == Supersession.paragraph_id)
        .join(Meeting, Meeting.id == Paragraph.meeting_id)
        .where(Supersession.earlier_id.in_(paragraph_ids), audience(Paragraph).where(reader(person, today)))
        .options(joinedload(Supersession.paragraph).joinedload(Paragraph.meeting).joinedload(Meeting.forum))
        .order_by(Meeting.day, Paragraph.number)
        .limit(500)
    )
    ties: dict[int, list[Tie]] = {}
    for row in db.session.scalars(query) if paragraph_ids else ():
        ties.setdefault(row.earlier_id, []).append(Tie(row.relation.undergone, row.paragraph))
    return ties


def earlier(paragraph_ids: Collection[int]) -> dict[int, list[Tie]]:
    """Return what these paragraphs replace or amend, by their ids."""
    before = aliased(Paragraph)
    query = (
        select(Supersession)
        .join(before, before.id == Supersession.earlier_id)
        .where(Supersession.paragraph_id.in_(paragraph_ids))
        .options(joinedload(Supersession.earlier).joinedload(Paragraph.meeting).joinedload(Meeting.forum))
        .order_by(Supersession.id)
        .limit(500)
    )
    ties: dict[int, list[Tie]] = {}
    for row in db.session.scalars(query) if paragraph_ids else ():
        ties.setdefault(row.paragraph_id, []).append(Tie(row.relation.label, row.earlier))
    return ties


def addresses(ties: Mapping[int, Sequence[Tie]]) -> dict[tuple[str, str, date], str]:
    """Return the URLs of the paragraphs in `ties`, by label, forum and day, as a record names them."""
    return dict(_addresses(ties))


def _addresses(ties: Mapping[int, Sequence[Tie]]) -> Iterator[tuple[tuple[str, str, date], str]]:
    for several in ties.values():
        for tie in several:
            yield (tie.paragraph.label, tie.paragraph.forum.name, tie.day), tie.url
