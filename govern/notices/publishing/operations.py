"""Preparing, masking, confirming, publishing and unpublishing a public copy; the protocol itself is not changed."""

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
from govern.notices.publishing.spotting import equal, spot, whole_words
from govern.notices.publishing.states import MaskKind
from govern.people.models import Person
from govern.protocols.correcting.operations import corrections_of, words_of
from govern.protocols.models import Protocol
from govern.protocols.rules import collapse_whitespace


def live_copy(protocol: Protocol) -> PublicCopy | None:
    """Return the protocol's copy that is in preparation or public, or None."""
    query = select(PublicCopy).where(PublicCopy.protocol_id == protocol.id, PublicCopy.unpublished_at.is_(None))
    return db.session.scalar(query.options(selectinload(PublicCopy.spans)))


def taken_down(protocol: Protocol) -> Sequence[PublicCopy]:
    """List the copies that have been unpublished, the latest first."""
    query = select(PublicCopy).where(PublicCopy.protocol_id == protocol.id, PublicCopy.unpublished_at.is_not(None))
    return db.session.scalars(query.order_by(PublicCopy.id.desc()).limit(50)).all()


def copy_by_id(copy_id: int) -> PublicCopy | None:
    """Return a copy with its protocol and mask spans, or None."""
    query = select(PublicCopy).where(PublicCopy.id == copy_id).options(selectinload(PublicCopy.spans), *_TO_FORUM)
    return db.session.scalar(query)


def public_copy_by_id(copy_id: int) -> PublicCopy | None:
    """Return a copy that is public now, with its record, or None."""
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
    """Return the ids of a protocol's corrections, sorted."""
    return sorted(row.id for row, _ in corrections_of(protocol))


def unmasked_facts(protocol: Protocol, corrections: Collection[int] | None = None) -> PublicFacts:
    """Return what may be public of a protocol and its corrections (all, or those with these ids), before masking."""
    whole = record.loads(protocol.record)
    shown = {p.label: words_of(record.open_part(p)) for p in whole.paragraphs}
    corrected = [
        (facts.label, facts)
        for row, facts in reversed(corrections_of(protocol))
        if corrections is None or row.id in corrections
        if collapse_whitespace(facts.old)
        in collapse_whitespace(shown.get(facts.label, ""))  # Otherwise it quotes something confidential.
    ]
    return public_facts(whole, amendments(corrected, whole))


def copy_texts(copy: PublicCopy) -> list[Text]:
    """List the texts of a copy that can be masked."""
    return texts(unmasked_facts(copy.protocol, copy.corrections))


def masked_facts(copy: PublicCopy) -> PublicFacts:
    """Return the facts to publish, from which the masked words have been removed, each as a whole (`whole_words`)."""
    facts = unmasked_facts(copy.protocol, copy.corrections)
    words = {text.place: text.words for text in texts(facts)}
    stretches: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for span in copy.spans:
        if span.masked:
            stretches[span.place].append(whole_words(words.get(span.place, ""), span.start, span.stop))
    return public.masked(facts, dict(stretches))


def acting_names(protocol: Protocol) -> set[str]:
    """Return the names of those in an official role: at the meeting, or ever with a seat in the collaboration."""
    frozen = record.loads(protocol.record)
    names = {p.name for p in frozen.presence} | {s.name for s in frozen.signatures} | {a.name for a in frozen.adjusters}
    names |= {name.partition(" (")[0] for name in names}  # A namesake's name holds their party, too.
    seated = select(Person.name).join(Seat, Seat.person_id == Person.id).join(Forum, Forum.id == Seat.forum_id)
    rows = db.session.scalars(seated.where(Forum.collaboration_id == protocol.forum.collaboration_id).distinct())
    return names | set(rows)


def labels_of(protocol: Protocol) -> dict[int, str]:
    """Return the label of each § of a protocol, by number."""
    return {p.number: p.label for p in record.loads(protocol.record).paragraphs}


def prepare(protocol: Protocol, *, by: Person, at: datetime) -> PublicCopy:
    """Prepare a public copy, with proposed masks.

    Raises:
        Refused: if this is not an adjusted main protocol, or it has a live copy.
    """
    enforce(rules.refuse_preparing(protocol, live_copy(protocol)))
    pause()
    corrections, acting = corrections_now(protocol), acting_names(protocol)
    read = texts(unmasked_facts(protocol, corrections))
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
    """Mask the spans with these ids, and no others.

    Raises:
        Refused: if the masks are confirmed, or the copy has been published.
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
    """Mask the words of a span, as whole words (`whole_words`), wherever they occur; return the number of places.

    `ticked` are the ids of the other spans to mask, so that unsaved choices on the page are kept.

    Raises:
        Refused: if the masks are confirmed, the copy has been published, or the span holds no words.
    """
    text = next((text.words for text in copy_texts(copy) if text.place == place), "")
    if text[max(start, 0) : stop].strip():
        start, stop = whole_words(text, max(start, 0), stop)
    return mark_words(copy, text[max(start, 0) : stop], ticked, by=by, at=at)


def mark_words(copy: PublicCopy, words: str, ticked: Collection[int], *, by: Person, at: datetime) -> int:
    """Mask words wherever they occur; return the number of places.

    Raises:
        Refused: if the masks are confirmed, the copy has been published, or the words are empty or do not occur.
    """
    enforce(rules.refuse_masking(copy))
    enforce(None if any(map(str.isalnum, words)) else Refusal.NO_WORDS, "words")
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
    """Mask the ticked spans, and record that a person confirms that all personal data is masked.

    Raises:
        Refused: if the masks are confirmed, the copy has been published, or corrections have been made since it was
            prepared.
    """
    enforce(rules.refuse_confirming(copy, corrections_now(copy.protocol)))
    _tick(copy, ticked)
    copy.confirmed_at, copy.confirmed_by = at, by
    audit.write("copy.confirmed", copy, by=by, at=at, masked=sum(span.masked for span in copy.spans))
    save_changes()


def reopen(copy: PublicCopy, *, by: Person, at: datetime) -> None:
    """Withdraw the confirmation, so that the masks can be changed.

    Raises:
        Refused: if the masks are not confirmed, or the copy has been published.
    """
    enforce(rules.refuse_reopening(copy))
    copy.confirmed_at = copy.confirmed_by = None
    audit.write("copy.reopened", copy, by=by, at=at)
    save_changes()


def drop(copy: PublicCopy, *, by: Person, at: datetime) -> None:
    """Delete a copy that has never been public, so that a new one can be prepared.

    Raises:
        Refused: if it has been published.
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
    """Publish a confirmed copy; its files are written before the transaction that stores them.

    Raises:
        Refused: if the masks are not confirmed or were confirmed again meanwhile, the copy has been published, or
            corrections have been made since it was prepared.
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
    if copy.confirmed_at != confirmed:  # It was reopened and confirmed again meanwhile.
        raise Refused(Refusal.NOT_CONFIRMED)
    copy.record, copy.pdf, copy.docx = public.canonical(facts), files.pdf, files.docx
    copy.published_at, copy.published_by = at, by
    audit.write("copy.published", copy, by=by, at=at, protocol=copy.protocol_id)
    save_changes()
    db.session.expire_all()


def public_file(copy: PublicCopy, ending: str) -> bytes:
    """Return a published file; if its record holds a secrecy reason in free text, write it again without that text."""
    facts = public.loads(copy.record or b"")
    kept = (copy.pdf if ending == "pdf" else copy.docx) or b""
    if public.canonical(facts) == copy.record:
        return kept
    made = public_files(facts, style_of(copy.protocol.forum))
    return made.pdf if ending == "pdf" else made.docx


def unpublish(copy: PublicCopy, reason: str, *, by: Person, at: datetime) -> None:
    """Unpublish a copy, with the reason. It is kept, but no longer public.

    Raises:
        Refused: if it is not public, or no reason is given.
    """
    enforce(rules.refuse_unpublishing(copy, reason), "reason")
    copy.unpublished_at, copy.unpublished_by, copy.unpublish_reason = at, by, reason.strip()
    audit.write("copy.unpublished", copy, by=by, at=at, protocol=copy.protocol_id, reason=copy.unpublish_reason)
    save_changes()
