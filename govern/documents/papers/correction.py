"""A correction of a sealed protocol: what it said, what it should have said, and why, with lines to sign on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date

from govern import record
from govern.documents.content import Document, Element, Heading, SignatureLine, lines, paragraphs
from govern.documents.content import Title as TitleElement
from govern.documents.papers.files import Files
from govern.documents.papers.protocol import person_line
from govern.documents.style import HouseStyle
from govern.documents.writers import write_docx, write_pdf
from govern.swedish import long_date

TITLE = "Rättelse av protokoll"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionFacts:
    """The content of a correction. `protocol` is the SHA-256 of the record that it corrects, which is unchanged."""

    body: record.Body
    forum: str
    meeting: date
    protocol: str
    label: str
    heading: str
    old: str
    new: str
    reason: str
    made: date
    made_by: str
    signatures: tuple[record.Signature, ...]
    correction_version: int = 1


def canonical(facts: CorrectionFacts) -> bytes:
    """Return the correction as canonical JSON: equal corrections give equal bytes."""
    value = asdict(facts) | {"meeting": facts.meeting.isoformat(), "made": facts.made.isoformat()}
    return record.canonical_json(value)


def sha256_of(facts: CorrectionFacts) -> str:
    """Return the SHA-256 of the correction's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(facts)).hexdigest()


def loads(data: bytes) -> CorrectionFacts:
    """Load a correction from its canonical JSON.

    Raises:
        ValueError: if it is not one.
    """
    return record.read(CorrectionFacts, json.loads(data))


def field_names(facts: CorrectionFacts) -> tuple[str, ...]:
    """Return the names of the signature fields, in order: Chair, Adjuster1 …"""
    adjusters = 0
    names = []
    for signature in facts.signatures:
        adjusters += signature.role == "adjuster"
        names.append(f"Adjuster{adjusters}" if signature.role == "adjuster" else signature.role.capitalize())
    return tuple(names)


def correction_document(facts: CorrectionFacts, style: HouseStyle | None = None) -> Document:
    """Lay out a correction."""
    style = style or HouseStyle()
    running = f"{facts.forum} · {TITLE} {long_date(facts.meeting)}, {facts.label}"
    return Document(
        title=f"{TITLE} {facts.forum} {long_date(facts.meeting)}, {facts.label}",
        author=facts.body.name,
        running=running,
        strip=(),
        elements=tuple(_elements(facts)),
        **style.style_fields(),
    )


def _elements(facts: CorrectionFacts) -> Iterator[Element]:
    body = tuple(filter(None, (facts.body.name, facts.body.org_number)))
    yield TitleElement(facts.forum, body, TITLE, f"{long_date(facts.meeting)}, {facts.label}")
    yield Heading(2, "Gäller", anchor="galler", beside=True)
    yield lines(
        f"Sammanträdesprotokoll {long_date(facts.meeting)}",
        f"{facts.label} {facts.heading}",
        f"Protokollets fingeravtryck (SHA-256): {facts.protocol}",
    )
    for heading, anchor, text in (
        ("Så stod det", "sa-stod-det", facts.old),
        ("Så skulle det stå", "sa-skulle-det-sta", facts.new),
        ("Varför det rättas", "varfor", facts.reason),
    ):
        yield Heading(2, heading, anchor=anchor)
        yield paragraphs(text)
    yield Heading(2, "Upprättad", anchor="upprattad", beside=True)
    yield lines(long_date(facts.made), facts.made_by)
    yield Heading(2, "Underskrifter", anchor="underskrifter")
    words = {"chair": "ordförande", "adjuster": "justerare"}
    for signature, field in zip(facts.signatures, field_names(facts), strict=True):
        word = words.get(signature.role, signature.role)
        yield SignatureLine(f"{person_line(replace(signature, title=None))}, {word}, enligt digital underskrift", field)


def correction_files(facts: CorrectionFacts, style: HouseStyle | None = None) -> Files:
    """Write the correction as PDF, with a field for each signature, and as DOCX."""
    document = correction_document(facts, style)
    printed = write_pdf(document)
    return Files(printed.pdf, write_docx(document, printed.page_numbers))
