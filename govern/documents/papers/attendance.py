"""The attendance list (närvarolista): who took part, as what and when, who was disqualified, and each one's votes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from govern.documents.content import Document, Element, Heading, lines, paragraphs, table
from govern.documents.papers.paragraph import sits_for
from govern.documents.papers.protocol import MEETING_KINDS, MEETING_MODES, ROLES
from govern.documents.papers.sheet import anchor_of, fact, sheet
from govern.documents.style import HouseStyle
from govern.record import Ballot, Paragraph, Presence, ProtocolRecord
from govern.swedish import hours_of, long_date, paragraph_range

TITLE = "Närvarolista"
WHOLE = "hela mötet"
CROSS = "X"
HEADS = ("Namn", "Roll", "Part och parti", "Närvarande")


@dataclass(slots=True)
class _Person:
    """A person in one capacity, with every period of presence."""

    presence: Presence
    stretches: list[Presence] = field(default_factory=list)


def attendance_document(record: ProtocolRecord, style: HouseStyle | None = None) -> Document:
    """Lay out a meeting's attendance list; a public copy has nothing of a confidential §, nor that it had a ballot."""
    style = style or HouseStyle()
    return sheet(
        body=record.body,
        forum=record.forum.name,
        title=TITLE,
        subtitle=long_date(record.meeting.date),
        elements=_elements(record, style),
        style=style,
    )


def _elements(record: ProtocolRecord, style: HouseStyle) -> Iterator[Element]:
    meeting = record.meeting
    yield from fact(
        "Tid och plats",
        f"{meeting.place} den {long_date(meeting.date)} {hours_of(meeting)}".strip(),
        MEETING_KINDS[meeting.kind],
        MEETING_MODES[meeting.mode],
    )
    yield from fact("Paragrafer", paragraph_range(record.numbering.first, record.numbering.last))
    people = _people(record)
    for heading, deciding in (("Beslutande", True), ("Övriga deltagare", False)):
        group = [person for person in people if person.presence.deciding is deciding]
        if group:
            yield Heading(2, heading, anchor=anchor_of(heading))
            yield table(HEADS, tuple(_row(person, record, style) for person in group))
    yield from _disqualified(record, style)
    yield from _ballots(record, style)
    yield from _summary(record, people, style)


def _people(record: ProtocolRecord) -> list[_Person]:
    """Group the periods of presence by person and capacity, in the order of the record."""
    found: dict[tuple[object, ...], _Person] = {}
    for presence in record.presence:
        key = (presence.name, presence.party, presence.role, presence.deciding, presence.serving_for)
        found.setdefault(key, _Person(presence)).stretches.append(presence)
    return list(found.values())


def _row(person: _Person, record: ProtocolRecord, style: HouseStyle) -> tuple[str, ...]:
    presence = person.presence
    role = ROLES.get(presence.role, presence.role)
    notes = [f"tjg. för {presence.serving_for}"] if presence.serving_for else []
    notes += ["på distans"] if any(stretch.remote for stretch in person.stretches) else []
    left = [
        p.label for p in record.paragraphs if _shown(p, style) and presence.name in {d.name for d in p.disqualified}
    ]
    notes += [f"jäv {', '.join(left)}"] if left and presence.deciding else []
    return (
        " ".join(filter(None, (presence.name, presence.title))),
        role.capitalize(),
        sits_for([presence])[presence.name],
        "\n".join((", ".join(_stretch(stretch, record) for stretch in person.stretches), *notes)),
    )


def _stretch(presence: Presence, record: ProtocolRecord) -> str:
    if presence.from_paragraph is None and presence.to_paragraph is None:
        return WHOLE
    first = presence.from_paragraph if presence.from_paragraph is not None else record.numbering.first
    last = presence.to_paragraph if presence.to_paragraph is not None else record.numbering.last
    return paragraph_range(first, last)


def _shown(paragraph: Paragraph, style: HouseStyle) -> bool:
    return paragraph.confidential is None or not style.public_copy


def _disqualified(record: ProtocolRecord, style: HouseStyle) -> Iterator[Element]:
    rows = tuple(
        (paragraph.label, left.name, left.reason or "–")
        for paragraph in record.paragraphs
        if _shown(paragraph, style)
        for left in paragraph.disqualified
    )
    if rows:
        yield Heading(2, "Jäv", anchor="jav")
        yield table(("Paragraf", "Namn", "Skäl"), rows)


def _ballots(record: ProtocolRecord, style: HouseStyle) -> Iterator[Element]:
    voted = [paragraph for paragraph in record.paragraphs if paragraph.ballots and _shown(paragraph, style)]
    if voted:
        yield Heading(2, "Omröstningar", anchor="omrostningar")
    for paragraph in voted:
        for number, ballot in enumerate(paragraph.ballots, 1):
            which = f", omröstning {number}" if len(paragraph.ballots) > 1 else ""
            yield Heading(3, f"{paragraph.label} {paragraph.heading}{which}")
            yield from _ballot(ballot, record.presence)


def _ballot(ballot: Ballot, presences: Sequence[Presence]) -> Iterator[Element]:
    secret = "Omröstningen är sluten." if ballot.method == "secret" else ""
    yield lines(ballot.question, f"Ja: {ballot.yes_means}", f"Nej: {ballot.no_means}", secret)
    parties = sits_for(presences)
    rows = [
        (vote.name, parties.get(vote.name, "–"), *(CROSS if vote.choice == choice else "" for choice in _CHOICES))
        for vote in ballot.votes
    ]
    yield table(("Ja", "Nej", "Avstår"), ((str(ballot.yes), str(ballot.no), str(ballot.abstain)),))
    if rows:
        yield table(("Namn", "Part och parti", "Ja", "Nej", "Avstår"), tuple(rows))
    yield paragraphs(
        f"Utslagsröst: {ballot.casting_vote_by}" if ballot.casting_vote_by else "",
        "Utgången avgörs genom lottning." if ballot.decided_by_lot else "",
    )


_CHOICES = ("yes", "no", "abstain")


def _summary(record: ProtocolRecord, people: Sequence[_Person], style: HouseStyle) -> Iterator[Element]:
    """Yield tables with the number of people, each counted once however often they came and went."""
    deciding = {p.presence.name for p in people if p.presence.deciding}
    serving = {p.presence.name for p in people if p.presence.deciding and p.presence.serving_for}
    others = {p.presence.name for p in people} - deciding
    remote = {s.name for p in people for s in p.stretches if s.remote}
    rows = [
        ("Beslutande", str(len(deciding))),
        ("varav tjänstgörande ersättare", str(len(serving))),
        ("Övriga deltagare", str(len(others))),
        ("På distans", str(len(remote))),
        (
            "Omröstningar",
            str(sum(len(paragraph.ballots) for paragraph in record.paragraphs if _shown(paragraph, style))),
        ),
    ]
    parties: dict[str, set[str]] = {}
    for person in people:
        if person.presence.deciding and person.presence.party:
            parties.setdefault(person.presence.party, set()).add(person.presence.name)
    yield Heading(2, "Sammanställning", anchor="sammanstallning")
    yield table(("Vad", "Antal"), tuple(rows))
    if parties:
        yield table(("Part", "Beslutande"), tuple((name, str(len(names))) for name, names in parties.items()))
