"""Finding proposals and attachments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from govern.cases.access import proposal_seen_sql, standing_of
from govern.cases.models import Attachment, Proposal
from govern.cases.states import ProposalState
from govern.db import db
from govern.forums.models import Forum
from govern.people.models import Person

MOST = 200


def listed_attachment(attachment_id: int) -> Attachment | None:
    """Return an attachment that is listed somewhere, or None."""
    attachment = db.session.get(Attachment, attachment_id)
    return attachment if attachment is not None and standing_of(attachment).forums else None


def proposal_by_id(proposal_id: int) -> Proposal | None:
    """Return a proposal with its forum, case and author, or None."""
    return db.session.get(
        Proposal,
        proposal_id,
        options=[joinedload(Proposal.forum), joinedload(Proposal.case), joinedload(Proposal.author)],
    )


def proposals_to(forum: Forum, person: Person, today: date) -> Sequence[Proposal]:
    """List at most `MOST` proposals addressed to a forum that a person may see, the latest first."""
    query = select(Proposal).where(Proposal.forum_id == forum.id, proposal_seen_sql(person, today))
    query = query.options(joinedload(Proposal.author))
    return db.session.scalars(query.order_by(Proposal.written_at.desc(), Proposal.id.desc()).limit(MOST)).all()


def ready_proposals(forum: Forum) -> Sequence[Proposal]:
    """List at most `MOST` proposals to a forum that are ready for an agenda, the latest first."""
    query = select(Proposal).where(Proposal.forum_id == forum.id, Proposal.state == ProposalState.READY)
    return db.session.scalars(query.order_by(Proposal.ready_at.desc(), Proposal.id.desc()).limit(MOST)).all()
