"""Remote signing services, tested over HTTP against fakes: valid signatures hold and invalid answers are refused."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask

from govern.db import db, now
from govern.documents.signatures import authority
from govern.errors import Refused
from govern.protocols.models import ProtocolFile, Signature, SigningJob
from govern.protocols.queries import latest_file, protocol_by_id
from govern.protocols.rules import Refusal
from govern.protocols.signing import operations as signing
from govern.protocols.signing.makers import Ask
from govern.protocols.signing.operations import Begun
from govern.protocols.verifying.judging import verify
from tests.apps import copy_sqlite, open_app
from tests.protocols.signed import FRESH, SIGNERS, seal
from tests.services import remote

EMAIL = "cilla@alvsam.example"
START = now() - timedelta(hours=1)
ROOT = authority.create_root("Underskriftstjänst", START)


@pytest.fixture
def folder(sqlite_template: Path, tmp_path: Path) -> Path:
    """Create a database and the certificate file that the settings refer to."""
    copy_sqlite(sqlite_template, tmp_path / "instance")
    (tmp_path / "roots.pem").write_bytes(ROOT.certificate.public_bytes(Encoding.PEM))
    return tmp_path


def begin() -> Begun:
    """Seal a protocol and begin the first signature."""
    return begin_signing(seal(START).signatures[0])


def begin_signing(signature: Signature) -> Begun:
    """Begin a signature."""
    at = now()
    return signing.begin(
        signature, fresh_at=at, fresh_for=FRESH, by=signature.person, at=at, return_url="http://here/TOKEN/svar"
    )


def nothing_changed() -> None:
    """Check that the protocol has only its unsigned file and that the signing job is still there for a retry."""
    assert [file.revision for file in db.session.scalars(db.select(ProtocolFile))] == [0]
    assert db.session.scalar(db.select(db.func.count()).select_from(SigningJob)) == 1


# --- Cloud Signature Consortium -----------------------------------------------------------------------------


@pytest.fixture
def csc(folder: Path) -> Iterator[remote.Csc]:
    """Yield the fake CSC service of an installation that signs with it."""
    service = remote.Csc(authority.issue(ROOT, SIGNERS[0], START), EMAIL)
    with (
        remote.serving(service) as url,
        open_app(
            folder / "instance",
            signing="csc",
            signing_url=url,
            signing_token=remote.TOKEN,
            signing_roots=str(folder / "roots.pem"),
        ),
    ):
        yield service


def test_csc_signs_with_the_signers_codes(csc: remote.Csc) -> None:
    """Both codes are requested, the authorized hash is the one that is signed, and the signature is valid."""
    begun = begin()
    assert begun.asked.ask is Ask.CODES
    assert set(begun.asked.fields) == {"PIN", "OTP"}
    file = signing.finish(begun.token, {"PIN": remote.PIN, "OTP": remote.OTP}, at=now())
    authorised, signed = (dict(csc.asked)[call] for call in ("credentials/authorize", "signatures/signHash"))
    assert authorised["hash"] == signed["hash"]
    verdict = verify(file.pdf, at=now())
    assert verdict.genuine, verdict.sentences
    assert any(s.startswith(f"Underskriften av {SIGNERS[0]}, sekreterare") for s in verdict.sentences)
    assert db.session.scalar(db.select(db.func.count()).select_from(SigningJob)) == 0


def test_csc_refuses_wrong_codes(csc: remote.Csc) -> None:
    """Nothing changes, so the signer can enter the codes again."""
    begun = begin()
    with pytest.raises(Refused, match=Refusal.SERVICE_REFUSED):
        signing.finish(begun.token, {"PIN": "0000", "OTP": remote.OTP}, at=now())
    nothing_changed()


def test_csc_without_a_key_for_the_signer(csc: remote.Csc) -> None:
    """The signer is refused before anything is prepared."""
    csc.email = "eva@alvsam.example"
    with pytest.raises(Refused, match=Refusal.NO_KEY):
        begin()


def test_a_job_does_not_wait_for_ever(csc: remote.Csc) -> None:
    """A job expires after `LASTS`, a quarter of an hour, and the signer must begin again."""
    begun = begin()
    with pytest.raises(Refused, match=Refusal.JOB_GONE):
        signing.finish(begun.token, {}, at=now() + signing.LASTS + timedelta(seconds=1))


def test_what_has_expired_goes_when_another_is_begun(csc: remote.Csc) -> None:
    """A prepared file is not stored longer than it can be of use."""
    begin()
    (job,) = db.session.scalars(db.select(SigningJob))
    mine = job.signature_id
    others = [one.id for one in job.signature.protocol.signatures if one is not job.signature]
    job.signature_id, job.expires_at = others[0], now() - timedelta(seconds=1)
    db.session.commit()
    begun = begin_signing(db.session.get_one(Signature, mine))
    assert [row.token for row in db.session.scalars(db.select(SigningJob))] == [begun.token]


# --- Federated ----------------------------------------------------------------------------------------------


@pytest.fixture
def federated(folder: Path) -> Iterator[tuple[remote.Federated, Flask]]:
    """Yield an installation that redirects its signers to a federated service, and the fake of that service."""
    own, requester = (authority.create_root(name, START) for name in ("Tjänsten", "Samverkan"))
    (folder / "requester.pem").write_bytes(remote.pem(requester))
    (folder / "service.pem").write_bytes(own.certificate.public_bytes(Encoding.PEM))
    service = remote.Federated(ROOT, own, requester.certificate, SIGNERS[0], EMAIL)
    with (
        remote.serving(service) as url,
        open_app(
            folder / "instance",
            signing="federated",
            signing_url=url,
            signing_entity="https://govern.example/entity",
            signing_key=str(folder / "requester.pem"),
            signing_identity_provider="https://idp.example/entity",
            signing_service_certificate=str(folder / "service.pem"),
            signing_roots=str(folder / "roots.pem"),
        ) as app,
    ):
        yield service, app


def visit(begun: Begun) -> dict[str, str]:
    """Act as the signer's browser at the service: post the form and return the fields of the form that leads back."""
    with urllib.request.urlopen(begun.asked.url, urllib.parse.urlencode(begun.asked.fields).encode()) as answer:  # noqa: S310
        fields: dict[str, str] = json.load(answer)
    return fields


def test_federated_comes_back_signed(federated: tuple[remote.Federated, Flask]) -> None:
    """The response is posted from another site, hence without a session, and still finishes the job."""
    begun = begin()
    assert begun.asked.ask is Ask.REDIRECT
    answer = federated[1].test_client().post(f"/underskrift/{begun.token}/svar", data=visit(begun))
    assert answer.status_code == 303
    protocol = protocol_by_id(1)
    assert protocol is not None
    verdict = verify(latest_file(protocol).pdf, at=now())
    assert verdict.genuine, verdict.sentences
    assert protocol.signatures[0].certificate is not None
    assert protocol.signatures[0].certificate.encrypted_key == b""


def test_federated_signs_nothing_else(federated: tuple[remote.Federated, Flask]) -> None:
    """A response whose signed attributes were altered is refused."""
    federated[0].alter = True
    begun = begin()
    with pytest.raises(Refused, match=Refusal.NOT_A_SIGNATURE):
        signing.finish(begun.token, visit(begun), at=now())
    nothing_changed()


def test_federated_is_signed_by_the_signer(federated: tuple[remote.Federated, Flask]) -> None:
    """A signer who authenticated at the service as someone else is refused."""
    federated[0].email = "eva@alvsam.example"
    begun = begin()
    with pytest.raises(Refused, match=Refusal.NOT_SIGNER):
        signing.finish(begun.token, visit(begun), at=now())
    nothing_changed()


def test_a_stranger_cannot_answer_for_the_service(federated: tuple[remote.Federated, Flask]) -> None:
    """The response must be signed with the certificate named in the settings."""
    begun = begin()
    federated[0].own = authority.create_root("Någon annan", START)
    with pytest.raises(Refused, match=Refusal.SERVICE_REFUSED):
        signing.finish(begun.token, visit(begun), at=now())
    nothing_changed()
