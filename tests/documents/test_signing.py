"""Signing in turn, and the tampering that a reader must notice."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography.x509.oid import NameOID

from govern.documents.papers.files import protocol_pdf
from govern.documents.papers.protocol import signature_fields
from govern.documents.signatures import authority, pades
from govern.documents.signatures.values import SignerFacts, Trust
from govern.documents.signatures.verify import verify
from tests.documents.examples import record
from tests.documents.reading import faults, run

NOW = datetime.now(UTC).replace(microsecond=0)
WORDS = {"secretary": "sekreterare", "chair": "ordförande", "adjuster": "justerare"}


@pytest.fixture(scope="module")
def root() -> authority.Credential:
    """Return the root of an installation's certificate authority."""
    return authority.create_root("Samverkan Norra", NOW - timedelta(days=1))


@pytest.fixture(scope="module")
def revisions(root: authority.Credential) -> list[bytes]:
    """Return the protocol unsigned, and after each signature."""
    source = record()
    files = [protocol_pdf(source)]
    for field, signature in zip(signature_fields(source), source.signatures, strict=True):
        credential = authority.issue(root, signature.name, NOW - timedelta(hours=1))
        facts = SignerFacts(signature.name, WORDS[signature.role])
        job = pades.prepare(files[-1], field, facts, credential.chain, NOW)
        files.append(pades.finish(job, authority.sign(credential, job.digest)))
    return files


def test_every_signature_holds(revisions: list[bytes], root: authority.Credential) -> None:
    report = verify(revisions[-1], Trust((root.certificate,)))
    assert report.holds
    assert [(s.field, s.name, s.role, s.at) for s in report.signatures] == [
        ("Secretary", "Cilla Berg", "sekreterare", NOW),
        ("Chair", "Anna Lindqvist", "ordförande", NOW),
        ("Adjuster1", "Bo Åkerblom", "justerare", NOW),
    ]
    assert [s.certifies for s in report.signatures] == [True, False, False]
    assert [s.modification for s in report.signatures] == ["fields", "fields", "none"]
    assert [s.covers_whole_file for s in report.signatures] == [False, False, True]
    assert report.unsigned_fields == ()


def test_the_first_signature_locks_all_but_signing(revisions: list[bytes]) -> None:
    """It certifies with DocMDP level 2 (ISO 32000-2, 12.8.2.2): fields may be filled in and signed, nothing else.

    Read with pikepdf, which did not write it. Level 1 would invalidate later signatures, level 3 allow annotations.
    """
    for signed, pdf in enumerate(revisions):
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            values = [field.get("/V") for field in opened.Root.AcroForm.Fields]
            given = [value for value in values if value is not None]
            references = [dict(value).get("/Reference") for value in given]
            levels = [
                (str(one.TransformMethod), int(one.TransformParams.P))
                for reference in references
                if reference is not None
                for one in reference
            ]
            assert len(given) == signed
            assert levels == ([("/DocMDP", 2)] if signed else [])
            assert ("/Perms" in opened.Root) is bool(signed)
            if signed:
                assert opened.Root.Perms.DocMDP.objgen == given[0].objgen


def test_signed_files_keep_both_norms(revisions: list[bytes]) -> None:
    assert faults(revisions[1]) == []
    # The validator wants every signature to cover the whole file, which is impossible if another one follows.
    assert [fault.split(":")[0] for fault in faults(revisions[-1])] == ["PDFA2A-SIGNATURE-BYTERANGE-001"]


@pytest.mark.office
def test_poppler_agrees(revisions: list[bytes], tmp_path: Path) -> None:
    file = tmp_path / "signed.pdf"
    file.write_bytes(revisions[-1])
    said = run("pdfsig", file)
    assert said.count("Signature is Valid.") == 3
    assert said.count("ETSI.CAdES.detached") == 3
    assert "Total document signed" in said
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", file)
    stamp = run("pdftotext", "-layout", "-f", "2", "-l", "2", file, "-")
    assert "justerare, enligt digital underskrift" in stamp


def flip(pdf: bytes) -> bytes:
    """Flip one bit in the content stream of the first page."""
    at = pdf.index(b"/FlateDecode >>\nstream") + 60
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def save_again(pdf: bytes) -> bytes:
    """Open the file and save it again."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        out = io.BytesIO()
        file.save(out)
    return out.getvalue()


def append_page(pdf: bytes) -> bytes:
    """Append a page in an incremental update, as a PDF editor does."""
    from pyhanko.pdf_utils import generic  # noqa: PLC0415 — only this tampering needs pyHanko's writer
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
    from pyhanko.pdf_utils.writer import PageObject  # noqa: PLC0415

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    contents = writer.add_object(generic.StreamObject(stream_data=b""))
    writer.insert_page(PageObject(contents=contents, media_box=(0, 0, 595, 842)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("tamper", [flip, save_again, append_page, lambda pdf: pdf + b"\n% more\n"])
def test_tampering_is_noticed(
    tamper: Callable[[bytes], bytes], revisions: list[bytes], root: authority.Credential
) -> None:
    changed = tamper(revisions[-1])
    report = verify(changed, Trust((root.certificate,)))
    assert not report.holds
    assert report.sha256 != verify(revisions[-1], Trust((root.certificate,))).sha256


def test_a_cut_file_shows_the_fields_left_open(revisions: list[bytes], root: authority.Credential) -> None:
    report = verify(revisions[2], Trust((root.certificate,)))
    assert [s.field for s in report.signatures] == ["Secretary", "Chair"]
    assert report.unsigned_fields == ("Adjuster1",)


def test_a_stranger_is_not_trusted(revisions: list[bytes]) -> None:
    stranger = authority.create_root("Samverkan Norra", NOW - timedelta(days=1))
    report = verify(revisions[-1], Trust((stranger.certificate,)))
    assert not report.holds
    assert [(s.intact, s.trusted) for s in report.signatures] == [(True, False)] * 3


def test_signing_refuses_what_would_not_hold(revisions: list[bytes], root: authority.Credential) -> None:
    credential = authority.issue(root, "Anna Lindqvist", NOW - timedelta(hours=1))
    facts = SignerFacts("Anna Lindqvist", "ordförande")
    with pytest.raises(ValueError, match="no signature field"):
        pades.prepare(revisions[0], "Nobody", facts, credential.chain, NOW)
    with pytest.raises(ValueError, match="signed already"):
        pades.prepare(revisions[1], "Secretary", facts, credential.chain, NOW)
    job = pades.prepare(revisions[1], "Chair", facts, credential.chain, NOW)
    with pytest.raises(ValueError, match="does not belong"):
        pades.finish(job, authority.sign(credential, bytes(32)))


def test_an_unsigned_file_does_not_hold(revisions: list[bytes], root: authority.Credential) -> None:
    report = verify(revisions[0], Trust((root.certificate,)))
    assert not report.holds
    assert report.unsigned_fields == ("Secretary", "Chair", "Adjuster1")


def test_a_file_that_is_no_pdf_is_refused(root: authority.Credential) -> None:
    with pytest.raises(ValueError, match="no readable PDF"):
        verify(b"hello", Trust((root.certificate,)))


def test_keys_rest_encrypted(root: authority.Credential) -> None:
    credential = authority.issue(root, "Åsa Öberg", NOW, serial_number="17")
    kept = credential.export(b"secret words")
    assert b"ENCRYPTED" in kept
    again = authority.load_credential(kept, b"secret words")
    assert again.chain == credential.chain
    assert again.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "Åsa Öberg"
    # One in 256 wrong passphrases decrypts to data that is only then found not to be a key.
    with pytest.raises(ValueError, match=r"(?i)password|decrypt|deserialize"):
        authority.load_credential(kept, b"wrong words")
    with pytest.raises(ValueError, match="passphrase"):
        credential.export(b"")
