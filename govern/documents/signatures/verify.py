"""Verify the signatures of a PDF: who signed and when, and whether the file has changed since.

A signature with a time-stamp is validated as AdES (ETSI EN 319 102-1) with the evidence in the file, so that with an
archive time-stamp it remains valid when its certificate has expired; one without is validated at its claimed time.

A file cut back to an earlier signature passes every validator, so the caller also compares `VerifyReport.sha256` and
the order of signers with the sealed protocol.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import logging
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice

from asn1crypto import cms
from asn1crypto.crl import CertificateList
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.ades import ades_lta_validation, ades_with_time_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import ValidationInfoReadingError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    FreshnessReqType,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer

from govern.documents.signatures.longterm import as_asn1
from govern.documents.signatures.sync import run_sync
from govern.documents.signatures.values import Level, Modification, SignatureReport, Trust, UnreadablePdf, VerifyReport
from govern.write_lock import slow

MOST_SIGNATURES = 100
"""The most signatures read in a file; no protocol has as many."""

logging.getLogger("pyhanko.sign.validation").setLevel(logging.ERROR)  # Its findings are in the report.

MODIFICATIONS: dict[ModificationLevel, Modification] = {
    ModificationLevel.NONE: "none",
    ModificationLevel.LTA_UPDATES: "archive",
    ModificationLevel.FORM_FILLING: "fields",
}
AS_ARCHIVED = timedelta(days=36_500)
"""The maximum age of a CRL for a time-stamp authority: nothing is fetched, so the one in the file is accepted."""
CONTENTS = re.compile(rb"/Contents\s*<([0-9a-fA-F]{512,})>")
END = re.compile(rb"startxref\s+\d+\s+%%EOF\s*\Z")


@slow("reading a signed file")
def signature_digests(pdf: bytes) -> tuple[str, ...]:
    """Return the SHA-256 of each signature's own bytes, in the order in the file, without archive time-stamps.

    The file may be damaged elsewhere; unreadable signatures are left out.
    """
    found = (match.group(1).decode() for match in islice(CONTENTS.finditer(pdf), MOST_SIGNATURES))
    return tuple(filter(None, map(_raw_digest, found)))


def _raw_digest(contents: str) -> str:
    try:
        content = cms.ContentInfo.load(bytes.fromhex(contents))  # The padding after it is ignored.
        if content["content_type"].native != "signed_data" or _is_stamp(content["content"]):
            return ""
        return hashlib.sha256(content["content"].dump()).hexdigest()
    except ValueError:
        return ""


def _is_stamp(data: cms.SignedData) -> bool:
    return bool(data["encap_content_info"]["content_type"].native == "tst_info")


@slow("verifying a file")
def verify(pdf: bytes, trust: Trust, at: datetime | None = None) -> VerifyReport:
    """Verify every signature of the file as of the time `at` (by default now).

    Raises:
        UnreadablePdf: if the bytes are not a readable PDF, or have more than `MOST_SIGNATURES` signatures.
    """
    reader = _read(pdf)
    if len(reader.embedded_signatures) > MOST_SIGNATURES:
        raise UnreadablePdf(f"{len(reader.embedded_signatures)} signatures")
    try:
        unsigned = tuple(str(name) for name, value, _ in enumerate_sig_fields(reader) if value is None)
    except Exception as error:  # On a damaged file the parser may raise anything, anywhere.
        raise UnreadablePdf("the file is no readable PDF") from error
    return run_sync(_verify(pdf, reader, unsigned, trust, at))


def _read(pdf: bytes) -> PdfFileReader:
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        _ = reader.embedded_signatures
    except Exception as error:  # As above.
        raise UnreadablePdf("the file is no readable PDF") from error
    return reader


async def _verify(
    pdf: bytes, reader: PdfFileReader, unsigned: tuple[str, ...], trust: Trust, at: datetime | None
) -> VerifyReport:
    for embedded in reader.embedded_signatures:
        try:
            embedded.compute_integrity_info()  # Once: comparing the revisions is the slow part.
        except Exception:  # noqa: S112 — an unreadable signature is invalid, and its report says so
            continue
    archived = await _archived(reader, trust, at)
    reports = [await _report(s, reader, trust, at, archived) for s in reader.embedded_regular_signatures]
    whole = any(_covers(embedded) for embedded in reader.embedded_signatures)
    return VerifyReport(
        hashlib.sha256(pdf).hexdigest(), tuple(reports), unsigned, archived, whole or END.search(pdf[-64:]) is not None
    )


def _policy(
    roots: Sequence[x509.Certificate], rule: RevocationCheckingRule, freshness: timedelta | None = None
) -> CertValidationPolicySpec:
    return CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(as_asn1(roots)),
        revinfo_policy=CertRevTrustPolicy(
            RevocationCheckingPolicy(ee_certificate_rule=rule, intermediate_ca_cert_rule=rule),
            freshness,
            FreshnessReqType.MAX_DIFF_REVOCATION_VALIDATION if freshness else FreshnessReqType.DEFAULT,
        ),
    )


def _spec(reader: PdfFileReader, trust: Trust) -> PdfSignatureValidationSpec:
    """Return the policy: evidence of non-revocation is required if the file has any, and nothing is fetched."""
    proof = RevocationCheckingRule.CRL_OR_OCSP_REQUIRED if _has_proof(reader) else RevocationCheckingRule.NO_CHECK
    return PdfSignatureValidationSpec(
        SignatureValidationSpec(
            # Parts of pyHanko's validation apply the signers' policy to time-stamps, so it has both kinds of roots;
            # `_leads_to` checks that the signer's certificate leads to one of the signers' roots.
            cert_validation_policy=_policy((*trust.roots, *trust.stamp_roots), proof),
            ts_cert_validation_policy=_policy(
                trust.stamp_roots, RevocationCheckingRule.CHECK_IF_DECLARED_SOFT, AS_ARCHIVED
            ),
            revinfo_gathering_policy=RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
            local_knowledge=LocalKnowledge(
                known_crls=[CRLContainer(CertificateList.load(der)) for der in trust.crls],
            ),
        ),
        diff_policy=None,  # Already computed.
    )


def _has_proof(reader: PdfFileReader) -> bool:
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except ValidationInfoReadingError:
        return False
    return bool(store.crls or store.ocsps)


async def _archived(reader: PdfFileReader, trust: Trust, at: datetime | None) -> datetime | None:
    """Return the time of the newest valid archive time-stamp."""
    context = ValidationContext(
        trust_roots=as_asn1(trust.stamp_roots), moment=at, allow_fetching=False, revocation_mode="soft-fail"
    )
    for stamp in reversed(reader.embedded_timestamp_signatures):
        try:
            status = await async_validate_pdf_timestamp(stamp, validation_context=context, skip_diff=True)
        except Exception:  # noqa: S112 — as in `_report`
            continue
        if status.intact and status.valid and status.trusted:
            return status.timestamp
    return None


async def _report(
    embedded: EmbeddedPdfSignature,
    reader: PdfFileReader,
    trust: Trust,
    at: datetime | None,
    archived: datetime | None,
) -> SignatureReport:
    certificate = embedded.signer_cert
    name = certificate.subject.native.get("common_name", "") if certificate is not None else ""
    stamped = intact = trusted = False
    time: datetime | None = None
    try:
        if trust.stamp_roots and _has_stamp(embedded):
            intact, trusted, time = await _with_stamp(embedded, reader, trust, at, archived=archived is not None)
            stamped = time is not None
        if not stamped:
            intact, trusted = await _claimed(embedded, trust)
    except Exception:
        # An unreadable signature is invalid, and on a damaged file the parser may raise anything.
        intact = trusted = False
    claimed = embedded.self_reported_timestamp
    return SignatureReport(
        field=str(embedded.field_name),
        name=str(name),
        role=str(embedded.sig_object.get("/Reason", "")),
        at=claimed,
        stamped=time,
        level=_level(reader, stamped=stamped, archived=archived is not None),
        intact=intact,
        trusted=trusted,
        revoked=certificate is not None and _revoked(certificate.serial_number, time or claimed, trust.crls),
        covers_whole_file=_covers(embedded),
        modification=_modification(embedded),
        certifies=embedded.docmdp_level is not None,
        sha256=_digest(embedded),
    )


async def _with_stamp(
    embedded: EmbeddedPdfSignature, reader: PdfFileReader, trust: Trust, at: datetime | None, *, archived: bool
) -> tuple[bool, bool, datetime | None]:
    """Validate a time-stamped signature; return whether it is intact and trusted, and the time of the time-stamp."""
    timing = ValidationTimingInfo(at, at, point_in_time_validation=True) if at else None
    if not archived:  # Without a time-stamp over the evidence, pyHanko's long-term validation never passes.
        return await _recent(embedded, reader, trust, timing)
    result = await ades_lta_validation(embedded, _spec(reader, trust), timing_info=timing)
    status = result.api_status
    intact = bool(status and status.intact and status.valid)
    stamp = result.signature_timestamp_status
    time = None
    if stamp is not None and stamp.ades_subindic == AdESPassed.OK and stamp.api_status is not None:
        time = stamp.api_status.timestamp
    return intact, result.ades_subindic == AdESPassed.OK and _leads_to(status, trust.roots), time


async def _recent(
    embedded: EmbeddedPdfSignature, reader: PdfFileReader, trust: Trust, timing: ValidationTimingInfo | None
) -> tuple[bool, bool, datetime | None]:
    """Validate a signature by its own time-stamp, while its certificate and the authority's are valid."""
    spec = _spec(reader, trust).signature_validation_spec
    known = spec.local_knowledge.known_crls + [CRLContainer(crl) for crl in _kept_lists(reader)]
    result = await ades_with_time_validation(
        embedded.signed_data,
        dataclasses.replace(spec, local_knowledge=LocalKnowledge(known_crls=known)),
        timing_info=timing,
        raw_digest=embedded.compute_digest(),
        extra_status_kwargs=embedded.summarise_integrity_info(),
        status_cls=PdfSignatureStatus,
    )
    status = result.api_status
    intact = bool(status and status.intact and status.valid)
    stamp = status.timestamp_validity if status else None
    time = stamp.timestamp if stamp is not None and stamp.valid and stamp.intact and stamp.trusted else None
    return intact, result.ades_subindic == AdESPassed.OK and _leads_to(status, trust.roots), time


def _kept_lists(reader: PdfFileReader) -> list[CertificateList]:
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except ValidationInfoReadingError:
        return []
    return [CertificateList.load(crl.get_object().data) for crl in store.crls]


def _leads_to(status: PdfSignatureStatus | None, roots: Sequence[x509.Certificate]) -> bool:
    path = status.validation_path if status else None
    anchors = {certificate.dump() for certificate in as_asn1(roots)}
    return path is not None and any(c.dump() in anchors for c in path.iter_certs(include_root=True))


async def _claimed(embedded: EmbeddedPdfSignature, trust: Trust) -> tuple[bool, bool]:
    """Validate a signature at the time that its signer claims; return whether it is intact and trusted."""
    context = ValidationContext(
        trust_roots=as_asn1(trust.roots),
        moment=embedded.self_reported_timestamp,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    status = await async_validate_pdf_signature(
        embedded, signer_validation_context=context, skip_diff=True, ts_validation_context=context
    )
    return bool(status.intact and status.valid), bool(status.trusted)


def _revoked(serial: int, at: datetime | None, crls: Sequence[bytes]) -> bool:
    """Return whether one of the CRLs lists the certificate as revoked by that time."""
    for der in crls:
        entry = x509.load_der_x509_crl(der).get_revoked_certificate_by_serial_number(serial)
        if entry is not None and (at is None or entry.revocation_date_utc <= at):
            return True
    return False


def _modification(embedded: EmbeddedPdfSignature) -> Modification:
    """Return what was changed after the signature; `other` if its own permissions (DocMDP) forbid the change."""
    result = embedded.diff_result
    if result is None:
        return "none" if _covers(embedded) else "other"
    if not isinstance(result, DiffResult):
        return "other"
    allowed = embedded.docmdp_level
    if allowed is not None and result.modification_level.value > allowed.value:
        return "other"
    return MODIFICATIONS.get(result.modification_level, "other")


def _covers(embedded: EmbeddedPdfSignature) -> bool:
    return embedded.coverage == SignatureCoverageLevel.ENTIRE_FILE


def _level(reader: PdfFileReader, *, stamped: bool, archived: bool) -> Level:
    if not stamped:
        return Level.BASIC
    if not _has_proof(reader):
        return Level.STAMPED
    return Level.ARCHIVED if archived else Level.PROVEN


def _has_stamp(embedded: EmbeddedPdfSignature) -> bool:
    return any(a["type"].native == "signature_time_stamp_token" for a in embedded.signer_info["unsigned_attrs"])


def _digest(embedded: EmbeddedPdfSignature) -> str:
    return hashlib.sha256(embedded.signed_data.dump()).hexdigest()
