"""The chair's review queue: what waits, in all forums, and what has changed since the chair last reviewed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from govern import record
from govern.db import db
from govern.forums.models import Forum
from govern.meetings.models import Meeting, Presence
from govern.meetings.naming import distinct_names
from govern.paragraphs import movements, operations
from govern.paragraphs.drafting import comparing
from govern.paragraphs.drafting import draft as drafts
from govern.paragraphs.drafting import queries as stored
from govern.paragraphs.drafting.comparing import Part, Piece
from govern.paragraphs.drafting.models import ParagraphVersion
from govern.paragraphs.facts import facts
from govern.paragraphs.models import Paragraph, Review
from govern.paragraphs.queries import WHOLE, paragraphs_of, waiting_for
from govern.paragraphs.states import ParagraphState, Verdict
from govern.paragraphs.undoing.rules import untouched
from govern.people.events import refuse_held
from govern.people.models import Person

MOST = 50  # How many paragraphs the page shows; the rest appear when these are done.


@dataclass(frozen=True, slots=True, kw_only=True)
class InQueue:
    """A paragraph that waits: `last` is the chair's last review of it, `parts` the comparison with that version.

    `parts` is None if the chair has not reviewed it, or that version is no longer stored. In `facts` the number is the
    row's id: see `apart`.
    """

    paragraph: Paragraph
    facts: record.Paragraph
    last: Review | None
    parts: Sequence[Part] | None

    @property
    def unchanged(self) -> bool:
        """Whether it is unchanged since the chair approved it; if it was sent back, it is to be read again."""
        approved = self.last is not None and self.last.verdict is Verdict.APPROVE
        return approved and self.same

    @property
    def same(self) -> bool:
        """Whether it is unchanged since the chair last reviewed it."""
        return self.parts is not None and not any(part.changed for part in self.parts)

    @property
    def comments(self) -> list[Review]:
        """The reviews that have a comment, the latest first."""
        return [review for review in reversed(self.paragraph.reviews) if review.comment]


def queue(person: Person) -> list[InQueue]:
    """List the first `MOST` paragraphs that wait for this person, by meeting, in a bounded number of statements."""
    wanted = [paragraph.id for paragraph in waiting_for(person)[:MOST]]
    meetings = joinedload(Paragraph.meeting).options(
        joinedload(Meeting.forum).selectinload(Forum.seats),
        selectinload(Meeting.presences).joinedload(Presence.person),
    )
    query = select(Paragraph).where(Paragraph.id.in_(wanted)).options(*WHOLE, meetings)
    rows = {row.id: row for row in db.session.scalars(query)}
    paragraphs = sorted((rows[i] for i in wanted), key=lambda p: (p.meeting.day, p.meeting_id, p.number))
    lasts = {p.id: _last_by(p, person) for p in paragraphs}
    kept = kept_versions([(review.paragraph_id, review.version) for review in lasts.values() if review])
    return [_in_queue(p, lasts[p.id], kept) for p in paragraphs]


def _last_by(paragraph: Paragraph, person: Person) -> Review | None:
    return next((review for review in reversed(paragraph.reviews) if review.by_id == person.id), None)


def _in_queue(paragraph: Paragraph, last: Review | None, kept: Mapping[tuple[int, int], ParagraphVersion]) -> InQueue:
    before = kept.get((paragraph.id, last.version)) if last else None
    parts = since(paragraph, before, last.at) if last and before else None
    return InQueue(paragraph=paragraph, facts=apart(paragraph), last=last, parts=parts)


def apart(paragraph: Paragraph) -> record.Paragraph:
    """Return a paragraph's facts with the row's id as number: a unique HTML id where several forums have a § 1."""
    return replace(facts(paragraph), number=paragraph.id)


def kept_versions(wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], ParagraphVersion]:
    """Return the stored versions among these pairs of paragraph id and version number."""
    query = select(ParagraphVersion).where(
        tuple_(ParagraphVersion.paragraph_id, ParagraphVersion.version).in_(list(wanted))
    )
    return {(row.paragraph_id, row.version): row for row in db.session.scalars(query)} if wanted else {}


def since(paragraph: Paragraph, before: ParagraphVersion, read_at: datetime) -> list[Part]:
    """Compare a version read at `read_at` with the current paragraph; files added later are shown as inserted."""
    names = distinct_names(paragraph.meeting.presences)
    parts = comparing.compare(drafts.parse(before.draft), stored.read(paragraph), names)
    files = [Piece("ins", f"{file.title}\n") for file in paragraph.attachments if file.added_at > read_at]
    return [*parts, Part("Bilagor", tuple(files))] if files else parts


def approve_unchanged(person: Person, shown: Mapping[int, int], *, at: datetime) -> int:
    """Approve what is unchanged since this person approved it; return how many.

    `shown` holds the versions that were on the page, by paragraph id; what has been added or changed since is left.

    Raises:
        Refused: if this person's account is closed or on hold after a reset by others.
    """
    return _approve([one for one in queue(person) if one.unchanged], person, shown, at=at)


def approve_rest(person: Person, shown: Mapping[int, int], *, at: datetime) -> int:
    """Approve what waits for this person and was on the page, in the versions shown; return how many.

    Raises:
        Refused: as for `approve_unchanged`.
    """
    return _approve(queue(person), person, shown, at=at)


def _approve(waiting: Sequence[InQueue], person: Person, shown: Mapping[int, int], *, at: datetime) -> int:
    refuse_held(person, at=at)
    read = [one.paragraph for one in waiting if shown.get(one.paragraph.id) == one.paragraph.version]
    for paragraph in read:
        operations.approve(paragraph, by=person, at=at, read=paragraph.version)
    return len(read)


def mark_all_ready(meeting: Meeting, *, by: Person, at: datetime) -> tuple[int, list[str]]:
    """Mark a meeting's drafts ready in which something is written; return how many, and the labels of those left.

    A paragraph that breaks a rule or lacks a heading is left, as is one that the chair has sent back: it is to be read
    and changed first.
    """
    drafts_ = [p for p in paragraphs_of(meeting) if p.state is ParagraphState.DRAFT]
    finished = [p for p in drafts_ if p.heading and not untouched(p) and not movements.faults(p)]
    for paragraph in finished:
        operations.mark_ready(paragraph, by=by, at=at)
    return len(finished), [paragraph.label for paragraph in drafts_ if paragraph not in finished]


def review_by_id(review_id: int) -> Review | None:
    """Return a review, or None."""
    return db.session.get(Review, review_id)
