"""The list of assignments and the quarterly follow-up: built from the rows, as of a date, without secrets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from govern.assignments.followup import listing, quarter
from govern.assignments.followup.quarter import Quarter, quarter_of
from govern.assignments.models import AssignmentClosing, Carried, Report
from govern.assignments.states import Closing
from govern.db import db
from govern.documents.papers.quarter import figures
from govern.meetings.models import AgendaItem, Meeting
from govern.meetings.states import MeetingState
from govern.paragraphs import models as p
from govern.paragraphs.states import Outcome, ParagraphState
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.documents.reading import pdf_pages
from tests.statements import counted

Browse = Callable[..., Browser]
SPRING, SUMMER = Quarter(2024, 2), Quarter(2024, 3)
TODAY = date(2024, 12, 2)


def instant(month: int, day: int) -> datetime:
    """Return a time in the morning of a day in 2024."""
    return datetime(2024, month, day, 8, 0, tzinfo=UTC)


def decide(paragraph: p.Paragraph, clause: str, outcome: Outcome = Outcome.APPROVAL) -> None:
    """Add a decision with one clause to a paragraph."""
    decision = p.Decision(position=0, outcome=outcome, lead="Styrgruppen beslutar", recipients=[])
    decision.clauses.append(p.DecisionClause(position=0, text=clause))
    paragraph.decisions.append(decision)


class Year:
    """Two meetings of the steering group and one of a forum below it, with four assignments, one of them secret."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.series = cast, make.series(cast.forum, 30)
        cast.elsewhere.parent = cast.forum
        self.april = make.meeting(cast.forum, date(2024, 4, 22), MeetingState.SEALED)
        growth = self.paragraph("Gemensam växel", self.april)
        decide(growth, "införa en gemensam växel")
        self.late = make.assignment(growth, "att räkna på två nivåer", "Bo Björk", due=date(2024, 6, 3))
        make.add(Report(assignment=self.late, by=cast.bo, at=instant(8, 1), text="Det är räknat."))
        self.done = make.assignment(growth, "Bjud in leverantören", "Anna Ask", due=date(2024, 5, 6))
        make.add(Report(assignment=self.done, by=cast.bo, at=instant(5, 2), text="Den kommer i maj."))
        make.add(
            AssignmentClosing(assignment=self.done, why=Closing.DONE, note="Klart.", by=cast.cilla, at=instant(7, 4))
        )
        secret = self.paragraph("Skyddad person", self.april, confidential="19 kap. 3 § OSL", reference="SK 1")
        decide(secret, "neka insyn")
        make.assignment(secret, "Ring den skyddade", "Polisen", due=date(2024, 9, 1))
        self.tabled = self.paragraph("Nytt avtal", self.april)
        decide(self.tabled, "bordlägga ärendet", Outcome.TABLING)
        under = make.meeting(cast.elsewhere, date(2024, 5, 14), MeetingState.SEALED)
        told = make.paragraph(under, make.series(cast.elsewhere, 1), "Drift", cast.david, ParagraphState.APPROVED)
        self.open = make.assignment(told, "Mät driften", "David Dal", due=date(2024, 9, 1))
        make.meeting(cast.forum, date(2024, 6, 20), MeetingState.CLOSED)
        make.commit()

    def paragraph(self, heading: str, meeting: Meeting, **values: Any) -> p.Paragraph:
        """Add an approved paragraph to a meeting."""
        return make.paragraph(meeting, self.series, heading, self.cast.anna, ParagraphState.APPROVED, **values)


@pytest.fixture
def year(cast: Cast) -> Year:
    """Hold the year's meetings."""
    return Year(cast)


@pytest.mark.parametrize(
    ("day", "quarter"),
    [(date(2024, 1, 1), Quarter(2024, 1)), (date(2024, 6, 30), SPRING), (date(2024, 12, 31), Quarter(2024, 4))],
)
def test_a_day_lies_in_its_quarter(day: date, quarter: Quarter) -> None:
    assert quarter_of(day) == quarter
    assert quarter.first <= day <= quarter.last
    assert quarter.next.previous == quarter == quarter.previous.next
    assert quarter.next.first == quarter.last + timedelta(days=1)


@pytest.mark.usefixtures("each_database")
def test_the_list_says_how_each_stands(cast: Cast, year: Year) -> None:
    facts = listing.facts(cast.forum, TODAY)
    assert [(d.task, d.state) for d in facts.duties] == [
        ("Räkna på två nivåer", "reported"),
        ("Sekretess", "late"),
        ("Bjud in leverantören", "closed"),
    ]
    assert facts.duties[2].latest == "Utfört 4 juli 2024: Klart."
    assert facts.duties[0].label == "§ 30"


def test_what_was_closed_long_ago_leaves_the_list(cast: Cast, year: Year) -> None:
    assert len(listing.facts(cast.forum, date(2025, 7, 4)).duties) == 3
    assert len(listing.facts(cast.forum, date(2025, 7, 5)).duties) == 2


@pytest.mark.usefixtures("each_database")
def test_a_quarter_counts_the_forum_and_those_beneath(cast: Cast, year: Year) -> None:
    facts = quarter.facts(cast.forum, SPRING, TODAY)
    assert figures(facts) == (
        ("Styrgruppen", "2", "3", "3", "3", "1", "0", "1"),
        ("Referensgruppen", "1", "1", "0", "1", "0", "0", "0"),
        ("Alla", "3", "4", "3", "4", "1", "0", "1"),
    )
    assert [m.numbers for m in facts.meetings] == ["§§ 30–32", "§ 1", "inte förseglat än"]
    assert facts.decisions[0].clauses == ("införa en gemensam växel",)
    assert facts.forums == ("Styrgruppen", "Referensgruppen")


def test_a_past_quarter_stays_as_it_was(cast: Cast, year: Year) -> None:
    """The figures of a quarter are those of its end, whatever has been reported or closed since."""
    at_its_end = quarter.facts(cast.forum, SPRING, SPRING.next.first)
    assert quarter.facts(cast.forum, SPRING, TODAY) == at_its_end
    own = figures(quarter.facts(cast.forum, SUMMER, TODAY))[0]
    assert own == ("Styrgruppen", "0", "0", "0", "0", "1", "1", "1")
    assert figures(quarter.facts(cast.forum, Quarter(2024, 4), TODAY))[0][6] == "0"


def test_a_closing_survives_its_reopening(cast: Cast, year: Year) -> None:
    """The quarter in which it was closed still says so, and from its reopening on it is open again."""
    at_its_end = quarter.facts(cast.forum, SUMMER, TODAY)
    assert figures(at_its_end)[0][6] == "1"
    (closing,) = db.session.scalars(db.select(AssignmentClosing))
    closing.reopened_at, closing.reopened_by = instant(11, 4), cast.cilla
    make.commit()
    assert quarter.facts(cast.forum, SUMMER, TODAY) == at_its_end
    autumn = quarter.facts(cast.forum, Quarter(2024, 4), TODAY)
    assert "Bjud in leverantören" in [followed.line.task for followed in autumn.duties if not followed.closed]
    assert [d.state for d in listing.facts(cast.forum, TODAY).duties if d.task == "Bjud in leverantören"] == [
        "reported"
    ]
    reopened_later = quarter.facts(cast.forum, Quarter(2024, 3), TODAY)
    assert "Bjud in leverantören" in [followed.line.task for followed in reopened_later.duties if followed.closed]


def test_what_was_closed_a_whole_quarter_is_not_in_it(cast: Cast, year: Year) -> None:
    """Also if it was reopened after that quarter; the day of the reopening counts as open."""
    (closing,) = db.session.scalars(db.select(AssignmentClosing))
    autumn = Quarter(2024, 4)

    def told(reopened: datetime) -> bool:
        closing.reopened_at, closing.reopened_by = reopened, cast.cilla
        make.commit()
        facts = quarter.facts(cast.forum, autumn, date(2025, 3, 1))
        return "Bjud in leverantören" in [followed.line.task for followed in facts.duties]

    assert told(datetime(2024, 12, 31, 8, 0, tzinfo=UTC))
    assert not told(datetime(2025, 1, 1, 8, 0, tzinfo=UTC))


def test_a_confidential_paragraph_is_only_a_number(cast: Cast, year: Year) -> None:
    facts = quarter.facts(cast.forum, SPRING, TODAY)
    said = repr(facts) + repr(listing.facts(cast.forum, TODAY))
    for secret in ("Skyddad", "skyddade", "Polisen", "neka insyn", "SK 1"):
        assert secret not in said
    assert [d.heading for d in facts.decisions].count("Sekretess") == 1


def test_a_tabled_matter_is_open_until_it_comes_back(cast: Cast, year: Year) -> None:
    assert [m.heading for m in quarter.facts(cast.forum, SPRING, TODAY).open_matters] == ["Nytt avtal"]
    august = make.meeting(cast.forum, date(2024, 8, 20), MeetingState.SEALED)
    item = make.add(AgendaItem(meeting=august, position=1, heading="Nytt avtal"))
    make.add(Carried(item=item, meeting_id=august.id, paragraph=year.tabled))
    year.paragraph("Nytt avtal", august, agenda_item=item)
    make.commit()
    assert quarter.facts(cast.forum, SUMMER, TODAY).open_matters == ()
    assert [m.heading for m in quarter.facts(cast.forum, SPRING, TODAY).open_matters] == ["Nytt avtal"]


def test_the_pages_and_papers_are_a_click_away(cast: Cast, year: Year, browse: Browse) -> None:
    browser = browse("anna")
    browser.get(f"/forum/{cast.forum.slug}")
    page = browser.click("Kvartalsuppföljning")
    assert "Kvartalsuppföljning kvartal" in page.title
    page = browser.get(f"/forum/{cast.forum.slug}/kvartal/2024-2")
    assert "införa en gemensam växel" in page.text("main")
    assert "Kvartal 1 2024" in page.text("main")
    for name in ("kvartal/2024-2", "uppdragslista"):
        pdf = browser.get(f"/forum/{cast.forum.slug}/{name}.pdf").data
        assert "§ 30" in " ".join(" ".join(pdf_pages(pdf)).split())
        assert browser.get(f"/forum/{cast.forum.slug}/{name}.docx").data.startswith(b"PK")


@pytest.mark.parametrize("quarter", ["2024-5", "2024-0", "1800-1", "2999-1"])
def test_no_such_quarter(cast: Cast, browse: Browse, quarter: str) -> None:
    browse("anna").get(f"/forum/{cast.forum.slug}/kvartal/{quarter}", status=404)


def test_it_asks_no_more_for_more_rows(cast: Cast, year: Year) -> None:
    with counted() as few:
        quarter.facts(cast.forum, SPRING, TODAY)
    for number in range(12):
        told = year.paragraph(f"Ärende {number}", year.april)
        decide(told, "godkänna")
        make.assignment(told, "Följ upp", "Bo Björk")
    make.commit()
    with counted() as many:
        quarter.facts(cast.forum, SPRING, TODAY)
    assert len(many) == len(few)
