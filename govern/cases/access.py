"""Who may see a paper, an attachment or an officer's (tjänsteskrivelse): the one answer for every page and file.

A paper is as secret as the most secret place where it is listed, whatever came first, and otherwise as open as the
most open of them. Who sits in a forum that lists it sees it. What is listed nowhere is seen by nobody, but an officer's
paper always stands at its own forum. The predicates, the access terms that search asks for (`Standing.readers`) and the
SQL (`proposal_hidden_sql`) are all derived from the same listings.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, true, union_all
from sqlalchemy.orm import Session, scoped_session

from govern.cases import listing
from govern.cases.models import Attachment, Proposal
from govern.cases.states import ProposalState
from govern.db import db
from govern.forums.access import forums_held, holds, keeps, reads
from govern.forums.models import Forum
from govern.people.access import Right, is_administrator
from govern.people.models import Person
from govern.people.noting import shows_secrets

EVERYTHING = "all"
"""The access term of those who may find whatever there is."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a paper stands: in which forums it is listed, whether it is secret, and whether others may know of it."""

    forums: frozenset[int] = frozenset()
    secret: bool = False
    told: bool = False

    @property
    def open(self) -> bool:
        """Whether the whole collaboration may see it."""
        return self.told and not self.secret

    def readers(self, collaboration_id: int) -> frozenset[str]:
        """List the access terms of which who searches needs one."""
        terms = {EVERYTHING, *(f"forum:{forum}" for forum in self.forums)}
        return frozenset(terms | ({f"collaboration:{collaboration_id}"} if self.open else set()))


def standings(attachments: Collection[Attachment], session: Session | scoped_session[Any]) -> dict[int, Standing]:
    """Say how attachments stand, by id, in one statement."""
    own = {attachment.id: attachment.confidential is not None for attachment in attachments}
    return _gather({id_: Standing(secret=secret) for id_, secret in own.items()}, listing.ATTACHMENTS, session)


def standing_of(attachment: Attachment) -> Standing:
    """Say how an attachment stands."""
    return standings([attachment], db.session)[attachment.id]


def proposal_standings(proposals: Collection[Proposal]) -> dict[int, Standing]:
    """Say how officers' papers stand, by id, in one statement."""
    own = {
        p.id: Standing(frozenset({p.forum_id}), p.confidential is not None, p.state is ProposalState.READY)
        for p in proposals
    }
    return _gather(own, listing.PROPOSALS, db.session)


def _gather(
    own: dict[int, Standing], places: list[Select[Any]], session: Session | scoped_session[Any]
) -> dict[int, Standing]:
    if own:
        rows = union_all(*(place.where(place.selected_columns.paper.in_(own)) for place in places))
        for row in session.execute(rows):
            so_far = own[row.paper]
            own[row.paper] = Standing(
                so_far.forums | {row.forum}, so_far.secret or bool(row.secret), so_far.told or bool(row.told)
            )
    return own


def sees_attachment(person: Person | None, attachment: Any) -> bool:
    """Whoever sits in a forum that lists it sees it; the rest of the collaboration if it is open."""
    standing = standing_of(attachment)
    if person is None or not standing.forums:
        return False
    forums = [db.session.get_one(Forum, forum) for forum in sorted(standing.forums)]
    if any(keeps(person, forum) or holds(person, forum) for forum in forums):
        return True
    return standing.open and any(reads(person, forum) for forum in forums)


def writes(person: Person | None, proposal: Any) -> bool:
    """Its author writes it, and so may whoever keeps the minutes of the forum it goes to."""
    return person is not None and (proposal.author_id == person.id or keeps(person, proposal))


def sees(person: Person | None, proposal: Any) -> bool:
    """A draft is its writers'; a paper that is ready is read in the collaboration, a secret one by who sits."""
    if writes(person, proposal):
        return True
    if person is None or proposal.state is not ProposalState.READY:
        return False
    if holds(person, proposal.forum):
        return True
    return proposal_standings([proposal])[proposal.id].open and reads(person, proposal)


@shows_secrets(Attachment)
def _secret_attachment(_person: Person, attachment: Attachment) -> bool:
    return standing_of(attachment).secret


@shows_secrets(Proposal)
def _secret_proposal(_person: Person, proposal: Proposal) -> bool:
    return proposal_standings([proposal])[proposal.id].secret


def proposal_hidden_sql(person: Person | None, today: date) -> ColumnElement[bool]:
    """Say in SQL that something secret in an officer's paper is kept from a person who reads its forum.

    With None: from somebody.
    """
    if person is not None and is_administrator(person):
        return ~true()
    listed = [
        place.where(place.selected_columns.paper == Proposal.id, place.selected_columns.secret)
        .correlate(Proposal)
        .exists()
        for place in listing.PROPOSALS
    ]
    secret = or_(Proposal.confidential.is_not(None), *listed)
    if person is None:
        return secret
    mine = or_(Proposal.author_id == person.id, Proposal.forum_id.in_(forums_held(person, today)))
    return secret & ~mine


WRITES = Right("writes_proposal", "Tjänsteskrivelsen skrivs av sin handläggare.", writes)
SEES = Right("sees_proposal", "Tjänsteskrivelsen är inte öppen för dig.", sees)
SEES_ATTACHMENT = Right("sees_attachment", "Handlingen är inte öppen för dig.", sees_attachment)
