"""Tables of sealed protocols, their signatures and files, accepted warnings, signing certificates and verifications.

`protocols`, `protocol_files`, `signing_refusals` and `signer_substitutions` are append-only: triggers refuse UPDATE and
DELETE. Triggers also refuse to change or delete a signature once it is given, and a certificate, except that it may be
revoked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, exists, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from govern.db import Model
from govern.forums.models import Forum
from govern.meetings.models import Meeting, Presence
from govern.paragraphs.models import Paragraph
from govern.people.models import Person
from govern.protocols.states import ProtocolKind, SignerRole


class Protocol(Model):
    """A sealed record: its canonical JSON, the SHA-256 of that, and the DOCX written from it. Never changed.

    A meeting has one main protocol. It may also have the records of immediately adjusted paragraphs and of corrections,
    each of the one paragraph `paragraph_id` and with signatures of its own, and extracts of one or several §§, which
    are signed by the person who certifies them.
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

    @hybrid_property
    def settled(self) -> bool:
        """Whether every signer has signed or refused: a main protocol is then adjusted (KL 5:69).

        A protocol without signers, such as most imported ones, is settled too.
        """
        return all(signature.settled for signature in self.signatures)

    @settled.inplace.expression
    @classmethod
    def _settled(cls) -> ColumnElement[bool]:
        return ~exists().where(Signature.protocol_id == cls.id, ~Signature.settled).correlate(cls)

    @property
    def forum(self) -> Forum:
        """The forum that met."""
        return self.meeting.forum


class ProtocolFile(Model):
    """A revision of the protocol's PDF. Revision 0 is unsigned; each signature or refusal adds one. Never changed.

    A revision with `archived_at` adds no signature but a time-stamp over all of the previous one (PAdES B-LTA).
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
    """A signature that somebody is to give, and the evidence once it is given. Never changed after that.

    `digest` is the SHA-256 of the signature's own bytes, by which it is recognised if it is moved to another file.
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

    @hybrid_property
    def settled(self) -> bool:
        """Whether the signer has signed or refused."""
        return self.signed_at is not None or self.refusal is not None

    @settled.inplace.expression
    @classmethod
    def _settled(cls) -> ColumnElement[bool]:
        return cls.signed_at.is_not(None) | exists().where(SigningRefusal.signature_id == cls.id).correlate(cls)

    @hybrid_property
    def in_turn(self) -> bool:
        """Whether all who sign before have signed or refused, or any order is allowed. In SQL the query joins Forum."""
        before = [other for other in self.protocol.signatures if other.position < self.position]
        return self.forum.any_order or all(other.settled for other in before)

    @in_turn.inplace.expression
    @classmethod
    def _in_turn(cls) -> ColumnElement[bool]:
        other = aliased(Signature)
        before = exists().where(other.protocol_id == cls.protocol_id, other.position < cls.position, ~other.settled)
        return Forum.any_order | ~before.correlate(cls)

    @property
    def signer(self) -> str:
        """The name of the signer: the one in the record, or their substitute."""
        return self.substitution.name if self.substitution else self.name

    @property
    def substitution(self) -> SignerSubstitution | None:
        """The latest substitution of the signer, or None."""
        return self.substitutions[-1] if self.substitutions else None

    @property
    def forum(self) -> Forum:
        """The forum that met."""
        return self.protocol.forum


class SigningRefusal(Model):
    """An adjuster's refusal to sign, with the reason (JO 4024-1999). Never changed."""

    __tablename__ = "signing_refusals"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signatures.id"), unique=True)
    reason: Mapped[str]
    at: Mapped[datetime]

    signature: Mapped[Signature] = relationship(back_populates="refusal")


class SignerSubstitution(Model):
    """The choice of somebody who was at the meeting to sign in an adjuster's place, with the reason. Never changed."""

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
    """A warning or answerable hinder that was accepted, with the reason. `finding` is the key of the finding."""

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
    """A certificate of the installation's own authority, with its encrypted key; the root has no person.

    A remote service's certificate is stored too, as evidence of a signature; its key is empty.
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
    """A prepared signature that waits for the holder of the key.

    It is deleted when it is given, cancelled or begun again, or once it has expired, when another signature is begun.
    `state` is what the maker stores for its second step. `prepared` is the newest revision with room for a signature.
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
    """A file that somebody submitted for verification, and the verdict.

    The file itself is stored beside the database until it has been verified; the row is deleted after an hour.
    `address` is the submitter's, or that of their network.
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
