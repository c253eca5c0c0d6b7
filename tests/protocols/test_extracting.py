"""Extracts are selected paragraphs of an adjusted protocol, certified with a signature that anyone can verify."""

import re
from collections.abc import Callable, Collection
from datetime import timedelta

import pytest

from govern.documents.papers.extract import loads
from govern.meetings.models import Meeting
from govern.paragraphs.queries import paragraphs_of
from govern.protocols import operations
from govern.protocols.correcting import operations as correcting
from govern.protocols.extracting.operations import certified, extracts_of, make_extract
from govern.protocols.extracting.rules import Refusal, refuse_extract
from govern.protocols.models import Protocol, Signature
from govern.protocols.queries import latest_file, waiting_signatures
from govern.protocols.states import ProtocolKind
from govern.protocols.verifying.judging import verify
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.protocols.test_adjusting import AT, meeting  # noqa: F401 — a fixture
from tests.protocols.test_correcting import sign_all

Browse = Callable[..., Browser]


@pytest.fixture
def adjusted(cast: Cast, meeting: Meeting) -> Protocol:  # noqa: F811
    """Return a protocol signed by everyone, whose second paragraph is confidential."""
    paragraphs_of(meeting)[1].confidential = "OSL 19 kap. 3 § (upphandling)"
    make.commit()
    protocol = operations.seal(meeting, by=cast.cilla, at=AT)
    sign_all(protocol)
    return protocol


@pytest.mark.parametrize(
    ("kind", "signed", "numbers", "wanted"),
    [
        (ProtocolKind.MAIN, True, {1}, None),
        (ProtocolKind.MAIN, True, {1, 2}, None),
        (ProtocolKind.CORRECTION, True, {1}, Refusal.NOT_MAIN),
        (ProtocolKind.MAIN, False, {1}, Refusal.NOT_ADJUSTED),
        (ProtocolKind.MAIN, True, set(), Refusal.NOTHING_CHOSEN),
        (ProtocolKind.MAIN, True, {1, 3}, Refusal.NO_SUCH),
    ],
)
def test_what_may_be_given_out(
    kind: ProtocolKind, signed: bool, numbers: Collection[int], wanted: Refusal | None
) -> None:
    """An extract needs at least one existing paragraph of an adjusted main protocol."""
    protocol = Protocol(kind=kind, imported=False, signatures=[Signature(signed_at=AT if signed else None)])
    assert refuse_extract(protocol, numbers, {1, 2}) == wanted


def test_through_the_page(cast: Cast, adjusted: Protocol, browse: Browse) -> None:
    """The secretary selects and certifies paragraphs; the file name has no heading, and anyone can verify the file."""
    cilla, address = browse("cilla"), f"/protokoll/{adjusted.id}/utdrag"
    cilla.get(f"/protokoll/{adjusted.id}")
    cilla.click("Utdrag")
    assert Refusal.NOTHING_CHOSEN in cilla.submit("Gör utdraget", status=422).text()
    page = cilla.submit("Gör utdraget", numbers=[1])
    assert "Inte bestyrkt" in page.text("main")
    assert "Protokollsutdrag" in cilla.get("/").text()
    cilla.get(address)
    page = cilla.submit("Bestyrk § 1")
    assert "Bestyrkt" in page.text(".lines")
    (row, facts), *_ = extracts_of(adjusted)
    assert facts.numbers == (1,)
    assert (facts.certifier, facts.role, facts.protocol) == ("Cilla Ceder", "sekreterare", adjusted.sha256)
    file = browse("david").get(f"/protokoll/{row.id}/fil.docx")
    name = file.answer.headers["Content-Disposition"]
    assert re.search(r"utdrag-styrgruppen-2024-04-22-paragraf-1\.docx", name)
    verdict = verify(latest_file(row).pdf, at=AT)
    assert verdict.genuine, verdict.sentences
    assert verdict.sentences[0].startswith("Filen är ett utdrag ur protokollet från Styrgruppen")
    browse("david").post(address, {"numbers": [1]}, status=403)


def test_a_secret_paragraph_stays_with_those_who_sit(cast: Cast, adjusted: Protocol, browse: Browse) -> None:
    """Others see that the extract exists, and its number, but neither the heading nor the file."""
    made = make_extract(adjusted, [2], by=cast.cilla, at=AT)
    assert made.has_secrets
    assert not make_extract(adjusted, [1], by=cast.cilla, at=AT).has_secrets
    david = browse("david")
    assert "Budget" not in david.get(f"/protokoll/{adjusted.id}/utdrag").text()
    for ending in ("pdf", "docx", "json"):
        david.get(f"/protokoll/{made.id}/fil.{ending}", status=403)
    file = browse("bo").get(f"/protokoll/{made.id}/fil.pdf")
    assert "budget" not in file.answer.headers["Content-Disposition"].lower()


@pytest.mark.usefixtures("each_database")
def test_a_correction_makes_an_extract_old(cast: Cast, adjusted: Protocol) -> None:
    """A certified extract is reused until a correction changes what a new one would say."""
    made = make_extract(adjusted, [1], by=cast.cilla, at=AT)
    later = AT + timedelta(days=3)

    def found() -> Protocol | None:
        return certified(adjusted, [1], by=cast.bo, at=later, among=extracts_of(adjusted))

    assert found() is None
    assert [s.protocol for s in waiting_signatures(cast.cilla)] == [made]
    sign_all(made)
    assert found() == made
    correcting.correct(adjusted, 1, old="Fem", new="Sju", reason="Skrivfel.", by=cast.cilla, at=later)
    assert found() is None
    again = make_extract(adjusted, [1], by=cast.cilla, at=later)
    assert [a.new for a in loads(again.record).amendments] == ["Sju"]
