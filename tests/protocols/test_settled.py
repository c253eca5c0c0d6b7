"""When everyone has signed or refused: the same in Python and in SQL."""

from sqlalchemy import select

from govern.db import db
from govern.protocols.models import Protocol, Signature, SigningRefusal
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
