"""The people of every test, each with one role.

Anna presides, Bo adjusts, Cilla keeps the minutes, David is a member elsewhere, Ada administers; Eva is the public and
has no account. They belong to the collaboration Älvsam, whose steering group Anna, Bo and Cilla sit in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select

from govern.db import db
from govern.forums.models import Forum
from govern.forums.states import SeatRole
from govern.parties.models import Collaboration, Party
from govern.people import operations as people
from govern.people.models import Person
from tests import make

PASSWORD = "ett lösenord för prov"
NAMES = ("anna", "bo", "cilla", "david", "ada")
LONG_AGO = datetime(2024, 1, 8, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The people and their forums. `forum` is Anna's, Bo's and Cilla's; `elsewhere` is David's."""

    anna: Person
    bo: Person
    cilla: Person
    david: Person
    ada: Person
    collaboration: Collaboration
    host: Party
    other: Party
    forum: Forum
    elsewhere: Forum

    def address_of(self, name: str) -> str:
        """Return the address that a person signs in with."""
        person = getattr(self, name)
        if person.account is None:
            raise LookupError(f"{name} has no account: browse() without a name is the public")
        return str(person.account.email)


def assemble() -> Cast:
    """Create the cast in the current application's database."""
    administrator = _join("Ada Administratör", administrator=True)
    anna, bo, cilla, david = (_join(name) for name in ("Anna Ask", "Bo Björk", "Cilla Ceder", "David Dal"))
    collaboration = make.collaboration("Älvsam")
    host = make.party(collaboration, "Björkby kommun", host=True)
    other = make.party(collaboration, "Granby kommun")
    forum = make.forum(collaboration, "Styrgruppen")
    elsewhere = make.forum(collaboration, "Referensgruppen")
    since = date(2023, 1, 1)
    make.seat(forum, anna, SeatRole.CHAIR, party=host, political_party="S", title="KSO", starts_on=since)
    make.seat(forum, bo, SeatRole.MEMBER, party=other, political_party="M", title="KSO", starts_on=since)
    make.seat(forum, cilla, SeatRole.SECRETARY, party=host, starts_on=since)
    make.seat(elsewhere, david, SeatRole.MEMBER, party=other, starts_on=since)
    make.commit()
    return Cast(
        anna=anna,
        bo=bo,
        cilla=cilla,
        david=david,
        ada=administrator,
        collaboration=collaboration,
        host=host,
        other=other,
        forum=forum,
        elsewhere=elsewhere,
    )


def find() -> Cast | None:
    """Return the cast in the current application's database, or None if there is none."""
    people = {p.name.partition(" ")[0].lower(): p for p in db.session.scalars(select(Person))}
    parties = {party.name: party for party in db.session.scalars(select(Party))}
    forums = {forum.name: forum for forum in db.session.scalars(select(Forum))}
    if not people:
        return None
    forum = forums["Styrgruppen"]
    cast = Cast(
        **{name: people[name] for name in NAMES},
        collaboration=forum.collaboration,
        host=parties["Björkby kommun"],
        other=parties["Granby kommun"],
        forum=forum,
        elsewhere=forums["Referensgruppen"],
    )
    db.session.commit()  # As after `assemble`, no transaction is open.
    return cast


def _join(name: str, *, administrator: bool = False) -> Person:
    email = f"{name.split(maxsplit=1)[0].lower()}@alvsam.example"
    person = people.add_person(name, email, by=None, at=LONG_AGO)
    people.add_account(person, email, PASSWORD, administrator=administrator, by=None, at=LONG_AGO)
    return person
