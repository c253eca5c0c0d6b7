"""Which earlier decision a later one replaces or amends: how it is named, who sees it, and how it is recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

import pytest
from flask import Flask

from govern import record
from govern.documents.papers import paragraph as printed
from govern.documents.style import HouseStyle
from govern.errors import Refused
from govern.meetings.states import MeetingState
from govern.paragraphs.facts import facts
from govern.paragraphs.models import Paragraph
from govern.paragraphs.rules import Refusal as Locked
from govern.paragraphs.states import ParagraphState, Relation
from govern.paragraphs.superseding import operations as superseding
from govern.paragraphs.superseding.rules import Named, Refusal, read_name
from tests import make
from tests.browse import Browser
from tests.cast import Cast

Browse = Callable[..., Browser]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("§ 809", Named(809, "", None, None)),
        ("809", Named(809, "", None, None)),
        ("§ 809 Styrgruppen 2024-04-22", Named(809, "styrgruppen", "2024-04-22", None)),
        ("Styrgruppen 2024 § 9", Named(9, "styrgruppen 2024", None, "2024")),
        ("2024-04-22 § 12", Named(12, "", "2024-04-22", None)),
        ("beslutet i våras", None),
    ],
)
def test_how_an_earlier_one_is_named(text: str, named: Named | None) -> None:
    """A decision is named by its number, with forum and date or year if that is ambiguous."""
    found = read_name(text)
    assert (found and (found.number, found.words.strip(), found.day, found.year)) == (
        named and (named.number, named.words, named.day, named.year)
    )


@pytest.fixture
def old(cast: Cast) -> Paragraph:
    """Return a sealed decision, § 809 of the steering group."""
    sealed = make.meeting(cast.forum, state=MeetingState.SEALED, chair=cast.anna, secretary=cast.cilla)
    return make.paragraph(sealed, make.series(cast.forum, 809), "Växel", cast.anna, ParagraphState.APPROVED)


@pytest.fixture
def new(cast: Cast, old: Paragraph) -> Paragraph:
    """Return a draft of a decision a year later."""
    under_way = make.meeting(cast.forum, date(2025, 4, 22), MeetingState.OPEN, chair=cast.anna, secretary=cast.cilla)
    paragraph = make.paragraph(under_way, old.series, "Växeln omprövas", cast.cilla)
    make.commit()
    return paragraph


def test_the_secretary_says_it_on_the_page(browse: Browse, cast: Cast, old: Paragraph, new: Paragraph) -> None:
    """It is shown on the later paragraph at once and can be removed."""
    cilla = browse("cilla")
    page = cilla.get(f"/paragrafer/{new.id}")
    page = cilla.get(page.link("Ersätter eller ändrar ett tidigare beslut …"))
    assert "§ 809 Styrgruppen 2024-04-22" in page.html
    refused = cilla.submit("Spara kopplingen", status=422, earlier="§ 1 i våras")
    assert Refusal.NOT_FOUND.value in refused.text("main")
    assert "§ 1 i våras" in refused.html
    page = cilla.submit("Spara kopplingen", relation="amends", earlier="§ 809")
    assert "Ändrar § 809, Styrgruppen 22 april 2024" in page.text("main .lines")
    assert "Ändrar § 809, Styrgruppen 22 april 2024" in cilla.get(f"/paragrafer/{new.id}").text("#bilagor")
    assert "Kopplingen är borttagen" in (cilla.get(page.url), cilla.submit("Ta bort"))[1].text("main")


def test_later_ones_with_the_same_number_do_not_crowd_out_the_one_meant(
    app: Flask, cast: Cast, old: Paragraph, new: Paragraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many have the number, the day decides which is meant."""
    monkeypatch.setattr(superseding, "MOST", 1)
    later = make.meeting(cast.elsewhere, date(2024, 9, 2), MeetingState.SEALED)
    make.paragraph(later, make.series(cast.elsewhere, 809), "Annat", cast.david, ParagraphState.APPROVED)
    make.commit()
    row = superseding.relate(new, Relation.AMENDS, "§ 809 2024-04-22", by=cast.cilla, at=make.AT)
    assert row.earlier is old


@pytest.mark.parametrize("name", ["", "i våras", "§ 810", "§ 809 2023", "§ 809 2023-01-01"])
def test_no_such_decision(app: Flask, cast: Cast, old: Paragraph, new: Paragraph, name: str) -> None:
    """An empty or unknown name is refused, and nothing is stored."""
    with pytest.raises(Refused):
        superseding.relate(new, Relation.REPLACES, name, by=cast.cilla, at=make.AT)
    assert new.supersedes == []


def test_a_number_in_several_forums(app: Flask, cast: Cast, old: Paragraph, new: Paragraph) -> None:
    """The forum's own decision is preferred, another forum's is found by name, and a repeated relation is refused."""
    foreign = make.meeting(cast.elsewhere, state=MeetingState.SEALED)
    theirs = make.paragraph(foreign, make.series(cast.elsewhere, 809), "Enkät", cast.david, ParagraphState.APPROVED)
    for name, meant in (("§ 809", old), ("§ 809 referensgruppen", theirs)):
        assert superseding.relate(new, Relation.REPLACES, name, by=cast.cilla, at=make.AT).earlier is meant
    with pytest.raises(Refused, match="finns redan"):
        superseding.relate(new, Relation.AMENDS, "§ 809", by=cast.cilla, at=make.AT)


@pytest.mark.parametrize(
    ("state", "refusal"), [(ParagraphState.READY, Locked.READY), (ParagraphState.APPROVED, Locked.APPROVED)]
)
def test_not_once_it_waits(
    app: Flask, cast: Cast, old: Paragraph, new: Paragraph, state: ParagraphState, refusal: Locked
) -> None:
    """What the chair reviews does not change."""
    waits = make.paragraph(new.meeting, new.series, "Klar", cast.anna, state)
    with pytest.raises(Refused, match=refusal.value):
        superseding.relate(waits, Relation.REPLACES, "§ 809", by=cast.cilla, at=make.AT)


def test_it_is_kept_in_the_record_and_printed(app: Flask, cast: Cast, old: Paragraph, new: Paragraph) -> None:
    """The record names the earlier decision as readers know it, and the document prints it."""
    assert "supersedes" not in record._write(facts(new))
    superseding.relate(new, Relation.REPLACES, "§ 809", by=cast.cilla, at=make.AT)
    told = facts(new).supersedes
    assert told == (
        record.Supersession(relation="replaces", label="§ 809", forum="Styrgruppen", date=date(2024, 4, 22)),
    )
    assert record.read(record.Paragraph, record._write(facts(new))) == facts(new)
    assert "Ersätter § 809, Styrgruppen 22 april 2024." in str(list(printed.elements(facts(new), HouseStyle())))


def test_a_draft_does_not_give_itself_away(app: Flask, cast: Cast, old: Paragraph, new: Paragraph) -> None:
    """A member of another forum sees the replacement only when the new decision is sealed and public."""
    make.supersession(new, old, cast.cilla)
    make.commit()
    day = date(2025, 5, 1)

    def seen_by(person: object) -> list[str]:
        return [tie.words for tie in superseding.later([old.id], person, day).get(old.id, [])]  # type: ignore[arg-type]

    assert seen_by(cast.cilla) == ["Ersatt av"]
    assert seen_by(cast.david) == []
    new.meeting.state, new.meeting.closed_at, new.meeting.sealed_at = MeetingState.SEALED, make.AT, make.AT
    make.commit()
    assert seen_by(cast.david) == ["Ersatt av"]
    new.confidential = "OSL 19:3"
    make.commit()
    assert seen_by(cast.david) == []
    assert seen_by(cast.cilla) == ["Ersatt av"]


@pytest.mark.parametrize(("hour", "found"), [(8, True), (9, True), (11, False)])
def test_a_meeting_later_the_same_day_is_no_earlier_one(cast: Cast, new: Paragraph, hour: int, found: bool) -> None:
    """Two forums may meet on one day: a decision can replace only what was decided before."""
    other = make.meeting(cast.elsewhere, new.meeting.day, MeetingState.SEALED, starts=time(hour))
    make.paragraph(other, make.series(cast.elsewhere, 5), "Samma dag", cast.anna, ParagraphState.APPROVED)
    make.commit()
    if found:
        row = superseding.relate(new, Relation.REPLACES, "§ 5", by=cast.cilla, at=make.AT)
        assert row.earlier.heading == "Samma dag"
    else:
        with pytest.raises(Refused, match=Refusal.NOT_FOUND.value):
            superseding.relate(new, Relation.REPLACES, "§ 5", by=cast.cilla, at=make.AT)
