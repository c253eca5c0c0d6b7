"""Converting a proposal's row to the facts of its printed paper, and printing it."""

from __future__ import annotations

from datetime import datetime

from govern import richtext
from govern.cases.models import Proposal
from govern.documents.papers.files import proposal_file
from govern.documents.papers.proposal import ProposalFacts
from govern.forums.house.queries import style_of
from govern.media import Ending
from govern.swedish import local_day, slug

HEADINGS = {
    "matter": "Ärendebeskrivning",
    "basis": "Beslutsunderlag",
    "assessment": "Bedömning",
    "consequences": "Konsekvensanalys",
}
"""The headings of the long texts, in the order of the printed paper."""


def sections(proposal: Proposal) -> list[tuple[str, richtext.Blocks]]:
    """List the long texts that are not empty, as (name, text)."""
    found = [(name, richtext.from_json(getattr(proposal, name))) for name in HEADINGS]
    return [(name, blocks) for name, blocks in found if richtext.text_of(blocks).strip()]


def lead(proposal: Proposal) -> str:
    """Return the text before the clauses."""
    return f"{proposal.forum.name} beslutar"


def facts(proposal: Proposal, at: datetime) -> ProposalFacts:
    """Return the facts of the printed paper; it is dated the day it was marked ready, else that of `at`."""
    forum = proposal.forum
    return ProposalFacts(
        body=forum.legal_body,
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


def printed(proposal: Proposal, at: datetime, ending: Ending = "pdf") -> bytes:
    """Return the printed paper as a file."""
    return proposal_file(facts(proposal, at), ending, style_of(proposal.forum))


def filename(proposal: Proposal, ending: Ending = "pdf") -> str:
    """Return the file name of the printed paper."""
    return f"tjansteskrivelse-{slug(proposal.heading)[:80]}.{ending}"
