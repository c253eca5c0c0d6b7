"""Concurrent operations that repeat or exclude each other: the second is judged by the state that the first committed.

The second operation is stopped after it has read and judged and before it writes; then the first runs to its commit.
Every case runs on both databases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from govern.assignments.carrying import operations as carrying
from govern.assignments.models import Carried
from govern.cases.models import Attachment
from govern.db import Model, db, in_turn, lock, pause
from govern.errors import Refused
from govern.forums import operations as forums
from govern.forums.models import Seat
from govern.forums.operations import SeatFacts
from govern.forums.states import ParagraphKind, Regime, SeatRole
from govern.meetings import operations as meetings
from govern.meetings.models import Adjuster, AgendaItem, Meeting, Presence, Summons
from govern.meetings.states import MeetingState
from govern.notices import operations as notices
from govern.notices.models import Notice, NoticeProof, Posting
from govern.notices.publishing import operations as publishing
from govern.notices.publishing.models import PublicCopy
from govern.paragraphs import operations
from govern.paragraphs.drafting import editors
from govern.paragraphs.drafting.models import ParagraphEditor
from govern.paragraphs.models import Paragraph
from govern.paragraphs.queries import paragraphs_of
from govern.paragraphs.states import ParagraphState
from govern.people import operations as people
from govern.people.access import credentials_of
from govern.people.accounts import operations as accounts
from govern.people.factors import operations as factors
from govern.people.models import Account, Person, RecoveryCode, SignInSession
from govern.people.sessions import operations as sessions
from govern.protocols import operations as protocols
from govern.protocols.adjusting import operations as adjusting
from govern.protocols.adjusting.models import Adjustment
from govern.protocols.correcting import operations as correcting
from govern.protocols.extracting import operations as extracting
from govern.protocols.immediate import operations as immediate
from govern.protocols.models import Certificate, Protocol, ProtocolFile, Signature, SigningJob, SigningRefusal
from govern.protocols.signing import operations as signing
from govern.protocols.states import ProtocolKind
from govern.swedish import local_day
from tests import make
from tests.browse import Browser
from tests.cast import PASSWORD, Cast
from tests.paragraphs.test_reviewing import draft_of
from tests.paragraphs.test_reviewing import save as save_text
from tests.protocols.sealed import sealed
from tests.test_transactions import elsewhere, meanwhile  # noqa: F401 — fixtures

AT = make.AT
FRESH = timedelta(minutes=5)
Deed = Callable[[], object]


@dataclass(frozen=True)
class Ids:
    """The ids of the rows that a case uses; each session loads its own rows."""

    anna: int
    bo: int
    cilla: int
    david: int
    forum: int
    meeting: int = 0
    paragraph: int = 0
    other: int = 0
    more: Any = None


def row(kind: type[Any], row_id: int) -> Any:
    """Load a row in the current thread's session."""
    return db.session.get_one(kind, row_id)


def count(kind: type[Model], *where: Any) -> int:
    """Count the rows that match."""
    return db.session.scalar(select(func.count()).select_from(kind).where(*where)) or 0


def ids(cast: Cast, **values: Any) -> Ids:
    """Collect the ids of the cast and of the case, and end the transaction."""
    people_ = {name: getattr(cast, name).id for name in ("anna", "bo", "cilla", "david", "forum")}
    found = Ids(**people_, **values)
    db.session.rollback()
    return found


# --- In the meeting ------------------------------------------------------------------------------------------


def open_meeting(cast: Cast, state: ParagraphState = ParagraphState.DRAFT) -> Ids:
    """Open a meeting with an agenda item and a paragraph in the given state."""
    meeting = make.meeting(cast.forum, state=MeetingState.OPEN, chair=cast.anna, secretary=cast.cilla)
    make.presence(meeting, cast.anna, SeatRole.CHAIR)
    make.presence(meeting, cast.bo)
    paragraph = make.paragraph(meeting, make.series(cast.forum, 12), "Växel", cast.cilla, state)
    item = make.add(AgendaItem(meeting=meeting, position=1, heading="Avtal", kind=ParagraphKind.DECISION, note=""))
    make.commit()
    return ids(cast, meeting=meeting.id, paragraph=paragraph.id, other=item.id)


def save(i: Ids, text: str) -> object:
    """Save the paragraph as a change of its first version."""
    paragraph, by = row(Paragraph, i.paragraph), row(Person, i.cilla)
    return operations.save_draft(paragraph, draft_of(text), version=1, by=by, at=AT)


def opened(i: Ids, heading: str) -> object:
    """Open a paragraph that was not on the agenda."""
    meeting, by = row(Meeting, i.meeting), row(Person, i.cilla)
    return operations.open_unannounced(meeting, heading, None, by=by, at=AT)


@dataclass(frozen=True)
class Case:
    """A setting, the second operation, the first (or the same), whether the second is refused, and what holds then."""

    name: str
    setting: Callable[[Cast], Ids]
    second: Callable[[Ids], object]
    holds: Callable[[Ids], bool]
    first: Callable[[Ids], object] | None = None
    refused: bool = True


def approve(i: Ids) -> object:
    """Approve the first version of the paragraph."""
    return operations.approve(row(Paragraph, i.paragraph), by=row(Person, i.anna), at=AT, read=1)


def take_back(i: Ids) -> object:
    """Take the paragraph back to be edited."""
    return operations.take_back(row(Paragraph, i.paragraph), by=row(Person, i.cilla), at=AT)


def attach(i: Ids) -> object:
    """Attach a file to the paragraph."""
    paragraph, by = row(Paragraph, i.paragraph), row(Person, i.cilla)
    return operations.add_attachment(paragraph, "a.pdf", b"%PDF-1.7", "A", confidential=None, by=by, at=AT)


def seal_immediately(i: Ids) -> object:
    """Seal the paragraph for immediate adjusting."""
    return immediate.seal_immediately(row(Paragraph, i.paragraph), by=row(Person, i.cilla), at=AT)


def beat(i: Ids, who: int) -> object:
    """Take over as the paragraph's editor if nobody holds it."""
    paragraph = row(Paragraph, i.paragraph)
    return editors.beat(paragraph, by=row(Person, who), session_id=i.more[who], at=AT, typing=True)


def two_writers(cast: Cast) -> Ids:
    """Let two people have the paragraph open."""
    found = open_meeting(cast)
    more = {}
    for who in (cast.cilla, cast.bo):
        times = {"started_at": AT, "seen_at": AT, "fresh_at": AT}
        more[who.id] = make.add(SignInSession(account=who.account, token=f"{who.id:064}", **times)).id
    make.commit()
    return ids(cast, meeting=found.meeting, paragraph=found.paragraph, more=more)


def immediate_paragraph(cast: Cast) -> Ids:
    """Open a meeting with an approved paragraph that is to be adjusted immediately."""
    found = open_meeting(cast, ParagraphState.APPROVED)
    paragraph = row(Paragraph, found.paragraph)
    paragraph.immediate = True
    meeting = row(Meeting, found.meeting)
    bo = next(p for p in meeting.presences if p.person_id == found.bo)
    make.add(Adjuster(meeting=meeting, presence=bo, position=1))
    make.commit()
    return ids(cast, meeting=found.meeting, paragraph=found.paragraph)


MEETING = [
    Case(
        "two save on the same version",
        open_meeting,
        lambda i: save(i, "Den andras ord."),
        lambda i: row(Paragraph, i.paragraph).version == 2,
        lambda i: save(i, "Den förstas ord."),
    ),
    Case(
        "two open a paragraph",
        open_meeting,
        lambda i: opened(i, "Två"),
        lambda i: sorted(p.number for p in paragraphs_of(row(Meeting, i.meeting))) == [12, 13, 14],
        lambda i: opened(i, "Ett"),
        refused=False,
    ),
    Case(
        "two open the same item",
        open_meeting,
        lambda i: operations.open_item(row(AgendaItem, i.other), by=row(Person, i.cilla), at=AT),
        lambda i: count(Paragraph, Paragraph.agenda_item_id == i.other) == 1,
    ),
    Case(
        "approved while it is taken back",
        lambda cast: open_meeting(cast, ParagraphState.READY),
        approve,
        lambda i: row(Paragraph, i.paragraph).state is ParagraphState.DRAFT,
        take_back,
    ),
    Case(
        "sent back while it is approved",
        lambda cast: open_meeting(cast, ParagraphState.READY),
        lambda i: operations.send_back(row(Paragraph, i.paragraph), "Mer", by=row(Person, i.anna), at=AT),
        lambda i: row(Paragraph, i.paragraph).state is ParagraphState.APPROVED,
        approve,
    ),
    Case(
        "saved while it is marked ready",
        open_meeting,
        lambda i: save(i, "För sent."),
        lambda i: row(Paragraph, i.paragraph).version == 1,
        lambda i: operations.mark_ready(row(Paragraph, i.paragraph), by=row(Person, i.cilla), at=AT),
    ),
    Case(
        "attached while it is marked ready",
        open_meeting,
        attach,
        lambda i: count(Attachment) == 0,
        lambda i: operations.mark_ready(row(Paragraph, i.paragraph), by=row(Person, i.cilla), at=AT),
    ),
    Case(
        "opened while the meeting is closed",
        open_meeting,
        lambda i: opened(i, "För sent"),
        lambda i: count(Paragraph) == 1,
        lambda i: meetings.close_meeting(row(Meeting, i.meeting), time(9, 1), by=row(Person, i.cilla), at=AT),
    ),
    Case(
        "two take the pen",
        two_writers,
        lambda i: beat(i, i.bo),
        lambda i: count(ParagraphEditor, ParagraphEditor.holds_since.is_not(None)) == 1,
        lambda i: beat(i, i.cilla),
        refused=False,
    ),
    Case(
        "two seal one paragraph",
        immediate_paragraph,
        seal_immediately,
        lambda i: count(Protocol) == 1,
    ),
    Case(
        "one paragraph is sealed while it is taken back",
        immediate_paragraph,
        seal_immediately,
        lambda i: count(Protocol) == 0,
        take_back,
    ),
]


# --- After the meeting ---------------------------------------------------------------------------------------


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


# --- People and forums ---------------------------------------------------------------------------------------


def seat(i: Ids) -> object:
    """Give David a seat."""
    facts = SeatFacts(person_id=i.david, role=SeatRole.MEMBER, starts_on=make.DAY)
    return forums.save_seat(row(forums.Forum, i.forum), None, facts, by=row(Person, i.anna), at=AT)


def nobody(cast: Cast) -> Ids:
    """Add a person without an account."""
    return ids(cast, other=people.add_person("Eva Ek", "eva@alvsam.example", by=None, at=AT).id)


def account(i: Ids) -> object:
    """Give the person an account."""
    return people.add_account(row(Person, i.other), "eva@alvsam.example", "ett långt lösenord", by=None, at=AT)


def recovery(cast: Cast) -> Ids:
    """Give Bo recovery codes."""
    account_ = cast.bo.account
    assert account_ is not None
    codes = factors.renew_codes(account_, by=cast.bo, at=AT)
    return ids(cast, other=account_.id, more=codes[0])


def use_code(i: Ids) -> object:
    """Use the first recovery code."""
    factors.check_code(row(Account, i.other), i.more, address="", at=AT)
    db.session.commit()
    return None


def new_password(i: Ids) -> object:
    """Change the password, giving the current one."""
    session = db.session.scalars(select(SignInSession)).one()
    return people.change_own_password(session, PASSWORD, "korrekt häst batteri", address="", at=AT)


def signed_in(cast: Cast) -> Ids:
    """Sign Bo in."""
    assert cast.bo.account is not None
    given = credentials_of(cast.bo.account)
    sessions.start(cast.bo.account, given, strong=False, address="", browser="", at=AT)
    return ids(cast, other=cast.bo.account.id)


def sign_in(i: Ids) -> object:
    """Sign Bo in with the password."""
    return people.sign_in("bo@alvsam.example", PASSWORD, address="", browser="", at=AT)


def disable(i: Ids) -> object:
    """Disable the account."""
    by = row(Person, i.anna)
    return accounts.set_disabled(row(Account, i.other), True, by=by, at=AT)


def carried(cast: Cast) -> Ids:
    """Plan a meeting after a closed one, whose protocol is carried over to the agenda."""
    i = closed(cast)
    later = make.meeting(row(forums.Forum, i.forum), make.DAY + timedelta(days=30))
    make.commit()
    return ids(cast, meeting=later.id)


def planned(cast: Cast) -> Ids:
    """Plan a meeting."""
    meeting = make.meeting(cast.forum)
    make.commit()
    return ids(cast, meeting=meeting.id)


PEOPLE = [
    Case("two give the same seat", ids, seat, lambda i: count(Seat, Seat.person_id == i.david) == 2),
    Case("two give an account", nobody, account, lambda i: count(Account, Account.person_id == i.other) == 1),
    Case(
        "two use a recovery code",
        recovery,
        use_code,
        lambda i: count(RecoveryCode, RecoveryCode.used_at.is_not(None)) == 1,
    ),
    Case("two change the password", signed_in, new_password, lambda i: row(Account, i.other).disabled_at is None),
    Case(
        "signed in while the account is disabled",
        signed_in,
        sign_in,
        lambda i: count(SignInSession, SignInSession.ended_at.is_(None)) == 0,
        disable,
    ),
    Case(
        "two carry over",
        carried,
        lambda i: carrying.carry(row(Meeting, i.meeting), by=row(Person, i.cilla), at=AT),
        lambda i: count(Carried) == len(set(db.session.scalars(select(Carried.item_id)))) == 1,
        refused=False,
    ),
    Case(
        "opened twice",
        planned,
        lambda i: meetings.open_meeting(row(Meeting, i.meeting), by=row(Person, i.cilla), at=AT),
        lambda i: count(Presence) == 3,
    ),
]


# --- Documents printed or signed before they are stored ------------------------------------------------------


def move_house(i: Ids) -> object:
    """Change the meeting's place, which is printed and blocks nothing."""
    row(Meeting, i.meeting).place = "Granby"
    return db.session.commit()


def callable_meeting(cast: Cast) -> Ids:
    """Plan a meeting with an item on its agenda."""
    found = planned(cast)
    make.add(AgendaItem(meeting=row(Meeting, found.meeting), position=1, heading="Avtal", note=""))
    make.commit()
    return ids(cast, meeting=found.meeting)


def call(i: Ids) -> object:
    """Call the meeting."""
    return meetings.call(row(Meeting, i.meeting), by=row(Person, i.cilla), at=AT)


def correct(i: Ids) -> object:
    """Correct the paragraph's heading."""
    protocol, by = row(Protocol, i.other), row(Person, i.cilla)
    return correcting.correct(protocol, 12, old="Budget", new="Bokslut", reason="Skrivfel", by=by, at=AT)


def keep_elsewhere(i: Ids) -> object:
    """Change where the notice says that the protocol is kept."""
    db.session.scalars(select(Notice)).one().kept_at = "Arkivet"
    return db.session.commit()


def confirm_anew(i: Ids) -> object:
    """Reopen the public copy and confirm it again."""
    copy, by = row(PublicCopy, i.paragraph), row(Person, i.cilla)
    publishing.reopen(copy, by=by, at=AT)
    return publishing.confirm(copy, [], by=by, at=AT + timedelta(minutes=1))


def in_any_order(cast: Cast) -> Ids:
    """Seal a protocol that may be signed in any order."""
    cast.forum.any_order = True
    return waiting(cast)


def begun(cast: Cast) -> Ids:
    """Begin the first signature of a protocol that may be signed in any order."""
    found = in_any_order(cast)
    signature = row(Signature, found.more[0])
    token = signing.begin(signature, fresh_at=AT, fresh_for=FRESH, by=signature.person, at=AT).token
    return ids(cast, meeting=found.meeting, other=found.other, more=[*found.more, token])


def begin(i: Ids) -> object:
    """Begin to sign in the first place."""
    signature = row(Signature, i.more[0])
    return signing.begin(signature, fresh_at=AT, fresh_for=FRESH, by=signature.person, at=AT)


def finish(i: Ids) -> object:
    """Finish the signature that was begun."""
    return signing.finish(i.more[-1], {}, at=AT)


def close_account(i: Ids) -> object:
    """Disable the account of the first signer."""
    row(Signature, i.more[0]).person.account.disabled_at = AT
    return db.session.commit()


def signatures(i: Ids) -> int:
    """Count the signatures given; return -1 unless each has a file besides the unsigned one."""
    given = count(Signature, Signature.signed_at.is_not(None)) + count(SigningRefusal)
    return given if count(ProtocolFile) == given + 1 else -1


PRINTED = [
    Case("sealed while its place is changed", closed, seal, lambda i: count(Protocol) == 0, move_house),
    Case(
        "one paragraph is sealed while the place is changed",
        immediate_paragraph,
        seal_immediately,
        lambda i: count(Protocol) == 0,
        move_house,
    ),
    Case("called while the place is changed", callable_meeting, call, lambda i: count(Summons) == 0, move_house),
    Case("two call", callable_meeting, call, lambda i: count(Summons) == 2, refused=False),
    Case(
        "called while it is opened",
        callable_meeting,
        call,
        lambda i: count(Summons) == 0,
        lambda i: meetings.open_meeting(row(Meeting, i.meeting), by=row(Person, i.cilla), at=AT),
    ),
    Case(
        "an extract is made while the protocol is corrected",
        signed,
        lambda i: extracting.make_extract(row(Protocol, i.other), [12], by=row(Person, i.cilla), at=AT),
        lambda i: count(Protocol, Protocol.kind == ProtocolKind.EXTRACT) == 0,
        correct,
    ),
    Case(
        "proved while the notice is changed",
        posted,
        take_down,
        lambda i: count(NoticeProof) == 0,
        keep_elsewhere,
    ),
    Case(
        "published while it is confirmed anew",
        copied,
        publish,
        lambda i: count(PublicCopy, PublicCopy.published_at.is_not(None)) == 0,
        confirm_anew,
    ),
    Case(
        "begun while another signs",
        in_any_order,
        begin,
        lambda i: signatures(i) == 1 and count(SigningJob) == 0,
        lambda i: sign(i, 1),
    ),
    Case(
        "finished while another signs",
        begun,
        finish,
        lambda i: signatures(i) == 1 and row(Signature, i.more[0]).signed_at is None,
        lambda i: sign(i, 1),
    ),
    Case("finished twice", begun, finish, lambda i: signatures(i) == 1),
    Case("finished while the account is closed", begun, finish, lambda i: signatures(i) == 0, close_account),
    Case("begun while the account is closed", in_any_order, begin, lambda i: count(SigningJob) == 0, close_account),
    Case(
        "refused to adjust while another signs",
        in_any_order,
        refuse,
        lambda i: signatures(i) == 1 and count(SigningRefusal) == 0,
        lambda i: sign(i, 1),
    ),
]


@pytest.mark.parametrize("case", [*MEETING, *AFTERWARDS, *PEOPLE, *PRINTED], ids=lambda case: case.name)
def test_two_at_once(
    each_database: str,
    cast: Cast,
    case: Case,
    meanwhile: Callable[[Deed], None],  # noqa: F811
) -> None:
    """The second operation judges what it has read, then the first commits, then the second tries to write."""
    i = case.setting(cast)
    make.commit()
    pause()
    meanwhile(lambda: (case.first or case.second)(i))
    try:
        in_turn(lambda: case.second(i))
        refused = False
    except Refused:
        refused = True
    db.session.rollback()
    assert (refused, case.holds(i)) == (case.refused, True)


def test_a_right_that_ends_meanwhile(
    each_database: str,
    app: Flask,
    cast: Cast,
    browse: Callable[..., Browser],
    meanwhile: Callable[[Deed], None],  # noqa: F811
) -> None:
    """A request that is run again checks the permission again."""
    i = open_meeting(cast)
    cilla = browse("cilla")
    seat_id = db.session.scalar(select(Seat.id).where(Seat.person_id == i.cilla))
    db.session.rollback()

    def unseat() -> None:
        db.session.delete(row(Seat, seat_id or 0))
        row(Meeting, i.meeting).secretary_id = i.bo
        db.session.commit()

    meanwhile(unseat)
    cilla.post(f"/moten/{i.meeting}/paragraf", {"heading": "För sent"}, status=403)
    assert count(Paragraph) == 1


def test_an_upload_that_is_run_again(
    each_database: str,
    cast: Cast,
    browse: Callable[..., Browser],
    meanwhile: Callable[[Deed], None],  # noqa: F811
) -> None:
    """A request that is run again reads the uploaded file from its beginning."""
    i = open_meeting(cast)
    cilla = browse("cilla")
    cilla.get(f"/paragrafer/{i.paragraph}")
    meanwhile(lambda: opened(i, "Ett annat ärende"))
    cilla.submit("Lägg till bilagan", file=("avtal.pdf", b"%PDF-1.7 avtal"), title="Avtal")
    assert db.session.scalar(select(Attachment.title)) == "Avtal"


@pytest.mark.parametrize(
    ("values", "version"),
    [({"state": ParagraphState.READY, "ready_at": AT}, 1), ({"version": 2}, 2)],
    ids=["marked ready", "saved"],
)
def test_a_save_claims_what_is_stored_and_not_what_it_remembers(
    each_database: str, cast: Cast, values: dict[str, Any], version: int
) -> None:
    """The UPDATE itself checks version and state in the database, whatever the session has loaded."""
    i = open_meeting(cast)
    lock()
    paragraph = row(Paragraph, i.paragraph)
    assert paragraph.version == 1
    changed = update(Paragraph).where(Paragraph.id == i.paragraph).values(values)
    db.session.execute(changed.execution_options(synchronize_session=False))
    with pytest.raises(Refused):
        save(i, "För sent.")
    assert row(Paragraph, i.paragraph).version == version


def test_a_number_is_drawn_from_what_is_stored(each_database: str, cast: Cast) -> None:
    """A single statement reads and increments the number, so a stale number in the session is never used."""
    i = open_meeting(cast)
    lock()
    meeting = row(Meeting, i.meeting)
    series = forums.current_series(meeting.forum, day=meeting.day, meeting_id=meeting.id)
    assert series.next_number == 13
    moved = update(forums.Series).values(next_number=20).execution_options(synchronize_session=False)
    db.session.execute(moved)
    drawn = [forums.draw_number(meeting.forum, day=meeting.day, meeting_id=meeting.id)[1] for _ in range(2)]
    assert drawn == [20, 21]
