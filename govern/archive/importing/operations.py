"""Import a protocol record: create the rows that it was frozen from, and the sealed protocol itself.

The protocol is stored as the given record. The rows are for search, follow-up and links; freezing them again gives the
same record if the forum's own facts (name, body, regime, people) match those in the record.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from govern import limited, plausible, record, richtext
from govern.archive.importing.drafts import draft_of
from govern.archive.importing.rules import Refusal, place_of, refuse_record
from govern.cases.models import Attachment, StoredFile
from govern.cases.operations import find_or_open
from govern.db import db, lock, pause, save_changes
from govern.documents.papers.files import protocol_files
from govern.errors import Refused, enforce
from govern.forums.house.queries import style_of
from govern.forums.models import Forum, Seat, Series
from govern.forums.operations import current_series
from govern.forums.states import SeatRole
from govern.meetings.models import Adjuster, Meeting, Presence
from govern.meetings.queries import ALIKE
from govern.meetings.states import MeetingKind, MeetingMode, MeetingState
from govern.paragraphs.drafting import writing
from govern.paragraphs.drafting.draft import to_json
from govern.paragraphs.models import Disqualification, Paragraph, PresenceChange, Presiding, Section
from govern.paragraphs.states import Change, ParagraphState, Relation, SectionKind
from govern.paragraphs.superseding.models import Supersession
from govern.paragraphs.superseding.operations import earlier_of
from govern.people.models import Person
from govern.protocols.models import Protocol
from govern.protocols.operations import store
from govern.reading import Unreadable
from govern.reading.records import read_record
from govern.record import ProtocolRecord
from govern.search import normalise
from govern.swedish import SWEDEN, local_day

SECONDS = 300
MEMORY_MB = 2_000
"""The limits for rendering a record's documents."""

Identity = tuple[str, str, str | None, str | None, str | None]
"""What distinguishes one attendee in a record from another: name, role, party, political party, title."""

State = tuple[bool, str | None]
"""Whether someone is in the room at a paragraph, and for whom they serve."""


def import_record(data: bytes, forum: Forum, *, by: Person, at: datetime) -> Protocol:
    """Import a record into a forum: its meeting with everything in it, and the sealed protocol.

    Raises:
        Refused: if it is not a valid record, is already here or its numbers are taken; nothing has changed.
    """
    pause()
    frozen = _read(data)
    enforce(refuse_record(frozen))
    plausible.refuse_impossible("meeting.imported", frozen.meeting.date, local_day(at))
    forum_id, by_id, style = forum.id, by.id, style_of(forum)
    pause()  # Render the documents without holding a transaction.
    files = limited.run(protocol_files, frozen, style, seconds=SECONDS, memory_mb=MEMORY_MB)
    lock()
    try:
        forum, by = db.session.get_one(Forum, forum_id), db.session.get_one(Person, by_id)
        if db.session.scalar(select(Protocol.id).where(Protocol.sha256 == record.sha256_of(frozen))):
            raise Refused(Refusal.ALREADY_HERE)
        meeting = _Writer(frozen, forum, by, at).write()
        protocol = store(meeting, frozen, files, signers=None, by_id=by_id, at=at)
        save_changes()
    except (Refused, IntegrityError) as error:
        db.session.rollback()
        raise error if isinstance(error, Refused) else Refused(Refusal.CONTRADICTS) from error
    return protocol


def _read(data: bytes) -> ProtocolRecord:
    try:
        return read_record(data)
    except Unreadable as error:
        raise Refused(f"{Refusal.UNREADABLE.value}{place_of(error)}") from error


class _Writer:
    """Write one record's rows in the caller's transaction, matching people by the names in the record."""

    def __init__(self, frozen: ProtocolRecord, forum: Forum, by: Person, at: datetime) -> None:
        self._frozen = frozen
        self._forum = forum
        self._by = by
        self._at = at
        self._present: dict[str, Presence] = {}
        self._known = _people(forum)

    def write(self) -> Meeting:
        meeting = self._meeting()
        changes = self._presences(meeting)
        for position, adjuster in enumerate(self._frozen.adjusters, 1):
            row = self._presence(meeting, adjuster.name, adjuster)
            db.session.add(Adjuster(meeting=meeting, presence=row, position=position))
        for name in self._spoken_of():
            self._presence(meeting, name)
        db.session.flush()
        series = self._series(meeting)
        for facts in self._frozen.paragraphs:
            paragraph = self._paragraph(meeting, series, facts)
            paragraph.changes.extend(change for number, change in changes if number == facts.number)
            paragraph.presiding = self._presiding(facts.number)
        db.session.flush()
        return meeting

    def _presiding(self, number: int) -> Presiding | None:
        """Return who presided at a paragraph instead of the chair, if the record's signatures show that someone did."""
        instead = {n: s.name for s in self._frozen.signatures for n in s.paragraphs}
        if not instead:
            return None
        chair = next((s.name for s in self._frozen.signatures if s.role == "chair" and not s.paragraphs), None)
        presence = self._present.get(instead.get(number, chair) or "")
        return Presiding(presence=presence) if presence else None

    def _meeting(self) -> Meeting:
        facts = self._frozen.meeting
        opened = datetime.combine(facts.date, facts.start, SWEDEN)
        closed = datetime.combine(facts.end_date or facts.date, facts.end or facts.start, SWEDEN)
        signers = {s.role: self._known.get(s.name) for s in self._frozen.signatures if not s.paragraphs}
        meeting = Meeting(
            forum=self._forum,
            day=facts.date,
            starts=facts.start,
            ends=facts.end,
            ends_next_day=facts.end_date is not None,
            state=MeetingState.CLOSED,
            opened_at=opened,
            closed_at=closed,
            chair=signers.get("chair"),
            secretary=signers.get("secretary"),
            **{name: getattr(facts, name) for name in ALIKE}
            | {"kind": MeetingKind(facts.kind), "mode": MeetingMode(facts.mode)},
        )
        db.session.add(meeting)
        db.session.flush()
        return meeting

    def _series(self, meeting: Meeting) -> Series:
        """Return the series of the meeting's numbers and advance it past them; they must be unused in it."""
        series = current_series(self._forum, day=meeting.day, meeting_id=meeting.id)
        numbers = [paragraph.number for paragraph in self._frozen.paragraphs]
        if numbers:
            past = func.max if db.engine.dialect.name == "sqlite" else func.greatest
            move = update(Series).where(Series.id == series.id)
            db.session.execute(move.values(next_number=past(Series.next_number, numbers[-1] + 1)))
            taken = select(Paragraph.id).where(Paragraph.series_id == series.id, Paragraph.number.in_(numbers))
            enforce(Refusal.NUMBERS_TAKEN if db.session.scalar(taken.limit(1)) else None)
        return series

    # --- people ------------------------------------------------------------------------------------------

    def _presences(self, meeting: Meeting) -> list[tuple[int, PresenceChange]]:
        """Write who was present from the start; return the later changes, each with its paragraph number."""
        spans: dict[Identity, list[record.Presence]] = {}
        for row in self._frozen.presence:
            spans.setdefault((row.name, row.role, row.party, row.political_party, row.title), []).append(row)
        written = [(self._new_presence(meeting, several[0], several[0].role), several) for several in spans.values()]
        db.session.flush()
        changes: list[tuple[int, PresenceChange]] = []
        for presence, several in written:
            states = self._states(several)
            presence.remote = any(span.remote for span in several)
            presence.present, serving_for = states[0]
            presence.serving_for = self._presence(meeting, serving_for) if serving_for else None
            for facts, before, after in zip(self._frozen.paragraphs[1:], states, states[1:], strict=False):
                if before != after:
                    change = PresenceChange(presence=presence, change=_change(before, after))
                    change.serving_for = self._presence(meeting, after[1]) if after[1] else None
                    changes.append((facts.number, change))
        return changes

    def _states(self, spans: list[record.Presence]) -> list[State]:
        """Return someone's state at each paragraph; for a meeting without paragraphs, a single state."""
        numbers = [paragraph.number for paragraph in self._frozen.paragraphs] or [0]
        states: list[State] = [(False, None)] * len(numbers)
        for span in spans:
            first = 0 if span.from_paragraph is None else numbers.index(span.from_paragraph)
            last = len(numbers) - 1 if span.to_paragraph is None else numbers.index(span.to_paragraph)
            states[first : last + 1] = [(True, span.serving_for)] * (last + 1 - first)
        return states

    def _presence(self, meeting: Meeting, name: str, facts: record.Adjuster | None = None) -> Presence:
        """Return an attendee by name; somebody named elsewhere in the record is added as absent."""
        if name not in self._present:
            self._new_presence(meeting, facts or record.Adjuster(name=name), SeatRole.MEMBER).present = False
            db.session.flush()
        return self._present[name]

    def _new_presence(self, meeting: Meeting, facts: record.Presence | record.Adjuster, role: str) -> Presence:
        taken = {row.person for row in meeting.presences}
        person = self._known.get(facts.name)
        row = Presence(
            meeting=meeting,
            person=person if person not in taken else None,
            position=len(meeting.presences) + 1,
            name=facts.name,
            role=SeatRole(role),
            party=facts.party or "",
            political_party=facts.political_party or "",
            title=facts.title or "",
            present=True,
        )
        db.session.add(row)
        self._present.setdefault(facts.name, row)
        return row

    def _spoken_of(self) -> Iterator[str]:
        """Yield the names of everyone who does something in a paragraph."""
        for facts in self._frozen.paragraphs:
            for motion in facts.motions:
                yield from filter(None, (motion.mover, *motion.supporters))
            for ballot in facts.ballots:
                yield from (vote.name for vote in ballot.votes)
                yield from filter(None, (ballot.casting_vote_by,))
            yield from (dissent.person for dissent in facts.dissents)
            yield from (row.name for row in facts.disqualified)

    # --- paragraphs --------------------------------------------------------------------------------------

    def _paragraph(self, meeting: Meeting, series: Series, facts: record.Paragraph) -> Paragraph:
        at, by = self._at, self._by
        paragraph = Paragraph(
            meeting=meeting,
            series=series,
            number=facts.number,
            heading=facts.heading,
            immediate=facts.immediate,
            state=ParagraphState.APPROVED,
            opened_at=meeting.opened_at,
            opened_by=by,
            ready_at=at,
            approved_at=at,
            approved_by=by,
        )
        db.session.add(paragraph)
        db.session.flush()
        draft = draft_of(facts, {name: row.id for name, row in self._present.items()})
        paragraph.kind, paragraph.reference, paragraph.confidential = draft.kind, draft.reference, draft.confidential
        before: dict[str, list[Any]] = {name: [] for name in writing.PARTS}
        writing.write(paragraph, draft, None, before=before, after=to_json(draft), bodies={})
        paragraph.sections = [
            Section(position=place, kind=_section_kind(s.kind), heading=s.heading, body=richtext.to_json(s.blocks))
            for place, s in enumerate(facts.sections)
        ]
        paragraph.disqualifications = [
            Disqualification(presence=self._present[row.name], reason=row.reason) for row in facts.disqualified
        ]
        if normalise(facts.reference or ""):
            collaboration = self._forum.collaboration
            paragraph.case = find_or_open(collaboration, facts.reference or "", facts.heading, by=by, at=at)
        db.session.flush()
        paragraph.attachments = [self._attachment(file, paragraph) for file in facts.attachments]
        for named in facts.supersedes:
            earlier = earlier_of(named.label, named.forum, named.date, self._forum.collaboration_id)
            if earlier is not None:
                tie = Supersession(earlier=earlier, relation=Relation(named.relation), by_id=by.id, at=at)
                paragraph.supersedes.append(tie)
        return paragraph

    def _attachment(self, facts: record.Attachment, paragraph: Paragraph) -> Attachment:
        """Return an attachment row.

        The record has the file's hash but not its bytes.
        """
        file = db.session.get(StoredFile, facts.sha256)
        if file is None:
            file = StoredFile(sha256=facts.sha256, size=facts.size, media_type=facts.media_type)
            db.session.add(file)
            db.session.flush()
        return Attachment(
            file=file,
            case_id=paragraph.case_id,
            title=facts.title,
            filename=facts.filename,
            confidential=facts.confidential,
            added_at=self._at,
            added_by=self._by,
        )


def _people(forum: Forum) -> dict[str, Person]:
    """Return the people of the forum's collaboration by name, without names shared by several people."""
    query = select(Person).join(Seat, Seat.person_id == Person.id).join(Forum, Forum.id == Seat.forum_id)
    people = db.session.scalars(query.where(Forum.collaboration_id == forum.collaboration_id).distinct()).all()
    names = [person.name for person in people]
    return {person.name: person for person in people if names.count(person.name) == 1}


def _change(before: State, after: State) -> Change:
    if not after[0]:
        return Change.LEAVES
    if after[1]:
        return Change.SERVES
    return Change.STEPS_BACK if before[1] else Change.ARRIVES


def _section_kind(kind: str) -> SectionKind:
    return SectionKind(kind) if kind in set(SectionKind) else SectionKind.OTHER
