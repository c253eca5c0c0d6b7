"""A protocol is masked, confirmed by a person and only then public; the original is unaffected."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from govern.audit import AuditEntry
from govern.db import db
from govern.documents.papers.public import texts
from govern.errors import Refused
from govern.meetings.models import Meeting
from govern.notices.publishing import operations as publishing
from govern.notices.publishing.models import MaskSpan, PublicCopy
from govern.notices.publishing.rules import (
    Refusal,
    refuse_confirming,
    refuse_masking,
    refuse_preparing,
    refuse_publishing,
    refuse_reopening,
    refuse_unpublishing,
)
from govern.notices.publishing.states import MaskKind
from govern.paragraphs import operations as paragraphs
from govern.paragraphs.queries import paragraphs_of
from govern.protocols import operations
from govern.protocols.correcting import operations as correcting
from govern.protocols.models import Protocol, Signature
from govern.protocols.queries import latest_file
from govern.protocols.states import ProtocolKind
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.notices.test_public_copy import parts_of, strings_in, survivors
from tests.paragraphs.test_reviewing import save
from tests.protocols.test_adjusting import AT, meeting  # noqa: F401 — a fixture
from tests.protocols.test_correcting import sign_all

Browse = Callable[..., Browser]
TEXT = "Sökanden Eva Holm, 811228-9874, bor på Storgatan 12. Holm hörs. Anna Ask svarar Xerxes Persson."


@pytest.fixture
def adjusted(cast: Cast, meeting: Meeting) -> Protocol:  # noqa: F811
    """Return a signed protocol whose first paragraph is about a person and whose second is confidential."""
    first, second = paragraphs_of(meeting)
    second.confidential = "OSL 19 kap. 3 § (upphandling)"
    make.commit()
    paragraphs.take_back(first, by=cast.cilla, at=AT)
    save(first, cast.cilla, TEXT)
    paragraphs.mark_ready(first, by=cast.cilla, at=AT)
    paragraphs.approve(first, by=cast.anna, at=AT)
    protocol = operations.seal(meeting, by=cast.cilla, at=AT)
    sign_all(protocol)
    return protocol


def copy_of(**values: object) -> PublicCopy:
    """Build a copy outside the database."""
    return PublicCopy(**{"corrections": [], "unpublish_reason": ""} | values)


CONFIRMED = {"confirmed_at": AT}
PUBLISHED = CONFIRMED | {"published_at": AT}
DOWN = PUBLISHED | {"unpublished_at": AT}


@pytest.mark.parametrize(
    ("rule", "values", "wanted"),
    [
        (refuse_masking, {}, None),
        (refuse_masking, CONFIRMED, Refusal.CONFIRMED),
        (refuse_masking, PUBLISHED, Refusal.PUBLISHED),
        (refuse_masking, DOWN, Refusal.UNPUBLISHED),
        (refuse_reopening, {}, Refusal.NOT_CONFIRMED),
        (refuse_reopening, CONFIRMED, None),
        (refuse_reopening, PUBLISHED, Refusal.PUBLISHED),
        (lambda copy: refuse_confirming(copy, []), {}, None),
        (lambda copy: refuse_confirming(copy, [7]), {}, Refusal.CORRECTED),
        (lambda copy: refuse_confirming(copy, []), CONFIRMED, Refusal.CONFIRMED),
        (lambda copy: refuse_publishing(copy, []), {}, Refusal.NOT_CONFIRMED),
        (lambda copy: refuse_publishing(copy, []), CONFIRMED, None),
        (lambda copy: refuse_publishing(copy, [7]), CONFIRMED, Refusal.CORRECTED),
        (lambda copy: refuse_publishing(copy, []), PUBLISHED, Refusal.PUBLISHED),
        (lambda copy: refuse_publishing(copy, []), DOWN, Refusal.UNPUBLISHED),
        (lambda copy: refuse_unpublishing(copy, "Fel."), CONFIRMED, Refusal.NOT_PUBLIC),
        (lambda copy: refuse_unpublishing(copy, " "), PUBLISHED, Refusal.NO_REASON),
        (lambda copy: refuse_unpublishing(copy, "Fel."), PUBLISHED, None),
        (lambda copy: refuse_unpublishing(copy, "Fel."), DOWN, Refusal.NOT_PUBLIC),
    ],
)
def test_when(rule: Callable[[PublicCopy], Refusal | None], values: dict[str, object], wanted: Refusal | None) -> None:
    """A copy is masked, confirmed, published and unpublished, in that order only."""
    assert rule(copy_of(**values)) == wanted


@pytest.mark.parametrize(
    ("kind", "signed", "live", "wanted"),
    [
        (ProtocolKind.MAIN, True, False, None),
        (ProtocolKind.MAIN, True, True, Refusal.PREPARED),
        (ProtocolKind.MAIN, False, False, Refusal.NOT_ADJUSTED),
        (ProtocolKind.EXTRACT, True, False, Refusal.NOT_MAIN),
    ],
)
def test_what_is_prepared(kind: ProtocolKind, signed: bool, live: bool, wanted: Refusal | None) -> None:
    """Only an adjusted main protocol can be published (TF 2:10), and only one copy at a time."""
    protocol = Protocol(kind=kind, imported=False, signatures=[Signature(signed_at=AT if signed else None)])
    assert refuse_preparing(protocol, copy_of() if live else None) == wanted


@pytest.mark.usefixtures("each_database")
def test_the_whole_way(cast: Cast, adjusted: Protocol) -> None:
    """Certain matches are masked by default, possible names are not, and nothing is public before it is confirmed."""
    original = (adjusted.record, latest_file(adjusted).pdf, adjusted.docx)
    copy = publishing.prepare(adjusted, by=cast.cilla, at=AT)
    assert {(span.words, span.masked) for span in copy.spans} == {
        ("Eva Holm", True),
        ("Holm", True),
        ("811228-9874", True),
        ("Storgatan 12", True),
        ("Xerxes Persson", False),
    }
    with pytest.raises(Refused, match="inte bekräftad"):
        publishing.publish(copy, by=cast.cilla, at=AT)
    ticked = {span.id for span in copy.spans if span.masked}
    assert publishing.mark_words(copy, "xerxes  persson", ticked, by=cast.cilla, at=AT) == 1
    ticked = {span.id for span in copy.spans if span.masked}
    publishing.confirm(copy, ticked, by=cast.cilla, at=AT)
    assert (copy.confirmed_by, copy.confirmed_at) == (cast.cilla, AT)
    for action in (
        lambda: publishing.choose(copy, (), by=cast.cilla, at=AT),
        lambda: publishing.mark_words(copy, "hörs", ticked, by=cast.cilla, at=AT),
    ):
        with pytest.raises(Refused, match="bekräftad"):
            action()
    assert publishing.public_copy_by_id(copy.id) is None
    publishing.publish(copy, by=cast.anna, at=AT)
    copy = publishing.public_copy_by_id(copy.id)
    assert copy is not None
    gone = ("Eva Holm", "Holm", "811228", "9874", "Storgatan", "Xerxes", "Budget")
    assert survivors(strings_in(copy.pdf or b""), *gone) == []
    assert survivors(parts_of(copy.docx or b""), *gone) == []
    assert survivors(iter([copy.record or b""]), *gone) == []
    assert "Anna Ask" in (copy.record or b"").decode()
    assert (adjusted.record, latest_file(adjusted).pdf, adjusted.docx) == original
    publishing.unpublish(copy, "Fel namn.", by=cast.cilla, at=AT)
    assert publishing.public_copy_by_id(copy.id) is None
    assert publishing.live_copy(adjusted) is None
    assert publishing.taken_down(adjusted) == [copy]
    assert publishing.prepare(adjusted, by=cast.cilla, at=AT).id != copy.id
    told = db.session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("copy.")))
    assert "Holm" not in " ".join(str(entry.facts) for entry in told)


@pytest.mark.parametrize(
    ("marked", "rest"),
    [("erxes Per", ("Xerxes", "Persson")), ("-9874", ("811228",)), ("rg", ("Storgatan",)), ("xes", ("Xer",))],
)
def test_no_part_of_a_marked_word_is_public(cast: Cast, adjusted: Protocol, marked: str, rest: tuple[str, ...]) -> None:
    """A mark that begins or ends within a word masks the word, and no other mark is needed for the rest of it."""
    copy = publishing.prepare(adjusted, by=cast.cilla, at=AT)
    text = next(text for text in publishing.copy_texts(copy) if text.words == TEXT)
    start = TEXT.index(marked)
    assert publishing.mark(copy, text.place, start, start + len(marked), (), by=cast.cilla, at=AT) == 1
    assert not [word for word in rest if word in str(publishing.masked_facts(copy))]


def test_a_mark_within_a_word_that_an_earlier_version_stored_masks_all_of_it(cast: Cast, adjusted: Protocol) -> None:
    copy = publishing.prepare(adjusted, by=cast.cilla, at=AT)
    place = next(text.place for text in publishing.copy_texts(copy) if text.words == TEXT)
    start = TEXT.index("Persson")
    copy.spans.append(
        MaskSpan(
            place=place, start=start, stop=start + 4, words="Pers", kind=MaskKind.MARKED, proposed=False, masked=True
        )
    )
    make.commit()
    assert any(text.words.endswith("Xerxes [maskerat].") for text in texts(publishing.masked_facts(copy)))


@pytest.mark.parametrize("marked", [",", " ", ". "])
def test_a_mark_without_words_masks_nothing(cast: Cast, adjusted: Protocol, marked: str) -> None:
    copy = publishing.prepare(adjusted, by=cast.cilla, at=AT)
    place = next(text.place for text in publishing.copy_texts(copy) if text.words == TEXT)
    start = TEXT.index(marked)
    with pytest.raises(Refused, match="Skriv eller markera"):
        publishing.mark(copy, place, start, start + len(marked), (), by=cast.cilla, at=AT)


CHANGES = (
    "published_at = prepared_at, published_by_id = 1, pdf = 'x', docx = 'x', record = 'x'",
    "confirmed_at = prepared_at",
    "confirmed_at = prepared_at, confirmed_by_id = 1, published_at = prepared_at, published_by_id = 1",
    "unpublished_at = prepared_at, unpublished_by_id = 1, unpublish_reason = 'x'",
)


@pytest.mark.usefixtures("each_database")
def test_the_database_knows_it_too(cast: Cast, adjusted: Protocol) -> None:
    """Constraints in the database prevent inconsistent states, such as a public copy that nobody has confirmed."""
    copy_id = publishing.prepare(adjusted, by=cast.cilla, at=AT).id
    kind = "BYTEA" if db.engine.dialect.name == "postgresql" else "BLOB"
    for change in CHANGES:
        written = re.sub(r"(pdf|docx|record) = 'x'", rf"\1 = CAST('x' AS {kind})", change)
        with pytest.raises(IntegrityError):
            db.session.execute(text(f"UPDATE public_copies SET {written} WHERE id = {copy_id}"))
        db.session.rollback()


def test_a_correction_is_masked_too(cast: Cast, adjusted: Protocol) -> None:
    """One made after the copy was prepared blocks its confirmation; a new copy includes it, masked."""
    copy = publishing.prepare(adjusted, by=cast.cilla, at=AT)
    correcting.correct(adjusted, 1, old="Holm hörs", new="Eva Holm hörs", reason="Fel.", by=cast.cilla, at=AT)
    with pytest.raises(Refused, match="rättats"):
        publishing.confirm(copy, (), by=cast.cilla, at=AT)
    publishing.drop(copy, by=cast.cilla, at=AT)
    copy = publishing.prepare(adjusted, by=cast.cilla, at=AT)
    publishing.confirm(copy, {span.id for span in copy.spans}, by=cast.cilla, at=AT)
    (amendment,) = publishing.masked_facts(copy).amendments
    assert (amendment.old, amendment.new) == ("[maskerat] hörs", "[maskerat] hörs")


def test_through_the_pages(cast: Cast, adjusted: Protocol, browse: Browse) -> None:
    """The secretary masks, confirms and publishes, visitors without an account can read, and no form input is lost."""
    cilla, eva = browse("cilla"), browse()
    cilla.get(f"/protokoll/{adjusted.id}")
    cilla.click("Publicering")
    page = cilla.submit("Förbered den publika kopian")
    assert "Personnummer" in page.text("#masker")
    copy_id = page.find("form#masker").attributes["action"].split("/")[2]
    eva.get(f"/publikt/protokoll/{copy_id}", status=404)
    perhaps = next(node for node in page.all("input[name=span]") if "checked" not in node.attributes)
    ticked = [node.attributes["value"] for node in page.all("input[name=span]") if "checked" in node.attributes][1:]
    both = [*ticked, perhaps.attributes["value"]]
    page = cilla.submit("Maskera orden", status=422, span=both, words="Finns inte")
    assert Refusal.NOT_THERE in page.text(".form-errors")
    kept = {node.attributes["value"] for node in page.all("input[name=span][checked]")}
    assert kept == set(both)
    page = cilla.submit("Maskera orden", words="hörs")
    assert {node.attributes["value"] for node in page.all("input[name=span][checked]")} > set(both)
    page = cilla.submit("Bekräfta maskeringen")
    assert "bekräftades" in page.text("#publicera")
    page = cilla.click("Förhandsgranska")
    assert "Förhandsgranskning" in page.text()
    cilla.get(f"/protokoll/{adjusted.id}/publicering")
    cilla.submit("Publicera protokollet")
    page = eva.get("/publikt")
    page = eva.click("Styrgruppen 22 april 2024")
    assert page.texts(".masked")
    assert "Storgatan" not in page.html
    assert "Budget" not in page.html
    assert "Paragrafen är utelämnad. OSL 19 kap. 3 §" in page.text("#p2")
    assert adjusted.sha256 not in page.html
    pdf = eva.click("Protokollet som PDF")
    assert hashlib.sha256(pdf.data).hexdigest() != latest_file(adjusted).sha256
    eva.get(f"/publikt/protokoll/{copy_id}/protokoll.docx")
    cilla.get(f"/protokoll/{adjusted.id}/publicering")
    assert Refusal.NO_REASON in cilla.submit("Avpublicera", status=422, reason=" ").text()
    assert "Fel namn." in cilla.submit("Avpublicera", reason="Fel namn.").text("main")
    for address in ("", "/protokoll.pdf", "/protokoll.docx"):
        eva.get(f"/publikt/protokoll/{copy_id}{address}", status=404)
    assert "Styrgruppen" not in eva.get("/publikt").text("main")
    browse("bo").get(f"/protokoll/{adjusted.id}/publicering", status=403)
