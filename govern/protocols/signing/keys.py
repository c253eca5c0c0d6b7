"""The installation's certificates: its root, and one for each signer, issued when first needed; keys are encrypted.

Also what verification trusts: the roots, those of remote services, and the list of revoked certificates.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from flask import current_app
from sqlalchemy import func, select

from govern import audit, secrets_box
from govern.config import Settings
from govern.db import db, lock_anew, pause, save_changes
from govern.documents.signatures import authority
from govern.documents.signatures.authority import Credential, Published
from govern.documents.signatures.values import TimeStampService, Trust
from govern.errors import Refused
from govern.people.models import Person
from govern.protocols.models import Certificate

log = logging.getLogger(__name__)

MARGIN = timedelta(days=30)
AT_HOME = Settings().base_url


def roots() -> list[x509.Certificate]:
    """List the installation's root certificates."""
    query = select(Certificate.pem).where(Certificate.person_id.is_(None)).order_by(Certificate.id)
    return [x509.load_pem_x509_certificate(pem.encode()) for pem in db.session.scalars(query)]


def trust(*, at: datetime) -> Trust:
    """Return what verification trusts: every root of this installation and of its services, and what is revoked."""
    settings = _settings()
    own = _newest(None, at)
    return Trust(
        roots=(*roots(), *signing_roots()),
        stamp_roots=_from_file(settings.timestamp_roots),
        crls=(revocation_list(at=at),) if own else (),
    )


def signing_roots() -> tuple[x509.Certificate, ...]:
    """Return the root certificates of the remote signing service, which the settings name."""
    return _from_file(_settings().signing_roots)


def stamps() -> TimeStampService | None:
    """Return the time-stamp authority that the settings name, or None."""
    settings = _settings()
    if not settings.timestamp_url:
        return None
    return TimeStampService(settings.timestamp_url, _from_file(settings.timestamp_roots))


def _from_file(path: str) -> tuple[x509.Certificate, ...]:
    if not path:
        return ()
    try:
        return tuple(x509.load_pem_x509_certificates(Path(path).read_bytes()))
    except (OSError, ValueError) as error:
        log.exception("a file of root certificates cannot be read")
        raise Refused("En fil med rotcertifikat som inställningarna nämner går inte att läsa.") from error


def initialise(*, by: Person | None, at: datetime) -> Certificate:
    """Create the installation's root certificate.

    Raises:
        Refused: if it has one that is valid.
    """
    root = authority.create_root(_settings().organisation, at)
    sealed = root.export(_passphrase())
    lock_anew()
    if _newest(None, at) is not None:
        raise Refused("Installationen har redan ett rotcertifikat som gäller.")
    row = _keep(None, root.certificate, sealed, at=at)
    audit.write("certificate.root", row, by=by, at=at, serial=row.serial)
    save_changes()
    return row


def issue(person: Person, *, by: Person | None, at: datetime) -> Certificate:
    """Issue a certificate to a person.

    Raises:
        Refused: if they have one that is valid.
    """
    if _newest(person.id, at) is not None:
        raise Refused(f"{person.name} har redan ett certifikat som gäller. Återkalla det först.")
    row, _ = credential_for(person, at=at)
    audit.write("certificate.issued", row, by=by, at=at, serial=row.serial, person=person.id)
    save_changes()
    return row


def revoke(person: Person, *, by: Person | None, at: datetime) -> list[Certificate]:
    """Revoke a person's certificates from now on; earlier signatures stay valid, and the next uses a new certificate.

    Raises:
        Refused: if they have none that can be revoked.
    """
    query = select(Certificate).where(Certificate.person_id == person.id, Certificate.revoked_at.is_(None))
    rows = [row for row in db.session.scalars(query) if row.encrypted_key]
    if not rows:
        raise Refused(f"{person.name} har inget certifikat att återkalla.")
    for row in rows:
        row.revoked_at = at
        audit.write("certificate.revoked", row, by=by, at=at, serial=row.serial, person=person.id)
    save_changes()
    return rows


def revocation_list(*, at: datetime) -> bytes:
    """Return the list of revoked certificates as it is now (DER).

    Raises:
        LookupError: if the installation has no root yet.
    """
    root = _newest(None, at)
    if root is None:
        raise LookupError("there is no root certificate")
    query = select(Certificate).where(Certificate.revoked_at.is_not(None)).order_by(Certificate.id)
    revoked = [(int(row.serial, 16), row.revoked_at) for row in db.session.scalars(query) if row.revoked_at]
    return authority.revocation_list(_open(root), revoked, at)


def keep(person: Person, certificate: x509.Certificate, *, at: datetime) -> Certificate:
    """Return the row of the certificate that somebody signed with; a remote service's is added if it is new."""
    serial = f"{certificate.serial_number:x}"
    known = db.session.scalar(select(Certificate).where(Certificate.serial == serial))
    return known or _keep(person.id, certificate, b"", at=at)


def credential_for(person: Person, *, at: datetime) -> tuple[Certificate, Credential]:
    """Return a person's certificate and key; if they have none that is valid, issue them, for the caller to commit.

    Keys are generated and encrypted while no lock is held; if another request has issued them meanwhile, those are
    used.
    """
    person_id, name = person.id, person.name
    while (row := _newest(person_id, at)) is None:
        known = _newest(None, at)
        root_id = known.id if known else None
        root = _open(known) if known else authority.create_root(_settings().organisation, at)
        number = f"govern-{person_id}"
        credential = authority.issue(root, name, at, serial_number=number, published=_published())
        sealed = [one.export(_passphrase()) for one in (root, credential)]
        lock_anew()
        known = _newest(None, at)
        if (known.id if known else None) == root_id and _newest(person_id, at) is None:
            if known is None:
                _keep(None, root.certificate, sealed[0], at=at)
            return _keep(person_id, credential.certificate, sealed[1], at=at), credential
        pause()
    return row, _open(row)


def _published() -> Published | None:
    """Return the URLs of the revocations and the root; None if the base URL is the default, on the local machine."""
    address = _settings().base_url.rstrip("/")
    return None if address == AT_HOME else Published(f"{address}/ca/crl", f"{address}/ca/root")


def _open(row: Certificate) -> Credential:
    try:
        return authority.load_credential(row.encrypted_key, _passphrase())
    except ValueError as error:
        raise Refused("Nycklarna går inte att öppna: GOVERN_SECRET_KEY är inte den som de krypterades med.") from error


def _newest(person_id: int | None, at: datetime) -> Certificate | None:
    """Return the newest certificate that is not revoked or about to expire, and whose key is stored, or None.

    The root is found by a `person_id` of None.
    """
    query = (
        select(Certificate)
        .where(Certificate.person_id == person_id if person_id else Certificate.person_id.is_(None))
        .where(Certificate.revoked_at.is_(None), Certificate.expires_at > at + MARGIN)
        .where(func.length(Certificate.encrypted_key) > 0)
        .order_by(Certificate.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def _keep(person_id: int | None, certificate: x509.Certificate, key: bytes, *, at: datetime) -> Certificate:
    row = Certificate(
        person_id=person_id,
        serial=f"{certificate.serial_number:x}",
        pem=certificate.public_bytes(serialization.Encoding.PEM).decode(),
        encrypted_key=key,
        issued_at=at,
        expires_at=certificate.not_valid_after_utc,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _settings() -> Settings:
    settings: Settings = current_app.config["GOVERN"]
    return settings


def _passphrase() -> bytes:
    """Return the passphrase of the keys, derived from the installation's secret, which is outside the database."""
    return secrets_box.derive("govern signing keys").hex().encode()
