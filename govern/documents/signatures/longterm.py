"""Long-term validation of signatures: time-stamps (RFC 3161), and evidence that no certificate was revoked.

A signature with a time-stamp and such evidence is PAdES B-LT; an archive time-stamp over the whole file makes it B-LTA,
which can still be validated when the certificates have expired.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from asn1crypto.crl import CertificateList
from asn1crypto.ocsp import OCSPResponse
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import InvisSigSettings
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper, TimestampDSSContentSettings
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import CertificateFetchError, PathError, ValidationError

from govern.documents.signatures.sync import run_sync
from govern.documents.signatures.values import DIGEST, Evidence, ServiceUnavailable, TimeStampService
from govern.write_lock import slow

PATIENCE = 20
"""The timeout of a time-stamp request, in seconds."""


def client(service: TimeStampService) -> HTTPTimeStamper:
    """Make a client that requests time-stamps from the service."""
    return HTTPTimeStamper(service.url, timeout=PATIENCE)


def as_asn1(certificates: Iterable[x509.Certificate]) -> list[asn1_x509.Certificate]:
    """Convert certificates to asn1crypto's type, which pyHanko uses."""
    return [asn1_x509.Certificate.load(c.public_bytes(Encoding.DER)) for c in certificates]


async def fetch_evidence(
    certificate: asn1_x509.Certificate,
    others: Sequence[asn1_x509.Certificate],
    roots: Sequence[x509.Certificate],
) -> Evidence:
    """Fetch evidence that a certificate and its issuers' are not revoked, from the addresses in the certificates.

    Raises:
        ServiceUnavailable: if it cannot be fetched, one is revoked, or the chain does not lead to one of the roots.
    """
    async with _context(roots) as context:
        try:
            path = await CertificateValidator(
                certificate, intermediate_certs=list(others), validation_context=context
            ).async_validate_path()
        except (PathError, ValidationError, CertificateFetchError, OSError) as error:
            raise ServiceUnavailable(f"no evidence for {certificate.subject.human_friendly}: {error}") from error
        return Evidence(
            tuple(c.dump() for c in path),
            tuple(crl.dump() for crl in context.crls),
            tuple(answer.dump() for answer in context.ocsps),
        )


def evidence_for(chain: Sequence[bytes], roots: Sequence[x509.Certificate]) -> Evidence:
    """Fetch evidence for the first certificate of a chain (DER).

    Raises:
        ServiceUnavailable: if `fetch_evidence` raises it.
    """
    own, *others = (asn1_x509.Certificate.load(der) for der in chain)
    return run_sync(fetch_evidence(own, others, roots))


def require_path(chain: Sequence[bytes], roots: Sequence[x509.Certificate]) -> None:
    """Check that a certificate chain (DER) leads to one of the roots.

    Raises:
        ServiceUnavailable: if it does not.
    """

    async def work() -> None:
        own, *others = (asn1_x509.Certificate.load(der) for der in chain)
        context = ValidationContext(trust_roots=as_asn1(roots), allow_fetching=False, revocation_mode="soft-fail")
        try:
            await CertificateValidator(own, intermediate_certs=others, validation_context=context).async_validate_path()
        except (PathError, ValidationError) as error:
            raise ServiceUnavailable(f"{own.subject.human_friendly} leads to no known root: {error}") from error

    run_sync(work())


class _context:  # noqa: N801 — used as a function
    """A validation context that may fetch revocation data, closed after use."""

    def __init__(self, roots: Sequence[x509.Certificate]) -> None:
        self.context = ValidationContext(trust_roots=as_asn1(roots), allow_fetching=True, revocation_mode="hard-fail")

    async def __aenter__(self) -> ValidationContext:
        return self.context

    async def __aexit__(self, *_: object) -> None:
        await self.context.aclose()  # type: ignore[no-untyped-call]


async def stamp_evidence(content: cms.ContentInfo, service: TimeStampService) -> Evidence:
    """Fetch the evidence for the time-stamp in a signature."""
    for attribute in content["content"]["signer_infos"][0]["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            certificates = [choice.chosen for choice in attribute["values"][0]["content"]["certificates"]]
            signer = attribute["values"][0]["content"]["signer_infos"][0]["sid"].chosen
            own = next(c for c in certificates if c.serial_number == signer["serial_number"].native)
            return await fetch_evidence(own, [c for c in certificates if c is not own], service.roots)
    raise ValueError("the signature has no time-stamp")


def add_evidence(output: io.BytesIO, contents: bytes | None, evidence: Sequence[Evidence]) -> None:
    """Write evidence into a signed file as an incremental update; `contents` is the signature that it concerns."""
    writer = AppendingWriter(output)
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        contents,
        certs=[asn1_x509.Certificate.load(der) for item in evidence for der in item.certificates],
        crls=[CertificateList.load(der) for item in evidence for der in item.crls],
        ocsps=[OCSPResponse.load(der) for item in evidence for der in item.ocsps],
    )
    writer.write_in_place()  # type: ignore[no-untyped-call]


@slow("asking for a time-stamp")
def archive(pdf: bytes, service: TimeStampService) -> bytes:
    """Add an archive time-stamp over the whole file, in a field of its own.

    Raises:
        ServiceUnavailable: if the authority does not answer, or its certificate does not lead to its roots.
    """
    return run_sync(_archive(pdf, service))


async def _archive(pdf: bytes, service: TimeStampService) -> bytes:
    number = len(PdfFileReader(io.BytesIO(pdf)).embedded_timestamp_signatures) + 1
    stamper = PdfTimeStamper(
        client(service),
        field_name=f"Archive{number}",
        invis_settings=InvisSigSettings(box_out_of_bounds=True),  # As PDF/UA requires of untagged fields.
        readable_field_name="Arkivtidsstämpel",
    )
    async with _context(service.roots) as context:
        try:
            output = await stamper.async_timestamp_pdf(
                AppendingWriter(io.BytesIO(pdf)),
                DIGEST,
                validation_context=context,
                dss_settings=TimestampDSSContentSettings(update_before_ts=True, include_vri=False),
            )
        except (TimestampRequestError, PathError, ValidationError, CertificateFetchError, OSError) as error:
            raise ServiceUnavailable(f"no archive time-stamp: {error}") from error
    output.seek(0)
    return bytes(output.read())


class AppendingWriter(IncrementalPdfFileWriter):
    """Updates a file and leaves its metadata unchanged: pyHanko would rewrite it in a form that PDF/A rejects."""

    def _update_meta(self) -> None:
        pass
