"""Names of files, as they are kept and as every system can store them; no database."""

from __future__ import annotations

import hashlib
import unicodedata
import zipfile
from pathlib import Path

import pytest

from govern.documents.binding.binder import Binder, Paper, write_zip
from govern.filenames import LONGEST, MOST_BYTES, numbered, own_name, storable_name
from tests.make import AT

NFD = unicodedata.normalize("NFD", "Översyn å.pdf")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (NFD, "Översyn å.pdf"),
        ("C:\\Users\\Anna\\plan.pdf", "plan.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("ny\r\nrad.txt", "ny rad.txt"),
        ("x" * 500 + ".docx", "x" * (LONGEST - 5) + ".docx"),
        ("x" * 2_000_000 + ".docx", "x" * (LONGEST - 5) + ".docx"),
        ("CON.pdf", "CON.pdf"),
    ],
)
def test_a_name_is_kept_as_it_was_given(given: str, wanted: str) -> None:
    """The whole of it, but for folders and breaks; of a long one the beginning and the ending."""
    assert own_name(given) == wanted
    assert own_name(wanted) == wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("plan.pdf", "plan.pdf"),
        (NFD, "Översyn å.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("nul", "_nul"),
        ("NUL.tar.gz", "_NUL.tar.gz"),
        ("com1.txt", "_com1.txt"),
        ("LPT³.txt", "_LPT³.txt"),
        ("Aux .txt", "_Aux.txt"),
        ("CONTO.pdf", "CONTO.pdf"),
        ("a<b>c:d|e?.pdf", "a-b-c-d-e-.pdf"),
        ("../x.pdf", "x.pdf"),
        ("...", "fil"),
        ("plan. ", "plan"),
    ],
)
def test_a_name_can_be_stored_anywhere(given: str, wanted: str) -> None:
    assert storable_name(given) == wanted
    assert storable_name(wanted) == wanted


@pytest.mark.parametrize("letter", "xå👩")
def test_a_long_name_is_cut_before_its_ending(letter: str) -> None:
    name = storable_name(letter * 1000 + ".pdf")
    assert name.endswith(f"{letter}.pdf")
    assert MOST_BYTES - 4 < len(name.encode()) <= MOST_BYTES
    assert numbered(name, 2) == f"{name[:-4]} (2).pdf"


def test_the_names_in_an_archive(tmp_path: Path) -> None:
    """Every system can unpack it: equal names are numbered, also where they differ in case or in how å is written."""
    source = tmp_path / "fil"
    source.write_bytes(b"x")
    names = ("CON.txt", NFD, "översyn å.PDF", "Översyn å.pdf", "x" * 5000 + ".eml")
    papers = tuple(
        Paper(
            number=1, item="NUL" if name.endswith(".eml") else "Växel", title=name[:20], filename=name, size=1,
            media_type="text/plain", sha256=hashlib.sha256(b"x").hexdigest(), path=source, label=label,
        )
        for name, label in zip(names, ("§ 1", "§ 1", "§ 1", "§ 1", "con."), strict=True)
    )  # fmt: skip
    write_zip(
        Binder(title="Pärm", author="Rådet", at=AT, dated="i dag", fronts=(), papers=papers), tmp_path / "parm.zip"
    )
    with zipfile.ZipFile(tmp_path / "parm.zip") as archive:
        found = archive.namelist()[:-1]
    assert found == [
        "§ 1 Växel/_CON.txt",
        "§ 1 Växel/Översyn å.pdf",
        "§ 1 Växel/översyn å (2).PDF",
        "§ 1 Växel/Översyn å (3).pdf",
        "_con. NUL/" + "x" * (MOST_BYTES - 4) + ".eml",
    ]
