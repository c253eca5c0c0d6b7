"""Who signs: also for whoever presided in the chair's place, and in the place of an adjuster who cannot."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from govern.db import db
from govern.errors import Refused
from govern.protocols import signing, substituting
from govern.protocols.models import Protocol, Signature
from govern.protocols.queries import latest_file
from govern.protocols.rules import Refusal
from govern.protocols.verify import verify
from tests.browse import Browser
from tests.cast import Cast
from tests.protocols.sealed import sealed

NOW = datetime.now(UTC)
LASTS = timedelta(minutes=5)


def presence(protocol: Protocol, name: str) -> object:
    """Give someone's presence."""
    return next(p for p in protocol.meeting.presences if p.name.startswith(name))


def adjuster(protocol: Protocol) -> Signature:
    """Give David's signature."""
    return next(s for s in protocol.signatures if s.role == "adjuster")


def test_both_who_presided_sign(cast: Cast) -> None:
    """The record says at which paragraphs, the stamp too, and the order is the record's."""
    protocol = sealed(cast, instead=True)
    assert [(s.name, s.role.value, s.field) for s in protocol.signatures] == [
        ("Cilla Ceder", "secretary", "Secretary"),
        ("Anna Ask", "chair", "Chair"),
        ("Bo Björk", "chair", "Chair2"),
        ("David Dal", "adjuster", "Adjuster1"),
    ]
    for signature, person in zip(protocol.signatures, (cast.cilla, cast.anna, cast.bo), strict=False):
        signing.sign(signature, fresh_at=NOW, fresh_for=LASTS, by=person, at=NOW)
    sentences = verify(latest_file(protocol).pdf, at=NOW).sentences
    assert any(s.startswith("Underskriften av Bo Björk, ordförande § 13") for s in sentences)
    assert any(s.startswith("Underskriften av Anna Ask, ordförande") for s in sentences)


@pytest.mark.parametrize(
    ("whose", "who", "reason", "refusal"),
    [
        ("adjuster", "Ada", " ", Refusal.NO_SUBSTITUTE_REASON),
        ("adjuster", "Bo", "Sjuk", None),
        ("adjuster", "Anna", "Sjuk", Refusal.SIGNS_ALREADY),
        ("chair", "Ada", "Sjuk", Refusal.NOT_ADJUSTER),
        ("secretary", "Ada", "Sjuk", Refusal.NOT_ADJUSTER),
    ],
)
def test_who_may_sign_for_whom(cast: Cast, whose: str, who: str, reason: str, refusal: Refusal | None) -> None:
    """Only for an adjuster, only somebody who was there and does not sign already, and never without a reason."""
    protocol = sealed(cast)
    signature = next(s for s in protocol.signatures if s.role == whose)
    if refusal is None:
        substituting.substitute(signature, presence(protocol, who), reason, by=cast.cilla, at=NOW)  # type: ignore[arg-type]
        assert signature.person is cast.bo
        return
    with pytest.raises(Refused, match=refusal.value):
        substituting.substitute(signature, presence(protocol, who), reason, by=cast.cilla, at=NOW)  # type: ignore[arg-type]


def test_whoever_was_away_does_not_adjust(cast: Cast) -> None:
    """They cannot say what was decided."""
    protocol = sealed(cast)
    ada = presence(protocol, "Ada")
    ada.present = False  # type: ignore[attr-defined]
    with pytest.raises(Refused, match=Refusal.NOT_THERE.value):
        substituting.substitute(adjuster(protocol), ada, "Sjuk", by=cast.cilla, at=NOW)  # type: ignore[arg-type]


def test_a_substitute_signs(browse: Callable[..., Browser], cast: Cast) -> None:
    """Named on the page, in the stamp and in what verification says; David no longer signs; the record stands."""
    protocol = sealed(cast)
    protocol_id, before = protocol.id, protocol.sha256
    page = browse("cilla")
    page.get(f"/protokoll/{protocol_id}")
    shown = page.submit("Anteckna ersättaren", **fields(protocol, cast.ada.name, "David är sjuk"))
    assert "Ada Administratör justerar i stället för David Dal: David är sjuk." in shown.text("#underskrifter")
    signatures = db.session.scalars(select(Signature).order_by(Signature.position)).all()
    for signature, person in zip(signatures, (cast.cilla, cast.anna), strict=False):
        signing.sign(signature, fresh_at=NOW, fresh_for=LASTS, by=person, at=NOW)
    with pytest.raises(Refused):
        signing.sign(signatures[2], fresh_at=NOW, fresh_for=LASTS, by=cast.david, at=NOW)
    file = signing.sign(signatures[2], fresh_at=NOW, fresh_for=LASTS, by=cast.ada, at=NOW)
    verdict = verify(file.pdf, at=NOW)
    assert verdict.genuine
    assert any(
        s.startswith("Underskriften av Ada Administratör, justerare i stället för David Dal") for s in verdict.sentences
    )
    assert any("Ada Administratör justerar i stället för David Dal" in s and "sjuk" in s for s in verdict.sentences)
    assert signatures[2].protocol.sha256 == before


def fields(protocol: Protocol, name: str, reason: str) -> dict[str, object]:
    """Fill in the form of the adjuster."""
    prefix = f"s{adjuster(protocol).id}-"
    return {f"{prefix}presence": presence(protocol, name).id, f"{prefix}reason": reason}  # type: ignore[attr-defined]


def test_a_member_names_no_substitute(browse: Callable[..., Browser], cast: Cast) -> None:
    """The secretary does."""
    signature_id = adjuster(sealed(cast)).id
    browse("bo").post(f"/underskrifter/{signature_id}/ersattare", {}, status=403)
