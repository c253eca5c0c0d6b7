"""A protocol sealed and signed by four people through the program's own functions, from an invented record."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from govern.db import db
from govern.documents.papers.files import Files, protocol_files
from govern.meetings.states import MeetingState
from govern.people import operations as people
from govern.protocols import operations
from govern.protocols.models import Protocol
from govern.protocols.signing import operations as signing
from govern.record import ProtocolRecord, Signature
from tests import make
from tests.documents.examples import record

FRESH = timedelta(minutes=5)
SIGNERS = ("Cilla Berg", "Anna Lindqvist", "Bo Åkerblom", "Dag Ek")
ROLES = ("sekreterare", "ordförande", "justerare", "justerare")


@cache
def _printed(day: int) -> tuple[ProtocolRecord, Files]:
    source = record()
    adjuster = replace(source.signatures[-1], name=SIGNERS[-1])
    frozen = replace(
        source,
        signatures=(*source.signatures[:3], Signature(role="adjuster", name=adjuster.name)),
        meeting=replace(source.meeting, date=source.meeting.date.replace(day=day)),
    )
    return frozen, protocol_files(frozen)


def seal(at: datetime, day: int = 22) -> Protocol:
    """Store a record and its documents as sealing does, with four people as its signers, and commit."""
    frozen, files = _printed(day)
    collaboration = make.collaboration(f"Samverkan {day}")
    forum = make.forum(collaboration, "Styrgruppen")
    row = make.meeting(forum, frozen.meeting.date, MeetingState.CLOSED)
    signers = []
    for name in SIGNERS:
        address = f"{name.split()[0].lower()}@alvsam.example"
        known = db.session.scalar(db.select(people.Person).where(people.Person.email == address))
        signers.append(known or people.add_person(name, address, by=None, at=at))
        make.presence(row, signers[-1])
    protocol = operations.store(row, frozen, files, signers=signers, by_id=signers[0].id, at=at)
    db.session.commit()
    return protocol


def sign(protocol: Protocol, at: datetime, times: int = 4) -> Protocol:
    """Let the first `times` signers sign, one minute apart."""
    for number in range(times):
        signature = protocol.signatures[number]
        when = at + timedelta(minutes=number)
        signing.sign(signature, fresh_at=when, fresh_for=FRESH, by=signature.person, at=when)
    return protocol
