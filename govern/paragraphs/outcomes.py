"""The outcome that a decision's own words express, for phrases and prepared clauses, and to compare with its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from govern.paragraphs.states import COMES_BACK, Outcome

# An att-sats begins with its verb (bordlägga ärendet), or names the matter first (ärendet bordläggs).
_BEGINS = {
    Outcome.TABLING: r"bordlägga",
    Outcome.REMISSION: r"återremittera",
    Outcome.NOTING: r"anteckna|notera|lägga\b.*\btill handlingarna",
    Outcome.ELECTION: r"välja|utse",
    Outcome.REJECTION: r"avslå",
    Outcome.APPROVAL: r"bifalla|godkänna|anta|fastställa",
}
_NAMES_FIRST = {
    Outcome.TABLING: r"bordläggs|bordlägges",
    Outcome.REMISSION: r"återremitteras",
    Outcome.NOTING: r"antecknas|noteras|läggs\b.*\btill handlingarna|lägges\b.*\btill handlingarna",
    Outcome.ELECTION: r"väljs|väljes|utses",
    Outcome.REJECTION: r"avslås",
    Outcome.APPROVAL: r"bifalls|bifalles|godkänns|godkännes|antas|fastställs|fastställes",
}
_MATTER = r"(?:(?!som\b|att\b|när\b|där\b)[^\s,.]+\s+){1,6}?"
_SAYS = {
    outcome: re.compile(
        rf"(?:att\s+)?(?:(?:{_BEGINS[outcome]})\b|{_MATTER}(?:{_NAMES_FIRST[outcome]})\b)", re.IGNORECASE
    )
    for outcome in _BEGINS
}


def said_by(clause: str) -> Outcome | None:
    """Return the outcome that one att-sats expresses, or None if its words do not tell."""
    words = " ".join(clause.split())
    return next((outcome for outcome, pattern in _SAYS.items() if pattern.match(words)), None)


def said_by_all(clauses: Sequence[str]) -> Outcome | None:
    """Return the outcome that a whole decision's words express, or None if they do not tell or tell different ones.

    A matter that is tabled or returned comes back, whatever else is decided about it.
    """
    said = [said_by(clause) for clause in clauses]
    back = next((outcome for outcome in said if outcome in COMES_BACK), None)
    return back or (said[0] if said and set(said) == {said[0]} else None)


def contradicted(outcome: Outcome, clauses: Sequence[str]) -> Outcome | None:
    """Return the outcome that the words express instead of the one chosen; None if they agree or do not tell.

    The protocol gives the decision that was made (KL 5:66, 6:35), and only a tabled or returned matter comes back.
    """
    said = said_by_all(clauses)
    if outcome in COMES_BACK and said is None:
        said = next((one for one in map(said_by, clauses) if one), None)
    if said is Outcome.APPROVAL and outcome is Outcome.OTHER:
        return None
    return said if said is not outcome else None
