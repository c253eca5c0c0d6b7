"""Signing in two steps, with a stored job between them; the last signature queues an archive time-stamp.

Services are called while no transaction is open, so that nobody waits for them; what they answer is stored only if the
protocol's file is the same as when the job was created. A signature is stored completely or not at all.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from sqlalchemy import delete, select

from govern import audit, outbox, record
from govern.db import commit_step, db, lock, lock_anew, pause, save_changes
from govern.documents.papers import correction, extract
from govern.documents.papers.correction import CorrectionFacts
from govern.documents.signatures import values
from govern.documents.signatures.values import ServiceUnavailable
from govern.errors import Refused, enforce
from govern.people.events import refuse_held
from govern.people.models import Person
from govern.protocols.models import Protocol, ProtocolFile, Signature, SigningJob
from govern.protocols.queries import latest_file
from govern.protocols.rules import Refusal, refuse_signing, refuse_stale
from govern.protocols.signing import keys, makers
from govern.protocols.signing.makers import Ask, Asked, Holder, Order
from govern.protocols.signing.substituting import signer_of
from govern.protocols.states import ProtocolKind
from govern.topics import Topic

LASTS = timedelta(minutes=15)
"""How long a signer may take with a remote service."""
BY = "by"
"""The key in a job's state for the id of the person who began it."""
PLACE = "TOKEN"
"""The placeholder for the job's token in the `return_url` given to `begin`."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A stored job: its token, and what the signer is asked for."""

    token: str
    asked: Asked


def begin(
    signature: Signature,
    *,
    fresh_at: datetime,
    fresh_for: timedelta,
    by: Person,
    at: datetime,
    return_url: str = "",
) -> Begun:
    """Prepare a signature and store the job; any earlier job of the same signature is deleted.

    Raises:
        Refused: if it is not this person's to sign or not their turn, others have reset their account, their sign-in is
            not fresh, the maker of signatures fails, or somebody else signed meanwhile.
    """
    refuse_held(by, at=at)
    enforce(refuse_signing(signature, by))
    enforce(refuse_stale(fresh_at, at, fresh_for))
    pause()
    token = secrets.token_urlsafe(32)
    before = latest_file(signature.protocol)
    signature_id, revision = signature.id, before.revision
    by_id, forum, day = by.id, signature.protocol.forum.name, signature.protocol.meeting.day.isoformat()
    order = Order(
        pdf=before.pdf,
        field=signature.field,
        signer=signer_of(signature, frozen(signature.protocol)),
        holder=_holder(by),
        at=at,
        stamped=keys.stamps() is not None,
        return_url=return_url.replace(PLACE, token),
        description=f"Protokoll {forum} {day}, {signature.role.label}",
    )
    pause()
    maker = makers.chosen()
    asked = maker.prepare(order)
    job = asked.job
    lock_anew()
    enforce(refuse_signing(signature, by))
    refuse_held(by, at=at)
    if latest_file(signature.protocol).revision != revision:
        raise Refused(Refusal.SIGNED_MEANWHILE)
    ended = (SigningJob.signature_id == signature_id) | (SigningJob.expires_at < at)  # Each holds a prepared PDF.
    db.session.execute(delete(SigningJob).where(ended))
    db.session.add(
        SigningJob(
            token=token,
            signature_id=signature_id,
            revision=revision,
            maker=maker.name,
            at=at,
            expires_at=at + LASTS,
            field=job.field,
            digest=job.digest,
            signed_attributes=job.signed_attributes,
            certificates=[base64.b64encode(der).decode() for der in job.certificates],
            prepared=job.prepared,
            document_digest=job.document_digest,
            region_start=job.region[0],
            region_end=job.region[1],
            state=dict(asked.state) | {"ask": asked.ask, "url": asked.url, "fields": dict(asked.fields), BY: by_id},
        )
    )
    commit_step()  # It is answered later, usually in another request.
    return Begun(token, asked)


def finish(token: str, given: Mapping[str, str], *, at: datetime) -> ProtocolFile:
    """Complete a job with what the signer or the service answered, and store the file with the signature added.

    Raises:
        Refused: if the job is gone, the answer is no signature, no time-stamp can be had, somebody else signed
            meanwhile, or the person who began may no longer sign here.
    """
    from govern.documents.signatures import pades  # noqa: PLC0415 — loads pyHanko.

    row = job_by_token(token)
    if row is None or row.expires_at < at:
        raise Refused(Refusal.JOB_GONE)
    by = _judged(row, at=at)
    job, state, name, signed_at = _job(row), dict(row.state), row.maker, row.at
    holder, revision = _holder(by), row.revision
    pause()
    answer = makers.by_name(name).answer(job, state, given, holder)
    pause()  # End what the local maker has read: no transaction is open while the time-stamp is fetched.
    try:
        pdf = pades.finish(answer.job, answer.signature, keys.stamps(), answer.evidence)
    except ServiceUnavailable as error:
        raise Refused(Refusal.NO_STAMP) from error
    except ValueError as error:
        raise Refused(Refusal.NOT_A_SIGNATURE) from error
    return _store(token, pdf, revision, answer.certificate, at=signed_at, answered_at=at)


def _store(
    token: str, pdf: bytes, revision: int, certificate: x509.Certificate, *, at: datetime, answered_at: datetime
) -> ProtocolFile:
    """Store the signed file and the evidence in one transaction, unless the protocol's file has changed."""
    from govern.documents.signatures.verify import signature_digests  # noqa: PLC0415 — loads pyHanko.

    digest, stamped = signature_digests(pdf)[-1], keys.stamps() is not None
    lock()
    job = job_by_token(token)
    if job is None:
        raise Refused(Refusal.JOB_GONE)
    signature, by = job.signature, _judged(job, at=answered_at)
    protocol = signature.protocol
    if latest_file(protocol).revision != revision:
        raise Refused(Refusal.SIGNED_MEANWHILE)
    file = add_revision(protocol, pdf, at=at)
    evidence = keys.keep(by, certificate, at=at), digest
    # In one UPDATE: triggers refuse any change to a signature that has been given.
    signature.signed_at, signature.file_id, (signature.certificate, signature.digest) = at, file.id, evidence
    db.session.delete(job)
    audit.write(
        "protocol.signed", protocol, by=by, at=at, role=signature.role, sha256=file.sha256, revision=file.revision
    )
    if stamped and protocol.settled:
        outbox.enqueue(Topic.ARCHIVE, protocol.id, at=at)
    save_changes()
    return file


def sign(signature: Signature, *, fresh_at: datetime, fresh_for: timedelta, by: Person, at: datetime) -> ProtocolFile:
    """Sign in one call, where the maker asks the signer for nothing.

    Raises:
        Refused: as for `begin` and `finish`, or if the signer would be asked for something.
    """
    begun = begin(signature, fresh_at=fresh_at, fresh_for=fresh_for, by=by, at=at)
    if begun.asked.ask is not Ask.NOTHING:
        raise Refused(Refusal.REMOTE)
    return finish(begun.token, {}, at=at)


def cancel(token: str) -> None:
    """Delete a job that its signer does not want to finish."""
    db.session.execute(delete(SigningJob).where(SigningJob.token == token))
    save_changes()


def job_by_token(token: str) -> SigningJob | None:
    """Return the job with a token, or None."""
    return db.session.scalar(select(SigningJob).where(SigningJob.token == token))


def archive(protocol: Protocol, *, at: datetime) -> ProtocolFile:
    """Add an archive time-stamp to a signed protocol, as a new revision; this can be repeated years later.

    Raises:
        Refused: if no time-stamp authority is configured, it does not answer, somebody has yet to sign, or the file has
            changed meanwhile.
    """
    from govern.documents.signatures import longterm  # noqa: PLC0415 — loads pyHanko.

    service = keys.stamps()
    if service is None:
        raise Refused(Refusal.NO_SERVICE)
    if not protocol.settled:
        raise Refused(Refusal.UNSIGNED)
    before = latest_file(protocol)
    protocol_id, revision, pdf = protocol.id, before.revision, before.pdf
    pause()
    try:
        pdf = longterm.archive(pdf, service)
    except ServiceUnavailable as error:
        raise Refused(Refusal.NO_STAMP) from error
    lock()
    protocol = db.session.get_one(Protocol, protocol_id)
    if latest_file(protocol).revision != revision:
        raise Refused(Refusal.SIGNED_MEANWHILE)
    file = add_revision(protocol, pdf, at=at, archived=True)
    audit.write("protocol.archived", protocol, by=None, at=at, sha256=file.sha256, revision=file.revision)
    save_changes()
    return file


def add_revision(protocol: Protocol, pdf: bytes, *, at: datetime, archived: bool = False) -> ProtocolFile:
    """Store a file as the newest revision, in the caller's transaction."""
    file = ProtocolFile(
        protocol=protocol,
        revision=latest_file(protocol).revision + 1,
        pdf=pdf,
        sha256=hashlib.sha256(pdf).hexdigest(),
        made_at=at,
        archived_at=at if archived else None,
    )
    db.session.add(file)
    db.session.flush()
    return file


def frozen(protocol: Protocol) -> record.ProtocolRecord | CorrectionFacts:
    """Return what was sealed, of whichever kind; for an extract, the record of its §§."""
    if protocol.kind is ProtocolKind.EXTRACT:
        return extract.loads(protocol.record).record
    return (correction.loads if protocol.kind is ProtocolKind.CORRECTION else record.loads)(protocol.record)


def _judged(job: SigningJob, *, at: datetime) -> Person:
    """Return the person who began a job, if they may still sign here: who is to sign may have changed since.

    Raises:
        Refused: if the signature is somebody else's now, or their account is closed or has been reset by others.
    """
    person = db.session.get(Person, job.state.get(BY))
    if person is None:
        raise Refused(Refusal.JOB_GONE)
    enforce(refuse_signing(job.signature, person))
    refuse_held(person, at=at)
    return person


def _holder(person: Person) -> Holder:
    return Holder(person.id, person.name, person.email or "")


def _job(row: SigningJob) -> values.SigningJob:
    return values.SigningJob(
        field=row.field,
        digest=row.digest,
        signed_attributes=row.signed_attributes,
        certificates=tuple(base64.b64decode(text) for text in row.certificates),
        prepared=row.prepared,
        document_digest=row.document_digest,
        region=(row.region_start, row.region_end),
    )
