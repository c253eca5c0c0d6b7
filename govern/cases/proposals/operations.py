"""An officer's paper is written, marked ready, and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from govern import audit, markup, richtext
from govern.cases.models import Proposal
from govern.cases.operations import find_or_open
from govern.cases.rules import Refusal, refuse_proposal_change, refuse_proposal_ready
from govern.cases.states import ProposalState
from govern.db import db, save_changes
from govern.errors import Refused, enforce
from govern.forums.models import Forum
from govern.people.models import Person

TEXTS = ("matter", "basis", "assessment", "consequences")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalFacts:
    """What is written in the paper; the long texts as the editor's HTML, lists a line each."""

    heading: str
    reference: str = ""
    clauses: str = ""
    matter: str = ""
    basis: str = ""
    assessment: str = ""
    consequences: str = ""
    recipients: str = ""
    confidential: str | None = None


def save_proposal(
    forum: Forum, proposal: Proposal | None, facts: ProposalFacts, *, version: int = 0, by: Person, at: datetime
) -> Proposal:
    """Save what was written on top of `version`; without a proposal a new one is begun, whose author is `by`.

    Raises:
        Refused: when the heading is blank, the paper is ready, someone else has saved since, or a table is too large.
    """
    if not facts.heading.strip():
        raise Refused(Refusal.NO_HEADING, "heading")
    markup.refuse_cells(getattr(facts, name) for name in TEXTS)
    case = None
    if proposal is not None:
        enforce(refuse_proposal_change(proposal, version))
    if facts.reference.strip():
        case = find_or_open(forum.collaboration, facts.reference, facts.heading.strip(), by=by, at=at)
    if proposal is None:
        proposal = Proposal(forum=forum, author=by, state=ProposalState.DRAFT, version=0)
    proposal.heading = facts.heading.strip()
    proposal.clauses = [_without_att(line) for line in _lines(facts.clauses)]
    proposal.recipients = _lines(facts.recipients)
    proposal.confidential = facts.confidential or None
    for name in TEXTS:
        setattr(proposal, name, richtext.to_json(markup.from_html(getattr(facts, name))))
    proposal.case = case
    proposal.version += 1
    proposal.written_at = at
    db.session.add(proposal)
    db.session.flush()
    audit.write("proposal.saved", proposal, by=by, at=at, version=proposal.version)
    save_changes()
    return proposal


def mark_ready(proposal: Proposal, *, by: Person, at: datetime) -> None:
    """Say that the paper can go to the forum.

    Raises:
        Refused: when it is ready already, or proposes nothing and says nothing.
    """
    enforce(refuse_proposal_ready(proposal))
    proposal.state, proposal.ready_at = ProposalState.READY, at
    audit.write("proposal.ready", proposal, by=by, at=at)
    save_changes()


def take_back(proposal: Proposal, *, by: Person, at: datetime) -> None:
    """Take the paper back to write on; what has been sent with a summons stays as it was sent."""
    proposal.state, proposal.ready_at = ProposalState.DRAFT, None
    audit.write("proposal.taken_back", proposal, by=by, at=at)
    save_changes()


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _without_att(clause: str) -> str:
    """Take away the `att` that the paper itself prints."""
    return clause[4:].strip() if clause.lower().startswith("att ") else clause
