"""Who signs, including those who presided for the chair and those who sign for an adjuster who cannot."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from govern.db import db
from govern.documents.signatures import pades
from govern.errors import Refused
from govern.people.accounts import operations as accounts
from govern.people.rules import Refusal as AccountRefusal
from govern.protocols.models import Protocol, Signature
from govern.protocols.queries import latest_file
from govern.protocols.rules import Refusal
from govern.protocols.signing import operations as signing
from govern.protocols.signing import substituting
from govern.protocols.verifying.judging import verify
from tests.browse import Browser
from tests.cast import Cast
from tests.protocols.sealed import sealed

NOW = datetime.now(UTC)
LASTS = timedelta(minutes=5)


def presence(protocol: Protocol, name: str) -> object:
    """Return the presence of the person whose name starts with `name`."""
    return next(p for p in protocol.meeting.presences if p.name.startswith(name))


def adjuster(protocol: Protocol) -> Signature:
    """Return the adjuster's signature, which is David's."""
    return next(s for s in protocol.signatures if s.role == "adjuster")


def test_both_who_presided_sign(cast: Cast) -> None:
    """The stamp names the paragraphs at which the other one presided; the order follows the record."""
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
    """Only an adjuster can be replaced, with a reason, by somebody who was present and does not sign already."""
    protocol = sealed(cast)
    signature = next(s for s in protocol.signatures if s.role == whose)
    if refusal is None:
        substituting.substitute(signature, presence(protocol, who), reason, by=cast.cilla, at=NOW)  # type: ignore[arg-type]
        assert signature.person is cast.bo
        return
    with pytest.raises(Refused, match=refusal.value):
        substituting.substitute(signature, presence(protocol, who), reason, by=cast.cilla, at=NOW)  # type: ignore[arg-type]


def test_whoever_was_away_does_not_adjust(cast: Cast) -> None:
    """Somebody who was absent cannot confirm what was decided."""
    protocol = sealed(cast)
    ada = presence(protocol, "Ada")
    ada.present = False  # type: ignore[attr-defined]
    with pytest.raises(Refused, match=Refusal.NOT_THERE.value):
        substituting.substitute(adjuster(protocol), ada, "Sjuk", by=cast.cilla, at=NOW)  # type: ignore[arg-type]


def test_a_substitute_signs(browse: Callable[..., Browser], cast: Cast) -> None:
    """Page, stamp and verification name the substitute; David can no longer sign; the record is unchanged."""
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
    """Return the fields of the adjuster's substitution form."""
    prefix = f"s{adjuster(protocol).id}-"
    return {f"{prefix}presence": presence(protocol, name).id, f"{prefix}reason": reason}  # type: ignore[attr-defined]


def test_a_member_names_no_substitute(browse: Callable[..., Browser], cast: Cast) -> None:
    """Only the secretary may name a substitute."""
    signature_id = adjuster(sealed(cast)).id
    browse("bo").post(f"/underskrifter/{signature_id}/ersattare", {}, status=403)


def begin(cast: Cast) -> tuple[Protocol, Signature, signing.Begun]:
    """Let the others sign, and begin David's signature."""
    protocol = sealed(cast)
    signature = adjuster(protocol)
    for other in protocol.signatures[:-1]:
        signing.sign(other, fresh_at=NOW, fresh_for=LASTS, by=other.person, at=NOW)  # type: ignore[arg-type]
    return protocol, signature, signing.begin(signature, fresh_at=NOW, fresh_for=LASTS, by=cast.david, at=NOW)


@pytest.mark.usefixtures("each_database")
def test_what_the_adjuster_had_begun_is_dropped(cast: Cast) -> None:
    """A substitution discards the signing job; it is never stored as the substitute's signature."""
    protocol, signature, begun = begin(cast)
    substituting.substitute(signature, presence(protocol, "Ada"), "Sjuk", by=cast.cilla, at=NOW)  # type: ignore[arg-type]
    with pytest.raises(Refused, match=Refusal.JOB_GONE.value):
        signing.finish(begun.token, {}, at=NOW)
    assert signature.signed_at is None


@pytest.mark.parametrize("when", ["before", "while the service answers"])
def test_a_job_is_its_beginners(cast: Cast, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    """If the signature is reassigned after signing has begun, the person who began cannot finish it."""
    _, signature, begun = begin(cast)
    signature_id, ada_id = signature.id, cast.ada.id

    def hand_over() -> None:
        db.session.get_one(Signature, signature_id).person_id = ada_id
        db.session.commit()

    if when == "before":
        hand_over()
    else:
        finish = pades.finish

        def slowly(*args: Any) -> bytes:
            hand_over()
            return finish(*args)

        monkeypatch.setattr(pades, "finish", slowly)
    with pytest.raises(Refused, match=Refusal.NOT_SIGNER.value):
        signing.finish(begun.token, {}, at=NOW)
    db.session.rollback()
    assert db.session.get_one(Signature, signature_id).signed_at is None


def test_whose_account_was_closed_meanwhile_signs_nothing(cast: Cast) -> None:
    """A signer whose account is closed after signing has begun cannot finish."""
    _, signature, begun = begin(cast)
    accounts.set_disabled(cast.david.account, True, by=cast.ada, at=NOW)  # type: ignore[arg-type]
    with pytest.raises(Refused, match=AccountRefusal.CLOSED.value):
        signing.finish(begun.token, {}, at=NOW)
    assert signature.signed_at is None
