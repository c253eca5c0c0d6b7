"""What is known of signatures in a PDF, as plain values: who signs, what waits to be signed, and what was found.

They go between the slices and the modules that sign, verify and compare, which load pyHanko and pikepdf: `pades`,
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
"""How the signature fields begin of those who may refuse."""


def note_of(field: str) -> str:
    """Name the field for a note beside a signature field."""
    return f"{field}Refusal"


Modification = Literal["none", "archive", "fields", "other"]


class ServiceUnavailable(Exception):
    """Tell that a time-stamp, or the proof that a certificate is not revoked, could not be had now."""


@dataclass(frozen=True, slots=True)
class TimeStampService:
    """A time-stamp authority: where it answers, and the root certificates that its own lead to."""

    url: str
    roots: tuple[x509.Certificate, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Certificates of a chain, and the lists (CRL) and answers (OCSP) that show that none was revoked; all DER."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class SignerFacts:
    """Who signs and as what, in the words that the stamp shows (`Anna Ek`, `ordförande`)."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class SigningJob:
    """A prepared signature, waiting for its value; plain bytes and numbers, so that it can be stored meanwhile.

    `digest` is the SHA-256 of `signed_attributes` (DER of the CMS SignedAttributes); services ask for one of the two.
    """

    field: str
    digest: bytes
    signed_attributes: bytes
    certificates: tuple[bytes, ...]
    prepared: bytes
    document_digest: bytes
    region: tuple[int, int]


class UnreadablePdf(GovernError, ValueError):
    """Raise when the bytes are no PDF that can be read."""


class Level(StrEnum):
    """How long a signature can be judged (ETSI EN 319 142-1), the shortest first."""

    BASIC = "B-B"
    STAMPED = "B-T"
    PROVEN = "B-LT"
    ARCHIVED = "B-LTA"


@dataclass(frozen=True, slots=True)
class Trust:
    """What a verification builds on: the roots of signers and of time-stamps, and lists of what was revoked (DER)."""

    roots: tuple[x509.Certificate, ...]
    stamp_roots: tuple[x509.Certificate, ...] = ()
    crls: tuple[bytes, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """Go to another process by its DER."""
        return _trust, (_ders(self.roots), _ders(self.stamp_roots), self.crls)


def _ders(certificates: Sequence[x509.Certificate]) -> tuple[bytes, ...]:
    return tuple(certificate.public_bytes(Encoding.DER) for certificate in certificates)


def _trust(roots: Sequence[bytes], stamp_roots: Sequence[bytes], crls: tuple[bytes, ...]) -> Trust:
    read = x509.load_der_x509_certificate
    return Trust(tuple(map(read, roots)), tuple(map(read, stamp_roots)), crls)


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """One signature.

    `at` is the time its signer claims, `stamped` what a time-stamp that holds says. `intact` tells that the bytes it
    covers are those signed, `trusted` that its certificate led to a trusted root when it was made and was not `revoked`
    then, `covers_whole_file` that nothing stands after it, `modification` what was changed afterwards: nothing, archive
    data, other signature fields, or something that is not allowed. `certifies` marks the first, which forbids other
    changes. `sha256` is of the signature's own bytes, so that one moved to another file is known again.
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
        """When it was made, by the best witness there is."""
        return self.stamped or self.at

    @property
    def holds(self) -> bool:
        """Return whether the signature may be relied on."""
        return self.intact and self.trusted and not self.revoked and self.modification != "other"


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """All signatures of a file in the order they were made, the fields not yet signed, and the file's SHA-256.

    `archived` is when an archive time-stamp that holds was put over the file. `ends_well` tells that nothing stands
    after the last change that was accounted for.
    """

    sha256: str
    signatures: tuple[SignatureReport, ...]
    unsigned_fields: tuple[str, ...]
    archived: datetime | None = None
    ends_well: bool = True

    @property
    def sound(self) -> bool:
        """Return whether every signature holds and allows what stands after it."""
        return bool(self.signatures) and all(signature.holds for signature in self.signatures) and self.ends_well

    @property
    def holds(self) -> bool:
        """Return whether it is sound and nothing but archive data stands after the last signature."""
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
    """A change, on which page (from 1, when it is on one) and how much: pages, annotations or bytes."""

    change: Change
    page: int | None = None
    count: int = 1
