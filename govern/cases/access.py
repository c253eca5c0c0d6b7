"""Who writes and who reads an officer's paper."""

from __future__ import annotations

from typing import Any

from govern.cases.states import ProposalState
from govern.forums.access import keeps, reads, sits
from govern.people.access import Right
from govern.people.models import Person


def writes(person: Person | None, proposal: Any) -> bool:
    """Its author writes it, and so may whoever keeps the minutes of the forum it goes to."""
    return person is not None and (proposal.author_id == person.id or keeps(person, proposal))


def sees(person: Person | None, proposal: Any) -> bool:
    """A draft is its writers'; a paper that is ready is read in the collaboration, a confidential one by who sits."""
    if writes(person, proposal):
        return True
    if proposal.state is not ProposalState.READY:
        return False
    return sits(person, proposal) if proposal.confidential else reads(person, proposal)


WRITES = Right("writes_proposal", "Tjänsteskrivelsen skrivs av sin handläggare.", writes)
SEES = Right("sees_proposal", "Tjänsteskrivelsen är inte öppen för dig.", sees)
