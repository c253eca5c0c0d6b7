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

from sqlalchemy import ColumnElement, Select, or_, union_all
from sqlalchemy.orm import Session, scoped_session

from govern.cases import listing
from govern.cases.models import Attachment, Proposal
from govern.cases.states import ProposalState
from govern.db import db
from govern.forums.access import keeps
from govern.forums.readers import EVERYTHING, Audience, reader
from govern.people.access import Right
from govern.people.models import Person


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

    def audiences(self) -> list[Audience]:
        """Return who reads it: those who read it in one of the forums that list it."""
        return [Audience(forum=forum, open=self.open) for forum in sorted(self.forums)]

    def readers(self, collaboration_id: int) -> frozenset[str]:
        """List the access terms of which a reader needs one."""
        every = (audience.terms(collaboration_id) for audience in self.audiences())
        return frozenset({EVERYTHING}.union(*every))


def standings(attachments: Collection[Attachment], session: Session | scoped_session[Any]) -> dict[int, Standing]:
    """Return how attachments stand, by id, in one statement."""
    own = {attachment.id: attachment.confidential is not None for attachment in attachments}
    return _gather({id_: Standing(secret=secret) for id_, secret in own.items()}, listing.ATTACHMENTS, session)


def standing_of(attachment: Attachment) -> Standing:
    """Return how an attachment stands."""
    return standings([attachment], db.session)[attachment.id]


def proposal_standings(proposals: Collection[Proposal]) -> dict[int, Standing]:
    """Return how officers' papers stand, by id, in one statement."""
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
    who = reader(person)
    return any(audience.admits(who) for audience in standing_of(attachment).audiences())


def writes(person: Person | None, proposal: Any) -> bool:
    """Its author writes it, and so may whoever keeps the minutes of the forum it goes to."""
    return person is not None and (proposal.author_id == person.id or keeps(person, proposal))


def audience(proposal: Proposal | type[Proposal], *, is_open: Any) -> Audience:
    """A draft is its writers'; a paper that is ready is read in the collaboration, a secret one by who sits."""
    ready = proposal.state == ProposalState.READY
    return Audience(forum=proposal.forum_id, open=is_open, seated=ready, people=(proposal.author_id,))


def sees(person: Person | None, proposal: Any) -> bool:
    """A draft is its writers'; a paper that is ready is read in the collaboration, a secret one by who sits."""
    is_open = proposal.state is ProposalState.READY and proposal_standings([proposal])[proposal.id].open
    return audience(proposal, is_open=is_open).admits(reader(person))


def shows_secret_attachment(_person: Person, attachment: Attachment) -> bool:
    return standing_of(attachment).secret


def shows_secret_proposal(_person: Person, proposal: Proposal) -> bool:
    return proposal_standings([proposal])[proposal.id].secret


def _secret_sql() -> ColumnElement[bool]:
    """Say in SQL what `Standing.secret` says of an officer's paper."""
    listed = [
        place.where(place.selected_columns.paper == Proposal.id, place.selected_columns.secret)
        .correlate(Proposal)
        .exists()
        for place in listing.PROPOSALS
    ]
    return or_(Proposal.confidential.is_not(None), *listed)


def proposal_hidden_sql(person: Person | None, today: date) -> ColumnElement[bool]:
    """Say in SQL that something secret in an officer's paper is kept from a person who reads its forum.

    With None: from somebody.
    """
    secret = _secret_sql()
    is_open = (Proposal.state == ProposalState.READY) & ~secret
    return secret & ~audience(Proposal, is_open=is_open).where(reader(person, today))


WRITES = Right("writes_proposal", "Tjänsteskrivelsen skrivs av sin handläggare.", writes)
SEES = Right("sees_proposal", "Tjänsteskrivelsen är inte öppen för dig.", sees)
SEES_ATTACHMENT = Right("sees_attachment", "Handlingen är inte öppen för dig.", sees_attachment)
