"""Operations that meet after the meeting: sealing, signing, posting and publishing."""

from __future__ import annotations

from datetime import time, timedelta

from sqlalchemy import select

from govern.db import db
from govern.forums.states import Regime, SeatRole
from govern.meetings import operations as meetings
from govern.meetings.models import Adjuster, Meeting
from govern.meetings.states import MeetingState
from govern.notices import operations as notices
from govern.notices.models import Notice, NoticeProof, Posting
from govern.notices.publishing import operations as publishing
from govern.notices.publishing.models import PublicCopy
from govern.paragraphs import operations
from govern.paragraphs.models import Paragraph
from govern.people.models import Person
from govern.protocols import operations as protocols
from govern.protocols.adjusting import operations as adjusting
from govern.protocols.adjusting.models import Adjustment
from govern.protocols.correcting import operations as correcting
from govern.protocols.extracting import operations as extracting
from govern.protocols.models import Certificate, Protocol, ProtocolFile, Signature, SigningJob, SigningRefusal
from govern.protocols.signing import operations as signing
from govern.protocols.states import ProtocolKind
from govern.swedish import local_day
from tests import make
from tests.at_once.meeting import take_back
from tests.at_once.world import AT, FRESH, Case, Ids, count, ids, row
from tests.cast import Cast
from tests.paragraphs.test_reviewing import save as save_text
from tests.protocols.sealed import sealed
from tests.test_transactions import elsewhere, meanwhile  # noqa: F401 — fixtures


def closed(cast: Cast) -> Ids:
    """Close a meeting that can be sealed, with Bo as its adjuster."""
    meeting = make.meeting(cast.forum, state=MeetingState.OPEN, chair=cast.anna, secretary=cast.cilla)
    make.presence(meeting, cast.anna, SeatRole.CHAIR)
    make.add(Adjuster(meeting=meeting, presence=make.presence(meeting, cast.bo), position=0))
    series = make.series(cast.forum)
    paragraphs = [make.paragraph(meeting, series, heading, cast.cilla) for heading in ("Växel", "Budget")]
    make.commit()
    for paragraph in paragraphs:
        save_text(paragraph, cast.cilla, "Fem kommuner har var sin växel.")
        operations.mark_ready(paragraph, by=cast.cilla, at=AT)
        operations.approve(paragraph, by=cast.anna, at=AT)
    meetings.close_meeting(meeting, time(9, 1), by=cast.cilla, at=AT)
    return ids(cast, meeting=meeting.id, paragraph=paragraphs[0].id)


def seal(i: Ids) -> object:
    """Seal the meeting."""
    return protocols.seal(row(Meeting, i.meeting), by=row(Person, i.cilla), at=AT)


def read_it(i: Ids) -> object:
    """Record, as the adjuster, that there is no remark on version 2."""
    return adjusting.record_no_remarks(row(Paragraph, i.paragraph), 2, by=row(Person, i.bo), at=AT)


def waiting(cast: Cast) -> Ids:
    """Seal a protocol that awaits its signatures."""
    cast.forum.regime = Regime.KL_BOARD
    protocol = sealed(cast)
    return ids(cast, meeting=protocol.meeting_id, other=protocol.id, more=[s.id for s in protocol.signatures])


def sign(i: Ids, place: int = 0) -> object:
    """Sign in the given place."""
    signature = row(Signature, i.more[place])
    return signing.sign(signature, fresh_at=AT, fresh_for=FRESH, by=signature.person, at=AT)


def refuse(i: Ids) -> object:
    """Refuse, as the adjuster, to adjust."""
    signature = next(s for s in (row(Signature, s) for s in i.more) if s.person_id == i.david)
    return correcting.refuse_to_adjust(signature, "Fel siffror.", by=signature.person, at=AT)


def signed(cast: Cast) -> Ids:
    """Seal a protocol and sign it in every place."""
    found = waiting(cast)
    for place in range(len(found.more)):
        sign(found, place)
    db.session.rollback()
    return found


def post(i: Ids) -> object:
    """Post the notice that the protocol is adjusted."""
    return notices.post(row(Protocol, i.other), "Kansliet", by=row(Person, i.cilla), at=AT)


def posted(cast: Cast) -> Ids:
    """Sign a protocol and post its notice."""
    found = signed(cast)
    post(found)
    db.session.rollback()
    return found


def take_down(i: Ids) -> object:
    """Take the notice down 60 days later."""
    at = AT + timedelta(days=60)
    return notices.take_down(db.session.scalars(select(Posting)).one(), local_day(at), by=row(Person, i.cilla), at=at)


def copied(cast: Cast) -> Ids:
    """Confirm a public copy of a signed protocol."""
    found = signed(cast)
    protocol, cilla = row(Protocol, found.other), row(Person, found.cilla)
    copy = publishing.prepare(protocol, by=cilla, at=AT)
    publishing.confirm(copy, [], by=cilla, at=AT)
    return ids(cast, meeting=found.meeting, other=found.other, paragraph=copy.id)


def publish(i: Ids) -> object:
    """Publish the public copy."""
    return publishing.publish(row(PublicCopy, i.paragraph), by=row(Person, i.cilla), at=AT)


def signed_until_the_adjuster(cast: Cast) -> Ids:
    found = waiting(cast)
    adjuster = next(n for n, s in enumerate(found.more) if row(Signature, s).person_id == found.david)
    for place in range(adjuster):
        sign(found, place)
    db.session.rollback()
    return found


AFTERWARDS = [
    Case("two seal", closed, seal, lambda i: count(Protocol) == 1),
    Case(
        "sealed while a paragraph is taken back",
        closed,
        seal,
        lambda i: count(Protocol) == 0,
        take_back,
    ),
    Case("taken back while it is sealed", closed, take_back, lambda i: count(Protocol) == 1, seal),
    Case(
        "read while it is taken back",
        closed,
        read_it,
        lambda i: count(Adjustment) == 0,
        take_back,
    ),
    Case(
        "two sign in the same place",
        waiting,
        sign,
        lambda i: count(ProtocolFile) == 2 and count(Signature, Signature.signed_at.is_not(None)) == 1,
    ),
    Case(
        "two press sign before there is a certificate",
        waiting,
        lambda i: signing.begin(row(Signature, i.more[0]), fresh_at=AT, fresh_for=FRESH, by=_signer(i), at=AT),
        lambda i: count(Certificate, Certificate.person_id.is_(None)) == 1 and count(SigningJob) == 1,
        refused=False,
    ),
    Case(
        "two refuse to adjust",
        signed_until_the_adjuster,
        refuse,
        lambda i: count(SigningRefusal) == 1,
    ),
    Case(
        "two post",
        signed,
        post,
        lambda i: count(Notice) == 1,
    ),
    Case(
        "two take it down",
        posted,
        take_down,
        lambda i: count(NoticeProof) == 1,
    ),
    Case(
        "two prepare a copy",
        signed,
        lambda i: publishing.prepare(row(Protocol, i.other), by=row(Person, i.cilla), at=AT),
        lambda i: count(PublicCopy) == 1,
    ),
    Case("two publish", copied, publish, lambda i: count(PublicCopy, PublicCopy.published_at.is_not(None)) == 1),
    Case(
        "published while it is opened again",
        copied,
        publish,
        lambda i: count(PublicCopy, PublicCopy.published_at.is_not(None)) == 0,
        lambda i: publishing.reopen(row(PublicCopy, i.paragraph), by=row(Person, i.cilla), at=AT),
    ),
    Case(
        "two make an extract",
        signed,
        lambda i: extracting.make_extract(row(Protocol, i.other), [12], by=row(Person, i.cilla), at=AT),
        lambda i: count(Protocol, Protocol.kind == ProtocolKind.EXTRACT) == 2,
        refused=False,
    ),
]


def _signer(i: Ids) -> Person:
    signer = row(Signature, i.more[0]).person
    assert signer is not None
    return signer
