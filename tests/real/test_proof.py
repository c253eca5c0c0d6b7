"""The real protocol signed by four, verified by Govern, by pyHanko's AdES validation and by Poppler."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import pem
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from govern.documents.signatures.sync import run_sync
from govern.protocols.signing import keys
from govern.protocols.verifying.judging import verify
from tests.browse import Browser
from tests.documents.reading import faults, run
from tests.documents.test_longterm import FOLLOWED
from tests.need import need
from tests.real.meeting import Held
from tests.services.timestamps import Stamps

pytestmark = [pytest.mark.real, pytest.mark.long]


def test_anyone_may_verify_it(held: Held) -> None:
    """Govern reports four signatures, in order, with their roles, and the archive time stamp."""
    public = Browser(held.app)
    public.get("/verifiera")
    page = public.submit("Kontrollera filen", file=("protokoll.pdf", held.file("pdf")))
    told = page.text(".verdict")
    assert "äkta och oförändrad" in told
    places = [told.index(f"Underskriften av {name}, {role}") for name, role in held.signers]
    assert places == sorted(places)
    assert len(places) == 4
    assert "arkivtidsstämpel" in told


def test_ades_agrees(held: Held, stamps: Stamps) -> None:
    """Every signature is B-LTA in pyHanko's own AdES validation, given only the trusted roots."""
    reader = PdfFileReader(io.BytesIO(held.file("pdf")))
    _, _, stamp_root = pem.unarmor(stamps.root_pem)
    own = [Certificate.load(root.public_bytes(Encoding.DER)) for root in keys.roots()]
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build([*own, Certificate.load(stamp_root)]),
        revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
    )
    spec = PdfSignatureValidationSpec(
        SignatureValidationSpec(
            cert_validation_policy=policy,
            revinfo_gathering_policy=RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
            local_knowledge=LocalKnowledge(),
        )
    )
    signatures = reader.embedded_regular_signatures
    assert [s.signer_cert.subject.native["common_name"] for s in signatures] == [name for name, _ in held.signers]
    for signature in signatures:
        result = run_sync(ades_lta_validation(signature, spec))
        assert result.ades_subindic == AdESPassed.OK, (signature.field_name, result.ades_subindic)


@pytest.mark.office
def test_poppler_agrees(held: Held, tmp_path: Path) -> None:
    """`pdfsig` finds four valid signatures by the four signers, with trusted certificates once it knows the root."""
    certutil = need("certutil")
    (tmp_path / "root.pem").write_bytes(keys.roots()[0].public_bytes(Encoding.PEM))
    store = f"sql:{tmp_path}"
    run(certutil, "-N", "-d", store, "--empty-password")
    run(certutil, "-A", "-d", store, "-n", "govern", "-t", "CT,CT,CT", "-i", tmp_path / "root.pem")
    (tmp_path / "protocol.pdf").write_bytes(held.file("pdf"))
    said = run("pdfsig", "-nssdir", store, tmp_path / "protocol.pdf")
    assert said.count("Signature is Valid.") == 4, said
    assert said.count("Certificate is Trusted.") == 4, said
    assert [name for name, _ in held.signers if f"Signer Certificate Common Name: {name}" in said] == list(
        dict(held.signers)
    )


def test_it_keeps_both_norms(held: Held) -> None:
    """The file conforms to PDF/A-2a and PDF/UA-1 after the last signature and the archive time stamp."""
    assert {fault.split(":")[0] for fault in faults(held.file("pdf"))} <= {FOLLOWED}


@pytest.mark.parametrize("year", [2035, 2040])
def test_when_its_certificates_have_expired(held: Held, year: int) -> None:
    """The archive time stamp keeps the file verifiable years after the signers' certificates have expired."""
    at = datetime(year, 6, 1, tzinfo=UTC)
    pdf = held.file("pdf")
    signers = [s.signer_cert for s in PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures]
    assert all(c["tbs_certificate"]["validity"]["not_after"].native < at for c in signers)
    verdict = verify(pdf, at=at)
    assert verdict.genuine, verdict.sentences
