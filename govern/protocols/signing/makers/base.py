"""What every maker of signatures answers, and in which words."""

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
    """Whose key it is; plain values, so that nothing is read from the database while a service is asked."""

    person_id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be signed, by whom, and where the signer comes back to. `description` is what a service shows them."""

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
    """The job that waits, what the signer is asked for, and what the maker wants to remember (JSON).

    For CODES `fields` says which codes, as name and label; for REDIRECT it is what the form to `url` carries.
    """

    job: SigningJob
    ask: Ask = Ask.NOTHING
    url: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """A signature, the job it answers (a service may have added its certificate to it), and evidence for later."""

    signature: bytes
    job: SigningJob
    certificate: x509.Certificate
    evidence: Evidence = Evidence()


class Maker(Protocol):
    """Someone who holds signers' keys."""

    name: str
    remote: bool

    def prepare(self, order: Order) -> Asked:
        """Prepare a signature.

        Raises:
            Refused: when the signer has no key there, or the service does not answer.
        """

    def answer(self, job: SigningJob, state: Mapping[str, Any], given: Mapping[str, str], holder: Holder) -> Answer:
        """Return the signature, from what the signer or the service answered.

        Raises:
            Refused: when the answer is not one, or says no.
        """
