"""Sealed protocols, their signatures and files, accepted warnings, and the keys that sign.

`protocols`, `protocol_files`, `signing_refusals` and `signer_substitutions` are written once: triggers refuse UPDATE
and DELETE on them. They refuse the same of a signature once it is given, and of a certificate, but that it may be
revoked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govern.db import Model
from govern.forums.models import Forum
from govern.meetings.models import Meeting, Presence
from govern.paragraphs.models import Paragraph
from govern.people.models import Person
from govern.protocols.states import ProtocolKind, SignerRole


class Protocol(Model):
    """A frozen record: the canonical JSON, its SHA-256, and the DOCX written from it. Never changed.

    A meeting has one main protocol. Beside it may stand the records of paragraphs that were adjusted at once, and those
    of corrections made afterwards, each with its own signatures; `paragraph_id` is the paragraph they are about. So do
    extracts, which are about one § or several and are signed by whoever certifies them.
    """

    __tablename__ = "protocols"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint("(kind IN ('main', 'extract')) = (paragraph_id IS NULL)", name="paragraph"),
        Index(
            "uq_protocols_main",
            "meeting_id",
            unique=True,
            sqlite_where=text("kind = 'main'"),
            postgresql_where=text("kind = 'main'"),
        ),
        Index(
            "uq_protocols_immediate",
            "paragraph_id",
            unique=True,
            sqlite_where=text("kind = 'immediate'"),
            postgresql_where=text("kind = 'immediate'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    kind: Mapped[ProtocolKind] = mapped_column(default=ProtocolKind.MAIN, server_default=text("'main'"))
    paragraph_id: Mapped[int | None] = mapped_column(ForeignKey("paragraphs.id"), index=True)
    record: Mapped[bytes] = mapped_column(deferred=True)
    sha256: Mapped[str] = mapped_column(index=True)
    docx: Mapped[bytes] = mapped_column(deferred=True)
    has_secrets: Mapped[bool] = mapped_column(default=False)
    imported: Mapped[bool] = mapped_column(default=False)
    sealed_at: Mapped[datetime]
    sealed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))

    meeting: Mapped[Meeting] = relationship()
    paragraph: Mapped[Paragraph | None] = relationship()
    sealed_by: Mapped[Person] = relationship()
    files: Mapped[list[ProtocolFile]] = relationship(order_by="ProtocolFile.revision", back_populates="protocol")
    signatures: Mapped[list[Signature]] = relationship(order_by="Signature.position", back_populates="protocol")

    @property
    def forum(self) -> Forum:
        """The forum that met."""
        return self.meeting.forum


class ProtocolFile(Model):
    """The protocol's PDF as it was: revision 0 is unsigned, each signature gives one more. Never changed.

    A revision with `archived_at` has no new signature but a time-stamp over all that was there (PAdES B-LTA).
    """

    __tablename__ = "protocol_files"
    __table_args__ = (
        UniqueConstraint("protocol_id", "revision"),
        CheckConstraint("length(sha256) = 64", name="sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    protocol_id: Mapped[int] = mapped_column(ForeignKey("protocols.id"))
    revision: Mapped[int]
    pdf: Mapped[bytes] = mapped_column(deferred=True)
    sha256: Mapped[str] = mapped_column(index=True)
    made_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]

    protocol: Mapped[Protocol] = relationship(back_populates="files")


class Signature(Model):
    """Someone who is to sign the protocol, and the evidence once they have; that is never changed.

    `digest` is the SHA-256 of the signature's own bytes, so that one moved to another file is known again.
    """

    __tablename__ = "signatures"
    __table_args__ = (
        UniqueConstraint("protocol_id", "position"),
        UniqueConstraint("protocol_id", "field"),
        CheckConstraint(
            "(signed_at IS NULL) = (file_id IS NULL) AND (signed_at IS NULL) = (certificate_id IS NULL)", name="signed"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    protocol_id: Mapped[int] = mapped_column(ForeignKey("protocols.id"))
    position: Mapped[int]
    role: Mapped[SignerRole]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str]
    field: Mapped[str]
    signed_at: Mapped[datetime | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("protocol_files.id"))
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificates.id"))
    digest: Mapped[str | None] = mapped_column(index=True)

    protocol: Mapped[Protocol] = relationship(back_populates="signatures")
    file: Mapped[ProtocolFile | None] = relationship()
    person: Mapped[Person | None] = relationship()
    certificate: Mapped[Certificate | None] = relationship()
    refusal: Mapped[SigningRefusal | None] = relationship(back_populates="signature")
    substitutions: Mapped[list[SignerSubstitution]] = relationship(
        order_by="SignerSubstitution.id", back_populates="signature"
    )

    @property
    def settled(self) -> bool:
        """Whether nothing is waited for here: it is signed, or the signer has refused."""
        return self.signed_at is not None or self.refusal is not None

    @property
    def signer(self) -> str:
        """The name of who signs here: the one that the record names, or who does so in their place."""
        return self.substitution.name if self.substitution else self.name

    @property
    def substitution(self) -> SignerSubstitution | None:
        """Who signs in the place of the one named, if anyone: the latest choice holds."""
        return self.substitutions[-1] if self.substitutions else None

    @property
    def forum(self) -> Forum:
        """The forum that met."""
        return self.protocol.forum


class SigningRefusal(Model):
    """That a signer refused to adjust, and why (JO 4024-1999). Never changed."""

    __tablename__ = "signing_refusals"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signatures.id"), unique=True)
    reason: Mapped[str]
    at: Mapped[datetime]

    signature: Mapped[Signature] = relationship(back_populates="refusal")


class SignerSubstitution(Model):
    """Someone who was at the meeting and signs in an adjuster's place, with why. Never changed."""

    __tablename__ = "signer_substitutions"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signatures.id"), index=True)
    presence_id: Mapped[int] = mapped_column(ForeignKey("presences.id"))
    name: Mapped[str]
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]

    signature: Mapped[Signature] = relationship(back_populates="substitutions")
    presence: Mapped[Presence] = relationship()
    by: Mapped[Person] = relationship()


class AcceptedWarning(Model):
    """A warning that someone chose to live with, and why. `finding` names the check and the place."""

    __tablename__ = "accepted_warnings"
    __table_args__ = (
        UniqueConstraint("meeting_id", "finding"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    finding: Mapped[str]
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship()


class Certificate(Model):
    """A certificate of the installation's own authority, with its key encrypted; the root has no person.

    One that a remote service signed with is kept too, as evidence; its key is empty, being elsewhere.
    """

    __tablename__ = "certificates"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    serial: Mapped[str] = mapped_column(unique=True)
    pem: Mapped[str]
    encrypted_key: Mapped[bytes] = mapped_column(deferred=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship()


class SigningJob(Model):
    """A signature that has been prepared and waits for whoever holds the key; gone once it is given or given up.

    `state` is what the maker needs to remember. The `prepared` file is the newest revision with room for a signature.
    """

    __tablename__ = "signing_jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signatures.id"), index=True)
    revision: Mapped[int]
    maker: Mapped[str]
    at: Mapped[datetime]
    expires_at: Mapped[datetime]
    field: Mapped[str]
    digest: Mapped[bytes]
    signed_attributes: Mapped[bytes]
    certificates: Mapped[list[str]]
    prepared: Mapped[bytes] = mapped_column(deferred=True)
    document_digest: Mapped[bytes]
    region_start: Mapped[int]
    region_end: Mapped[int]
    state: Mapped[dict[str, Any]]

    signature: Mapped[Signature] = relationship()


class Verification(Model):
    """A file that someone brought to verify, and the answer.

    The file itself lies beside the database until it has been verified; this is dropped after an hour. `address` is
    that of its bringer, or of its network.
    """

    __tablename__ = "verifications"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    name: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    address: Mapped[str]
    done_at: Mapped[datetime | None]
    verdict: Mapped[dict[str, Any]]
