"""Who presided at a paragraph and therefore approves it."""

from types import SimpleNamespace
from typing import Any

import pytest

from govern.errors import Refused
from govern.forums.states import SeatRole
from govern.paragraphs import movements, operations, queries, rules
from govern.paragraphs.attendance import presiding
from govern.paragraphs.queries import paragraph_by_id, waiting_for
from govern.paragraphs.rules import Refusal
from govern.paragraphs.states import Change, ParagraphState
from tests import make
from tests.cast import Cast
from tests.protocols.sealed import held

CHAIR, VICE, SECOND, MEMBER = 1, 2, 3, 4


def person(number: int, role: SeatRole) -> Any:
    """Return a presence from the start of the meeting."""
    return SimpleNamespace(id=number, person_id=number * 10, role=role, present=True, serving_for_id=None)


PRESENCES = [
    person(CHAIR, SeatRole.CHAIR),
    person(VICE, SeatRole.VICE_CHAIR),
    person(SECOND, SeatRole.VICE_CHAIR),
    person(MEMBER, SeatRole.MEMBER),
]


def paragraph(**happens: Any) -> Any:
    """Return a paragraph where people leave, arrive, are disqualified, or are chosen to preside."""
    changes = [
        SimpleNamespace(presence_id=who, change=change, serving_for_id=None)
        for change in (Change.LEAVES, Change.ARRIVES)
        for who in happens.get(change.value, ())
    ]
    chosen = happens.get("chosen")
    return SimpleNamespace(
        changes=changes,
        disqualifications=[SimpleNamespace(presence_id=who) for who in happens.get("disqualified", ())],
        presiding=SimpleNamespace(presence_id=chosen) if chosen else None,
    )


@pytest.mark.parametrize(
    ("paragraphs", "presided"),
    [
        pytest.param([{}, {}], [CHAIR, CHAIR], id="the chair"),
        pytest.param([{}, {"disqualified": [CHAIR]}, {}], [CHAIR, VICE, CHAIR], id="disqualified at one"),
        pytest.param([{"leaves": [CHAIR]}, {}, {"arrives": [CHAIR]}], [VICE, VICE, CHAIR], id="away for two"),
        pytest.param([{"disqualified": [CHAIR, VICE]}], [SECOND], id="the next vice chair in order"),
        pytest.param([{"leaves": [CHAIR, VICE, SECOND]}], [None], id="nobody"),
        pytest.param([{"leaves": [CHAIR, VICE, SECOND], "chosen": MEMBER}], [MEMBER], id="a member is chosen"),
        pytest.param([{}, {"chosen": VICE}, {}], [CHAIR, VICE, VICE], id="chosen from there on"),
        pytest.param([{"chosen": VICE}, {"chosen": CHAIR}], [VICE, CHAIR], id="the chair takes over again"),
        pytest.param([{"chosen": MEMBER}, {"leaves": [MEMBER]}], [MEMBER, CHAIR], id="who was chosen leaves"),
        pytest.param([{"chosen": VICE}, {"disqualified": [VICE]}, {}], [VICE, CHAIR, VICE], id="chosen, disqualified"),
    ],
)
def test_who_presided(paragraphs: list[dict[str, Any]], presided: list[int | None]) -> None:
    """The one chosen presides, else the chair, else a vice chair in order, if present and not disqualified."""
    found = presiding(PRESENCES, [paragraph(**happens) for happens in paragraphs], CHAIR * 10)
    assert [presence.id if presence else None for presence in found] == presided


def test_the_one_who_presided_approves(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits for that person's approval, not for the chair's."""
    ids = [p.id for p in held(cast, instead=True)]
    first, second = (paragraph_by_id(paragraph_id) for paragraph_id in ids)
    assert first
    assert second
    assert [p.id for p in waiting_for(cast.anna)] == ids[:1]
    assert [p.id for p in waiting_for(cast.bo)] == ids[1:]
    monkeypatch.setattr(queries, "MOST_WAITING", 1)
    assert [p.id for p in waiting_for(cast.bo)] == ids[1:], "what waits for others is not counted"
    for wrong, by in ((second, cast.anna), (first, cast.bo), (first, cast.david)):
        with pytest.raises(Refused, match=Refusal.NOT_APPROVER.value):
            operations.approve(wrong, by=by, at=make.AT)
    operations.approve(second, by=cast.bo, at=make.AT)
    assert second.state is ParagraphState.APPROVED


def test_nobody_presides_until_someone_is_chosen(cast: Cast) -> None:
    """If all chairs are disqualified, a member must be chosen, who may not be disqualified."""
    paragraph_ = paragraph_by_id(held(cast)[1].id)
    assert paragraph_
    by_name = {p.name: p for p in paragraph_.meeting.presences}
    for name in (cast.anna.name, cast.bo.name):
        movements.disqualify(paragraph_, by_name[name], "", by=cast.cilla, at=make.AT)
    assert rules.refuse_approval(paragraph_, cast.anna) is Refusal.NOBODY_PRESIDES
    with pytest.raises(Refused, match=Refusal.PRESIDES_AWAY.value):
        movements.preside(paragraph_, by_name[cast.bo.name], by=cast.cilla, at=make.AT)
    movements.preside(paragraph_, by_name[cast.david.name], by=cast.cilla, at=make.AT)
    assert rules.refuse_approval(paragraph_, cast.david) is None
    movements.undo_presiding(paragraph_, by=cast.cilla, at=make.AT)
    assert rules.refuse_approval(paragraph_, cast.david) is Refusal.NOBODY_PRESIDES
