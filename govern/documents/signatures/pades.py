"""Sign a PDF in two steps (PAdES): prepare a digest, and finish with its signature.

In between, the holder of the key signs the digest: `authority.sign` on this machine, or a remote service. The first
signature of a file is a certification signature, after which only form fields may be filled in (DocMDP); later ones are
approval signatures.

The level is B-B, or B-LT with a time-stamp service.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from datetime import datetime

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.layout import AxisAlignment, InnerScaling, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields
from pyhanko.sign.signers import (
    ExternalSigner,
    PdfSignatureMetadata,
    PdfSigner,
)
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import PdfTBSDocument
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from govern.documents.signatures import authority
from govern.documents.signatures.longterm import AppendingWriter, add_evidence, as_asn1, client, stamp_evidence
from govern.documents.signatures.stamp import DrawnStamp
from govern.documents.signatures.sync import run_sync
from govern.documents.signatures.values import (
    DIGEST,
    Evidence,
    ServiceUnavailable,
    SignerFacts,
    SigningJob,
    TimeStampService,
)
from govern.write_lock import slow

REFERENCES = frozenset({"signing_certificate", "signing_certificate_v2"})
"""The attributes that name the signer's certificate."""
ROOM = 16_384
"""Hexadecimal digits reserved for the signature in the file; a chain of three certificates takes about half."""
STAMPED_ROOM = 32_768
"""The same with a time-stamp and its authority's chain, which may have long RSA keys."""


@slow("preparing a signature")
def prepare(
    pdf: bytes,
    field: str,
    signer: SignerFacts,
    certificates: Sequence[x509.Certificate],
    at: datetime,
    *,
    stamped: bool = False,
) -> SigningJob:
    """Write the visible stamp and a placeholder for the signature into the field, and return what is to be signed.

    `certificates` is the signer's certificate and its issuers', or empty if a service issues it later; `at` is the
    claimed time of signing (aware); `stamped` reserves space for a time-stamp.

    Raises:
        ValueError: if the file has no such field, or the field is signed already.
    """
    return run_sync(_prepare(pdf, field, signer, certificates, at, STAMPED_ROOM if stamped else ROOM))


async def _prepare(
    pdf: bytes, field: str, signer: SignerFacts, certificates: Sequence[x509.Certificate], at: datetime, room: int
) -> SigningJob:
    named = bool(certificates)
    certificates = certificates or [authority.create_root("Utfärdas vid underskriften", at).certificate]
    reader = PdfFileReader(io.BytesIO(pdf))
    found = {name: (value, reference) for name, value, reference in fields.enumerate_sig_fields(reader)}
    if field not in found:
        raise ValueError(f"the file has no signature field {field!r}")
    if found[field][0] is not None:
        raise ValueError(f"the signature field {field!r} is signed already")
    left, low, right, high = (float(value) for value in found[field][1].get_object()["/Rect"])
    stamp = DrawnStamp(signer.name, signer.role, at, right - left, high - low)
    pdf_signer = PdfSigner(
        PdfSignatureMetadata(
            field_name=field,
            md_algorithm=DIGEST,
            name=signer.name,
            reason=signer.role,
            certify=not any(value is not None for value, _ in found.values()),
            docmdp_permissions=fields.MDPPerm.FILL_FORMS,
            subfilter=fields.SigSeedSubFilter.PADES,
        ),
        _signer(certificates),
        stamp_style=StaticStampStyle(
            border_width=0,
            background=stamp,
            background_layout=SimpleBoxLayoutRule(
                x_align=AxisAlignment.ALIGN_MIN,
                y_align=AxisAlignment.ALIGN_MIN,
                margins=Margins(0, 0, 0, 0),
                inner_content_scaling=InnerScaling.NO_SCALING,
            ),
        ),
    )
    writer = AppendingWriter(io.BytesIO(pdf))
    session = pdf_signer.init_signing_session(writer, existing_fields_only=True)
    session.system_time = at
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=room)
    prepared, output = document.digest_tbs_document()
    attributes = await _signer(certificates).signed_attrs(
        prepared.document_digest, DIGEST, attr_settings=PdfCMSSignedAttributes(signing_time=at), use_pades=True
    )
    if not named:
        attributes = cms.CMSAttributes([a for a in attributes if a["type"].native not in REFERENCES])
    der = attributes.dump()
    output.seek(0)
    return SigningJob(
        field=field,
        digest=hashlib.sha256(der).digest(),
        signed_attributes=der,
        certificates=tuple(c.public_bytes(Encoding.DER) for c in certificates) if named else (),
        prepared=output.read(),
        document_digest=prepared.document_digest,
        region=(prepared.reserved_region_start, prepared.reserved_region_end),
    )


@slow("putting a signature in a file")
def finish(
    job: SigningJob, signature: bytes, stamps: TimeStampService | None = None, evidence: Evidence | None = None
) -> bytes:
    """Put the signature into the prepared file and return the signed file.

    With `stamps` the signature is time-stamped, and the file gets `evidence` for the signer's certificate together with
    evidence that is fetched for the time-stamp authority's.

    Raises:
        ValueError: if the signature does not match the job's digest and certificate.
        ServiceUnavailable: if the time-stamp or its evidence cannot be fetched; nothing is signed then.
    """
    certificates = [x509.load_der_x509_certificate(der) for der in job.certificates]
    _check(certificates[0], signature, job.signed_attributes)
    return run_sync(_finish(job, certificates, signature, stamps, evidence or Evidence()))


async def _finish(
    job: SigningJob,
    certificates: Sequence[x509.Certificate],
    signature: bytes,
    stamps: TimeStampService | None,
    evidence: Evidence,
) -> bytes:
    signer = _signer(certificates, signature)
    attributes = cms.CMSAttributes.load(job.signed_attributes)
    stamper = client(stamps) if stamps else None
    try:
        content = await signer.async_sign_prescribed_attributes(DIGEST, attributes, timestamper=stamper)
    except (TimestampRequestError, OSError) as error:
        raise ServiceUnavailable(f"no time-stamp: {error}") from error
    output = io.BytesIO(job.prepared)
    await PdfTBSDocument.async_finish_signing(
        output, PreparedByteRangeDigest(job.document_digest, *job.region), content
    )
    if stamps is not None:
        start, end = job.region
        contents = output.getbuffer()[start + 1 : end - 1].tobytes()  # Without the angle brackets.
        add_evidence(output, contents, [evidence, await stamp_evidence(content, stamps)])
    return output.getvalue()


def _signer(certificates: Sequence[x509.Certificate], signature: bytes | None = None) -> ExternalSigner:
    own, *others = as_asn1(certificates)
    store = SimpleCertificateStore.from_certs(others)  # type: ignore[no-untyped-call]
    return ExternalSigner(own, store, signature_value=signature)


def _check(certificate: x509.Certificate, signature: bytes, data: bytes) -> None:
    key = certificate.public_key()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            raise ValueError("the certificate's key is of a kind that is not used here")
    except InvalidSignature as error:
        raise ValueError("the signature does not belong to this file and certificate") from error
