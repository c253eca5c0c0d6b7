"""Writing a proposal, marking it ready, and making it a draft again."""

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
from govern.swedish import bare_clause

TEXTS = ("matter", "basis", "assessment", "consequences")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalFacts:
    """A proposal as typed: the long texts as the editor's HTML, `clauses` and `recipients` with one item per line."""

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
    """Save a proposal that was edited from `version`; if it is None add one, with `by` as its author.

    Raises:
        Refused: if the heading is blank, the proposal is ready, someone else has saved since, or the tables have too
            many cells.
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
    proposal.clauses = list(filter(None, map(bare_clause, _lines(facts.clauses))))
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
    """Mark a proposal as ready for an agenda.

    Raises:
        Refused: if it is ready already, has neither clauses nor a description of the matter, or is too long to print.
    """
    enforce(refuse_proposal_ready(proposal))
    proposal.state, proposal.ready_at = ProposalState.READY, at
    audit.write("proposal.ready", proposal, by=by, at=at)
    save_changes()


def take_back(proposal: Proposal, *, by: Person, at: datetime) -> None:
    """Make a proposal a draft again; what has been sent with a summons is not affected."""
    proposal.state, proposal.ready_at = ProposalState.DRAFT, None
    audit.write("proposal.taken_back", proposal, by=by, at=at)
    save_changes()


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
