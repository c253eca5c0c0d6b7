"""Impossible days are refused, and unlikely ones need a confirmation in the form, which keeps what was typed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from wtforms import DateField

from govern import record
from govern.archive.importing.operations import import_record
from govern.db import db
from govern.errors import Refused
from govern.forums import forms as forum_forms
from govern.forums import operations as forums
from govern.forums.models import Seat
from govern.meetings import forms as meeting_forms
from govern.meetings.models import Meeting
from govern.meetings.states import MeetingState
from govern.notices import forms as notice_forms
from govern.parties import operations as parties
from govern.plausible import FIELDS, doubtful, impossible, refuse_impossible
from govern.protocols.queries import findings_of
from govern.web import days
from govern.web.days import DayField
from tests import make, records
from tests.browse import Browser
from tests.cast import Cast

Browse = Callable[..., Browser]
TODAY = date(2026, 11, 29)
AT = datetime(2026, 11, 29, 9, tzinfo=UTC)
THIS_YEAR = datetime.now(UTC).year


@pytest.mark.parametrize("year", [1, 26, 1024, 1862, 2204, 9999])
@pytest.mark.parametrize("field", FIELDS)
def test_years_that_cannot_be(field: str, year: int) -> None:
    """An impossible year is refused in every field, but imported protocols may be older than the municipalities."""
    refused = impossible(field, date(year, 11, 29), TODAY)
    assert bool(refused) is not (field == "meeting.imported" and year == 1862)
    if refused:
        with pytest.raises(Refused, match=f"{year:04}"):
            refuse_impossible(field, date(year, 11, 29), TODAY)
    refuse_impossible(field, None, TODAY)


@pytest.mark.parametrize(("field", "bounds"), FIELDS.items(), ids=str)
def test_what_is_asked_about(field: str, bounds: object) -> None:
    """No question within the bounds; one for a year beyond them, in either direction, leap days included."""
    back, ahead = FIELDS[field].back, FIELDS[field].ahead
    for offset in (-back, 0, ahead):
        assert doubtful(field, date(2026 + offset, 11, 28), TODAY) is None or offset == ahead == 0
    assert "långt fram" in str(doubtful(field, date(2027 + ahead, 12, 31), TODAY))
    assert "långt bakåt" in str(doubtful(field, date(2025 - back, 1, 1), TODAY))
    assert doubtful(field, date(2024, 2, 29), date(2024, 2, 29)) is None or ahead == 0
    assert FIELDS[field].why


BOUNDS = {
    "meeting.day": (1, 2, 1863),
    "meeting.imported": (400, 0, 1600),
    "seat.starts_on": (25, 5, 1863),
    "seat.ends_on": (160, 9, 1863),
    "term.starts_on": (25, 5, 1863),
    "term.ends_on": (25, 9, 1863),
    "agreement.in_force_from": (60, 5, 1863),
    "assignment.due": (1, 5, 1863),
    "notice.day": (160, 100, 1863),
}


@pytest.mark.parametrize("field", FIELDS)
def test_the_bounds_of_every_field(field: str) -> None:
    """Check the last day without a question and the next, at both bounds, and the first and last possible years."""
    back, ahead, first = BOUNDS[field]
    today = date(2026, 6, 15)
    assert doubtful(field, date(2026 - back, 6, 15), today) is None
    assert "bakåt" in str(doubtful(field, date(2026 - back, 6, 14), today))
    assert doubtful(field, date(2026 + ahead, 6, 15), today) is None
    assert "långt fram" in str(doubtful(field, date(2026 + ahead, 6, 16), today))
    for year, possible in ((first - 1, False), (first, True), (2126, True), (2127, False)):
        sentence = impossible(field, date(year, 6, 15), today)
        assert (sentence is None) is possible
        assert possible or sentence == f"Året {year:04} kan inte stämma. Skriv ett år mellan {first} och 2126."
    assert set(BOUNDS) == set(FIELDS)


def test_years_are_counted_within_the_calendar() -> None:
    """Bounds counted from a leap day fall on the 28th, and stop at the calendar's limits."""
    leap = date(2024, 2, 29)
    assert doubtful("assignment.due", date(2029, 2, 28), leap) is None
    assert doubtful("assignment.due", date(2029, 3, 1), leap)
    assert doubtful("assignment.due", date(2023, 2, 28), leap) is None
    assert doubtful("assignment.due", date(2023, 2, 27), leap)
    assert doubtful("meeting.imported", date(1, 6, 15), date(300, 6, 15)) is None
    assert doubtful("notice.day", date(9999, 6, 15), date(9950, 6, 15)) is None


@pytest.mark.parametrize(("given", "named"), [(None, "day"), ("from", "from")])
def test_the_refusal_names_the_field(given: str | None, named: str) -> None:
    with pytest.raises(Refused) as refused:
        refuse_impossible("meeting.day", date(26, 1, 1), TODAY, given)
    assert refused.value.field == named
    refuse_impossible("meeting.day", date(2026, 1, 1), TODAY, given)


def test_every_day_that_is_typed_asks() -> None:
    """Every day field of the forms is a `DayField` with bounds."""
    for module in (forum_forms, meeting_forms, notice_forms):
        for form in vars(module).values():
            fields = [f for f in vars(form).values() if hasattr(f, "field_class")] if isinstance(form, type) else []
            assert not [f for f in fields if f.field_class is DateField]
            for field in fields:
                assert field.field_class is not DayField or field.kwargs["asks"] in FIELDS


def test_a_far_year_is_asked_about_and_then_taken(cast: Cast, browse: Browse) -> None:
    """The form returns with what was typed and a checkbox, which confirms only that very day."""
    cilla, year = browse("cilla"), THIS_YEAR + 5
    cilla.get(f"/forum/{cast.forum.slug}/nytt-mote")
    typed = {"day": f"{year}-03-09", "starts": "09:00", "place": "Björkby kommunhus"}
    page = cilla.submit("Planera mötet", status=422, **typed)
    assert f"Ja, året {year} stämmer" in page.text()
    assert page.find("#place").attributes["value"] == "Björkby kommunhus"
    page = cilla.submit("Planera mötet", status=422, day=f"{year + 1}-03-09", **{"day-stammer": True})
    assert f"Ja, året {year + 1} stämmer" in page.text()
    cilla.submit("Planera mötet", **{"day-stammer": True})
    meeting = db.session.scalars(db.select(Meeting)).one()
    assert meeting.day == date(year + 1, 3, 9)
    cilla.get(f"/moten/{meeting.id}/andra")  # A stored day is not asked about again.
    cilla.submit("Spara mötet", place="Granby")


@pytest.mark.parametrize(
    "day", ["0026-11-29", "1024-01-01", "2204-01-01", "9999-12-31", "0001-01-01", "2026-02-30", "x"]
)
def test_an_impossible_day_is_refused_where_it_is_typed(cast: Cast, browse: Browse, day: str) -> None:
    """The form is refused with a sentence; confirming the day does not help."""
    cilla = browse("cilla")
    fields = {"day": day, "day-stammer": day, "starts": "09:00", "place": "B", "kind": "ordinary", "mode": "on_site"}
    page = cilla.post(f"/forum/{cast.forum.slug}/nytt-mote", fields, status=422)
    assert "kan inte stämma" in page.text() or days.NO_DAY in page.text()
    seat = db.session.scalars(db.select(Seat).where(Seat.forum_id == cast.forum.id)).first()
    assert seat is not None
    page = cilla.post(f"/forum/{cast.forum.slug}/platser/{seat.id}/avsluta", {"last_day": day}, status=422)
    assert "kan inte stämma" in page.text() or days.NO_DAY in page.text()
    page = cilla.post(f"/forum/{cast.forum.slug}/platser/ny", {"starts_on": day, "role": "member"}, status=422)
    assert "kan inte stämma" in page.text() or days.NO_DAY in page.text()


def test_operations_refuse_it_too(cast: Cast) -> None:
    """The operations check the days, not only the forms."""
    year = date(26, 11, 29)
    with pytest.raises(Refused, match="0026"):
        forums.add_term(cast.forum, "Förr", year, TODAY, by=cast.ada, at=AT)
    with pytest.raises(Refused, match="0026"):
        forums.end_seat(cast.forum.seats[0], year, by=cast.ada, at=AT)
    with pytest.raises(Refused, match="0026"):
        parties.add_agreement(cast.collaboration, "Avtal", year, notice_months=1, review_months=1, by=cast.ada, at=AT)


def test_kontroll_names_days_of_assignments(cast: Cast) -> None:
    """An impossible due day blocks sealing, a distant one gives a warning, and one within a term neither."""
    meeting = make.meeting(cast.forum, state=MeetingState.CLOSED)
    presence = make.presence(meeting, cast.anna)
    assert presence
    written = make.paragraph(meeting, make.series(cast.forum), "Växel", cast.anna)
    for due in (date(26, 1, 1), date(2031, 1, 1), date(2025, 1, 1), date(2204, 1, 1)):
        make.assignment(written, "räkna", "Bo", due=due)
    make.commit()
    found = [one for one in findings_of(meeting, today=make.DAY) if one.check in {"impossible_due", "far_due"}]
    assert [one.check for one in found] == ["impossible_due", "impossible_due", "far_due"]
    assert "0026" in found[0].sentence
    assert "2031" in found[2].sentence


def test_old_protocols_are_read_in_with_their_years(cast: Cast) -> None:
    """Years before the municipalities are accepted, but not the year 26 nor a day in the future."""
    given = replace(records.full(), presence=())

    def of(day: date) -> bytes:
        return record.canonical(
            replace(given, meeting=replace(given.meeting, date=day, end_date=day + timedelta(days=1)))
        )

    for wrong in (date(26, 4, 22), date(1024, 4, 22), date(2204, 4, 22)):
        with pytest.raises(Refused, match="kan inte stämma"):
            import_record(of(wrong), cast.forum, by=cast.cilla, at=AT)
    assert import_record(of(date(1891, 4, 22)), cast.forum, by=cast.cilla, at=AT).meeting.day.year == 1891
