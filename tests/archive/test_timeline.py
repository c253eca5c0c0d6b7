"""A case's timeline: every kind of event, what replaces what, and who may see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from govern.assignments.models import AssignmentClosing, Report
from govern.assignments.states import Closing
from govern.cases.models import Case
from govern.db import db
from govern.forums.models import Series
from govern.meetings.states import MeetingState
from govern.notices.models import Notice, Posting
from govern.paragraphs import models as p
from govern.paragraphs.states import Outcome, ParagraphState
from govern.protocols.models import Certificate, Protocol, ProtocolFile, Signature
from govern.protocols.states import ProtocolKind, SignerRole
from tests import make
from tests.browse import Browser, Page
from tests.cast import Cast
from tests.statements import counted

Browse = Callable[..., Browser]
FEBRUARY = datetime(2024, 2, 1, 9, tzinfo=UTC)


def decided(cast: Cast, case: Case, series: object, day: date, heading: str, outcome: Outcome) -> p.Paragraph:
    """Create a decision in the case, in a sealed meeting."""
    meeting = make.meeting(cast.forum, day, MeetingState.SEALED, chair=cast.anna, secretary=cast.cilla)
    row = make.paragraph(meeting, series, heading, cast.anna, ParagraphState.APPROVED, case=case)  # type: ignore[arg-type]
    decision = p.Decision(position=0, outcome=outcome, lead="Styrgruppen beslutar", recipients=[])
    decision.clauses = [p.DecisionClause(position=0, text=f"{outcome.label.lower()} av växeln")]
    row.decisions.append(decision)
    return row


def sealed(paragraph: p.Paragraph, cast: Cast, kind: ProtocolKind, at: datetime, *, signed: bool = False) -> Protocol:
    """Create a protocol of the given kind, signed by the chair if `signed`."""
    about = None if kind is ProtocolKind.MAIN else paragraph
    row = Protocol(meeting=paragraph.meeting, kind=kind, paragraph=about, record=b"{}", sha256="0" * 64, docx=b"PK")
    row.sealed_at, row.sealed_by = at, cast.cilla
    slot = Signature(position=1, role=SignerRole.CHAIR, person=cast.anna, name=cast.anna.name, field="chair")
    row.signatures.append(slot)
    make.add(row)
    if signed:
        file = make.add(ProtocolFile(protocol=row, revision=0, pdf=b"%PDF", sha256="1" * 64, made_at=at))
        key = make.add(
            Certificate(serial="7", pem="", encrypted_key=b"", issued_at=at, expires_at=at + timedelta(days=9))
        )
        slot.signed_at, slot.file_id, slot.certificate_id = at + timedelta(days=1), file.id, key.id
    return row


@pytest.fixture
def case(cast: Cast) -> Case:
    """Return a case with every kind of event, from a proposal to a decision that replaces an earlier one."""
    case, series = make.case(cast.collaboration), make.series(cast.forum, 808)
    make.proposal(cast.forum, "Införa en växel", cast.david, case=case, ready_at=FEBRUARY)
    decided(cast, case, series, date(2024, 3, 4), "Växel, fråga", Outcome.TABLING)
    first = decided(cast, case, series, date(2024, 4, 22), "Växel införs", Outcome.APPROVAL)
    duty = make.assignment(first, "att räkna på driften", "Bo Björk", due=date(2024, 6, 3))
    make.add(Report(assignment=duty, by=cast.bo, at=datetime(2024, 5, 20, 9, tzinfo=UTC), text="Driften är räknad."))
    closed = datetime(2024, 6, 3, 9, tzinfo=UTC)
    make.add(AssignmentClosing(assignment=duty, why=Closing.DONE, by=cast.anna, at=closed, note="Hört."))
    main = sealed(first, cast, ProtocolKind.MAIN, datetime(2024, 4, 25, 9, tzinfo=UTC), signed=True)
    notice = make.add(Notice(protocol=main, adjusted_on=date(2024, 4, 26), kept_at="Kansliet", first=809, last=809))
    make.add(Posting(notice=notice, position=0, board="Björkby", posted_on=date(2024, 4, 27), posted_by=cast.cilla))
    make.add(Posting(notice=notice, position=1, board="Granby"))
    sealed(first, cast, ProtocolKind.CORRECTION, datetime(2024, 5, 2, 9, tzinfo=UTC))
    last = decided(cast, case, series, date(2025, 9, 1), "Växel avvecklas", Outcome.APPROVAL)
    make.supersession(last, first, cast.cilla)
    make.commit()
    return case


def told(page: Page) -> list[str]:
    """Return the headings of the events, the earliest first."""
    return page.texts(".timeline h3")[::-1]


def test_every_kind_of_event_in_time(browse: Browse, case: Case) -> None:
    """Events are ordered in time, with outcomes and replacements."""
    page = browse("david").get(f"/arenden/{case.id}")
    assert told(page) == [
        "Införa en växel",
        "§ 808 Växel, fråga",
        "§ 809 Växel införs",
        "Uppdrag till Bo Björk",
        "Protokollet förseglat",
        "Protokollet undertecknat av alla",
        "Protokollet anslaget, Björkby",
        "Rättelse av § 809",
        "Återrapport från Bo Björk",
        "Uppdraget avslutat",
        "§ 810 Växel avvecklas",
    ]
    first, last = page.texts(".timeline > li")[-3], page.texts(".timeline > li")[0]
    assert "Beslutat" in first
    assert "att bifall av växeln" in first
    assert "Ersatt av § 810, Styrgruppen 1 september 2025" in first
    assert "Ersätter § 809, Styrgruppen 22 april 2024" in last
    assert "Bordlagt" in page.texts(".timeline > li")[-2]
    assert page.texts(".timeline time")[-1] == "1 februari 2024"


def test_what_is_secret_shows_its_number_and_nothing_that_hangs_on_it(browse: Browse, cast: Cast, case: Case) -> None:
    """A confidential paragraph shows only its number; what belongs to it and confidential papers are hidden."""
    first = db.session.scalars(db.select(p.Paragraph).where(p.Paragraph.number == 809)).one()
    first.confidential = "OSL 19:3"
    make.proposal(cast.forum, "Hemligt anbud", cast.bo, case=case, confidential="OSL 19:3", ready_at=FEBRUARY)
    make.commit()
    david, anna = (browse(who).get(f"/arenden/{case.id}") for who in ("david", "anna"))
    assert told(david) == [
        "Införa en växel",
        "§ 808 Växel, fråga",
        "§ 809 Sekretess",
        "Protokollet förseglat",
        "Protokollet undertecknat av alla",
        "Protokollet anslaget, Björkby",
        "§ 810 Växel avvecklas",
    ]
    for word in ("räkna", "räknad", "Hört", "Hemligt", "införs"):
        assert word not in david.html
    assert "Hemligt anbud" in told(anna)
    assert "Återrapport från Bo Björk" in told(anna)


def test_signed_is_said_when_everyone_has(browse: Browse, cast: Cast, case: Case) -> None:
    """The event needs every signer's signature or refusal."""
    row = db.session.scalars(db.select(Protocol).where(Protocol.kind == ProtocolKind.MAIN)).one()
    slot = Signature(position=2, role=SignerRole.ADJUSTER, person=cast.bo, name=cast.bo.name, field="adjuster")
    row.signatures.append(slot)
    make.commit()
    assert "Protokollet undertecknat av alla" not in told(browse("david").get(f"/arenden/{case.id}"))


def test_a_draft_is_for_those_who_sit(browse: Browse, cast: Cast, case: Case) -> None:
    """Drafts and their assignments are shown only to those who sit."""
    series = db.session.scalars(db.select(Series)).one()
    under_way = make.meeting(cast.forum, date(2025, 10, 1), MeetingState.OPEN)
    make.assignment(make.paragraph(under_way, series, "Utkastet", cast.cilla, case=case), "att pröva", "Bo Björk")
    make.commit()
    assert told(browse("anna").get(f"/arenden/{case.id}"))[-2:] == ["§ 811 Utkastet", "Uppdrag till Bo Björk"]
    assert told(browse("david").get(f"/arenden/{case.id}"))[-1] == "§ 810 Växel avvecklas"


def test_a_long_way_costs_no_more(browse: Browse, cast: Cast, case: Case) -> None:
    """Sixty more decisions with assignments take more pages, but no more statements per page."""
    david = browse("david")
    with counted() as few:
        david.get(f"/arenden/{case.id}")
    series = db.session.scalars(db.select(Series)).one()
    for number in range(60):
        row = decided(cast, case, series, date(2024, 7, 1) + timedelta(days=number), f"Läge {number}", Outcome.NOTING)
        make.add(Report(assignment=make.assignment(row, "att se", "Bo"), by=cast.bo, at=FEBRUARY, text="Sett."))
    make.commit()
    with counted() as many:
        page = david.get(f"/arenden/{case.id}")
    assert len(page.all(".timeline > li")) == 50
    assert page.text(".pager p") == "Sida 1 av 4 (191 träffar)"
    assert len(many) <= len(few), "\n".join(many)


@pytest.mark.usefixtures("each_database")
def test_the_same_on_each_database(browse: Browse, case: Case) -> None:
    """The database compares the days."""
    assert len(told(browse("anna").get(f"/arenden/{case.id}"))) == 11
