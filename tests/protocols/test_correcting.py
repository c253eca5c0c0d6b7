"""An adjuster's refusal does not stop the other signers; a correction is signed and shown above what it corrects."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from govern import record
from govern.db import db
from govern.documents.papers import correction
from govern.documents.signatures.refusing import print_refusal
from govern.documents.signatures.values import SignerFacts
from govern.documents.signatures.verify import verify as verify_pdf
from govern.errors import Refused
from govern.meetings.models import Meeting
from govern.paragraphs.queries import paragraphs_of
from govern.protocols import operations
from govern.protocols.correcting import operations as correcting
from govern.protocols.models import Protocol, Signature
from govern.protocols.queries import beside, corrected, latest_file, waiting_signatures
from govern.protocols.rules import Refusal, refuse_correcting, refuse_signing
from govern.protocols.signing import keys
from govern.protocols.signing import operations as signing
from govern.protocols.states import ProtocolKind, SignerRole
from govern.protocols.verifying.judging import verify
from tests.browse import Browser
from tests.cast import Cast
from tests.documents.reading import faults, run
from tests.documents.test_longterm import FOLLOWED
from tests.protocols.tampering import cut_after
from tests.protocols.test_adjusting import AT, meeting  # noqa: F401 — a fixture

Browse = Callable[..., Browser]
FRESH = timedelta(minutes=5)


@pytest.fixture
def protocol(cast: Cast, meeting: Meeting) -> Protocol:  # noqa: F811
    """Return the meeting's sealed protocol, which Cilla, Anna and Bo are to sign."""
    return operations.seal(meeting, by=cast.cilla, at=AT)


def sign_all(protocol: Protocol) -> None:
    """Let every signer who has not refused sign, in order."""
    for signature in protocol.signatures:
        if signature.person and not signature.settled:
            at = protocol.sealed_at
            signing.sign(signature, fresh_at=at, fresh_for=FRESH, by=signature.person, at=at)


def test_a_refusal_is_recorded_and_the_others_sign(protocol: Protocol, browse: Browse) -> None:
    """The page and the verification show the refusal and its reason; it is final, and the others can still sign."""
    bo, slot = browse("bo"), protocol.signatures[2].id
    bo.get(f"/protokoll/{protocol.id}")
    bo.click("Vägra att justera")
    assert Refusal.NO_REFUSAL_REASON in bo.submit("Vägra att justera", status=422, reason=" ").text()
    page = bo.submit("Vägra att justera", reason="Beslutet i § 1 löd annorlunda.")
    assert "Beslutet i § 1 löd annorlunda." in page.text("#underskrifter")
    assert "väntar på underskrift, en justerare vägrade" in page.text(".page-head")
    bo.post(f"/underskrifter/{slot}/vagra", {"reason": "Igen."}, status=422)
    db.session.expire_all()
    sign_all(protocol)
    page = bo.get(f"/protokoll/{protocol.id}")
    assert "Undertecknat, en justerare vägrade" in page.text(".page-head")
    verdict = verify(latest_file(protocol).pdf, at=AT)
    assert verdict.genuine
    assert any(sentence.startswith("Bo Björk vägrade att justera") for sentence in verdict.sentences)


@pytest.mark.office
@pytest.mark.parametrize("signed_before", [0, 1, 2])
def test_a_refusal_is_printed_in_the_protocol(
    cast: Cast, protocol: Protocol, signed_before: int, tmp_path: Path
) -> None:
    """It is printed in the adjuster's field, and the signatures and the conformance to the standards still hold."""
    at = protocol.sealed_at
    for signature in protocol.signatures[:signed_before]:
        signing.sign(signature, fresh_at=at, fresh_for=FRESH, by=signature.person, at=at)
    correcting.refuse_to_adjust(protocol.signatures[2], "Beslutet i § 1 löd annorlunda. " * 40, by=cast.bo, at=at)
    sign_all(protocol)
    pdf = latest_file(protocol).pdf
    (tmp_path / "protocol.pdf").write_bytes(pdf)
    printed = " ".join(run("pdftotext", tmp_path / "protocol.pdf", "-").split())
    assert "Bo Björk, justerare, undertecknar inte utan vägrar att justera" in printed
    assert "Beslutet i § 1 löd annorlunda." in printed
    assert "(hela skälet står på protokollets sida)" in printed
    assert {fault.split(":")[0] for fault in faults(pdf)} <= {FOLLOWED}
    verdict = verify(pdf, at=at)
    assert verdict.genuine, verdict.sentences
    assert verdict.report is not None
    assert [s.name for s in verdict.report.signatures] == ["Cilla Ceder", "Anna Ask"]
    forged = print_refusal(pdf, "Adjuster1", SignerFacts("Bo Björk", "justerare"), "Jag vägrar inte.", at)
    assert not verify(forged, at=at).genuine


@pytest.mark.usefixtures("each_database")
def test_who_may_refuse(cast: Cast, protocol: Protocol) -> None:
    """Only the adjuster can refuse, not the chair or the secretary, and nobody for somebody else."""
    secretary, chair, adjuster = protocol.signatures
    for slot, by, wanted in (
        (secretary, cast.cilla, Refusal.ONLY_ADJUSTER),
        (chair, cast.anna, Refusal.ONLY_ADJUSTER),
        (adjuster, cast.anna, Refusal.NOT_SIGNER),
    ):
        with pytest.raises(Refused) as raised:
            correcting.refuse_to_adjust(slot, "Nej.", by=by, at=protocol.sealed_at)
        assert raised.value.sentence == wanted
    correcting.refuse_to_adjust(adjuster, "Nej.", by=cast.bo, at=protocol.sealed_at)
    assert not waiting_signatures(cast.bo)


@pytest.mark.parametrize(
    ("kind", "old", "new", "reason", "wanted"),
    [
        (ProtocolKind.MAIN, "var sin  växel", "en växel", "Fel.", None),
        (ProtocolKind.CORRECTION, "var sin växel", "en växel", "Fel.", Refusal.NOT_MAIN),
        (ProtocolKind.MAIN, "var sin  gran", "en växel", "Fel.", Refusal.NOT_QUOTED),
        (ProtocolKind.MAIN, " ", "en växel", "Fel.", Refusal.NOT_QUOTED),
        (ProtocolKind.MAIN, "var sin växel", " ", "Fel.", Refusal.NO_CHANGE),
        (ProtocolKind.MAIN, "var sin växel", "var sin växel ", "Fel.", Refusal.NO_CHANGE),
        (ProtocolKind.MAIN, "var sin växel", "en växel", " ", Refusal.NO_CORRECTION_REASON),
    ],
)
def test_what_may_be_corrected(kind: ProtocolKind, old: str, new: str, reason: str, wanted: Refusal | None) -> None:
    """A correction replaces text quoted from the sealed paragraph with different text, for a reason."""
    text = "Fem kommuner har var sin växel."
    assert refuse_correcting(Protocol(kind=kind), text, old, new, reason) == wanted


@pytest.mark.usefixtures("each_database")
def test_a_correction_is_a_record_of_its_own(cast: Cast, protocol: Protocol) -> None:
    """A correction is signed by the chair and the adjuster and refers to the record, which stays unchanged."""
    before = (protocol.record, latest_file(protocol).pdf)
    fields = {"old": "Fem kommuner", "new": "Sju kommuner", "reason": "Skrivfel."}
    made = correcting.correct(protocol, 1, **fields, by=cast.cilla, at=protocol.sealed_at)
    assert [(s.role.value, s.person) for s in made.signatures] == [("chair", cast.anna), ("adjuster", cast.bo)]
    assert [s.protocol for s in waiting_signatures(cast.anna)] == [made]
    sign_all(made)
    report = verify_pdf(latest_file(made).pdf, keys.trust(at=AT))
    assert [s.name for s in report.signatures if s.holds] == ["Anna Ask", "Bo Björk"]
    assert made.sha256 == hashlib.sha256(made.record).hexdigest()
    facts = correction.loads(made.record)
    assert correction.canonical(facts) == made.record
    assert facts.protocol == record.sha256_of(record.loads(protocol.record))
    assert (protocol.record, latest_file(protocol).pdf) == before
    assert beside(protocol.meeting, ProtocolKind.CORRECTION) == [made]
    first, second = paragraphs_of(protocol.meeting)
    assert corrected([first.id, second.id]) == {first.id}


def test_a_correction_through_the_page(protocol: Protocol, browse: Browse) -> None:
    """The secretary makes it; the page, the paragraph and the verification of the original file show it."""
    cilla = browse("cilla")
    cilla.get(f"/protokoll/{protocol.id}")
    cilla.click("Rätta protokollet")
    page = cilla.submit("Upprätta rättelsen", status=422, old="Sex kommuner", new="Sju kommuner", reason="Skrivfel.")
    assert Refusal.NOT_QUOTED in page.text()
    page = cilla.submit("Upprätta rättelsen", old="Fem kommuner", new="Sju kommuner", reason="Skrivfel.")
    assert page.text("#rattelser del") == "struket: Fem kommuner"
    assert page.text("#rattelser ins") == "tillagt: Sju kommuner"
    assert page.texts(".corrected") == ["§ 1 är rättad Läs rättelsen av § 1"]
    assert "Fem kommuner har var sin växel." in page.text("#p1")
    page = browse("anna").get("/")
    assert "Rättelse 22 april 2024" in page.text()
    browse("bo").get(f"/protokoll/{protocol.id}/ratta", status=403)
    verdict = verify(latest_file(protocol).pdf, at=AT)
    assert "Protokollet är rättat" in " ".join(verdict.sentences)


@pytest.mark.usefixtures("each_database")
def test_in_any_order(cast: Cast, protocol: Protocol) -> None:
    """With `any_order` the adjuster signs first and certifies; missing signatures are named in the order given."""
    bo = protocol.signatures[2]
    assert refuse_signing(bo, cast.bo) is Refusal.NOT_YOUR_TURN
    protocol.forum.any_order = True
    db.session.commit()
    for number, person in ((2, cast.bo), (0, cast.cilla), (1, cast.anna)):
        assert waiting_signatures(person) == [protocol.signatures[number]]
        at = protocol.sealed_at + timedelta(minutes=3 - number)
        signing.sign(protocol.signatures[number], fresh_at=at, fresh_for=FRESH, by=person, at=at)
        assert not waiting_signatures(person)
    pdf = latest_file(protocol).pdf
    verdict = verify(pdf, at=AT)
    assert verdict.genuine, verdict.sentences
    assert verdict.report is not None
    assert [(s.name, s.certifies) for s in verdict.report.signatures] == [
        ("Bo Björk", True),
        ("Cilla Ceder", False),
        ("Anna Ask", False),
    ]
    told = " ".join(verify(cut_after(pdf, 1), at=AT).sentences)
    assert "underskriften av Cilla Ceder (sekreterare), Anna Ask (ordförande)" in told


def test_the_next_in_turn_goes_on_after_a_refusal(cast: Cast, protocol: Protocol) -> None:
    """A refusal does not block the signers after it."""
    slot = Signature(position=4, role=SignerRole.ADJUSTER, person=cast.david, name=cast.david.name, field="Adjuster2")
    protocol.signatures.append(slot)
    db.session.commit()
    for signature in protocol.signatures[:2]:
        at = protocol.sealed_at
        signing.sign(signature, fresh_at=at, fresh_for=FRESH, by=signature.person, at=at)
    assert refuse_signing(slot, cast.david) is Refusal.NOT_YOUR_TURN
    assert not waiting_signatures(cast.david)
    correcting.refuse_to_adjust(protocol.signatures[2], "Nej.", by=cast.bo, at=protocol.sealed_at)
    assert refuse_signing(slot, cast.david) is None
    assert waiting_signatures(cast.david) == [slot]
