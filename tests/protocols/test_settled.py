"""When everyone has signed or refused, and whose turn it is: the same in Python and in SQL."""

import random

import pytest
from sqlalchemy import select

from govern.db import db
from govern.meetings.models import Meeting
from govern.protocols.models import Protocol, Signature, SigningRefusal
from govern.protocols.queries import waiting_signatures
from govern.protocols.rules import refuse_signing
from govern.protocols.states import SignerRole
from tests import make
from tests.cast import Cast
from tests.protocols.sealed import sealed


def asked() -> tuple[set[int], set[int]]:
    """Return the settled protocols and signatures, as the database judges; fail if Python judges otherwise."""
    db.session.commit()
    found = [set(db.session.scalars(select(kind.id).where(kind.settled))) for kind in (Protocol, Signature)]
    for kind, ids in zip((Protocol, Signature), found, strict=True):
        assert {row.id for row in db.session.scalars(select(kind)) if row.settled} == ids
    return found[0], found[1]


def test_a_signature_is_settled_when_it_is_given_or_refused(each_database: str, cast: Cast) -> None:
    """A refusal counts, so that nobody can stop an adjusting by refusing (JO 4024-1999)."""
    protocol = sealed(cast)
    ids = [signature.id for signature in protocol.signatures]
    assert asked() == (set(), set())
    for number, signature in enumerate(protocol.signatures, 1):
        make.add(SigningRefusal(signature=signature, reason="Nej.", at=make.AT))
        settled = {protocol.id} if number == len(ids) else set()
        assert asked() == (settled, set(ids[:number]))


@pytest.mark.parametrize("any_order", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_what_waits_for_somebody_is_what_they_may_sign(
    each_database: str, cast: Cast, seed: int, any_order: bool
) -> None:
    """The list of a person's signatures and the rule of their button agree, and so do both forms of `in_turn`."""
    source, protocol = random.Random(seed), sealed(cast)
    protocol.forum.any_order = any_order
    for position in range(len(protocol.signatures) + 1, 7):
        values = {"role": SignerRole.ADJUSTER, "person": cast.bo, "name": cast.bo.name, "field": f"A{position}"}
        protocol.signatures.append(Signature(position=position, **values))
    for signature in protocol.signatures:
        if source.random() < 0.5:
            make.add(SigningRefusal(signature=signature, reason="Nej.", at=make.AT))
    db.session.commit()
    joined = select(Signature.id).join(Signature.protocol).join(Protocol.meeting).join(Meeting.forum)
    in_turn = set(db.session.scalars(joined.where(Signature.in_turn)))
    assert in_turn == {signature.id for signature in protocol.signatures if signature.in_turn}
    settled = [signature.settled for signature in protocol.signatures]
    plainly = {s.id for place, s in enumerate(protocol.signatures) if any_order or all(settled[:place])}
    assert in_turn == plainly
    for person in (cast.anna, cast.bo, cast.cilla, cast.david):
        waiting = {signature.id for signature in waiting_signatures(person)}
        assert waiting == {row.id for row in protocol.signatures if refuse_signing(row, person) is None}
