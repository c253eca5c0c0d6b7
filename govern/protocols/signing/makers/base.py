"""The interface of makers of signatures, and its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from cryptography import x509

from govern.documents.signatures.values import Evidence, SignerFacts, SigningJob


class Ask(StrEnum):
    """What the signer has to do between the two steps."""

    NOTHING = "nothing"
    CODES = "codes"
    REDIRECT = "redirect"


@dataclass(frozen=True, slots=True)
class Holder:
    """The holder of the key, in plain values, so that nothing is read from the database during a call to a service."""

    person_id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Order:
    """What to sign, for whom, and where the signer returns to. `description` is what a service shows them."""

    pdf: bytes
    field: str
    signer: SignerFacts
    holder: Holder
    at: datetime
    stamped: bool
    return_url: str
    description: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The job to store, what the signer is asked for, and the maker's own state (JSON) for the second step.

    For CODES, `fields` maps the name of each code to its label; for REDIRECT, it is the fields of the form sent to
    `url`.
    """

    job: SigningJob
    ask: Ask = Ask.NOTHING
    url: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """A signature, its job (to which a service may have added its certificate), and evidence for later verification."""

    signature: bytes
    job: SigningJob
    certificate: x509.Certificate
    evidence: Evidence = Evidence()


class Maker(Protocol):
    """A maker of signatures, which has access to the signers' keys."""

    name: str
    remote: bool

    def prepare(self, order: Order) -> Asked:
        """Prepare a signature.

        Raises:
            Refused: if the signer has no key there, or the service does not answer.
        """

    def answer(self, job: SigningJob, state: Mapping[str, Any], given: Mapping[str, str], holder: Holder) -> Answer:
        """Return the signature, made from what the signer or the service answered.

        Raises:
            Refused: if the answer is invalid or a rejection.
        """
