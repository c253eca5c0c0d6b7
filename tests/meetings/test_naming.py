"""Namesakes on a presence list are told apart; no database."""

from __future__ import annotations

from typing import Any

import pytest

from govern.forums.states import SeatRole
from govern.meetings.naming import distinct_names
from tests.plain import Row


def bo(number: int, party: str = "", title: str = "", letters: str = "", role: SeatRole = SeatRole.MEMBER) -> Any:
    """Return someone called Bo Björk."""
    return Row(id=number, name="Bo Björk", party=party, title=title, political_party=letters, role=role)


ANNA = Row(id=9, name="Anna Ask", party="Granby", role=SeatRole.CHAIR)

NAMESAKES: dict[str, tuple[list[Any], list[str]]] = {
    "alone": ([bo(1, "Granby")], ["Bo Björk"]),
    "by party": ([bo(1, "Granby"), bo(2, "Björkby")], ["Bo Björk (Granby)", "Bo Björk (Björkby)"]),
    "one without a party": ([bo(1), bo(2, "Björkby")], ["Bo Björk", "Bo Björk (Björkby)"]),
    "by title": ([bo(1, "Granby", "KSO"), bo(2, "Granby", "KC")], ["Bo Björk (KSO)", "Bo Björk (KC)"]),
    "by political party": ([bo(1, letters="S"), bo(2, letters="M")], ["Bo Björk (S)", "Bo Björk (M)"]),
    "by role": ([bo(1), bo(2, role=SeatRole.SUBSTITUTE)], ["Bo Björk (ledamot)", "Bo Björk (ersättare)"]),
    "by all together": (
        [bo(1, "Granby", "KSO"), bo(2, "Granby", "KC"), bo(3, "Björkby", "KC")],
        ["Bo Björk (Granby, KSO, ledamot)", "Bo Björk (Granby, KC, ledamot)", "Bo Björk (Björkby, KC, ledamot)"],
    ),
    "by nothing but their order": ([bo(1), bo(2)], ["Bo Björk (1)", "Bo Björk (2)"]),
}


@pytest.mark.parametrize(("people", "names"), NAMESAKES.values(), ids=NAMESAKES)
def test_namesakes_are_told_apart(people: list[Any], names: list[str]) -> None:
    """Others keep their names."""
    told = distinct_names([*people, ANNA])
    assert [told[one.id] for one in people] == names
    assert told[9] == "Anna Ask"
