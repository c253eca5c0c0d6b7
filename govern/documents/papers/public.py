"""The public copy of a protocol: confidential §§ are reduced to number and section of law, and personal data is masked.

`public_facts` removes from a record everything that the public may never see, before anything is masked; the places and
offsets of masked text refer to its result.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from govern import record
from govern.documents.content import Document, Element, Heading, PageBreak, SignatureLine, Title, clean, paragraphs
from govern.documents.papers.extract import Amendment
from govern.documents.papers.files import Files
from govern.documents.papers.protocol import protocol_document
from govern.documents.style import HouseStyle
from govern.documents.writers import write_docx, write_pdf
from govern.record import Attachment, Paragraph, ProtocolRecord
from govern.richtext import Cell, Head, Item, Lst, Para, Run, Table, readable
from govern.swedish import long_date

T = TypeVar("T")

MASK = "[maskerat]"
ABOUT = (
    "Det här är en publik kopia. Personuppgifter är maskerade och står som [maskerat]. Paragrafer som omfattas av "
    "sekretess är utelämnade, med nummer och skäl. Det undertecknade originalet finns hos organisationen."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFacts:
    """The public part of a record and of its corrections."""

    record: ProtocolRecord
    amendments: tuple[Amendment, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """One text of the facts: its place (a path of field names and indexes), and its § `number`, None outside any §."""

    place: str
    words: str
    number: int | None


Stretches = Sequence[tuple[int, int]]


def public_facts(whole: ProtocolRecord, amendments: Sequence[Amendment] = ()) -> PublicFacts:
    """Leave out what is confidential, and all facts of files but the title; clean the remaining text for print."""
    secret = {p.number for p in whole.paragraphs if p.confidential is not None}
    facts = PublicFacts(
        record=replace(whole, paragraphs=tuple(_nameless(record.open_part(p)) for p in whole.paragraphs)),
        amendments=tuple(one for one in amendments if one.number not in secret),
    )
    return _rewritten(facts, lambda place, words: clean(words), lambda place, runs: tuple(map(_plain, runs)))


def _nameless(paragraph: Paragraph) -> Paragraph:
    return replace(
        paragraph,
        attachments=tuple(
            Attachment(title=paper.title, filename="", sha256="", size=0, media_type="")
            for paper in paragraph.attachments
        ),
    )


def _plain(run: Run) -> Run:
    """Clean a run's text and keep only web links: an e-mail address or telephone number is personal data."""
    href = run.link if run.link and run.link.lower().startswith(("http:", "https:")) else None
    return replace(run, text=clean(run.text), href=href)


def texts(facts: PublicFacts) -> list[Text]:
    """Return every text in which something can be masked, in the order of the facts."""
    found: list[Text] = []
    numbers = [p.number for p in facts.record.paragraphs]

    def note(place: str, words: str) -> str:
        if words.strip():
            found.append(Text(place, words, _number(place, numbers, facts)))
        return words

    def note_runs(place: str, runs: tuple[Run, ...]) -> tuple[Run, ...]:
        note(place, "".join(run.text for run in runs))
        return runs

    _rewritten(facts, note, note_runs)
    return found


def _number(place: str, numbers: Sequence[int], facts: PublicFacts) -> int | None:
    what, _, rest = place.partition(".")
    if what == "amendments":
        return facts.amendments[int(rest.split(".")[0])].number
    part, _, index = rest.partition(".")
    return numbers[int(index.split(".")[0])] if part == "paragraphs" else None


def masked(facts: PublicFacts, stretches: dict[str, Stretches]) -> PublicFacts:
    """Replace each span, as (start, stop) under the place of its text, with the mask.

    A link is removed if a span overlaps its text, or if its address contains a masked word of four letters or more.
    """
    hidden_words = (t.words[a:b] for t in texts(facts) for a, b in stretches.get(t.place, ()))
    words = {part.casefold() for one in hidden_words for part in re.findall(r"\w{4,}", one)}

    def mask(place: str, text: str) -> str:
        return "".join(MASK if hidden else text[a:b] for a, b, hidden in _pieces(len(text), stretches.get(place, ())))

    def mask_runs(place: str, runs: tuple[Run, ...]) -> tuple[Run, ...]:
        return tuple(_mask_runs(runs, stretches.get(place, ()), words))

    return _rewritten(facts, mask, mask_runs)


def _pieces(length: int, stretches: Stretches) -> Iterator[tuple[int, int, bool]]:
    """Yield the parts of a text as (start, stop, hidden); spans that touch or overlap are merged."""
    at = 0
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    for start, stop in merged:
        yield at, start, False
        yield start, stop, True
        at = stop
    yield at, length, False


def _mask_runs(runs: tuple[Run, ...], stretches: Stretches, words: set[str]) -> Iterator[Run]:
    whole = "".join(run.text for run in runs)
    starts = [sum(len(run.text) for run in runs[:i]) for i in range(len(runs))]
    for a, b, hidden in _pieces(len(whole), stretches):
        for run, start in zip(runs, starts, strict=True):
            low, high = max(a, start), min(b, start + len(run.text))
            if low >= high:
                continue
            if hidden:
                if low == a:  # Once for each span, in the style of its first run.
                    yield Run(MASK, run.marks)
                continue
            address = readable(run.href or "").casefold()
            names_masked = any(word in address for word in words)
            beside = any(s < start + len(run.text) and e > start for s, e in stretches)
            yield Run(whole[low:high], run.marks, None if names_masked or beside else run.href)


def _rewritten(
    facts: T,
    text: Callable[[str, str], str],
    runs: Callable[[str, tuple[Run, ...]], tuple[Run, ...]],
) -> T:
    """Return the facts with each prose text replaced by the result of `text`, and the runs of each block by `runs`."""

    def walk(value: Any, place: str, prose: bool = False) -> Any:  # noqa: PLR0911 — one return for each kind of value
        match value:
            case str():
                return text(place, value) if prose else value
            case Para(parts):
                return Para(runs(place, parts))
            case Head(level, parts):
                return Head(level, runs(place, parts))
            case Lst() | Item() | Table() | Cell():
                return replace(
                    value, **{f.name: walk(getattr(value, f.name), f"{place}.{f.name}") for f in fields(value)}
                )
            case tuple():
                return tuple(walk(one, f"{place}.{i}", prose) for i, one in enumerate(value))
            case _ if is_dataclass(value) and not isinstance(value, type):
                return replace(
                    value,
                    **{
                        f.name: walk(
                            getattr(value, f.name), f"{place}.{f.name}".lstrip("."), f.metadata.get("prose", False)
                        )
                        for f in fields(value)
                    },
                )
            case _:
                return value

    return cast("T", walk(facts, ""))


def canonical(facts: PublicFacts) -> bytes:
    """Return the facts as canonical JSON."""
    amended = [asdict(one) | {"made": one.made.isoformat()} for one in facts.amendments]
    value = {"record": record.to_json(facts.record), "amendments": amended}
    return record.canonical_json(value)


def loads(data: bytes) -> PublicFacts:
    """Load the facts from their canonical JSON."""
    facts = record.read(PublicFacts, json.loads(data))
    return replace(facts, record=replace(facts.record, paragraphs=tuple(map(_lawful, facts.record.paragraphs))))


def _lawful(paragraph: Paragraph) -> Paragraph:
    """Reduce the reason for secrecy to the section of law, in a copy published when it was still printed in full."""
    why = paragraph.confidential
    return paragraph if why is None else replace(paragraph, confidential=record.section_of_law(why))


def public_document(facts: PublicFacts, style: HouseStyle | None = None) -> Document:
    """Lay out the public copy of facts that are already masked."""
    style = replace(style or HouseStyle(), public_copy=True, strip=())
    document = protocol_document(facts.record, style)
    return replace(document, elements=tuple(_elements(document.elements, facts)))


def _elements(elements: Sequence[Element], facts: PublicFacts) -> Iterator[Element]:
    for element, following in zip(elements, (*elements[1:], None), strict=True):
        match element:
            case PageBreak() if isinstance(following, Heading) and following.anchor == "underskrifter":
                continue  # It needs no separate page, as there is nothing to sign.
            case SignatureLine(text):
                yield paragraphs(text)
            case Title():
                yield element
                yield Heading(2, "Publik kopia", anchor="publik-kopia", beside=True)
                yield paragraphs(ABOUT)
            case _:
                yield element
    if facts.amendments:
        labels = {p.number: p.label for p in facts.record.paragraphs}
        yield PageBreak()
        yield Heading(2, "Rättelser", anchor="rattelser", listed=True)
        for one in facts.amendments:
            yield Heading(3, f"{labels[one.number]}, {long_date(one.made)}")
            yield paragraphs(f"Så stod det: {one.old}", f"Så skulle det stå: {one.new}", f"Skäl: {one.reason}")


def public_files(facts: PublicFacts, style: HouseStyle | None = None) -> Files:
    """Write the public copy as PDF, without signature fields, and as DOCX."""
    document = public_document(facts, style)
    printed = write_pdf(document, signature_fields=False)
    return Files(printed.pdf, write_docx(document, printed.page_numbers))
