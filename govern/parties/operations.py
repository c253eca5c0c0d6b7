"""Create and change collaborations, their parties and agreements."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from govern import audit, plausible
from govern.addresses import refuse_address, written
from govern.db import db, save_changes
from govern.errors import Refused, enforce
from govern.parties.models import Agreement, Collaboration, Party
from govern.parties.rules import Refusal, normalise_org_number, refuse_org_number
from govern.swedish import local_day, slug


def add_collaboration(name: str, org_number: str | None, purpose: str, *, by: object, at: datetime) -> Collaboration:
    """Create a collaboration.

    Raises:
        Refused: if the organisation number is invalid, or the name or number is taken.
    """
    number = _checked(org_number)
    _refuse_taken(name, number)
    collaboration = Collaboration(name=name, slug=_free_slug(slug(name)), org_number=number, purpose=purpose)
    db.session.add(collaboration)
    audit.write("collaboration.added", collaboration, by=by, at=at)
    save_changes()
    return collaboration


def change_collaboration(
    collaboration: Collaboration, name: str, org_number: str | None, purpose: str, *, by: object, at: datetime
) -> None:
    """Change a collaboration's name, organisation number or purpose.

    Raises:
        Refused: if the organisation number is invalid, or the name or number is taken.
    """
    number = _checked(org_number)
    _refuse_taken(name, number, but=collaboration)
    collaboration.name, collaboration.org_number, collaboration.purpose = name, number, purpose
    audit.write("collaboration.changed", collaboration, by=by, at=at)
    save_changes()


def save_party(
    collaboration: Collaboration,
    party: Party | None,
    *,
    name: str,
    short_name: str,
    org_number: str | None,
    population: int | None,
    host: bool,
    email: str = "",
    by: object,
    at: datetime,
) -> Party:
    """Add a party (if `party` is None) or change one.

    Raises:
        Refused: if the organisation number is invalid, or the name or number is taken in the collaboration.
    """
    number = _checked(org_number)
    others = [other for other in collaboration.parties if other is not party]
    if any(other.name == name for other in others):
        raise Refused(Refusal.NAME_TAKEN, "name")
    if number and any(other.org_number == number for other in others):
        raise Refused(Refusal.NUMBER_TAKEN, "org_number")
    email = written(email)
    enforce(refuse_address(email) if email and email != (party.email if party else "") else None, "email")
    action = "party.changed" if party else "party.added"
    party = party or Party(collaboration=collaboration)
    party.name, party.short_name, party.org_number = name, short_name or name, number
    party.population, party.host, party.email = population, host, email
    db.session.add(party)
    audit.write(action, party, by=by, at=at)
    save_changes()
    return party


def add_agreement(
    collaboration: Collaboration,
    title: str,
    in_force_from: date,
    *,
    notice_months: int,
    review_months: int,
    by: object,
    at: datetime,
) -> Agreement:
    """Add the agreement that binds the parties, in force from a day until further notice.

    Raises:
        Refused: if that day is implausible.
    """
    plausible.refuse_impossible("agreement.in_force_from", in_force_from, local_day(at))
    agreement = Agreement(
        collaboration=collaboration,
        title=title,
        in_force_from=in_force_from,
        notice_months=notice_months,
        review_months=review_months,
    )
    db.session.add(agreement)
    audit.write("agreement.added", agreement, by=by, at=at)
    save_changes()
    return agreement


def _checked(org_number: str | None) -> str | None:
    if not org_number:
        return None
    enforce(refuse_org_number(org_number), "org_number")
    return normalise_org_number(org_number)


def _refuse_taken(name: str, org_number: str | None, but: Collaboration | None = None) -> None:
    same = Collaboration.name == name
    if org_number:  # Several collaborations may have no number.
        same |= Collaboration.org_number == org_number
    if db.session.scalar(select(Collaboration.id).where(same, Collaboration.id != (but.id if but else 0))):
        raise Refused(Refusal.COLLABORATION_TAKEN, "name")


def _free_slug(wanted: str) -> str:
    taken = set(db.session.scalars(select(Collaboration.slug).where(Collaboration.slug.startswith(wanted))))
    return next(s for s in (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3))) if s not in taken)
