"""The layout of one § of a protocol: its text, motions, ballots, decisions and assignments, in a fixed order.

The protocol and its extracts use the same elements.
"""

from __future__ import annotations

from collections.abc import Iterator

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
from govern.documents.style import HouseStyle
from govern.record import Alternative, Assignment, Ballot, Decision, Motion, Paragraph, open_part
from govern.swedish import and_list, long_date

VOTES = {"yes": "Ja", "no": "Nej", "abstain": "Avstår"}
RELATIONS = {"replaces": "Ersätter", "amends": "Ändrar"}
DISSENTS = {"reservation": "Reservation", "opinion": "Särskilt yttrande", "note": "Protokollsanteckning"}


def elements(fact: Paragraph, style: HouseStyle) -> Iterator[Element]:
    """Lay out one §; in a public copy, a confidential one shows only its number and the section of law."""
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
    for section in fact.sections:
        if section.heading:
            yield Heading(3, section.heading)
        yield Body(section.blocks)
    yield from _disqualified(fact)
    yield from _procedure(fact)
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


def _procedure(fact: Paragraph) -> Iterator[Element]:
    if fact.motions:
        yield Heading(3, "Yrkanden")
        yield bullets(tuple(_motion(m) for m in fact.motions))
    put = sorted((m for m in fact.motions if m.put_order is not None), key=lambda m: m.put_order or 0)
    if put:
        yield Heading(3, "Propositionsordning")
        yield numbered(tuple(_put(m) for m in put))
    for ballot in fact.ballots:
        yield Heading(3, "Omröstning" if ballot.method == "open" else "Sluten omröstning")
        yield from _ballot(ballot)


def _motion(motion: Motion) -> str:
    support = f"Instämmer: {and_list(motion.supporters)}." if motion.supporters else ""
    return " ".join(filter(None, (_moved(motion), support, "Yrkandet återtas." if motion.withdrawn else "")))


def _put(motion: Motion) -> str:
    return " ".join(filter(None, (_moved(motion), {True: "Bifall.", False: "Avslag.", None: ""}[motion.carried])))


def _moved(motion: Motion) -> str:
    """Return who moved what, as a complete sentence, since others may follow it."""
    text = f"{motion.mover}: {motion.text}" if motion.mover else motion.text
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _ballot(ballot: Ballot) -> Iterator[Element]:
    yield lines(ballot.question, f"Ja: {ballot.yes_means}", f"Nej: {ballot.no_means}")
    yield table(("Ja", "Nej", "Avstår"), ((str(ballot.yes), str(ballot.no), str(ballot.abstain)),))
    if ballot.votes:
        yield table(("Namn", "Röst"), tuple((vote.name, VOTES[vote.choice]) for vote in ballot.votes))
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
