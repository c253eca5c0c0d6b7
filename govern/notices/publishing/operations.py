"""A protocol is prepared for the public, masked, confirmed, published and taken down; the original stays as it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload, undefer

from govern import audit, record
from govern.db import db, lock, pause, save_changes
from govern.documents.papers import public
from govern.documents.papers.extract import amendments
from govern.documents.papers.public import PublicFacts, Text, public_facts, public_files, texts
from govern.errors import Refused, enforce
from govern.forums.house.queries import style_of
from govern.forums.models import Forum, Seat
from govern.meetings.models import Meeting
from govern.notices.publishing import rules
from govern.notices.publishing.models import MaskSpan, PublicCopy
from govern.notices.publishing.rules import Refusal
from govern.notices.publishing.spotting import equal, spot
from govern.notices.publishing.states import MaskKind
from govern.people.models import Person
from govern.protocols.correcting.operations import corrections_of, words_of
from govern.protocols.models import Protocol
from govern.protocols.rules import squeezed


def live_copy(protocol: Protocol) -> PublicCopy | None:
    """Return the protocol's copy that is being prepared or is public, or None."""
    query = select(PublicCopy).where(PublicCopy.protocol_id == protocol.id, PublicCopy.unpublished_at.is_(None))
    return db.session.scalar(query.options(selectinload(PublicCopy.spans)))


def taken_down(protocol: Protocol) -> Sequence[PublicCopy]:
    """List the copies that have been public and are no more, the latest first."""
    query = select(PublicCopy).where(PublicCopy.protocol_id == protocol.id, PublicCopy.unpublished_at.is_not(None))
    return db.session.scalars(query.order_by(PublicCopy.id.desc()).limit(50)).all()


def copy_by_id(copy_id: int) -> PublicCopy | None:
    """Return a copy with its protocol and masks, or None."""
    query = select(PublicCopy).where(PublicCopy.id == copy_id).options(selectinload(PublicCopy.spans), *_TO_FORUM)
    return db.session.scalar(query)


def public_copy_by_id(copy_id: int) -> PublicCopy | None:
    """Return a copy that anyone may read now with what was published of it, or None."""
    query = select(PublicCopy).where(PublicCopy.id == copy_id).options(undefer(PublicCopy.record), *_TO_FORUM)
    copy = db.session.scalar(query)
    return copy if copy is not None and copy.is_public else None


_TO_FORUM = (
    joinedload(PublicCopy.protocol)
    .joinedload(Protocol.meeting)
    .joinedload(Meeting.forum)
    .joinedload(Forum.collaboration),
)


def corrections_now(protocol: Protocol) -> list[int]:
    """Return which corrections a protocol has, by id."""
    return sorted(row.id for row, _ in corrections_of(protocol))


def source_of(protocol: Protocol, corrections: Collection[int] | None = None) -> PublicFacts:
    """Return what may be public of a protocol with its corrections (all, or those named), before anything is masked."""
    whole = record.loads(protocol.record)
    shown = {p.label: words_of(record.open_part(p)) for p in whole.paragraphs}
    told = [
        (facts.label, facts)
        for row, facts in reversed(corrections_of(protocol))
        if corrections is None or row.id in corrections
        if squeezed(facts.old) in squeezed(shown.get(facts.label, ""))  # Else it quotes a secret paper.
    ]
    return public_facts(whole, amendments(told, whole))


def copy_texts(copy: PublicCopy) -> list[Text]:
    """List the texts of a copy in which something can be masked."""
    return texts(source_of(copy.protocol, copy.corrections))


def masked_facts(copy: PublicCopy) -> PublicFacts:
    """Return the copy as it is to be published: of what is masked not a letter is left."""
    stretches: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for span in copy.spans:
        if span.masked:
            stretches[span.place].append((span.start, span.stop))
    return public.masked(source_of(copy.protocol, copy.corrections), dict(stretches))


def acting_names(protocol: Protocol) -> set[str]:
    """Name those who act in their office: who was at the meeting or signs, and who sits or sat in the collaboration."""
    frozen = record.loads(protocol.record)
    names = {p.name for p in frozen.presence} | {s.name for s in frozen.signatures} | {a.name for a in frozen.adjusters}
    seated = select(Person.name).join(Seat, Seat.person_id == Person.id).join(Forum, Forum.id == Seat.forum_id)
    rows = db.session.scalars(seated.where(Forum.collaboration_id == protocol.forum.collaboration_id).distinct())
    return names | set(rows)


def labels_of(protocol: Protocol) -> dict[int, str]:
    """Return how each § of a protocol is written, by its number."""
    return {p.number: p.label for p in record.loads(protocol.record).paragraphs}


def prepare(protocol: Protocol, *, by: Person, at: datetime) -> PublicCopy:
    """Begin a public copy: the program proposes what to mask.

    Raises:
        Refused: when the protocol is not adjusted, or a copy is there already.
    """
    enforce(rules.refuse_preparing(protocol, live_copy(protocol)))
    pause()
    corrections, acting = corrections_now(protocol), acting_names(protocol)
    read = texts(source_of(protocol, corrections))
    pause()
    spotted = list(spot(read, acting))
    lock()
    enforce(rules.refuse_preparing(protocol, live_copy(protocol)))
    copy = PublicCopy(protocol=protocol, prepared_at=at, prepared_by=by, corrections=corrections)
    db.session.add(copy)
    for one in spotted:
        copy.spans.append(
            MaskSpan(
                place=one.place,
                start=one.start,
                stop=one.stop,
                words=one.words,
                kind=one.kind,
                proposed=True,
                masked=one.ticked,
            )
        )
    audit.write("copy.prepared", copy, by=by, at=at, proposed=len(copy.spans))
    save_changes()
    return copy


def choose(copy: PublicCopy, ticked: Collection[int], *, by: Person, at: datetime) -> None:
    """Mask the spans with these ids, and no other.

    Raises:
        Refused: when the masks are confirmed.
    """
    enforce(rules.refuse_masking(copy))
    _tick(copy, ticked)
    audit.write("copy.masks_chosen", copy, by=by, at=at, masked=sum(span.masked for span in copy.spans))
    save_changes()


def _tick(copy: PublicCopy, ticked: Collection[int]) -> None:
    for span in copy.spans:
        span.masked = span.id in ticked


def mark(
    copy: PublicCopy, place: str, start: int, stop: int, ticked: Collection[int], *, by: Person, at: datetime
) -> int:
    """Mask a stretch of a text and every other place where the same words stand; say how many places there are.

    `ticked` is what else is masked, so that nothing chosen on the page is lost.

    Raises:
        Refused: when the masks are confirmed, or nothing is marked.
    """
    text = next((text for text in copy_texts(copy) if text.place == place), None)
    return mark_words(copy, text.words[max(start, 0) : stop] if text else "", ticked, by=by, at=at)


def mark_words(copy: PublicCopy, words: str, ticked: Collection[int], *, by: Person, at: datetime) -> int:
    """Mask some words wherever they stand; say in how many places.

    Raises:
        Refused: when the masks are confirmed, there are no words, or they stand nowhere.
    """
    enforce(rules.refuse_masking(copy))
    enforce(None if words.strip() else Refusal.NO_WORDS, "words")
    places = list(equal(copy_texts(copy), words.strip()))
    enforce(None if places else Refusal.NOT_THERE, "words")
    _tick(copy, ticked)
    known = {(span.place, span.start, span.stop): span for span in copy.spans}
    for text, start, stop in places:
        span = known.get((text.place, start, stop))
        if span is None:
            span = MaskSpan(place=text.place, start=start, stop=stop, kind=MaskKind.MARKED, proposed=False)
            span.words = text.words[start:stop]
            copy.spans.append(span)
        span.masked = True
    audit.write("copy.masks_marked", copy, by=by, at=at, places=len(places))
    save_changes()
    return len(places)


def confirm(copy: PublicCopy, ticked: Collection[int], *, by: Person, at: datetime) -> None:
    """Confirm that what is personal data is masked: a person has read it through.

    Raises:
        Refused: when it is confirmed already, or the protocol has been corrected since it was prepared.
    """
    enforce(rules.refuse_confirming(copy, corrections_now(copy.protocol)))
    _tick(copy, ticked)
    copy.confirmed_at, copy.confirmed_by = at, by
    audit.write("copy.confirmed", copy, by=by, at=at, masked=sum(span.masked for span in copy.spans))
    save_changes()


def reopen(copy: PublicCopy, *, by: Person, at: datetime) -> None:
    """Take back the confirmation, to mask more or less.

    Raises:
        Refused: when it is published, or not confirmed.
    """
    enforce(rules.refuse_reopening(copy))
    copy.confirmed_at = copy.confirmed_by = None
    audit.write("copy.reopened", copy, by=by, at=at)
    save_changes()


def drop(copy: PublicCopy, *, by: Person, at: datetime) -> None:
    """Throw away a copy that has never been public, to prepare it anew.

    Raises:
        Refused: when it is published.
    """
    if copy.published_at is not None:
        raise Refused(Refusal.PUBLISHED)
    audit.write("copy.dropped", copy.protocol, by=by, at=at)
    for span in list(copy.spans):
        db.session.delete(span)
    db.session.flush()
    db.session.delete(copy)
    save_changes()


def publish(copy: PublicCopy, *, by: Person, at: datetime) -> None:
    """Publish a confirmed copy: its files are made before the transaction that stores them.

    Raises:
        Refused: when the masks are not confirmed, it is published already, or the protocol has been corrected since.
    """
    copy_id, by_id, confirmed = copy.id, by.id, copy.confirmed_at
    enforce(rules.refuse_publishing(copy, corrections_now(copy.protocol)))
    pause()
    facts, style = masked_facts(copy), style_of(copy.protocol.forum)
    pause()
    files = public_files(facts, style)
    lock()
    copy, by = db.session.get_one(PublicCopy, copy_id), db.session.get_one(Person, by_id)
    enforce(rules.refuse_publishing(copy, corrections_now(copy.protocol)))
    if copy.confirmed_at != confirmed:  # It was opened, changed and confirmed again meanwhile.
        raise Refused(Refusal.NOT_CONFIRMED)
    copy.record, copy.pdf, copy.docx = public.canonical(facts), files.pdf, files.docx
    copy.published_at, copy.published_by = at, by
    audit.write("copy.published", copy, by=by, at=at, protocol=copy.protocol_id)
    save_changes()
    db.session.expire_all()


def public_file(copy: PublicCopy, ending: str) -> bytes:
    """Return a published file; one that was published with a reason's own words in it is written anew without them."""
    facts = public.loads(copy.record or b"")
    kept = (copy.pdf if ending == "pdf" else copy.docx) or b""
    if public.canonical(facts) == copy.record:
        return kept
    made = public_files(facts, style_of(copy.protocol.forum))
    return made.pdf if ending == "pdf" else made.docx


def unpublish(copy: PublicCopy, reason: str, *, by: Person, at: datetime) -> None:
    """Take a public copy down, with why. It is kept, but nobody outside reads it.

    Raises:
        Refused: when it is not public, or no reason is given.
    """
    enforce(rules.refuse_unpublishing(copy, reason), "reason")
    copy.unpublished_at, copy.unpublished_by, copy.unpublish_reason = at, by, reason.strip()
    audit.write("copy.unpublished", copy, by=by, at=at, protocol=copy.protocol_id, reason=copy.unpublish_reason)
    save_changes()
