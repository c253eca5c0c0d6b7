"""Reminders of a protocol that is not adjusted: queued when the meeting closes, each sent once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import current_app, url_for
from sqlalchemy import select

from govern import audit, mail
from govern.db import commit_step, db, lock, now, pause
from govern.meetings.adjusting_deadline import clock, reminder_days
from govern.meetings.models import Meeting
from govern.meetings.states import MeetingState
from govern.paragraphs.attendance import presides_at
from govern.paragraphs.queries import rail
from govern.paragraphs.states import ParagraphState
from govern.people.models import Person
from govern.protocols.adjusting.models import Reminder
from govern.protocols.adjusting.queries import Stage, readings
from govern.protocols.models import Protocol, Signature
from govern.protocols.states import ProtocolKind
from govern.swedish import local_day, long_date


def remind(keys: Sequence[str]) -> None:
    """Remind everybody whom each meeting's protocol waits for; keys are `meeting:days left`.

    A missed reminder is skipped if a later one is due. Nobody gets the same reminder twice, but a letter that could not
    be sent is retried until it is.
    """
    at = now()
    for key in keys:
        meeting_id, left = map(int, key.split(":"))
        meeting = db.session.get(Meeting, meeting_id)
        if meeting is None or _stage(meeting, local_day(at)) != left:
            continue
        for person in people_awaited(meeting):
            wanted = {"meeting_id": meeting.id, "person_id": person.id, "days_left": left}
            if db.session.scalar(select(Reminder.id).filter_by(**wanted)) is None:
                db.session.add(Reminder(**wanted, at=at))
                audit.write("adjusting.reminded", meeting, by=None, at=at, person=person.id, days_left=left)
        commit_step()
        _mail(meeting, left)


def _stage(meeting: Meeting, today: date) -> int | None:
    """Return the days left of the latest reminder that is due; None if none is, or the last day has passed."""
    if clock(meeting, today).late:
        return None
    come = [left for left, day_ in reminder_days(meeting) if day_ <= today]
    return come[-1] if come else None


def people_awaited(meeting: Meeting) -> list[Person]:
    """List the people whom the meeting's protocol waits for.

    Before the sealing: those who presided at a paragraph that is ready for approval; the adjusters with something to
    read; and the secretary, if a paragraph is a draft or returned, or nobody else is waited for. After it: the signers
    who have neither signed nor refused.
    """
    if meeting.state is MeetingState.SEALED:
        unsigned = select(Signature).join(Protocol).where(Protocol.meeting_id == meeting.id)
        unsigned = unsigned.where(Protocol.kind != ProtocolKind.EXTRACT)  # Certifying is not adjusting.
        rows = db.session.scalars(unsigned.where(~Signature.settled).order_by(Signature.position))
        return list(dict.fromkeys(row.person for row in rows if row.person is not None))
    if meeting.state is not MeetingState.CLOSED:
        return []
    paragraphs = rail(meeting)
    states = {paragraph.state for paragraph in paragraphs}
    adjusters = [row.presence.person for row in meeting.adjusters if row.presence.person is not None]
    left = [person for person in adjusters if _unread(meeting, person)]
    presiding = [presides_at(paragraph) for paragraph in paragraphs if paragraph.state is ParagraphState.READY]
    waits = [presence.person for presence in presiding if presence is not None]
    waits += left
    writes = states & {ParagraphState.DRAFT, ParagraphState.RETURNED}
    waits += [meeting.secretary] if writes or not waits else []
    return list(dict.fromkeys(person for person in waits if person is not None))


def _unread(meeting: Meeting, person: Person) -> bool:
    return any(one.stage in {Stage.UNREAD, Stage.CHANGED} for one in readings(meeting, person))


def _mail(meeting: Meeting, left: int) -> None:
    settings = current_app.config["GOVERN"]
    if not mail.configured(settings):
        return
    query = select(Reminder).filter_by(meeting_id=meeting.id, days_left=left, mailed_at=None)
    unsent = [(row.id, row.person.email) for row in db.session.scalars(query) if row.person.email]
    subject, text = f"Protokollet från {meeting.forum.name} {long_date(meeting.day)} ska justeras", _letter(meeting)
    for reminder_id, address in unsent:
        pause()  # Hold no lock while waiting for the mail server.
        mail.send(settings, address, subject, text, key=f"govern-reminder-{reminder_id}", at=now())
        lock()
        db.session.get_one(Reminder, reminder_id).mailed_at = now()
        commit_step()


def _letter(meeting: Meeting) -> str:
    time = clock(meeting, local_day(now()))
    with current_app.test_request_context(base_url=current_app.config["GOVERN"].base_url):
        address = url_for("archive.home", _external=True)
    last = f"{'skulle ha varit' if time.late else 'ska vara'} justerat senast {long_date(time.last)}"
    return (
        f"Hej!\n\nProtokollet från {meeting.forum.name} den {long_date(meeting.day)} väntar på dig. "
        f"Det {last}: {time.words.lower()}.\n\n{address}\n\nGovern\n"
    )
