"""A proposal's row to its PDF."""

from __future__ import annotations

from datetime import datetime

from govern import richtext
from govern.cases.models import Proposal
from govern.documents.pdf import write_pdf
from govern.documents.proposal import ProposalFacts, proposal_document
from govern.forums.house import style_of
from govern.web.swedish import local_day, slug

HEADINGS = {
    "matter": "Ärendebeskrivning",
    "basis": "Beslutsunderlag",
    "assessment": "Bedömning",
    "consequences": "Konsekvensanalys",
}
"""The text's own parts, in the order of the paper."""


def sections(proposal: Proposal) -> list[tuple[str, richtext.Blocks]]:
    """List the parts that hold text, as name of the part and text."""
    found = [(name, richtext.from_json(getattr(proposal, name))) for name in HEADINGS]
    return [(name, blocks) for name, blocks in found if richtext.text_of(blocks).strip()]


def lead(proposal: Proposal) -> str:
    """Say the words before the clauses."""
    return f"{proposal.forum.name} beslutar"


def pdf(proposal: Proposal, at: datetime) -> bytes:
    """Print the paper as it stands; a day is that on which it was ready, or `at`."""
    forum = proposal.forum
    facts = ProposalFacts(
        body=forum.body or forum.collaboration.name,
        forum=forum.name,
        heading=proposal.heading,
        reference=proposal.case.reference if proposal.case else "",
        author=proposal.author.name,
        day=local_day(proposal.ready_at or at),
        lead=f"{forum.name} föreslås besluta",
        clauses=tuple(proposal.clauses),
        sections=tuple((HEADINGS[name], blocks) for name, blocks in sections(proposal)),
        recipients=tuple(proposal.recipients),
        confidential=proposal.confidential,
    )
    return write_pdf(proposal_document(facts, style_of(forum))).pdf


def filename(proposal: Proposal) -> str:
    """Name the printed paper."""
    return f"tjansteskrivelse-{slug(proposal.heading)[:80]}.pdf"
