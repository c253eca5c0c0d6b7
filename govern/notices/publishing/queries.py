"""Queries for published copies, and a copy's masks as the page shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from govern.db import db
from govern.documents.papers.public import Text
from govern.forums.models import Forum
from govern.meetings.models import Meeting
from govern.notices.publishing.models import MaskSpan, PublicCopy
from govern.protocols.models import Protocol
from govern.web.paging import Page

PAGE = 50
AROUND = 32
"""The number of characters shown on each side of a span."""


PUBLIC = PublicCopy.published_at.is_not(None) & PublicCopy.unpublished_at.is_(None)


def public_copy_of(protocol: Protocol) -> int | None:
    """Return the id of a protocol's public copy, or None."""
    return db.session.scalar(select(PublicCopy.id).where(PublicCopy.protocol_id == protocol.id, PUBLIC))


def published_page(number: int) -> Page[PublicCopy]:
    """List the public copies, the latest meeting first, a page at a time."""
    total = db.session.scalar(select(func.count(PublicCopy.id)).where(PUBLIC)) or 0
    to_forum = joinedload(PublicCopy.protocol).joinedload(Protocol.meeting).joinedload(Meeting.forum)
    query = select(PublicCopy).join(Protocol).join(Meeting, Meeting.id == Protocol.meeting_id).where(PUBLIC)
    query = query.options(to_forum.joinedload(Forum.collaboration)).order_by(Meeting.day.desc(), PublicCopy.id.desc())
    return Page(db.session.scalars(query.limit(PAGE).offset((number - 1) * PAGE)).all(), number, PAGE, total)


@dataclass(frozen=True, slots=True)
class Place:
    """A span, the number of its §, and the text on each side of it."""

    span: MaskSpan
    number: int | None
    before: str
    after: str
    masked: bool


def shown_groups(
    copy: PublicCopy, texts: Sequence[Text], ticked: Collection[int] | None
) -> list[tuple[str, str, list[Place]]]:
    """Group the spans by equal words; return the words, the kind's label and the places of each group.

    `ticked` are the ids ticked on the page, if they are not saved yet.
    """
    by_place = {text.place: text for text in texts}
    groups: dict[str, list[Place]] = {}
    for span in copy.spans:
        text = by_place.get(span.place)
        if text is None:  # That text is no longer public.
            continue
        before = text.words[max(0, span.start - AROUND) : span.start]
        after = text.words[span.stop : span.stop + AROUND]
        place = Place(span, text.number, before, after, _masked(span, ticked))
        groups.setdefault(" ".join(span.words.casefold().split()), []).append(place)
    return [(places[0].span.words, places[0].span.kind.label, places) for places in groups.values()]


def _masked(span: MaskSpan, ticked: Collection[int] | None) -> bool:
    return span.masked if ticked is None else span.id in ticked


@dataclass(frozen=True, slots=True)
class Shown:
    """A text split at its masks: each piece with whether it is masked."""

    place: str
    pieces: tuple[tuple[str, bool], ...]


def shown_texts(
    copy: PublicCopy, texts: Sequence[Text], ticked: Collection[int] | None
) -> dict[int | None, list[Shown]]:
    """Return every text, by the number of its §, split into masked and unmasked pieces."""
    masked: defaultdict[str, set[int]] = defaultdict(set)
    for span in copy.spans:
        if _masked(span, ticked):
            masked[span.place] |= set(range(span.start, span.stop))
    parts: dict[int | None, list[Shown]] = {}
    for text in texts:
        shown = Shown(text.place, tuple(_cut(text.words, masked[text.place])))
        parts.setdefault(text.number, []).append(shown)
    if None in parts:
        parts[None] = parts.pop(None)  # Attendance and signatures are shown last.
    return parts


def _cut(words: str, hidden: set[int]) -> Iterator[tuple[str, bool]]:
    start = 0
    for at in range(1, len(words) + 1):
        if at == len(words) or (at in hidden) != (start in hidden):
            yield words[start:at], start in hidden
            start = at
