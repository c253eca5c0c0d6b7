"""Queries for people, factors and sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from govern.db import db
from govern.people.access import LONGEST
from govern.people.models import Account, Factor, Person, SignInSession
from govern.people.states import FactorKind
from govern.web.paging import Page

PAGE = 50


def person_by_id(person_id: int) -> Person | None:
    """Return a person, or None."""
    return db.session.get(Person, person_id)


def account_of(person_id: int) -> Account | None:
    """Return a person's account, or None."""
    return db.session.scalar(select(Account).where(Account.person_id == person_id))


def people_page(words: str, number: int) -> Page[Person]:
    """Return a page of people by name, with their accounts; `words` filters by part of the name or address."""
    query = select(Person).options(selectinload(Person.account)).order_by(Person.name, Person.id)
    if words:
        part = words.lower()
        texts = (func.lower(Person.name), func.lower(Person.email))
        query = query.where(or_(*(text.contains(part, autoescape=True) for text in texts)))
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    rows = db.session.scalars(query.limit(PAGE).offset((number - 1) * PAGE)).all()
    return Page(rows, number, PAGE, total)


def person_choices() -> Sequence[tuple[int, str]]:
    """Return the id and name of every person, for a list of choices; shared names include the address."""
    rows = db.session.execute(select(Person.id, Person.name, Person.email).order_by(Person.name, Person.id)).all()
    names = [row.name for row in rows]
    return [(r.id, f"{r.name} ({r.email})" if names.count(r.name) > 1 and r.email else r.name) for r in rows]


def has(account: Account, kind: FactorKind) -> bool:
    """Return whether an account has enrolled a factor of this kind."""
    return any(factor.kind is kind for factor in account.factors)


def factor_by_id(factor_id: int) -> Factor | None:
    """Return a second factor, or None."""
    return db.session.get(Factor, factor_id)


def session_by_id(session_id: int) -> SignInSession | None:
    """Return a session, or None."""
    return db.session.get(SignInSession, session_id)


def live_sessions(account: Account, *, at: datetime, lifetime: timedelta) -> Sequence[SignInSession]:
    """Return the sessions in which an account is signed in, the latest seen first."""
    query = (
        select(SignInSession)
        .where(SignInSession.account_id == account.id, SignInSession.ended_at.is_(None))
        .where(SignInSession.seen_at >= at - lifetime, SignInSession.started_at >= at - LONGEST)
        .order_by(SignInSession.seen_at.desc(), SignInSession.id.desc())
        .limit(100)
    )
    return db.session.scalars(query).all()
