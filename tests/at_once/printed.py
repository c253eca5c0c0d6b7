"""Operations on documents that are printed or signed before they are stored."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from govern.db import db
from govern.meetings import operations as meetings
from govern.meetings.models import AgendaItem, Meeting, Summons
from govern.notices.models import Notice, NoticeProof
from govern.notices.publishing import operations as publishing
from govern.notices.publishing.models import PublicCopy
from govern.people.models import Person
from govern.protocols.correcting import operations as correcting
from govern.protocols.extracting import operations as extracting
from govern.protocols.models import Protocol, ProtocolFile, Signature, SigningJob, SigningRefusal
from govern.protocols.signing import operations as signing
from govern.protocols.states import ProtocolKind
from tests import make
from tests.at_once.afterwards import closed, copied, posted, publish, refuse, seal, sign, signed, take_down, waiting
from tests.at_once.meeting import immediate_paragraph, seal_immediately
from tests.at_once.people import planned
from tests.at_once.world import AT, FRESH, Case, Ids, count, ids, row
from tests.cast import Cast
from tests.test_transactions import elsewhere, meanwhile  # noqa: F401 — fixtures


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
