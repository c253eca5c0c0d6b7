"""Names and organisation numbers are unique among collaborations and among their parties; numbers are optional."""

from __future__ import annotations

from typing import Any

import pytest

from govern.db import db
from govern.errors import Refused
from govern.parties import operations
from govern.parties.models import Collaboration, Party
from govern.parties.rules import Refusal
from tests.cast import Cast
from tests.make import AT

NUMBER, OTHER = "212000-2411", "212000-0142"


def add(cast: Cast, name: str, number: str | None) -> Collaboration:
    """Add a collaboration."""
    return operations.add_collaboration(name, number, "", by=cast.ada, at=AT)


@pytest.mark.parametrize(
    ("name", "number", "refusal"),
    [
        ("Dalsam", OTHER, Refusal.COLLABORATION_TAKEN),
        ("Norrsam", NUMBER, Refusal.COLLABORATION_TAKEN),
        ("Norrsam", "2120002411", Refusal.COLLABORATION_TAKEN),
        ("Norrsam", OTHER, None),
        ("Norrsam", None, None),
        ("Norrsam", "212000-2412", Refusal.ORG_NUMBER),
    ],
)
def test_a_collaboration_is_told_from_others(
    cast: Cast, name: str, number: str | None, refusal: Refusal | None
) -> None:
    """This holds when it is added and when it is changed; a refusal stores nothing."""
    add(cast, "Dalsam", NUMBER)
    add(cast, "Utan nummer", None)
    if refusal is None:
        assert add(cast, name, number).id
        return
    with pytest.raises(Refused) as refused:
        add(cast, name, number)
    assert refused.value.sentence == refusal
    changed = add(cast, "Ändras", None)
    with pytest.raises(Refused):
        operations.change_collaboration(changed, name, number, "", by=cast.ada, at=AT)
    db.session.rollback()
    assert sorted(db.session.scalars(db.select(Collaboration.name))) == ["Dalsam", "Utan nummer", "Älvsam", "Ändras"]


def test_a_collaboration_keeps_its_own_name(cast: Cast) -> None:
    row = add(cast, "Dalsam", NUMBER)
    operations.change_collaboration(row, "Dalsam", NUMBER, "Vatten", by=cast.ada, at=AT)
    assert row.purpose == "Vatten"
    assert add(cast, "Dälsam", None).slug != row.slug


@pytest.mark.parametrize(
    ("name", "number", "refusal"),
    [
        ("Granby kommun", None, Refusal.NAME_TAKEN),
        ("Norrby kommun", NUMBER, Refusal.NUMBER_TAKEN),
        ("Norrby kommun", OTHER, None),
        ("Norrby kommun", None, None),
    ],
)
def test_a_party_is_told_from_others(cast: Cast, name: str, number: str | None, refusal: Refusal | None) -> None:
    cast.host.org_number = NUMBER
    facts: dict[str, Any] = {"short_name": "", "population": 9000, "host": False, "by": cast.ada, "at": AT}

    def save(party: Party | None) -> Party:
        return operations.save_party(cast.collaboration, party, name=name, org_number=number, **facts)

    if refusal is None:
        assert save(None).short_name == name
        return
    with pytest.raises(Refused) as refused:
        save(None)
    assert refused.value.sentence == refusal
    assert save(cast.other if refusal is Refusal.NAME_TAKEN else cast.host)
