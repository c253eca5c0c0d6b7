"""The layout of one § of a protocol: its text, motions, ballots, decisions and assignments, in a fixed order.

The protocol and its extracts use the same elements.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from govern.documents.content import (
    Body,
    Element,
    Heading,
    Point,
    Points,
    bullets,
    lines,
    numbered,
    paragraphs,
    table,
)
from govern.documents.papers import procedure
from govern.documents.style import HouseStyle
from govern.record import Alternative, Assignment, Ballot, Decision, Motion, Paragraph, Presence, Section, open_part
from govern.swedish import and_list, long_date

PROCEDURE = "procedure"
VOTES = {"yes": "Ja", "no": "Nej", "abstain": "Avstår"}
RELATIONS = {"replaces": "Ersätter", "amends": "Ändrar"}
DISSENTS = {"reservation": "Reservation", "opinion": "Särskilt yttrande", "note": "Protokollsanteckning"}


def elements(fact: Paragraph, style: HouseStyle, presences: Sequence[Presence] = ()) -> Iterator[Element]:
    """Lay out one §; in a public copy, a confidential one shows only its number and the section of law.

    `presences` give the party beside each vote.
    """
    secret = fact.confidential is not None and style.public_copy
    fact = open_part(fact) if style.public_copy else fact
    kind = f" ({fact.kind})" if fact.kind else ""
    yield Heading(
        2,
        f"{fact.heading}{kind}",
        anchor=f"p{fact.number}-{fact.label}",
        number=fact.label,
        note=f"Dnr {fact.reference}" if fact.reference else "",
        listed=True,
    )
    if secret:
        yield paragraphs(f"Paragrafen är utelämnad. {fact.confidential}".strip())
        return
    if fact.confidential is not None:
        yield paragraphs(f"Sekretess: {fact.confidential}".rstrip(": "))
    if fact.immediate:
        yield paragraphs("Paragrafen justeras omedelbart.")
    for earlier in fact.supersedes:
        yield paragraphs(f"{RELATIONS[earlier.relation]} {earlier.label}, {earlier.forum} {long_date(earlier.date)}.")
    if style.decision_order == "first":
        yield from _decisions(fact)
    before, told = parted(fact)
    yield from _sections(before)
    yield from _motions(fact)
    yield from _disqualified(fact)
    yield from _sections(told)
    yield from _procedure(fact, {} if style.public_copy else sits_for(presences), told=bool(told))
    if style.decision_order == "last":
        yield from _decisions(fact)
    for assignment in fact.assignments:
        yield from _assignment(assignment)
    for dissent in fact.dissents:
        yield Heading(3, DISSENTS[dissent.kind])
        yield paragraphs(f"{dissent.person}: {dissent.text}" if dissent.text else dissent.person)
    yield from _recipients(fact)
    if fact.attachments:
        yield Heading(3, "Bilagor")
        yield bullets(tuple(paper.title for paper in fact.attachments))


def _disqualified(fact: Paragraph) -> Iterator[Element]:
    if fact.disqualified:
        yield Heading(3, "Jäv")
        yield paragraphs(
            *(
                f"{d.name} anmäler jäv och deltar inte i handläggningen eller beslutet. {d.reason}".strip()
                for d in fact.disqualified
            )
        )


def parted(fact: Paragraph) -> tuple[list[Section], list[Section]]:
    """Part a §'s sections in those before its motions and the procedure, which follows them (KL 5:66).

    They keep their order where the procedure is only told as text, as in protocols from elsewhere.
    """
    if not (fact.motions or fact.ballots or fact.disqualified):
        return list(fact.sections), []
    told = [section for section in fact.sections if section.kind == PROCEDURE and section.blocks]
    return [section for section in fact.sections if section not in told], told


def sits_for(presences: Sequence[Presence]) -> dict[str, str]:
    """Return the party of everyone present, with the letter of their political party, by name."""
    return {presence.name: _sits_for(presence) for presence in reversed(presences)}


def _sits_for(presence: Presence) -> str:
    political = f"({presence.political_party.strip('()')})" if presence.political_party else ""
    return " ".join(filter(None, (presence.party, political))) or "–"


def _sections(sections: Sequence[Section]) -> Iterator[Element]:
    for section in sections:
        if section.heading:
            yield Heading(3, section.heading)
        yield Body(section.blocks)


def _motions(fact: Paragraph) -> Iterator[Element]:
    if fact.motions:
        yield Heading(3, "Yrkanden")
        yield bullets(tuple(_motion(m) for m in fact.motions))


def _procedure(fact: Paragraph, parties: Mapping[str, str], *, told: bool) -> Iterator[Element]:
    """Yield how the motions were put, and the ballots; with `told`, the outcomes are in the text of the procedure."""
    put = [] if told else procedure.put_to_the_meeting(fact.motions, balloted=bool(fact.ballots))
    if put:
        yield Heading(3, "Beslutsgång")
        yield paragraphs(" ".join(put))
    for ballot in fact.ballots:
        yield Heading(3, "Omröstning" if ballot.method == "open" else "Sluten omröstning")
        yield lines(ballot.question, f"Ja: {ballot.yes_means}", f"Nej: {ballot.no_means}")
        if told or not (ballot.yes or ballot.no):
            yield table(("Ja", "Nej", "Avstår"), ((str(ballot.yes), str(ballot.no), str(ballot.abstain)),))
        else:
            yield paragraphs(procedure.result(ballot))
        yield from _votes(ballot, parties)
        both = ballot.casting_vote_by is not None and ballot.decided_by_lot
        if told or both or ballot.yes != ballot.no:  # Else the outcome says how the tie was settled.
            yield from _settled(ballot)


def _motion(motion: Motion) -> str:
    support = f"Instämmer: {and_list(motion.supporters)}." if motion.supporters else ""
    fared = {True: "Bifall.", False: "Avslag.", None: ""}[motion.carried]
    return " ".join(filter(None, (_moved(motion), support, "Yrkandet återtas." if motion.withdrawn else "", fared)))


def _moved(motion: Motion) -> str:
    """Return who moved what, as a complete sentence, since others may follow it."""
    text = f"{motion.mover}: {motion.text}" if motion.mover else motion.text
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _votes(ballot: Ballot, parties: Mapping[str, str]) -> Iterator[Element]:
    if ballot.votes and parties:
        rows = tuple((vote.name, parties.get(vote.name, "–"), VOTES[vote.choice]) for vote in ballot.votes)
        yield table(("Namn", "Part och parti", "Röst"), rows)
    elif ballot.votes:
        yield table(("Namn", "Röst"), tuple((vote.name, VOTES[vote.choice]) for vote in ballot.votes))


def _settled(ballot: Ballot) -> Iterator[Element]:
    if ballot.casting_vote_by:
        yield paragraphs(f"Utslagsröst: {ballot.casting_vote_by}")
    if ballot.decided_by_lot:
        yield paragraphs("Utgången avgörs genom lottning.")


def _decisions(fact: Paragraph) -> Iterator[Element]:
    for decision in fact.decisions:
        yield Heading(3, "Beslut", strong=True)
        yield from _decision(decision)


def _decision(decision: Decision) -> Iterator[Element]:
    if decision.lead:
        yield paragraphs(decision.lead)
    clauses = tuple(f"att {clause.text}" for clause in decision.clauses)
    yield numbered(clauses) if len(clauses) > 1 else paragraphs(*clauses)


def _recipients(fact: Paragraph) -> Iterator[Element]:
    names = tuple(dict.fromkeys(name for decision in fact.decisions for name in decision.recipients))
    if names:
        yield Heading(3, "Beslutet skickas till")
        yield bullets(names)


def _assignment(assignment: Assignment) -> Iterator[Element]:
    yield Heading(3, f"Uppdrag till {assignment.assignee}:")
    points = [Point("•", line) for line in _lines(assignment.text)]
    points += _alternatives(assignment.alternatives, 1)
    points += [Point("•", line) for line in _lines(assignment.addendum)]
    if points:
        yield Points(tuple(points))
    due = f"senast den {long_date(assignment.due)}" if assignment.due else ""
    to = f"till {assignment.report_to}" if assignment.report_to else ""
    if due or to:
        yield paragraphs("Återrapport: " + " ".join(filter(None, (due, to))))


def _alternatives(alternatives: tuple[Alternative, ...], level: int) -> list[Point]:
    points: list[Point] = []
    for alternative in alternatives:
        points.append(Point(alternative.label, alternative.text, level))
        points += _alternatives(alternative.alternatives, level + 1)
    return points


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
