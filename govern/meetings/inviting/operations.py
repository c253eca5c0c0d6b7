"""Mailing the summons to those who are called, with a calendar invitation that is updated when the meeting changes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from email.message import EmailMessage

from flask import current_app, has_request_context, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from govern import audit, mail
from govern import letters as mailed
from govern.db import db, save_changes
from govern.letters import Letter, post, written
from govern.mail import Enclosure
from govern.meetings.inviting.calendars import CalendarFacts, write_calendar
from govern.meetings.inviting.models import Invitation, InvitationLetter
from govern.meetings.models import Meeting
from govern.meetings.states import InvitationMethod, MeetingState
from govern.people.models import Person
from govern.swedish import clock, hours, slug, weekday

MOST_LISTED = 1000

Letters = Sequence[tuple[Person, Letter]]
"""Pairs of recipient and letter; the letters are not stored yet."""


def invitation_of(meeting: Meeting) -> Invitation:
    """Return the meeting's calendar identity. It is not stored until a letter is sent, but its uid is deterministic."""
    invitation = db.session.get(Invitation, meeting.id)
    if invitation is not None:
        return invitation
    secret = f"govern invitation:{current_app.config['SECRET_KEY']}".encode()
    uid = hmac.new(secret, str(meeting.id).encode(), hashlib.sha256).hexdigest()[:32]
    return Invitation(meeting_id=meeting.id, uid=f"{uid}@govern", sequence=0)


def called(meeting: Meeting) -> list[Person]:
    """List those who hold a seat on the day of the meeting and have an e-mail address, each once."""
    seated = dict.fromkeys(person for _, person in meeting.forum.seated_on(meeting.day))
    return [person for person in seated if person.email]


def invitations(meeting: Meeting, summons: bytes, *, at: datetime) -> Letters:
    """Compose letters to everyone who is called, without changing rows; return none if no mail server is configured."""
    if not mail.configured(current_app.config["GOVERN"]):
        return []
    return _written(meeting, called(meeting), InvitationMethod.REQUEST, "Kallelse", at=at, summons=summons)


def send_invitations(meeting: Meeting, letters: Letters, *, at: datetime) -> None:
    """Queue the composed letters to those who are called, in the caller's transaction."""
    if letters:
        _post(meeting, letters, InvitationMethod.REQUEST, at=at)


def queue_moved_letters(meeting: Meeting, *, at: datetime) -> None:
    """Queue letters to those invited that the meeting has been moved, in the caller's transaction."""
    _raise(meeting)
    method = InvitationMethod.REQUEST
    _post(meeting, _written(meeting, invited(meeting), method, "Ändrad tid eller plats", at=at), method, at=at)


def queue_cancellation_letters(meeting: Meeting, *, at: datetime) -> None:
    """Queue letters to those invited that the meeting is called off, in the caller's transaction."""
    _raise(meeting)
    method = InvitationMethod.CANCEL
    _post(meeting, _written(meeting, invited(meeting), method, "Inställt", at=at), method, at=at)


def _raise(meeting: Meeting) -> None:
    invitation = invitation_of(meeting)
    invitation.sequence += 1
    db.session.add(invitation)


def invited(meeting: Meeting) -> list[Person]:
    """List those who have been sent a letter about the meeting and have an e-mail address, each once."""
    sent = select(InvitationLetter.person_id).where(InvitationLetter.meeting_id == meeting.id)
    query = select(Person).where(Person.id.in_(sent), Person.email.is_not(None), Person.email != "")
    return list(db.session.scalars(query.order_by(Person.id)))


def letters_of(meeting: Meeting) -> Sequence[InvitationLetter]:
    """List at most `MOST_LISTED` letters about a meeting, the latest first."""
    query = select(InvitationLetter).where(InvitationLetter.meeting_id == meeting.id)
    query = query.options(joinedload(InvitationLetter.person), joinedload(InvitationLetter.letter))
    return db.session.scalars(query.order_by(InvitationLetter.id.desc()).limit(MOST_LISTED)).all()


def send_again(row: InvitationLetter, *, by: Person, at: datetime) -> None:
    """Send a letter again."""
    mailed.send_again(row.letter, at=at)
    audit.write("invitation.sent_again", row, by=by, at=at)
    save_changes()


def _written(
    meeting: Meeting,
    to: Iterable[Person],
    method: InvitationMethod,
    what: str,
    *,
    at: datetime,
    summons: bytes | None = None,
) -> Letters:
    invitation = invitation_of(meeting)
    return [
        (person, written(write_letter(meeting, invitation, [person], method, what, at=at, summons=summons), at=at))
        for person in to
    ]


def _post(meeting: Meeting, letters: Letters, method: InvitationMethod, *, at: datetime) -> None:
    invitation = invitation_of(meeting)
    db.session.add(invitation)
    db.session.flush()
    for person, letter in letters:
        row = InvitationLetter(meeting_id=meeting.id, person=person, method=method, sequence=invitation.sequence)
        row.letter = post(letter, at=at)
        db.session.add(row)


def write_letter(
    meeting: Meeting,
    invitation: Invitation,
    to: Sequence[Person],
    method: InvitationMethod,
    what: str,
    *,
    at: datetime,
    summons: bytes | None = None,
) -> EmailMessage:
    """Compose the letter: the text, the calendar, and the summons if given."""
    settings = current_app.config["GOVERN"]
    addresses = [(person.name, person.email or "") for person in to]
    name = f"{slug(meeting.forum.name)}-{meeting.day.isoformat()}"
    calendar = calendar_of(meeting, invitation, method, at=at, to=addresses)
    enclosures = [Enclosure(f"{name}.ics", "text/calendar", calendar, method.value.upper())]
    if summons is not None:
        enclosures.insert(0, Enclosure(f"kallelse-{name}.pdf", "application/pdf", summons))
    return mail.compose(
        settings,
        ", ".join(address for _, address in addresses),
        f"{what}: {meeting.forum.name} {weekday(meeting.day)} kl. {clock(meeting.starts)}",
        _text(meeting, what),
        key=f"{invitation.uid.partition('@')[0]}-{invitation.sequence}-{secrets.token_hex(4)}",
        at=at,
        enclosures=enclosures,
    )


def calendar_of(
    meeting: Meeting,
    invitation: Invitation,
    method: InvitationMethod,
    *,
    at: datetime,
    to: Sequence[tuple[str, str]] = (),
) -> bytes:
    """Return the meeting as an iCalendar file."""
    settings = current_app.config["GOVERN"]
    facts = CalendarFacts(
        uid=invitation.uid,
        sequence=invitation.sequence,
        forum=meeting.forum.name,
        day=meeting.day,
        starts=meeting.starts,
        ends=meeting.ends,
        ends_next_day=meeting.ends_next_day,
        place=", ".join(meeting.where),
        description=_address(meeting),
        organiser=settings.mail_from or mail.NOBODY,
        organiser_name=meeting.forum.name,
    )
    return write_calendar(facts, method, at, to)


def method_now(meeting: Meeting) -> InvitationMethod:
    """Return the calendar method for the meeting's current state."""
    return InvitationMethod.CANCEL if meeting.state is MeetingState.CANCELLED else InvitationMethod.REQUEST


def _text(meeting: Meeting, what: str) -> str:
    when = f"{weekday(meeting.day)} {hours(meeting.starts, meeting.ends, next_day=meeting.ends_next_day)}"
    if meeting.state is MeetingState.CANCELLED:
        said = f"Sammanträdet {when} är inställt.\n\nSkäl: {meeting.cancel_reason}"
    else:
        said = f"Du är kallad till {meeting.forum.name}.\n\n{what}\nNär: {when}\nVar: {', '.join(meeting.where)}"
    return f"Hej!\n\n{said}\n\nFöredragningslista och handlingar: {_address(meeting)}\n\n{meeting.forum.name}\n"


def _address(meeting: Meeting) -> str:
    """Return the meeting's absolute URL, with or without a request."""
    if has_request_context():
        path = url_for("meetings.agenda", meeting_id=meeting.id)
    else:
        with current_app.test_request_context():
            path = url_for("meetings.agenda", meeting_id=meeting.id)
    base: str = current_app.config["GOVERN"].base_url
    return base.rstrip("/") + path
