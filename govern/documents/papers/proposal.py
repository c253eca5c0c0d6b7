"""An officer's paper (tjänsteskrivelse): what is proposed, why, and to whom the decision is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from govern.documents.content import Body, Document, Element, Heading, Point, Points, Title, bullets, lines
from govern.documents.style import HouseStyle
from govern.richtext import Blocks
from govern.swedish import long_date

TITLE = "Tjänsteskrivelse"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalFacts:
    """The content of the paper. `sections` are headings with their text; `clauses` lack their leading `att`."""

    body: str
    forum: str
    heading: str
    reference: str
    author: str
    day: date
    lead: str
    clauses: tuple[str, ...]
    sections: tuple[tuple[str, Blocks], ...]
    recipients: tuple[str, ...]
    confidential: str | None = None


def proposal_document(facts: ProposalFacts, style: HouseStyle | None = None) -> Document:
    """Lay out an officer's paper."""
    style = style or HouseStyle()
    return Document(
        title=f"{TITLE} {facts.heading}",
        author=facts.author,
        running=f"{facts.forum} · {TITLE} {long_date(facts.day)}",
        strip=(),
        elements=tuple(_elements(facts)),
        **style.style_fields(),
    )


def _elements(facts: ProposalFacts) -> Iterator[Element]:
    yield Title(facts.forum, tuple(filter(None, (facts.body, TITLE))), facts.heading, long_date(facts.day))
    if facts.reference:
        yield Heading(2, "Dnr", anchor="dnr", beside=True)
        yield lines(facts.reference)
    yield Heading(2, "Handläggare", anchor="handlaggare", beside=True)
    yield lines(facts.author)
    if facts.confidential:
        yield Heading(2, "Sekretess", anchor="sekretess", beside=True)
        yield lines(facts.confidential)
    if facts.clauses:
        yield Heading(2, "Förslag till beslut", anchor="forslag")
        yield lines(facts.lead)
        yield Points(tuple(Point("att", clause) for clause in facts.clauses))
    for place, (heading, blocks) in enumerate(facts.sections, 1):
        yield Heading(2, heading, anchor=f"s{place}")
        yield Body(blocks)
    if facts.recipients:
        yield Heading(2, "Beslutet skickas till", anchor="skickas")
        yield bullets(facts.recipients)
