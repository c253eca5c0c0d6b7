"""Signature and archive time-stamps from a real authority on loopback, and what they prove."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from govern.documents.papers.files import protocol_pdf
from govern.documents.papers.protocol import signature_fields
from govern.documents.signatures import authority, longterm, pades
from govern.documents.signatures.values import (
    Evidence,
    Level,
    ServiceUnavailable,
    SignerFacts,
    TimeStampService,
    Trust,
    VerifyReport,
)
from govern.documents.signatures.verify import verify
from tests.documents.examples import record
from tests.documents.reading import faults, run
from tests.need import need
from tests.services import timestamps

NOW = datetime.now(UTC).replace(microsecond=0)
FOLLOWED = "PDFA2A-SIGNATURE-BYTERANGE-001"
"""What the validator reports for every file in which anything follows a signature."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeStampService]:
    """Run a time-stamp authority."""
    with timestamps.serving(tmp_path_factory.mktemp("stamps"), until="2044-01-01T00:00:00+0000") as stamps:
        yield TimeStampService(stamps.url, tuple(x509.load_pem_x509_certificates(stamps.root_pem)))


@pytest.fixture(scope="module")
def root() -> authority.Credential:
    """Return the root of an installation's certificate authority."""
    return authority.create_root("Samverkan Norra", NOW - timedelta(days=1))


@pytest.fixture(scope="module")
def signers(root: authority.Credential) -> list[authority.Credential]:
    """Issue a certificate to each signer that expires in five years."""
    published = authority.Published("http://127.0.0.1:1/ca/crl", "http://127.0.0.1:1/ca/root")
    return [authority.issue(root, s.name, NOW - timedelta(hours=1), published=published) for s in record().signatures]


@pytest.fixture(scope="module")
def revisions(
    service: TimeStampService, root: authority.Credential, signers: list[authority.Credential]
) -> list[bytes]:
    """Return the protocol before signing, after each signature, and archived."""
    source, files = record(), [protocol_pdf(record())]
    for field, signature, credential in zip(signature_fields(source), source.signatures, signers, strict=True):
        facts = SignerFacts(signature.name, signature.role)
        job = pades.prepare(files[-1], field, facts, credential.chain, NOW, stamped=True)
        proof = Evidence(
            tuple(c.public_bytes(Encoding.DER) for c in credential.chain), (authority.revocation_list(root, [], NOW),)
        )
        files.append(pades.finish(job, authority.sign(credential, job.digest), service, proof))
    return [*files, longterm.archive(files[-1], service)]


@pytest.fixture(scope="module")
def trust(service: TimeStampService, root: authority.Credential) -> Trust:
    """Return a trust in both authorities."""
    return Trust((root.certificate,), service.roots)


def levels(report: VerifyReport) -> set[Level]:
    """Return the levels of the signatures in a report."""
    return {signature.level for signature in report.signatures}


def test_signatures_are_stamped_and_archived(revisions: list[bytes], trust: Trust) -> None:
    """Levels are B-LT before archiving and B-LTA after it; each signature has its time-stamp's time."""
    signed = verify(revisions[3], trust)
    assert signed.holds
    assert levels(signed) == {Level.PROVEN}
    assert signed.archived is None
    archived = verify(revisions[-1], trust)
    assert archived.holds
    assert levels(archived) == {Level.ARCHIVED}
    assert archived.archived is not None
    assert len(archived.signatures) == 3, "an archive time-stamp is nobody's signature"
    assert all(s.stamped and abs(s.stamped - NOW) < timedelta(hours=6) for s in archived.signatures)


def test_every_revision_keeps_both_norms(revisions: list[bytes]) -> None:
    """Each conforms to PDF/A-2a and PDF/UA-1, also after the last signature and the archive time-stamp."""
    for pdf in revisions[1:]:
        assert {fault.split(":")[0] for fault in faults(pdf)} <= {FOLLOWED}


@pytest.mark.parametrize("year", [2034, 2040])
def test_expired_certificates_still_verify(revisions: list[bytes], trust: Trust, year: int) -> None:
    """The signers' certificates expired in 2031; the archive time-stamp proves that they were valid when used."""
    report = verify(revisions[-1], trust, datetime(year, 6, 1, tzinfo=UTC))
    assert report.holds
    assert levels(report) == {Level.ARCHIVED}


def test_without_its_archive_a_certificate_that_expired_is_not_believed(revisions: list[bytes], trust: Trust) -> None:
    """If the time-stamp authority is not trusted, the signatures are reported as mere claims."""
    report = verify(revisions[-1], Trust(trust.roots), datetime(2034, 6, 1, tzinfo=UTC))
    assert levels(report) == {Level.BASIC}
    assert report.archived is None


@pytest.mark.parametrize(("hours", "holds"), [(-2, False), (1, True)])
def test_revocation_counts_from_its_own_time(
    revisions: list[bytes],
    trust: Trust,
    root: authority.Credential,
    signers: list[authority.Credential],
    hours: int,
    holds: bool,
) -> None:
    """A revocation before the signing invalidates the signature, a later one does not."""
    revoked = [(signers[1].certificate.serial_number, NOW + timedelta(hours=hours))]
    newer = authority.revocation_list(root, revoked, NOW + timedelta(hours=2))
    report = verify(revisions[-1], Trust(trust.roots, trust.stamp_roots, (newer,)))
    assert [signature.holds for signature in report.signatures] == [True, holds, True]
    assert [signature.revoked for signature in report.signatures] == [False, not holds, False]


def test_a_silent_authority_leaves_nothing_half(
    revisions: list[bytes], signers: list[authority.Credential], service: TimeStampService
) -> None:
    """A signature or archiving fails if the requested time-stamp cannot be obtained."""
    silent = TimeStampService("http://127.0.0.1:9/", service.roots)
    source = record()
    facts = SignerFacts(source.signatures[0].name, "sekreterare")
    job = pades.prepare(revisions[0], "Secretary", facts, signers[0].chain, NOW, stamped=True)
    with pytest.raises(ServiceUnavailable):
        pades.finish(job, authority.sign(signers[0], job.digest), silent)
    with pytest.raises(ServiceUnavailable):
        longterm.archive(revisions[1], silent)


@pytest.mark.office
def test_poppler_agrees(revisions: list[bytes], trust: Trust, tmp_path: Path) -> None:
    """`pdfsig` finds each signature valid, and its certificate trusted once it knows the root."""
    certutil = need("certutil")
    (tmp_path / "root.pem").write_bytes(trust.roots[0].public_bytes(Encoding.PEM))
    store = f"sql:{tmp_path}"
    run(certutil, "-N", "-d", store, "--empty-password")
    run(certutil, "-A", "-d", store, "-n", "govern", "-t", "CT,CT,CT", "-i", tmp_path / "root.pem")
    (tmp_path / "protocol.pdf").write_bytes(revisions[-1])
    said = run("pdfsig", "-nssdir", store, tmp_path / "protocol.pdf")
    assert said.count("Signature is Valid.") == 3, said
    assert said.count("Certificate is Trusted.") == 3, said
