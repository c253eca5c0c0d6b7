"""Who may see a paper, that is, an attachment or a proposal (tjänsteskrivelse): one rule for every page and file.

A paper is secret if it or any place where it is listed is, and otherwise as open as the most open of these places.
Those who sit in a forum that lists it see it. An attachment that is listed nowhere is seen by nobody; a proposal
always belongs to its own forum. The predicates, the access terms in the search index (`Standing.readers`) and the
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
    """Where a paper is listed and how: by which forums, whether it is secret, and whether others may know of it."""

    forums: frozenset[int] = frozenset()
    secret: bool = False
    disclosed: bool = False

    @property
    def open(self) -> bool:
        """Whether the whole collaboration may see it."""
        return self.disclosed and not self.secret

    def audiences(self) -> list[Audience]:
        """Return the audiences that may read it, one for each forum that lists it."""
        return [Audience(forum=forum, open=self.open) for forum in sorted(self.forums)]

    def readers(self, collaboration_id: int) -> frozenset[str]:
        """Return its access terms in the search index: a reader needs one of them."""
        every = (audience.terms(collaboration_id) for audience in self.audiences())
        return frozenset({EVERYTHING}.union(*every))


def standings(attachments: Collection[Attachment], session: Session | scoped_session[Any]) -> dict[int, Standing]:
    """Return the standings of attachments, by id, in one statement."""
    own = {attachment.id: attachment.confidential is not None for attachment in attachments}
    return _gather({id_: Standing(secret=secret) for id_, secret in own.items()}, listing.attachments(), session)


def standing_of(attachment: Attachment) -> Standing:
    """Return the standing of an attachment."""
    return standings([attachment], db.session)[attachment.id]


def proposal_standings(proposals: Collection[Proposal]) -> dict[int, Standing]:
    """Return the standings of proposals, by id, in one statement."""
    own = {
        p.id: Standing(frozenset({p.forum_id}), p.confidential is not None, p.state is ProposalState.READY)
        for p in proposals
    }
    return _gather(own, listing.proposals(), db.session)


def _gather(
    own: dict[int, Standing], places: list[Select[Any]], session: Session | scoped_session[Any]
) -> dict[int, Standing]:
    if own:
        rows = union_all(*(place.where(place.selected_columns.paper.in_(own)) for place in places))
        for row in session.execute(rows):
            so_far = own[row.paper]
            own[row.paper] = Standing(
                so_far.forums | {row.forum}, so_far.secret or bool(row.secret), so_far.disclosed or bool(row.disclosed)
            )
    return own


def sees_attachment(person: Person | None, attachment: Any) -> bool:
    """Those who sit in a forum that lists the attachment see it; the whole collaboration does if it is open."""
    who = reader(person)
    return any(audience.admits(who) for audience in standing_of(attachment).audiences())


def writes(person: Person | None, proposal: Any) -> bool:
    """The proposal's author and the secretary of the forum it is addressed to, or an administrator."""
    return person is not None and (proposal.author_id == person.id or keeps(person, proposal))


def audience(proposal: Proposal | type[Proposal], *, is_open: Any) -> Audience:
    """Return who may read a proposal; `is_open` is whether it is ready and not secret, as a value or in SQL."""
    ready = proposal.state == ProposalState.READY
    return Audience(forum=proposal.forum_id, open=is_open, seated=ready, people=(proposal.author_id,))


def sees(person: Person | None, proposal: Any) -> bool:
    """Its author and the secretary read a draft; the collaboration reads a ready one, or if secret those who sit."""
    is_open = proposal.state is ProposalState.READY and proposal_standings([proposal])[proposal.id].open
    return audience(proposal, is_open=is_open).admits(reader(person))


def shows_secret_attachment(_person: Person, attachment: Attachment) -> bool:
    return standing_of(attachment).secret


def shows_secret_proposal(_person: Person, proposal: Proposal) -> bool:
    return proposal_standings([proposal])[proposal.id].secret


def _secret_sql() -> ColumnElement[bool]:
    """Return `Standing.secret` of a proposal as an SQL condition."""
    listed = [
        place.where(place.selected_columns.paper == Proposal.id, place.selected_columns.secret)
        .correlate(Proposal)
        .exists()
        for place in listing.proposals()
    ]
    return or_(Proposal.confidential.is_not(None), *listed)


def proposal_hidden_sql(person: Person | None, today: date) -> ColumnElement[bool]:
    """Return an SQL condition: a proposal is secret and the person may not read it.

    With None as the person it holds for every secret proposal.
    """
    return _secret_sql() & ~proposal_seen_sql(person, today)


def proposal_seen_sql(person: Person | None, today: date) -> ColumnElement[bool]:
    """Return `sees` of a proposal as an SQL condition, for a person on a day."""
    is_open = (Proposal.state == ProposalState.READY) & ~_secret_sql()
    return audience(Proposal, is_open=is_open).where(reader(person, today))


WRITES = Right("writes_proposal", "Tjänsteskrivelsen skrivs av sin handläggare.", writes)
SEES = Right("sees_proposal", "Tjänsteskrivelsen är inte öppen för dig.", sees)
SEES_ATTACHMENT = Right("sees_attachment", "Handlingen är inte öppen för dig.", sees_attachment)
