"""An extract (protokollsutdrag): one or several §§ of a sealed protocol as a separate document, which is certified."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date

from govern import record
from govern.documents.content import Document, Element, Heading, Names, PageBreak, SignatureLine, lines, paragraphs
from govern.documents.content import Title as TitleElement
from govern.documents.papers import paragraph
from govern.documents.papers.correction import CorrectionFacts
from govern.documents.papers.files import Files
from govern.documents.papers.protocol import MEETING_KINDS, MEETING_MODES, presence_line, signs_as
from govern.documents.style import HouseStyle
from govern.documents.writers import write_docx, write_pdf
from govern.record import PROSE, Paragraph, Presence, ProtocolRecord
from govern.swedish import and_list, hours_of, long_date, paragraph_list

TITLE = "Protokollsutdrag"
FIELD = "Certifier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A correction of one of the §§, as printed in an extract or a public copy."""

    number: int
    made: date
    old: str = field(metadata=PROSE)
    new: str = field(metadata=PROSE)
    reason: str = field(metadata=PROSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractFacts:
    """The content of an extract.

    `record` is the sealed record reduced to the §§ of the extract and those present at any of them; `protocol` is the
    SHA-256 of the whole record. `certifier` certifies as `role`, on the day `made`.
    """

    record: ProtocolRecord
    protocol: str
    certifier: str
    role: str
    made: date
    amendments: tuple[Amendment, ...] = ()
    extract_version: int = 1

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of its §§, in order."""
        return tuple(p.number for p in self.record.paragraphs)

    @property
    def range(self) -> str:
        """Its §§ in words: `§§ 3–5, 9`."""
        return paragraph_list(self.numbers)

    def has_content_of(self, other: ExtractFacts) -> bool:
        """Return whether two extracts have the same content of the same protocol, regardless of certifier and day."""
        return replace(self, certifier="", role="", made=other.made) == replace(other, certifier="", role="")


def cut(whole: ProtocolRecord, numbers: Sequence[int]) -> ProtocolRecord:
    """Return a record reduced to some of its §§ and those present at any of them."""
    kept = tuple(p for p in whole.paragraphs if p.number in set(numbers))
    return replace(whole, paragraphs=kept, presence=tuple(p for p in whole.presence if _there(p, kept)))


def _there(presence: Presence, kept: Sequence[Paragraph]) -> bool:
    first, last = presence.from_paragraph, presence.to_paragraph
    return any((first is None or first <= p.number) and (last is None or p.number <= last) for p in kept)


def amendments(corrections: Sequence[tuple[str, CorrectionFacts]], kept: ProtocolRecord) -> tuple[Amendment, ...]:
    """Return the corrections, given as (label of the §, facts), that concern an extract's §§, in the order given."""
    numbers = {p.label: p.number for p in kept.paragraphs}
    return tuple(
        Amendment(number=numbers[label], made=facts.made, old=facts.old, new=facts.new, reason=facts.reason)
        for label, facts in corrections
        if label in numbers
    )


def canonical(facts: ExtractFacts) -> bytes:
    """Return the extract as canonical JSON: equal extracts give equal bytes."""
    amended = [asdict(one) | {"made": one.made.isoformat()} for one in facts.amendments]
    value = {name: getattr(facts, name) for name in ("protocol", "certifier", "role", "extract_version")}
    value |= {"record": record.to_json(facts.record), "made": facts.made.isoformat(), "amendments": amended}
    return record.canonical_json(value)


def sha256_of(facts: ExtractFacts) -> str:
    """Return the SHA-256 of the extract's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(facts)).hexdigest()


def loads(data: bytes) -> ExtractFacts:
    """Load an extract from its canonical JSON.

    Raises:
        ValueError: if it is not one.
    """
    return record.read(ExtractFacts, json.loads(data))


def extract_document(facts: ExtractFacts, style: HouseStyle | None = None) -> Document:
    """Lay out an extract."""
    style = style or HouseStyle()
    frozen = facts.record
    day = long_date(frozen.meeting.date)
    return Document(
        title=f"{TITLE} {frozen.forum.name} {day}, {facts.range}",
        author=frozen.body.name,
        running=f"{frozen.forum.name} · {TITLE} {day}, {facts.range}",
        strip=(),
        elements=tuple(_elements(facts, style)),
        **style.style_fields(),
    )


def _elements(facts: ExtractFacts, style: HouseStyle) -> Iterator[Element]:
    frozen = facts.record
    meeting = frozen.meeting
    body = tuple(filter(None, (frozen.body.name, frozen.body.org_number)))
    yield TitleElement(frozen.forum.name, body, TITLE, f"{long_date(meeting.date)}, {facts.range}")
    yield Heading(2, "Sammanträde", anchor="sammantrade", beside=True)
    yield lines(
        f"{meeting.place} den {long_date(meeting.date)} {hours_of(meeting)}".strip(),
        MEETING_KINDS[meeting.kind],
        MEETING_MODES[meeting.mode],
    )
    deciding = tuple(presence_line(p, frozen) for p in frozen.presence if p.deciding)
    if deciding:
        yield Heading(2, "Beslutande", anchor="beslutande", beside=True)
        yield Names((deciding,), style.name_columns)
    if frozen.signatures:
        yield Heading(2, "Protokollet undertecknat av", anchor="undertecknat", beside=True)
        yield lines(*(f"{one.name}, {signs_as(one)}" for one in frozen.signatures))
    for place, fact in enumerate(frozen.paragraphs):
        if place and style.paragraphs_on_own_page:
            yield PageBreak()
        yield from paragraph.elements(fact, style, frozen.presence)
        for one in facts.amendments:
            if one.number == fact.number:
                yield Heading(3, f"Rättelse {long_date(one.made)}")
                yield paragraphs(f"Så stod det: {one.old}", f"Så skulle det stå: {one.new}", f"Skäl: {one.reason}")
    yield from _certification(facts)


def _certification(facts: ExtractFacts) -> Iterator[Element]:
    frozen = facts.record
    yield Heading(2, "Utdragsbestyrkande", anchor="bestyrkande")
    yield paragraphs(
        f"Jag intygar att utdraget, {and_list([p.label for p in frozen.paragraphs])}, stämmer med det förseglade "
        f"protokollet från {frozen.forum.name} den {long_date(frozen.meeting.date)}.",
        f"Protokollets fingeravtryck (SHA-256):\n{facts.protocol[:32]}\n{facts.protocol[32:]}",
        long_date(facts.made),
    )
    who = ", ".join(filter(None, (facts.certifier, facts.role)))
    yield SignatureLine(f"{who}, enligt digital underskrift", FIELD)


def extract_files(facts: ExtractFacts, style: HouseStyle | None = None) -> Files:
    """Write the extract as PDF, with a signature field for its certifier, and as DOCX."""
    document = extract_document(facts, style)
    printed = write_pdf(document)
    return Files(printed.pdf, write_docx(document, printed.page_numbers))
