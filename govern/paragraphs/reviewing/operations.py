"""The chair's queue: what waits across forums, and what differs from what the chair read last."""

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
from govern.paragraphs import operations
from govern.paragraphs.drafting import comparing
from govern.paragraphs.drafting import draft as drafts
from govern.paragraphs.drafting import queries as stored
from govern.paragraphs.drafting.comparing import Part, Piece
from govern.paragraphs.drafting.models import ParagraphVersion
from govern.paragraphs.facts import facts
from govern.paragraphs.models import Paragraph, Review
from govern.paragraphs.queries import WHOLE, waiting_for
from govern.paragraphs.states import Verdict
from govern.people.events import refuse_held
from govern.people.models import Person

MOST = 50  # Shown at a time: whoever has more waiting sees the rest when these are done.


@dataclass(frozen=True, slots=True, kw_only=True)
class InQueue:
    """A paragraph that waits: `last` is what the chair said of it before, `parts` what differs since.

    `parts` is None when it has not been read before, or when what was read then is not kept. In `facts` the number is
    the row's id: two forums may both have a § 1 on the page, and its parts are named by it.
    """

    paragraph: Paragraph
    facts: record.Paragraph
    last: Review | None
    parts: Sequence[Part] | None

    @property
    def unchanged(self) -> bool:
        """Whether it stands as the reader approved it. What was sent back and came back the same is to be read."""
        approved = self.last is not None and self.last.verdict is Verdict.APPROVE
        return approved and self.same

    @property
    def same(self) -> bool:
        """Whether it stands as the reader last read it."""
        return self.parts is not None and not any(part.changed for part in self.parts)

    @property
    def comments(self) -> list[Review]:
        """What the chair has asked for, the latest first."""
        return [review for review in reversed(self.paragraph.reviews) if review.comment]


def queue(person: Person) -> list[InQueue]:
    """Gather what waits for this person, meeting by meeting, in a bounded number of statements."""
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
    """Return a paragraph's facts for a page that shows several meetings: its parts are named by the row's id."""
    return replace(facts(paragraph), number=paragraph.id)


def kept_versions(wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], ParagraphVersion]:
    """Return the kept versions among pairs of paragraph id and version."""
    query = select(ParagraphVersion).where(
        tuple_(ParagraphVersion.paragraph_id, ParagraphVersion.version).in_(list(wanted))
    )
    return {(row.paragraph_id, row.version): row for row in db.session.scalars(query)} if wanted else {}


def since(paragraph: Paragraph, before: ParagraphVersion, read_at: datetime) -> list[Part]:
    """Compare a version that someone read with the paragraph as it stands; files listed since are new."""
    names = {presence.id: presence.name for presence in paragraph.meeting.presences}
    parts = comparing.compare(drafts.parse(before.draft), stored.read(paragraph), names)
    files = [Piece("ins", f"{file.title}\n") for file in paragraph.attachments if file.added_at > read_at]
    return [*parts, Part("Bilagor", tuple(files))] if files else parts


def approve_unchanged(person: Person, shown: Mapping[int, int], *, at: datetime) -> int:
    """Approve what stands as this person approved it before; say how many.

    `shown` holds the versions that were on the page, by paragraph id: what has come or changed since is left to be
    read.

    Raises:
        Refused: when others have reset this person's account.
    """
    refuse_held(person, at=at)
    ready = [one.paragraph for one in queue(person) if one.unchanged]
    ready = [paragraph for paragraph in ready if shown.get(paragraph.id) == paragraph.version]
    for paragraph in ready:
        operations.approve(paragraph, by=person, at=at, read=paragraph.version)
    return len(ready)


def review_by_id(review_id: int) -> Review | None:
    """Return what a chair said, or None."""
    return db.session.get(Review, review_id)
