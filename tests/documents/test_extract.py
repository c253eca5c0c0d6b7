"""An extract is valid, equal in both formats, limited to its own paragraphs, and carries the protocol's hash."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openxml_audit
import pytest

from govern import record as records
from govern.documents.papers.extract import (
    Amendment,
    ExtractFacts,
    canonical,
    cut,
    extract_document,
    extract_files,
    loads,
)
from tests.documents.examples import record
from tests.documents.reading import characters, docx_text, faults, pdf_body

WHOLE = record("kl_board")


def facts(*numbers: int, **more: object) -> ExtractFacts:
    """Return an extract of the fictional protocol."""
    usual = {"certifier": "Cilla Berg", "role": "sekreterare", "made": date(2024, 5, 2)}
    return ExtractFacts(record=cut(WHOLE, numbers), protocol=records.sha256_of(WHOLE), **usual | more)  # type: ignore[arg-type]


AMENDED = facts(
    41, 42, amendments=(Amendment(number=42, made=date(2024, 5, 1), old="i fjol", new="i år", reason="Fel"),)
)


@pytest.mark.parametrize("source", [facts(42), AMENDED, facts(40, 43, 44)], ids=lambda one: one.range)
def test_both_files(source: ExtractFacts, tmp_path: Path) -> None:
    """The PDF conforms to both standards, the DOCX is valid, and equal facts give equal bytes."""
    files = extract_files(source)
    assert faults(files.pdf) == []
    assert files.pdf == extract_files(source).pdf
    (tmp_path / "extract.docx").write_bytes(files.docx)
    assert [str(e) for e in openxml_audit.OpenXmlValidator().validate(str(tmp_path / "extract.docx")).errors] == []


@pytest.mark.office
def test_they_say_the_same(tmp_path: Path) -> None:
    files = extract_files(AMENDED)
    read = pdf_body(files.pdf, extract_document(AMENDED))
    assert characters(docx_text(files.docx, tmp_path)) == characters(read)
    for words in (
        "Protokollsutdrag 22 april 2024, §§ 41–42",
        "utdraget, § 41 och § 42, stämmer med det förseglade protokollet från Samverkansrådet den 22 april 2024",
        "Cilla Berg, sekreterare, enligt digital underskrift",
        "Rättelse 1 maj 2024 Så stod det: i fjol",
        "2 maj 2024",
    ):
        assert words in read
    assert characters(records.sha256_of(WHOLE)) in characters(read)


def test_only_its_own_paragraphs_and_people() -> None:
    """Those who left before the paragraph are not named; no word of a secret paragraph next to it appears."""
    read = pdf_body(extract_files(facts(44)).pdf, extract_document(facts(44)))
    assert "David Östergren" not in read
    assert "Bo Åkerblom" in read
    assert "Läget i avtalet" not in read
    assert "David Östergren" in pdf_body(extract_files(facts(43)).pdf, extract_document(facts(43)))


def test_it_comes_back_from_its_json() -> None:
    assert loads(canonical(AMENDED)) == AMENDED
    with pytest.raises(ValueError, match="record: missing"):
        loads(b"{}")
    assert AMENDED.has_content_of(facts(41, 42, amendments=AMENDED.amendments, certifier="Bo", made=date(2025, 1, 1)))
    assert not AMENDED.has_content_of(facts(41, 42))
