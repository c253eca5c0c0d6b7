"""Recording who arrives, leaves, serves, presides or is disqualified, from or at one paragraph."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from govern import audit
from govern.db import db, save_changes
from govern.errors import Refused, enforce
from govern.meetings.models import Presence
from govern.meetings.presence import operations as presences
from govern.meetings.rules import refuse_writing
from govern.paragraphs import attendance, rules
from govern.paragraphs.live.workspace import room_at
from govern.paragraphs.models import Disqualification, Paragraph, PresenceChange, Presiding
from govern.paragraphs.queries import with_movements
from govern.paragraphs.rules import Refusal
from govern.paragraphs.states import Change
from govern.people.models import Person


def change_presence(
    paragraph: Paragraph, presence: Presence, change: Change, served: Presence | None, *, by: Person, at: datetime
) -> None:
    """Record that someone arrives, leaves, serves or stops serving from this paragraph on.

    Raises:
        Refused: if the protocol or the paragraph is sealed, or the change contradicts their standing just before.
    """
    enforce(refuse_writing(paragraph.meeting))
    enforce(rules.refuse_moving(paragraph))
    enforce(rules.refuse_change(change, presence, served, standings_at(paragraph, before=presence)), "presence")
    _forget(paragraph, presence)
    serving_for_id = served.id if served and change is Change.SERVES else None
    paragraph.changes.append(PresenceChange(presence_id=presence.id, change=change, serving_for_id=serving_for_id))
    audit.write("presence.changed", paragraph, by=by, at=at, presence=presence.id, change=change)
    save_changes()


def disqualify(paragraph: Paragraph, presence: Presence, reason: str, *, by: Person, at: datetime) -> None:
    """Record that someone is disqualified at this paragraph and leaves the room for it (KL 6:30).

    Raises:
        Refused: if the protocol or the paragraph is sealed, or they are not present.
    """
    enforce(refuse_writing(paragraph.meeting))
    enforce(rules.refuse_moving(paragraph))
    if not standings_at(paragraph)[presence.id].present:
        raise Refused(Refusal.ALREADY_AWAY, "presence")
    for row in [row for row in paragraph.disqualifications if row.presence_id == presence.id]:
        paragraph.disqualifications.remove(row)
    db.session.flush()
    paragraph.disqualifications.append(Disqualification(presence_id=presence.id, reason=reason.strip()))
    audit.write("disqualified", paragraph, by=by, at=at, presence=presence.id)
    save_changes()


def preside(paragraph: Paragraph, presence: Presence, *, by: Person, at: datetime) -> None:
    """Record that someone is chosen to preside from this paragraph on, as when the chair cannot.

    Raises:
        Refused: if the protocol or the paragraph is sealed, or they are not present, are disqualified, or are not a
            registered person.
    """
    enforce(refuse_writing(paragraph.meeting))
    enforce(rules.refuse_moving(paragraph))
    enforce(rules.refuse_presiding(presence, standings_at(paragraph)[presence.id]), "presence")
    paragraph.presiding = Presiding(presence_id=presence.id)
    audit.write("presiding.chosen", paragraph, by=by, at=at, presence=presence.id)
    save_changes()


def undo_presiding(paragraph: Paragraph, *, by: Person, at: datetime) -> None:
    """Undo the choice of someone to preside from this paragraph on.

    Raises:
        Refused: if the protocol or the paragraph is sealed.
    """
    enforce(refuse_writing(paragraph.meeting))
    enforce(rules.refuse_moving(paragraph))
    paragraph.presiding = None
    audit.write("presiding.undone", paragraph, by=by, at=at)
    save_changes()


def undo(paragraph: Paragraph, presence: Presence, *, by: Person, at: datetime) -> None:
    """Undo the presence change and the disqualification recorded for someone at this paragraph.

    Raises:
        Refused: if the protocol or the paragraph is sealed.
    """
    enforce(refuse_writing(paragraph.meeting))
    enforce(rules.refuse_moving(paragraph))
    _forget(paragraph, presence)
    for row in [row for row in paragraph.disqualifications if row.presence_id == presence.id]:
        paragraph.disqualifications.remove(row)
    audit.write("presence.change_undone", paragraph, by=by, at=at, presence=presence.id)
    save_changes()


def _forget(paragraph: Paragraph, presence: Presence) -> None:
    for change in [change for change in paragraph.changes if change.presence_id == presence.id]:
        paragraph.changes.remove(change)
    db.session.flush()


def standings_at(paragraph: Paragraph, before: Presence | None = None) -> attendance.Standings:
    """Return everyone's standing at this paragraph, but without the presence change recorded here for `before`."""
    presences, paragraphs = paragraph.meeting.presences, with_movements(paragraph.meeting)
    here = [other.id for other in paragraphs].index(paragraph.id)
    standings = attendance.standing_after(presences, paragraphs[: here + 1])
    if before is not None:
        was = attendance.standing_after(presences, paragraphs[:here])[before.id]
        standings[before.id] = replace(was, disqualified=standings[before.id].disqualified)
    return standings


def faults(paragraph: Paragraph) -> list[str]:
    """List the rules that a paragraph's content breaks, in Swedish sentences, given who takes part in it."""
    if not paragraph.dissents and not paragraph.ballots:
        return []  # Who takes part matters only for these, and computing it costs queries.
    return rules.faults(paragraph, paragraph.meeting.presences, standings_at(paragraph))


def appoint(
    paragraph: Paragraph,
    *,
    chair: Person | None,
    secretary: Person | None,
    adjusters: list[Presence],
    confirmed: bool = False,
    by: Person,
    at: datetime,
) -> None:
    """Appoint during the meeting its chair, secretary and adjusters, among those present at this paragraph.

    An adjuster who neither is a member nor has served is to be `confirmed`.

    Raises:
        Refused: if `meetings.presence.operations.appoint` refuses.
    """
    here = {attendee.presence.person_id for attendee in room_at(paragraph).inside}
    told = attendance.by_paragraph(paragraph.meeting.presences, with_movements(paragraph.meeting))
    presences.appoint(
        paragraph.meeting,
        chair=chair,
        secretary=secretary,
        here={person_id for person_id in here if person_id},
        adjusters=adjusters,
        serving={one for standings in told for one, standing in standings.items() if standing.serving_for_id},
        confirmed=confirmed,
        by=by,
        at=at,
    )
