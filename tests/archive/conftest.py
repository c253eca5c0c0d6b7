"""A sealed paragraph, one that is confidential and one that is being written, all in the index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask

from govern import outbox
from govern.archive.searching import indexing
from govern.meetings.models import Meeting
from govern.meetings.states import MeetingState
from govern.paragraphs import models as p
from govern.paragraphs.operations import tell_search
from govern.paragraphs.states import DissentKind, Outcome, ParagraphState, SectionKind
from tests import make
from tests.cast import Cast
from tests.letters import Letters, mail_server


@dataclass(frozen=True)
class Shelf:
    """Three paragraphs: § 812 for the whole collaboration, § 813 confidential, § 814 still a draft."""

    meeting: Meeting
    open: p.Paragraph
    secret: p.Paragraph
    draft: p.Paragraph


@pytest.fixture
def shelf(cast: Cast) -> Shelf:
    """Make the paragraphs, and an index that holds them."""
    series = make.series(cast.forum, 812)
    sealed = make.meeting(cast.forum, state=MeetingState.SEALED, chair=cast.anna, secretary=cast.cilla)
    anna = make.presence(sealed, cast.anna)
    there = make.paragraph(sealed, series, "Gemensam växel", cast.anna, ParagraphState.APPROVED)
    _fill(there, anna)
    secret = make.paragraph(
        sealed, series, "Upphandling av växel", cast.anna, ParagraphState.APPROVED, confidential="OSL 19:3"
    )
    under_way = make.meeting(cast.forum, date(2024, 9, 9), MeetingState.OPEN, chair=cast.anna)
    draft = make.paragraph(under_way, series, "Växelns öppettider", cast.cilla)
    make.commit()
    indexing.reindex()
    return Shelf(sealed, there, secret, draft)


def _fill(paragraph: p.Paragraph, anna: object) -> None:
    body = [{"type": "para", "runs": [{"text": "Kommunerna har <b>var sin</b> telefonväxel. 812 samtal om dagen."}]}]
    paragraph.sections.append(p.Section(position=0, kind=SectionKind.TEXT, heading="", body=[]))  # Left out on paper.
    paragraph.sections.append(p.Section(position=1, kind=SectionKind.MATTER, heading="Ärendet", body=body))
    paragraph.motions.append(p.Motion(position=0, text="återremiss", mover=anna))
    for position, clauses in enumerate((["införa växeln", "fördela kostnaden"], ["underrätta parterna"])):
        decision = p.Decision(position=position, outcome=Outcome.APPROVAL, lead="Styrgruppen beslutar", recipients=[])
        decision.clauses = [p.DecisionClause(position=place, text=text) for place, text in enumerate(clauses)]
        paragraph.decisions.append(decision)
    paragraph.dissents.append(p.Dissent(position=0, kind=DissentKind.NOTE, presence=anna, text="Tidplanen är snäv."))
    make.assignment(paragraph, "Beskriv driftformer", "Kanslichefsgruppen", report_to="mötet i början av juni")
    make.add(p.Alternative(assignment=paragraph.assignments[0], position=0, text="Värdkommunsmodell"))
    paragraph.attachments.append(make.attachment("Nyttokalkyl", anna.person))  # type: ignore[attr-defined]


@pytest.fixture
def tell() -> Callable[..., None]:
    """Return that paragraphs have changed, commit, and let the outbox do its work."""

    def told(*paragraphs: p.Paragraph) -> None:
        tell_search(paragraphs, at=make.AT)
        make.commit()
        while outbox.drain():
            pass

    return told


@pytest.fixture
def letters(app: Flask) -> Iterator[Letters]:
    """Yield the letters that a mail server on this machine takes."""
    with mail_server(app) as taken:
        yield taken
