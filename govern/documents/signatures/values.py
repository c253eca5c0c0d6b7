"""Plain values about signatures in a PDF: who signs, what is to be signed, and what was found.

The slices exchange them with the modules that sign, verify and compare, which load pyHanko and pikepdf: `pades`,
`longterm`, `verify` and `difference`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from govern.errors import GovernError

DIGEST = "sha256"

MAY_REFUSE = "Adjuster"
"""The prefix of the signature fields of those who may refuse to sign."""


def note_of(field: str) -> str:
    """Return the name of the refusal field that belongs to a signature field."""
    return f"{field}Refusal"


Modification = Literal["none", "archive", "fields", "other"]


class ServiceUnavailable(Exception):
    """Raise when a time-stamp, or evidence that a certificate is not revoked, cannot be fetched."""


@dataclass(frozen=True, slots=True)
class TimeStampService:
    """A time-stamp authority: its address, and the root certificates that its own chain leads to."""

    url: str
    roots: tuple[x509.Certificate, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The certificates of a chain, and the CRLs and OCSP responses that show that none was revoked; all DER."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class SignerFacts:
    """Who signs and as what, in the words of the visible stamp (`Anna Ek`, `ordförande`)."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class SigningJob:
    """A prepared signature that lacks its value; plain bytes and numbers, so that it can be stored meanwhile.

    `digest` is the SHA-256 of `signed_attributes` (DER of the CMS SignedAttributes); a service takes one of the two.
    """

    field: str
    digest: bytes
    signed_attributes: bytes
    certificates: tuple[bytes, ...]
    prepared: bytes
    document_digest: bytes
    region: tuple[int, int]


class UnreadablePdf(GovernError, ValueError):
    """Raise when the bytes are not a readable PDF."""


class Level(StrEnum):
    """The PAdES levels (ETSI EN 319 142-1), by how long a signature can be validated, the shortest first."""

    BASIC = "B-B"
    STAMPED = "B-T"
    PROVEN = "B-LT"
    ARCHIVED = "B-LTA"


@dataclass(frozen=True, slots=True)
class Trust:
    """The basis of a verification: root certificates of signers and of time-stamp authorities, and CRLs (DER)."""

    roots: tuple[x509.Certificate, ...]
    stamp_roots: tuple[x509.Certificate, ...] = ()
    crls: tuple[bytes, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the certificates as DER, for another process."""
        return _trust, (_ders(self.roots), _ders(self.stamp_roots), self.crls)


def _ders(certificates: Sequence[x509.Certificate]) -> tuple[bytes, ...]:
    return tuple(certificate.public_bytes(Encoding.DER) for certificate in certificates)


def _trust(roots: Sequence[bytes], stamp_roots: Sequence[bytes], crls: tuple[bytes, ...]) -> Trust:
    read = x509.load_der_x509_certificate
    return Trust(tuple(map(read, roots)), tuple(map(read, stamp_roots)), crls)


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """What was found about one signature.

    `at` is the time that the signer claims, `stamped` the time in a valid time-stamp. `intact` is whether the signed
    bytes are unchanged, `trusted` whether the certificate led to a trusted root at that time, `revoked` whether a CRL
    in `Trust` lists it as revoked by then, `covers_whole_file` whether nothing follows the signature, `modification`
    what was changed after it: nothing, archive data, form fields, or something not allowed. `certifies` marks the
    certification signature, which allows no other changes. `sha256` is of the signature's own bytes, so that one moved
    to another file is recognised.
    """

    field: str
    name: str
    role: str
    at: datetime | None
    stamped: datetime | None
    level: Level
    intact: bool
    trusted: bool
    revoked: bool
    covers_whole_file: bool
    modification: Modification
    certifies: bool
    sha256: str

    @property
    def time(self) -> datetime | None:
        """The time of signing: that of the time-stamp, or else the claimed one."""
        return self.stamped or self.at

    @property
    def holds(self) -> bool:
        """Whether the signature is valid."""
        return self.intact and self.trusted and not self.revoked and self.modification != "other"


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """All signatures of a file in the order they were made, the unsigned fields, and the file's SHA-256.

    `archived` is the time of the newest valid archive time-stamp. `ends_well` is whether a signature or time-stamp
    covers the whole file, or the file at least ends as a PDF does (`%%EOF`).
    """

    sha256: str
    signatures: tuple[SignatureReport, ...]
    unsigned_fields: tuple[str, ...]
    archived: datetime | None = None
    ends_well: bool = True

    @property
    def sound(self) -> bool:
        """Whether there are signatures, all of them valid, and the file ends well."""
        return bool(self.signatures) and all(signature.holds for signature in self.signatures) and self.ends_well

    @property
    def holds(self) -> bool:
        """Whether the file is sound and nothing but archive data follows the last signature."""
        return self.sound and self.signatures[-1].modification in ("none", "archive")


class Change(StrEnum):
    """One way in which a file was changed."""

    CUT = "cut"
    BYTES = "bytes"
    UNREADABLE = "unreadable"
    RESAVED = "resaved"
    APPENDED = "appended"
    PAGE_ADDED = "page_added"
    PAGE_REMOVED = "page_removed"
    PAGE_REDRAWN = "page_redrawn"
    ANNOTATION = "annotation"
    APPEARANCE = "appearance"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Difference:
    """A change, its page (from 1) if it concerns one, and its extent: a count of pages, annotations or bytes."""

    change: Change
    page: int | None = None
    count: int = 1
