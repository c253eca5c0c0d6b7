"""Substitutes for adjusters who cannot sign: who, why and when, recorded beside the unchanged sealed record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete

from govern import audit
from govern.db import db, save_changes
from govern.documents.papers.correction import CorrectionFacts
from govern.documents.signatures.values import SignerFacts
from govern.errors import enforce
from govern.meetings.models import Presence
from govern.paragraphs.attendance import by_paragraph
from govern.paragraphs.queries import with_movements
from govern.people.models import Person
from govern.protocols.models import Signature, SignerSubstitution, SigningJob
from govern.protocols.rules import refuse_substitution
from govern.protocols.states import SignerRole
from govern.record import ProtocolRecord
from govern.swedish import paragraph_list


def substitute(signature: Signature, presence: Presence, reason: str, *, by: Person, at: datetime) -> None:
    """Let somebody who was present sign in an adjuster's place; a job that the adjuster has begun is deleted.

    Raises:
        Refused: if the signature is given, refused or not an adjuster's, the substitute was not present, signs already
            or has no account, or no reason is given.
    """
    refusal, field = refuse_substitution(signature, presence, present_ids(signature), reason)
    enforce(refusal, field)
    row = SignerSubstitution(
        signature=signature, presence=presence, name=presence.distinct_name, reason=reason.strip(), by=by, at=at
    )
    db.session.add(row)
    db.session.execute(delete(SigningJob).where(SigningJob.signature_id == signature.id))
    signature.person = presence.person
    audit.write("signer.substituted", signature, by=by, at=at, presence=presence.id, reason=row.reason)
    save_changes()


def present_ids(signature: Signature) -> set[int]:
    """Return the ids of the presences that were in the room at the start or at some paragraph."""
    meeting = signature.protocol.meeting
    there = {p.id for p in meeting.presences if p.present}
    for standings in by_paragraph(meeting.presences, with_movements(meeting)):
        there |= {presence_id for presence_id, standing in standings.items() if standing.present}
    return there


def substitutes_for(signature: Signature) -> Sequence[Presence]:
    """List those who may sign in an adjuster's place."""
    there = present_ids(signature)
    presences = signature.protocol.meeting.presences
    return [p for p in presences if refuse_substitution(signature, p, there, "skäl")[0] is None]


def signer_of(signature: Signature, frozen: ProtocolRecord | CorrectionFacts) -> SignerFacts:
    """Return the name and role of the signer, as the stamp in the file shows them."""
    if signature.role is SignerRole.CERTIFIER:
        return SignerFacts(signature.name, signature.role.label)
    facts = frozen.signatures[signature.position - 1]
    role = f"{signature.role.label} {paragraph_list(facts.paragraphs)}".rstrip()
    if signature.substitution is None:
        return SignerFacts(signature.name, role)
    return SignerFacts(signature.substitution.name, f"{role} i stället för {signature.name}")
