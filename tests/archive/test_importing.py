"""An exported record is imported with the same bytes, and its rows freeze to an equal record."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from govern import outbox, record
from govern.archive.importing.operations import import_record
from govern.archive.importing.rules import Refusal
from govern.archive.searching import finding, indexing
from govern.db import db
from govern.errors import Refused
from govern.forums.models import Series
from govern.forums.readers import reader
from govern.forums.states import Numbering, SeatRole
from govern.meetings.models import Adjuster, Meeting
from govern.meetings.queries import meeting_by_id
from govern.meetings.states import MeetingState
from govern.paragraphs import models as p
from govern.paragraphs.queries import paragraphs_of
from govern.paragraphs.states import Change, Outcome, ParagraphState
from govern.people.models import Person
from govern.protocols.freeze import freeze
from govern.protocols.models import Protocol
from govern.protocols.queries import latest_file, waiting_signatures
from govern.protocols.verifying import judging as verify
from govern.record import ProtocolRecord
from govern.search import parse
from tests import cast as casting
from tests import make, records
from tests.apps import copy_sqlite, open_app
from tests.cast import Cast


@pytest.fixture
def frozen(cast: Cast) -> ProtocolRecord:
    """Freeze a meeting whose presence changes and whose paragraphs have every kind of content."""
    series = make.series(cast.forum, 17)
    meeting = make.meeting(
        cast.forum, state=MeetingState.CLOSED, chair=cast.anna, secretary=cast.cilla, ends=time(11, 30)
    )
    anna = make.presence(meeting, cast.anna, SeatRole.CHAIR, party="Björkby", political_party="S", title="KSO")
    bo = make.presence(meeting, cast.bo, SeatRole.MEMBER, party="Granby")
    away = make.presence(meeting, make.add(Person(name="Disa Dunge")), SeatRole.MEMBER, present=False)
    david = make.presence(meeting, cast.david, SeatRole.SUBSTITUTE, serving_for=away, remote=True)
    make.presence(meeting, cast.cilla, SeatRole.SECRETARY)
    make.add(Adjuster(meeting=meeting, presence=bo, position=1))
    one, two, three, four = (
        make.paragraph(meeting, series, f"Ärende {n}", cast.anna, ParagraphState.APPROVED) for n in range(4)
    )
    make._contents(one, anna, david)
    one.changes.clear()
    one.reference, one.confidential, one.immediate = "KS 2024/17", "OSL 19:3", True
    one.sections.append(p.Section(position=1, kind="basis", heading="Underlag", body=richly()))
    one.attachments.append(make.attachment("Kalkyl", cast.cilla))
    duty = make.assignment(one, "Räkna\nRedovisa", "Bo Björk", addendum="Samt kostnaden.", report_to="Styrgruppen")
    top = make.add(p.Alternative(assignment=duty, position=0, text="En växel"))
    make.add(p.Alternative(assignment=duty, position=0, text="I norr", parent=top))
    for row, change, served in ((bo, Change.LEAVES, None), (david, Change.STEPS_BACK, None)):
        two.changes.append(p.PresenceChange(presence=row, change=change, serving_for=served))
    for row, change, served in ((bo, Change.ARRIVES, None), (david, Change.SERVES, away), (anna, Change.LEAVES, None)):
        three.changes.append(p.PresenceChange(presence=row, change=change, serving_for=served))
    four.changes.append(p.PresenceChange(presence=david, change=Change.LEAVES))
    four.decisions.append(p.Decision(position=0, outcome=Outcome.NOTING, lead="", recipients=["Björkby", "Granby"]))
    make.commit()
    return freeze(meeting, paragraphs_of(meeting))


def richly() -> list[object]:
    """Return blocks that a round trip through HTML would change: two equal runs, and a table with one header cell."""
    return [
        {"type": "para", "runs": [{"text": "Två "}, {"text": "lika"}]},
        {"type": "table", "head_rows": 0, "rows": [[{"blocks": [], "head": True}, {"blocks": []}]]},
    ]


@contextmanager
def another(folder: Path, template: Path) -> Iterator[tuple[Flask, Cast]]:
    """Open another installation with the same people and forums."""
    copy_sqlite(template, folder)
    with open_app(folder) as app:
        cast = casting.assemble()
        make.seat(cast.elsewhere, make.add(Person(name="Disa Dunge")), SeatRole.MEMBER)
        make.commit()
        yield app, cast


def test_what_was_exported_comes_back(frozen: ProtocolRecord, tmp_path: Path, sqlite_template: Path) -> None:
    """The same bytes are stored, and the rows freeze to the same record."""
    exported = record.canonical(frozen)
    with another(tmp_path / "other", sqlite_template) as (_, cast):
        protocol = import_record(exported, cast.forum, by=cast.ada, at=make.AT)
        assert protocol.record == exported
        assert protocol.imported
        assert protocol.has_secrets
        meeting = meeting_by_id(protocol.meeting_id)
        assert meeting is not None
        again = freeze(meeting, paragraphs_of(meeting))
        assert record.to_json(again) == record.to_json(frozen)
        assert record.canonical(again) == exported
        changes = [(c.presence.name, c.change) for row in paragraphs_of(meeting) for c in row.changes]
        assert (changes[0], changes[1]) == (("Bo Björk", Change.LEAVES), ("David Dal", Change.STEPS_BACK))
        assert meeting.sealed_at == make.AT
        assert latest_file(protocol).pdf.startswith(b"%PDF")
        assert verify.verify(exported, at=make.AT).genuine
        assert verify.verify(latest_file(protocol).pdf, at=make.AT).genuine


def test_nobody_is_asked_to_sign_it_again(frozen: ProtocolRecord, tmp_path: Path, sqlite_template: Path) -> None:
    """The imported protocol has been signed already."""
    with another(tmp_path / "other", sqlite_template) as (_, cast):
        protocol = import_record(record.canonical(frozen), cast.forum, by=cast.ada, at=make.AT)
        assert [signature.name for signature in protocol.signatures] == ["Cilla Ceder", "Anna Ask", "Bo Björk"]
        assert not waiting_signatures(cast.cilla)


def test_it_is_found(frozen: ProtocolRecord, tmp_path: Path, sqlite_template: Path) -> None:
    """The outbox updates the index: everybody in the collaboration finds § 18, but not the confidential § 17."""
    with another(tmp_path / "other", sqlite_template) as (_, cast):
        indexing.reindex()
        import_record(record.canonical(frozen), cast.forum, by=cast.ada, at=make.AT)
        outbox.drain()
        david = reader(cast.david, make.DAY).terms
        assert [finding.find(parse(words), david).total for words in ("§ 18", "§ 17")] == [1, 0]


def test_a_record_is_read_in_once(frozen: ProtocolRecord, cast: Cast) -> None:
    """A record with a known hash is refused, in another forum as well."""
    import_record(record.canonical(frozen), cast.elsewhere, by=cast.ada, at=make.AT)
    with pytest.raises(Refused, match=Refusal.ALREADY_HERE):
        import_record(record.canonical(frozen), cast.elsewhere, by=cast.ada, at=make.AT)
    assert _count(Protocol) == 1


def test_numbers_never_collide_and_the_series_goes_on(frozen: ProtocolRecord, cast: Cast) -> None:
    """§§ 17–20 are taken in the forum where the meeting was frozen; elsewhere the series goes on with § 21."""
    meetings = _count(Meeting)
    with pytest.raises(Refused, match=Refusal.NUMBERS_TAKEN):
        import_record(record.canonical(frozen), cast.forum, by=cast.ada, at=make.AT)
    assert _count(Meeting) == meetings
    import_record(record.canonical(frozen), cast.elsewhere, by=cast.ada, at=make.AT)
    assert _next_number(cast.elsewhere.id) == 21


def test_an_old_protocol_leaves_the_series_where_it_is(frozen: ProtocolRecord, cast: Cast) -> None:
    """The series has already passed those numbers."""
    make.series(cast.elsewhere, 900)
    make.commit()
    import_record(record.canonical(frozen), cast.elsewhere, by=cast.ada, at=make.AT)
    assert _next_number(cast.elsewhere.id) == 900


def test_each_database(frozen: ProtocolRecord, cast: Cast, each_database: str) -> None:
    """Both databases hold the rows, with a yearly series too."""
    cast.elsewhere.numbering = Numbering.YEARLY
    make.commit()
    protocol = import_record(record.canonical(frozen), cast.elsewhere, by=cast.ada, at=make.AT)
    assert protocol.record == record.canonical(frozen)
    assert _next_number(cast.elsewhere.id) == 21


def test_every_field_and_unknown_people(cast: Cast) -> None:
    """People unknown here are stored by name only, and the bytes are kept."""
    given = records.full()
    stranger = replace(given.presence[0], name="Okänd Ordförande", role="member", serving_for=None, to_paragraph=17)
    given = replace(given, presence=(stranger,))
    protocol = import_record(json.dumps(record.to_json(given), indent=1).encode(), cast.forum, by=cast.ada, at=make.AT)
    assert protocol.record == record.canonical(given)
    meeting = meeting_by_id(protocol.meeting_id)
    assert meeting is not None
    assert [(row.name, row.present) for row in meeting.presences] == [
        ("Okänd Ordförande", True),
        ("Bo Björk", False),
        ("Anna Ask", False),
    ]
    assert meeting.secretary is cast.cilla


BROKEN: dict[str, Callable[[ProtocolRecord], ProtocolRecord]] = {
    Refusal.ROLE: lambda r: replace(r, presence=(replace(r.presence[0], role="king"),)),
    Refusal.NOT_A_PARAGRAPH: lambda r: replace(r, presence=(replace(r.presence[0], from_paragraph=3),)),
    Refusal.NOT_SUBSTITUTE: lambda r: replace(r, presence=(replace(r.presence[0], serving_for="Bo Björk"),)),
    Refusal.NUMBERS_TWICE: lambda r: replace(r, paragraphs=(*r.paragraphs, r.paragraphs[0])),
}


@pytest.mark.parametrize("refusal", BROKEN)
def test_what_rows_cannot_hold_is_refused(refusal: str, frozen: ProtocolRecord, cast: Cast) -> None:
    """The refusal is a sentence, and nothing changes."""
    meetings = _count(Meeting)
    with pytest.raises(Refused) as refused:
        import_record(record.canonical(BROKEN[refusal](frozen)), cast.elsewhere, by=cast.ada, at=make.AT)
    assert refused.value.sentence == refusal
    assert _count(Meeting) == meetings


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"", ""),
        (b"\xff", ""),
        (b"[]", ""),
        (b"[" * 100_000, ""),
        (b'{"regime": "monarchy"}', " Felet finns vid regime."),
        (b'{"body": {"name": 5}}', " Felet finns vid body.name."),
    ],
)
def test_what_is_no_record_is_refused(data: bytes, place: str, cast: Cast) -> None:
    """The sentence names the place of the fault, if known."""
    with pytest.raises(Refused) as refused:
        import_record(data, cast.forum, by=cast.ada, at=make.AT)
    assert refused.value.sentence == f"{Refusal.UNREADABLE.value}{place}"


def _count(model: type[db.Model]) -> int:  # type: ignore[name-defined]
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def _next_number(forum_id: int) -> int | None:
    return db.session.scalar(select(Series.next_number).where(Series.forum_id == forum_id))


def test_what_it_replaces_is_tied_again(frozen: ProtocolRecord, tmp_path: Path, sqlite_template: Path) -> None:
    """The earlier decision is found by forum, day and number; if it is missing, only the record names it."""
    named = {"relation": "replaces", "forum": "Styrgruppen", "date": date(2023, 9, 4)}
    ties = tuple(record.Supersession(label=label, **named) for label in ("§ 3", "§ 4"))  # type: ignore[arg-type]
    first, *rest = frozen.paragraphs
    told = replace(frozen, paragraphs=(replace(first, supersedes=ties), *rest))
    with another(tmp_path / "other", sqlite_template) as (_, cast):
        before = make.meeting(cast.forum, date(2023, 9, 4), MeetingState.SEALED)
        earlier = make.paragraph(
            before, make.series(cast.forum, 3, "2023"), "Växel", cast.anna, ParagraphState.APPROVED
        )
        make.commit()
        protocol = import_record(record.canonical(told), cast.forum, by=cast.ada, at=make.AT)
        (tie,) = (row for written in paragraphs_of(protocol.meeting) for row in written.supersedes)
        assert tie.earlier_id == earlier.id
