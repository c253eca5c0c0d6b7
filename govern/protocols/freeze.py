"""Converting a meeting's rows to a `ProtocolRecord`: the only place where live data becomes a record to seal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from govern import record
from govern.cases.access import standings
from govern.db import db
from govern.meetings.models import Meeting, Presence
from govern.meetings.naming import distinct_names
from govern.meetings.queries import in_record
from govern.paragraphs import attendance
from govern.paragraphs.facts import content
from govern.paragraphs.models import Paragraph
from govern.people.models import Person
from govern.record import ProtocolRecord


def freeze(meeting: Meeting, paragraphs: Sequence[Paragraph]) -> ProtocolRecord:
    """Return the record of the meeting's rows as they are now, with these paragraphs, which are sorted by number.

    Raises:
        ValueError: if the rows hold something that a record cannot.
    """
    forum = meeting.forum
    return record.from_json(
        {
            "body": {"name": forum.legal_body, "org_number": forum.collaboration.org_number},
            "forum": {"name": forum.name, "level": forum.level.value, "kind": forum.kind.value},
            "regime": forum.regime.value,
            "meeting": record.to_json(in_record(meeting)),
            "numbering": {
                "first": paragraphs[0].number if paragraphs else None,
                "last": paragraphs[-1].number if paragraphs else None,
                "series": paragraphs[0].series.scope if paragraphs else "",
            },
            "presence": [_span(span, meeting) for span in attendance.spans(meeting.presences, paragraphs)],
            "adjusters": [_person(adjuster.presence) for adjuster in meeting.adjusters],
            "paragraphs": _contents(paragraphs),
            "signatures": [signer for signer, _ in signers(meeting, paragraphs)],
        }
    )


def _contents(paragraphs: Sequence[Paragraph]) -> list[dict[str, Any]]:
    """Return the paragraphs' content; mark a paper of an open one as confidential if it is so in another place."""
    papers = [paper for paragraph in paragraphs if not paragraph.confidential for paper in paragraph.attachments]
    stand = standings(papers, db.session)
    contents = [content(paragraph) for paragraph in paragraphs]
    for paragraph, facts in zip(paragraphs, contents, strict=True):
        for paper, fact in zip(paragraph.attachments, facts["attachments"], strict=True):
            if paper.id in stand and stand[paper.id].secret:
                fact["confidential"] = fact["confidential"] or record.WITHHELD
    return contents


def signers(meeting: Meeting, paragraphs: Sequence[Paragraph]) -> list[tuple[dict[str, Any], Person | None]]:
    """List the signers in order: the secretary, the chair, those who presided in the chair's place, the adjusters.

    Each is a pair of the record's entry and the person, since two people at a meeting may have the same name.
    """
    by_person = {presence.person_id: presence for presence in meeting.presences if presence.person_id}
    rows: list[tuple[dict[str, Any], Person | None]] = []
    for role, person in (("secretary", meeting.secretary), ("chair", meeting.chair)):
        if person is not None:
            presence = by_person.get(person.id)
            rows.append(({"role": role} | (_person(presence) if presence else {"name": person.name}), person))
    for presence, numbers in _presiding_instead(meeting, paragraphs):
        rows.append(({"role": "chair"} | _person(presence) | {"paragraphs": numbers}, presence.person))
    adjusters = [adjuster.presence for adjuster in meeting.adjusters]
    return rows + [({"role": "adjuster"} | _person(presence), presence.person) for presence in adjusters]


def _presiding_instead(meeting: Meeting, paragraphs: Sequence[Paragraph]) -> list[tuple[Presence, list[int]]]:
    """List those who presided in the chair's place with the numbers where they did, in the order they first did."""
    numbers: dict[int, list[int]] = {}
    presided = attendance.presiding(meeting.presences, paragraphs, meeting.chair_id)
    for paragraph, presence in zip(paragraphs, presided, strict=True):
        if presence is not None and presence.person_id != meeting.chair_id:
            numbers.setdefault(presence.id, []).append(paragraph.number)
    by_id = {presence.id: presence for presence in meeting.presences}
    return [(by_id[presence_id], found) for presence_id, found in numbers.items()]


def _person(presence: Presence) -> dict[str, Any]:
    return {
        "name": presence.distinct_name,
        "party": presence.party or None,
        "political_party": presence.political_party or None,
        "title": presence.title or None,
    }


def _span(span: attendance.Span, meeting: Meeting) -> dict[str, Any]:
    presence = span.presence
    names = distinct_names(meeting.presences)
    return _person(presence) | {
        "role": presence.role.value,
        "deciding": presence.role.deciding or span.serving_for_id is not None,
        "serving_for": names[span.serving_for_id] if span.serving_for_id else None,
        "from_paragraph": span.first,
        "to_paragraph": span.last,
        "remote": presence.remote,
    }


def presence_of(span: attendance.Span, meeting: Meeting) -> record.Presence:
    """Return one span of somebody's presence as an entry of the record."""
    return record.Presence(**_span(span, meeting))
