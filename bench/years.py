"""Twenty years of meetings, written directly to the tables: the data of an old collaboration."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert

from govern import record as r
from govern.assignments.models import AssignmentClosing
from govern.assignments.states import Closing
from govern.db import db
from govern.forums.models import Forum, Series
from govern.forums.states import Numbering, ParagraphKind, SeatRole
from govern.meetings.models import Meeting, Presence
from govern.meetings.states import MeetingState
from govern.paragraphs import models as p
from govern.paragraphs.states import Outcome, ParagraphState, SectionKind
from govern.protocols.models import Protocol, ProtocolFile
from govern.richtext import Para, Run, to_json
from tests import make
from tests.cast import Cast

YEARS, FORUMS, MEETINGS, PARAGRAPHS = 20, 10, 25, 20  # Per forum and year, and per meeting: 100 000 §§.
WORDS = (
    "avtal", "beslut", "budget", "drift", "förslag", "kommunen", "kostnaden", "ledningen", "leverantören",
    "medborgarna", "mötet", "nämnden", "nätet", "planen", "redovisning", "samverkan", "skolan", "styrgruppen",
    "tjänsten", "underlaget", "uppföljning", "utredning", "verksamheten", "växeln",
)  # fmt: skip
BATCH = 5_000


def write(
    cast: Cast,
    years: int = YEARS,
    *,
    forums: int = FORUMS,
    meetings: int = MEETINGS,
    paragraphs: int = PARAGRAPHS,
) -> None:
    """Write `years` years of meetings, for Cilla, who keeps the minutes in all the forums.

    `meetings` is the number of meetings of each forum per year, `paragraphs` the number of §§ per meeting.
    """
    chance, ids = random.Random(1), count(1)
    all_forums = [cast.forum, *(make.forum(cast.collaboration, f"Nämnd {n}") for n in range(2, forums + 1))]
    for forum in all_forums:
        forum.numbering = Numbering.CONTINUOUS
        if forum is not cast.forum:
            make.seat(forum, cast.cilla, SeatRole.SECRETARY, party=cast.host)
    cases = [make.case(cast.collaboration, f"KS {1990 + n // 50}/{n % 50}", f"Ärende {n}") for n in range(500)]
    make.commit()
    case_ids = [case.id for case in cases]
    for forum in all_forums:
        series = make.series(forum, paragraphs * meetings * years + 1)
        rows: dict[type, list[dict[str, Any]]] = {}
        for number in range(meetings * years):
            day = date(2026, 11, 1) - timedelta(days=(meetings * years - number) * 365 // meetings)
            for model, row in _meeting(cast, forum, series, day, number, next(ids), case_ids, chance, paragraphs):
                rows.setdefault(model, []).append(row)
        for model, given in rows.items():
            for start in range(0, len(given), BATCH):
                db.session.execute(insert(model), given[start : start + BATCH])
        make.commit()


def _meeting(
    cast: Cast,
    forum: Forum,
    series: Series,
    day: date,
    number: int,
    meeting_id: int,
    case_ids: list[int],
    chance: random.Random,
    paragraphs: int,
) -> Iterator[tuple[type, dict[str, Any]]]:
    at = datetime.combine(day, time(9), UTC)
    yield (
        Meeting,
        {
            "id": meeting_id, "forum_id": forum.id, "day": day, "starts": time(9), "place": "Kommunhuset",
            "state": MeetingState.SEALED, "called_at": at, "opened_at": at, "closed_at": at, "sealed_at": at,
            "chair_id": cast.anna.id, "secretary_id": cast.cilla.id,
        },
    )  # fmt: skip
    for position, (person, role) in enumerate(
        ((cast.anna, SeatRole.CHAIR), (cast.bo, SeatRole.MEMBER), (cast.cilla, SeatRole.SECRETARY))
    ):
        given = {"meeting_id": meeting_id, "person_id": person.id, "name": person.name}
        yield Presence, given | {"role": role, "position": position}
    frozen = []
    for place in range(paragraphs):
        paragraph_id = (meeting_id - 1) * paragraphs + place + 1
        fact = _fact(number * paragraphs + place + 1, chance)
        frozen.append(fact)
        yield (
            p.Paragraph,
            {
                "id": paragraph_id, "meeting_id": meeting_id, "series_id": series.id, "number": fact.number,
                "heading": fact.heading, "kind": ParagraphKind.DECISION, "case_id": chance.choice(case_ids),
                "state": ParagraphState.APPROVED, "opened_at": at, "opened_by_id": cast.cilla.id, "saved_at": at,
                "ready_at": at, "approved_at": at, "approved_by_id": cast.anna.id,
            },
        )  # fmt: skip
        yield from _contents(paragraph_id, fact)
        if fact.assignments and day < date(2026, 5, 1):  # Assignments older than half a year are done.
            done = {"why": Closing.DONE, "note": "", "by_id": cast.anna.id, "at": at}
            yield AssignmentClosing, done | {"assignment_id": paragraph_id}
    yield from _protocol(forum, day, meeting_id, tuple(frozen), at, cast)


def _fact(number: int, chance: random.Random) -> r.Paragraph:
    text = " ".join(chance.choices(WORDS, k=120)).capitalize()
    clauses = tuple(r.Clause(text=" ".join(chance.choices(WORDS, k=8))) for _ in range(2))
    given = number % 5 == 0
    duty = r.Assignment(text="att räkna på kostnaden", assignee="Arbetsgruppen", due=date(2027, 3, 1))
    return r.Paragraph(
        number=number,
        label=f"§ {number}",
        heading=" ".join(chance.choices(WORDS, k=4)).capitalize(),
        kind="B",
        sections=(r.Section(kind="text", heading="", blocks=(Para((Run(text + "."),)),)),),
        decisions=(r.Decision(outcome="approval", lead="Nämnden beslutar", clauses=clauses),),
        assignments=(duty,) if given else (),
    )


def _contents(paragraph_id: int, fact: r.Paragraph) -> Iterator[tuple[type, dict[str, Any]]]:
    here = {"paragraph_id": paragraph_id, "position": 0}
    body = to_json(fact.sections[0].blocks)
    yield p.Section, here | {"kind": SectionKind.TEXT, "heading": "", "body": body}
    decision = {"id": paragraph_id, "outcome": Outcome.APPROVAL, "lead": fact.decisions[0].lead, "recipients": []}
    yield p.Decision, here | decision
    for place, clause in enumerate(fact.decisions[0].clauses):
        yield p.DecisionClause, {"decision_id": paragraph_id, "position": place, "text": clause.text}
    for duty in fact.assignments:
        words = {"text": duty.text, "addendum": "", "assignee": duty.assignee, "report_to": ""}
        yield p.Assignment, here | words | {"id": paragraph_id, "due": duty.due}


def _protocol(
    forum: Forum, day: date, meeting_id: int, paragraphs: tuple[r.Paragraph, ...], at: datetime, cast: Cast
) -> Iterator[tuple[type, dict[str, Any]]]:
    frozen = r.ProtocolRecord(
        body=r.Body(name="Älvsam"),
        forum=r.Forum(name=forum.name, level=forum.level.value, kind=forum.kind.value),
        regime="agreement",
        meeting=r.Meeting(date=day, start=time(9), end=time(12), place="Kommunhuset", kind="ordinary"),
        numbering=r.Numbering(first=paragraphs[0].number, last=paragraphs[-1].number),
        presence=(r.Presence(name=cast.anna.name, role="chair", deciding=True),),
        adjusters=(),
        paragraphs=paragraphs,
        signatures=(),
    )
    data = r.canonical(frozen)
    sums = {"sha256": hashlib.sha256(data).hexdigest()}
    sealed = {"id": meeting_id, "meeting_id": meeting_id, "sealed_at": at, "sealed_by_id": cast.cilla.id}
    yield Protocol, sealed | sums | {"record": data, "docx": b"PK"}
    yield ProtocolFile, sums | {"protocol_id": meeting_id, "revision": 0, "pdf": b"%PDF-1.7", "made_at": at}
