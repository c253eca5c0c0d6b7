"""An open meeting with people and an agenda, for tests of what happens in the room."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from govern.db import lock, pause
from govern.forums.states import ParagraphKind, SeatRole
from govern.meetings.models import AgendaItem, Meeting
from govern.meetings.states import MeetingState
from govern.paragraphs import models as p
from govern.paragraphs import operations
from govern.paragraphs.states import Outcome, SectionKind
from govern.people import operations as people_operations
from govern.people.models import Person
from tests import make
from tests.cast import Cast

OPENED = datetime(2024, 4, 22, 7, 5, tzinfo=UTC)
HEADINGS = (
    "Mötet öppnas",
    "Val av justerare",
    "Godkännande av dagordningen",
    "Gemensam växel",
    "Ekonomisk uppföljning",
    "Nästa möte",
)


def meeting_under_way(cast: Cast, items: int = 6, opened: int = 0, people: int = 0) -> Meeting:
    """Open a meeting with `items` agenda items, `opened` of them opened, and `people` more people on the list."""
    meeting = make.meeting(cast.forum, state=MeetingState.OPEN, chair=cast.anna, secretary=cast.cilla)
    make.series(cast.forum, 808)
    make.presence(meeting, cast.anna, SeatRole.CHAIR, party="Björkby", political_party="S")
    make.presence(meeting, cast.bo, party="Granby", political_party="M")
    make.presence(meeting, cast.cilla, SeatRole.SECRETARY, party="Björkby")
    for number in range(people):
        role = SeatRole.SUBSTITUTE if number % 4 == 3 else SeatRole.MEMBER
        row = make.presence(meeting, _someone(number + 1), role, party="Granby")
        row.present = number % 5 != 4
    for number in range(items):
        heading = HEADINGS[number % len(HEADINGS)]
        heading = heading if number < len(HEADINGS) else f"{heading} {number + 1}"
        make.add(
            AgendaItem(meeting=meeting, position=number + 1, heading=heading, kind=ParagraphKind.DECISION, note="")
        )
    make.commit()
    for item in meeting.agenda[:opened]:
        pause()
        lock()  # A server beside the test may have written meanwhile.
        operations.open_item(item, by=cast.cilla, at=OPENED)
    return meeting


def _someone(number: int) -> Person:
    return people_operations.add_person(f"Deltagare {number:02}", f"d{number}@alvsam.example", by=None, at=OPENED)


def fill(paragraph: p.Paragraph, **values: Any) -> None:
    """Add a text, a decision and an assignment; lock first, since a server beside the test may have written."""
    pause()
    lock()
    body = [{"type": "para", "runs": [{"text": "Fem kommuner har var sin växel."}]}]
    if paragraph.sections:
        paragraph.sections[0].body = body
    else:
        paragraph.sections.append(p.Section(position=0, kind=SectionKind.TEXT, heading="", body=body))
    decision = p.Decision(position=0, outcome=Outcome.APPROVAL, lead="Styrgruppen beslutar", recipients=["Björkby"])
    for place, text in enumerate(("införa en gemensam växel", "uppdra åt Björkby att upphandla den")):
        decision.clauses.append(p.DecisionClause(position=place, text=text))
    paragraph.decisions.append(decision)
    make.assignment(paragraph, "att räkna på två nivåer", "Arbetsgruppen", due=make.DAY)
    for name, value in values.items():
        setattr(paragraph, name, value)
    make.commit()
