"""Signing with the installation's own keys, which it stores encrypted for each signer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from govern.db import commit_step, db
from govern.documents.signatures import authority, pades
from govern.documents.signatures.values import Evidence, SigningJob
from govern.people.models import Person
from govern.protocols.signing import keys
from govern.protocols.signing.makers.base import Answer, Asked, Holder, Order


class Local:
    """The installation's own authority."""

    name = "local"
    remote = False

    def prepare(self, order: Order) -> Asked:
        """Prepare a signature for the person's own certificate, which is issued if they have none."""
        _, credential = keys.credential_for(_person(order.holder), at=order.at)
        commit_step()  # Keep the certificate, and leave no transaction open while the file is prepared.
        job = pades.prepare(order.pdf, order.field, order.signer, credential.chain, order.at, stamped=order.stamped)
        return Asked(job, state={"at": order.at.isoformat()})

    def answer(self, job: SigningJob, state: Mapping[str, Any], given: Mapping[str, str], holder: Holder) -> Answer:
        """Sign with the person's key: that of the job's certificate, unless it has been revoked since."""
        at = datetime.fromisoformat(state["at"])
        _, credential = keys.credential_for(_person(holder), at=at)
        commit_step()
        evidence = Evidence(
            tuple(c.public_bytes(Encoding.DER) for c in credential.chain), (keys.revocation_list(at=at),)
        )
        return Answer(authority.sign(credential, job.digest), job, credential.certificate, evidence)


def _person(holder: Holder) -> Person:
    return db.session.get_one(Person, holder.person_id)
