"""Rights to read a protocol's files, to sign, and to see its confidential paragraphs."""

from __future__ import annotations

from typing import Any

from govern.forums.access import sits
from govern.forums.readers import Audience, reader
from govern.meetings.models import Meeting
from govern.paragraphs.access import presides
from govern.people.access import Right
from govern.people.models import Person
from govern.protocols.adjusting.rules import is_adjuster
from govern.protocols.dispatching.models import MeetingBinder
from govern.protocols.models import Protocol


def audience(protocol: Any) -> Audience:
    """Return who may read a protocol's files: the collaboration, or only the forum if anything is confidential."""
    return Audience(forum=protocol.forum.id, open=not protocol.has_secrets)


def reads_file(person: Person | None, protocol: Any) -> bool:
    """Everyone in the collaboration; if anything in the protocol is confidential, only those who sit in the forum."""
    return audience(protocol).admits(reader(person))


def signs(person: Person | None, signature: Any) -> bool:
    """Only the person who is to give a signature may give it or refuse."""
    return person is not None and signature.person_id == person.id


def reads_proof(person: Person | None, row: Any) -> bool:
    """The adjusters, who read before the sealing; the chair, vice chairs and secretary, who follow their progress."""
    meeting = row if isinstance(row, Meeting) else row.meeting
    return is_adjuster(person, meeting) or presides(person, meeting)


def shows_secret_protocol(person: Person, protocol: Protocol) -> bool:
    """Return whether a protocol's page shows this person anything confidential: only those who sit in the forum."""
    return protocol.has_secrets and sits(person, protocol)


def shows_secret_binder(_person: Person, binder: MeetingBinder) -> bool:
    return binder.has_secrets


SIGNS = Right("signs", "Det är någon annan som ska underteckna här.", signs)
READS_FILE = Right(
    "reads_file", "Protokollet innehåller sekretess. Filen är till för dem som sitter i forumet.", reads_file
)
READS_PROOF = Right("reads_proof", "Sidan är till för dem som justerar mötets protokoll.", reads_proof)
