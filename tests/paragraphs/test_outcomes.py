"""The outcome that a decision's words express; no database."""

from __future__ import annotations

import pytest

from govern.paragraphs.outcomes import said_by, said_by_all
from govern.paragraphs.states import Outcome

CLAUSES = {
    "bordlägga ärendet till nästa möte": Outcome.TABLING,
    "ärendet bordläggs": Outcome.TABLING,
    "återremittera ärendet för att räkna om": Outcome.REMISSION,
    "Ärendet återremitteras till styrelsen.": Outcome.REMISSION,
    "anteckna informationen": Outcome.NOTING,
    "informationen om växeln antecknas till protokollet": Outcome.NOTING,
    "lägga rapporten till handlingarna": Outcome.NOTING,
    "rapporten läggs till handlingarna": Outcome.NOTING,
    "välja Anna Ask till ordförande": Outcome.ELECTION,
    "Anna Ask väljs till ordförande": Outcome.ELECTION,
    "utse Bo Björk att justera protokollet": Outcome.ELECTION,
    "avslå motionen": Outcome.REJECTION,
    "motionen avslås": Outcome.REJECTION,
    "bifalla förslaget": Outcome.APPROVAL,
    "att  godkänna\nbudgeten": Outcome.APPROVAL,
    "uppdra åt chefen att bordlägga frågan": None,
    "ge den som väljs en nyckel": None,
    "lägga 7 kr per invånare på växeln": None,
    "meddela att rapporten antecknas senare": None,
    "anteckningarna sparas": None,
    "köpa en växel": None,
    "": None,
}


@pytest.mark.parametrize(("clause", "outcome"), CLAUSES.items(), ids=CLAUSES)
def test_what_the_words_say(clause: str, outcome: Outcome | None) -> None:
    assert said_by(clause) is outcome


def test_what_a_whole_decision_says() -> None:
    """Clauses that say different things say nothing together, except that a matter comes back."""
    assert said_by_all([]) is None
    assert said_by_all(["anteckna rapporten", "lägga den till handlingarna"]) is Outcome.NOTING
    assert said_by_all(["anteckna rapporten", "godkänna budgeten"]) is None
    assert said_by_all(["anteckna rapporten", "köpa en växel"]) is None
    assert said_by_all(["köpa en växel", "bordlägga resten"]) is Outcome.TABLING
