"""Operations that meet on people, seats and accounts."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from govern.assignments.carrying import operations as carrying
from govern.assignments.models import Carried
from govern.db import db
from govern.forums import operations as forums
from govern.forums.models import Seat
from govern.forums.operations import SeatFacts
from govern.forums.states import SeatRole
from govern.meetings import operations as meetings
from govern.meetings.models import Meeting, Presence
from govern.people import operations as people
from govern.people.access import credentials_of
from govern.people.accounts import operations as accounts
from govern.people.factors import operations as factors
from govern.people.models import Account, Person, RecoveryCode, SignInSession
from govern.people.sessions import operations as sessions
from tests import make
from tests.at_once.afterwards import closed
from tests.at_once.world import AT, Case, Ids, count, ids, row
from tests.cast import PASSWORD, Cast
from tests.test_transactions import elsewhere, meanwhile  # noqa: F401 — fixtures


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
