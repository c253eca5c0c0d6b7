"""Measure four signatures on twelve pages, against bare pyHanko doing the same: `python -m bench.sign`. At most 2×."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from govern.documents.papers.files import protocol_pdf
from govern.documents.papers.protocol import signature_fields
from govern.documents.signatures import authority, pades
from govern.documents.signatures.authority import Credential
from govern.documents.signatures.values import SignerFacts
from govern.record import Signature
from tests.documents.examples import record

NOW = datetime.now(UTC).replace(microsecond=0)
LIMIT = 2.0
ROUNDS = 7


def twelve_pages() -> tuple[bytes, tuple[str, ...]]:
    """Write a protocol of about twelve pages, with four signature fields."""
    source = record()
    source = replace(source, signatures=(*source.signatures, Signature(role="adjuster", name="Dag Ek")))
    return protocol_pdf(source), signature_fields(source)


def govern(pdf: bytes, names: tuple[str, ...], credentials: list[Credential]) -> bytes:
    """Sign as Govern does: two steps, a drawn stamp, the signature checked."""
    for name, credential in zip(names, credentials, strict=True):
        facts = SignerFacts("Anna Ask", "ordförande")
        job = pades.prepare(pdf, name, facts, credential.chain, NOW)
        pdf = pades.finish(job, authority.sign(credential, job.digest))
    return pdf


def _key(credential: Credential) -> keys.PrivateKeyInfo:
    der = credential.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return keys.PrivateKeyInfo.load(der)


def bare(pdf: bytes, names: tuple[str, ...], credentials: list[Credential]) -> bytes:
    """Sign as pyHanko's own documentation does, with its standard text stamp."""
    for number, (name, credential) in enumerate(zip(names, credentials, strict=True)):
        own, *others = (asn1_x509.Certificate.load(c.public_bytes(Encoding.DER)) for c in credential.chain)
        store = SimpleCertificateStore.from_certs(others)
        signer = signers.SimpleSigner(own, _key(credential), store)
        metadata = signers.PdfSignatureMetadata(
            field_name=name,
            md_algorithm="sha256",
            reason="ordförande",
            certify=number == 0,
            docmdp_permissions=fields.MDPPerm.FILL_FORMS,
            subfilter=fields.SigSeedSubFilter.PADES,
        )
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        pdf = signers.sign_pdf(writer, metadata, signer, existing_fields_only=True).getvalue()
    return pdf


def measure(work: Callable[[], bytes]) -> float:
    """Return the median seconds of some rounds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> bool:
    """Print both times and their ratio; return whether it is within the limit."""
    pdf, names = twelve_pages()
    root = authority.create_root("Bänken", NOW - timedelta(days=1))
    credentials = [authority.issue(root, "Anna Ask", NOW - timedelta(hours=1)) for _ in names]
    ours, floor = (measure(lambda work=work: work(pdf, names, credentials)) for work in (govern, bare))
    print(f"sign 4 times: Govern {ours:.3f} s, bare pyHanko {floor:.3f} s: {ours / floor:.2f}× (at most {LIMIT}×)")
    return ours / floor <= LIMIT


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
