"""The layout of the protocol: the order and the wording of a record's facts."""

from __future__ import annotations

from collections.abc import Iterator

from govern.documents.content import (
    Contents,
    Document,
    Element,
    Heading,
    Legend,
    Names,
    PageBreak,
    SignatureLine,
    Title,
    lines,
    paragraphs,
)
from govern.documents.papers import paragraph
from govern.documents.style import HouseStyle
from govern.record import Adjuster, Presence, ProtocolRecord, Signature
from govern.regimes import REGIMES
from govern.swedish import hours_of, long_date, paragraph_list, paragraph_range

LEGEND = (("B", "beslut"), ("I", "information"), ("P", "plan"), ("R", "rekommendation"), ("U", "uppföljning"))

ROLES = {
    "chair": "ordförande",
    "vice_chair": "vice ordförande",
    "member": "ledamot",
    "substitute": "ersättare",
    "secretary": "sekreterare",
    "adjuster": "justerare",
    "officer": "tjänsteperson",
    "co_opted": "adjungerad",
    "convener": "sammanhållande",
    "project_lead": "projektledare",
}
"""Swedish words for roles; any other role, such as one that a record has in Swedish, is printed as it is."""

OTHERS, TO_ADJUST = "Övriga deltagare", "Utses att justera"
ANCHOR = str.maketrans("ö ", "o-")

MEETING_KINDS = {"ordinary": "", "extra": "Extra sammanträde", "per_capsulam": "Per capsulam"}
MEETING_MODES = {"on_site": "", "remote": "På distans", "hybrid": "På plats och på distans"}


def protocol_document(record: ProtocolRecord, style: HouseStyle | None = None) -> Document:
    """Lay out the protocol of a meeting."""
    style = style or HouseStyle()
    day = long_date(record.meeting.date)
    return Document(
        title=f"{style.title} {record.forum.name} {day}",
        author=record.body.name,
        running=f"{record.forum.name} · {style.title} {day}",
        strip=style.strip,
        elements=tuple(_elements(record, style)),
        **style.style_fields(),
    )


def signature_fields(record: ProtocolRecord) -> tuple[str, ...]:
    """Return the names of the signature fields, one for each signature of the record: Secretary, Chair, Adjuster1 …"""
    names: list[str] = []
    for signature in record.signatures:
        count = sum(name.startswith(signature.role.capitalize()) for name in names) + 1
        alone = signature.role != "adjuster" and count == 1
        names.append(signature.role.capitalize() + ("" if alone else str(count)))
    return tuple(names)


def _elements(record: ProtocolRecord, style: HouseStyle) -> Iterator[Element]:
    yield from _cover(record, style)
    yield from _signatures(record)
    if style.contents:
        yield PageBreak()
        yield Heading(2, "Innehåll", anchor="innehall")
        yield Contents()
        if style.legend:
            yield Legend(LEGEND)
    for index, fact in enumerate(record.paragraphs):
        if style.paragraphs_on_own_page or index == 0:
            yield PageBreak()
        yield from paragraph.elements(fact, style, record.presence)
    if appeal := REGIMES[record.regime].appeal:
        yield PageBreak()
        yield Heading(2, "Hur man överklagar", anchor="overklaga", listed=True)
        yield paragraphs(appeal)


def _cover(record: ProtocolRecord, style: HouseStyle) -> Iterator[Element]:
    meeting = record.meeting
    body = (record.body.name, record.body.org_number or "")
    yield Title(record.forum.name, tuple(filter(None, body)), style.title, long_date(meeting.date))
    yield _fact("Tid och plats", "tid-och-plats")
    yield lines(
        f"{meeting.place} den {long_date(meeting.date)} {hours_of(meeting)}".strip(),
        MEETING_KINDS[meeting.kind],
        MEETING_MODES[meeting.mode],
    )
    if numbers := paragraph_range(record.numbering.first, record.numbering.last):
        yield _fact("Paragrafer", "paragrafer")
        yield lines(f"{numbers} ({record.numbering.series})" if record.numbering.series else numbers)
    for heading, groups in present(record):
        yield _fact(heading, heading.lower().translate(ANCHOR))
        yield Names(groups, 1 if heading == TO_ADJUST else style.name_columns)


def present(record: ProtocolRecord) -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
    """Return who attended, for documents and pages: headings with groups of lines, substitutes before others."""
    deciding = [p for p in record.presence if p.deciding]
    others = [p for p in record.presence if not p.deciding]
    substitutes = [p for p in others if _is_substitute(p)]
    rest = [p for p in others if not _is_substitute(p)]
    groups = (
        ("Beslutande", (tuple(presence_line(p, record) for p in deciding),)),
        (OTHERS, tuple(tuple(presence_line(p, record) for p in group) for group in (substitutes, rest))),
        (TO_ADJUST, (tuple(person_line(a) for a in record.adjusters),)),
    )
    found = ((heading, tuple(filter(None, lines))) for heading, lines in groups)
    return tuple((heading, lines) for heading, lines in found if lines)


def _fact(text: str, anchor: str) -> Heading:
    return Heading(2, text, anchor=anchor, listed=True, beside=True)


def presence_line(presence: Presence, record: ProtocolRecord) -> str:
    """Return who was present, as what and when: `Anna Ek KSO (S), Ljusdal, tjg. för Bo Al, §§ 810–812`."""
    parts = [person_line(presence)]
    word = ROLES.get(presence.role, presence.role)
    if _shows_role(presence, word):
        parts.append(word)
    if presence.serving_for:
        parts.append(f"tjg. för {presence.serving_for}")
    if presence.from_paragraph is not None or presence.to_paragraph is not None:
        first = presence.from_paragraph if presence.from_paragraph is not None else record.numbering.first
        last = presence.to_paragraph if presence.to_paragraph is not None else record.numbering.last
        parts.append(paragraph_range(first, last))
    if presence.remote:
        parts.append("på distans")
    return ", ".join(filter(None, parts))


def person_line(person: Presence | Adjuster | Signature) -> str:
    """Return a person as printed: `Anna Ek KSO (S), Ljusdal`; a non-deciding substitute without a title gets `ers`.

    What a namesake's name holds already, such as `Bo Ek (Ljusdal)`, is not repeated.
    """
    told = set(person.name[person.name.rfind("(") + 1 : -1].split(", ")) if person.name.endswith(")") else set()
    title = person.title if person.title not in told else None
    if not title and isinstance(person, Presence) and not person.deciding and _is_substitute(person):
        title = "ers"
    letter = (person.political_party or "").strip("()")
    political = f"({letter})" if letter and letter not in told else ""
    name = " ".join(filter(None, (person.name, title, political)))
    return f"{name}, {person.party}" if person.party and person.party not in told else name


def _is_substitute(presence: Presence) -> bool:
    return presence.role in {"substitute", "ersättare"}


def _shows_role(presence: Presence, word: str) -> bool:
    """Return whether the role adds something to the heading above and the person's title."""
    if presence.deciding:
        return word not in {"", "ledamot", "ersättare", "tjänstgörande ersättare"}
    return not _is_substitute(presence) and not (presence.title and word in {"", "tjänsteperson"})


def _signatures(record: ProtocolRecord) -> Iterator[Element]:
    if not record.signatures:
        return
    yield PageBreak()
    yield Heading(2, "Underskrifter", anchor="underskrifter")
    for signature, field in zip(record.signatures, signature_fields(record), strict=True):
        yield SignatureLine(f"{signature.name}, {signs_as(signature)}, enligt digital underskrift", field)


def signs_as(signature: Signature) -> str:
    """Return the capacity in which someone signs: `justerare`, or `ordförande §§ 3–5` for a stand-in as chair."""
    return f"{ROLES[signature.role]} {paragraph_list(signature.paragraphs)}".rstrip()
