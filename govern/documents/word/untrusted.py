"""Validate an uploaded DOCX before it may be the base of documents: it is read as data and never run."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from lxml import etree

from govern.errors import Refusal
from govern.write_lock import slow

MOST_BYTES = 10_000_000
MOST_UNPACKED = 60_000_000
MOST_PARTS = 1_000
"""The limits of a package; a letterhead with pictures has some twenty parts and a megabyte."""

MOST_MARKS = 400_000
"""The most XML elements in all parts: the styles of a full letterhead have some ten thousand; its text is not used."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The first bytes of a file in Word's old format, and of one encrypted with a password."""

TYPES = "[Content_Types].xml"
MAIN = "wordprocessingml.document.main+xml"
CLICKED = ("http://", "https://", "mailto:", "tel:")
"""The allowed schemes of links: nothing is fetched until a reader follows one."""

EMBEDDED = ("oleObject", "package", "control", "activeXControlBinary", "aFChunk", "subDocument", "frame")
FETCHING = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|LINK|DATABASE|IMPORT|MACROBUTTON)\b")
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class BaseRefusal(Refusal):
    """Why a file cannot be the base of documents."""

    NO_FILE = "Välj ett Word-dokument."
    TOO_LARGE = "Dokumentet är större än 10 MB. Minska bilderna i det och försök igen."
    NOT_DOCX = (
        "Filen är inget Word-dokument (.docx), eller är skadad. Öppna den i Word, spara som .docx och försök igen."
    )
    OLD_OR_LOCKED = (
        "Filen är i Words gamla format eller skyddad med lösenord. Spara den som Word-dokument (.docx) utan lösenord."
    )
    TEMPLATE = "Filen är en Word-mall (.dotx). Öppna den, spara som Word-dokument (.docx) och ladda upp det."
    MACROS = "Dokumentet innehåller makron. Spara det som Word-dokument utan makron (.docx) och försök igen."
    BOMB = "Dokumentet packar upp till mer än vad som är rimligt och tas inte emot."
    ATTACHED = (
        "Dokumentet är kopplat till en annan mall. Ta bort kopplingen i Word under Utvecklare, Dokumentmall, välj "
        "Normal och spara på nytt."
    )
    EXTERNAL = (
        "Dokumentet hämtar bilder eller annat från en annan plats. Infoga innehållet i själva dokumentet och försök "
        "igen. Vanliga länkar till webb och e-post går bra."
    )
    EMBEDDED = "Dokumentet innehåller inbäddade filer eller objekt. Ta bort dem och försök igen."
    NARROW = "Textytan i dokumentet är för liten för ett protokoll. Minska marginalerna och försök igen."


@slow("reading a letterhead")
def refuse_base(data: bytes) -> BaseRefusal | None:
    """Return why a file is no plain DOCX, if so: it is too large, has macros or objects, or uses external content."""
    if not data:
        return BaseRefusal.NO_FILE
    if len(data) > MOST_BYTES:
        return BaseRefusal.TOO_LARGE
    if data.startswith(OLE):
        return BaseRefusal.OLD_OR_LOCKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _refuse_size(archive) or _refuse_kind(archive) or _refuse_parts(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return BaseRefusal.NOT_DOCX


def _refuse_size(archive: zipfile.ZipFile) -> BaseRefusal | None:
    """Check the declared sizes, which limit what zipfile returns of each part, and the names."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        return BaseRefusal.BOMB
    names = [part.filename for part in parts]
    odd = any(name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names)
    return BaseRefusal.NOT_DOCX if odd or len(set(names)) != len(names) else None


def _refuse_kind(archive: zipfile.ZipFile) -> BaseRefusal | None:
    names = [name.lower() for name in archive.namelist()]
    if TYPES.lower() not in names:
        return BaseRefusal.NOT_DOCX
    types = archive.read(TYPES).decode("utf-8", "replace")
    if "macroEnabled" in types or "vbaProject" in types or any("vbaproject" in name for name in names):
        return BaseRefusal.MACROS
    if "wordprocessingml.template.main+xml" in types:
        return BaseRefusal.TEMPLATE
    if any(name.startswith(("word/embeddings/", "word/activex/")) for name in names):
        return BaseRefusal.EMBEDDED
    return None if MAIN in types else BaseRefusal.NOT_DOCX


def _refuse_parts(archive: zipfile.ZipFile) -> BaseRefusal | None:
    marks = 0
    for name in archive.namelist():
        if name.lower().endswith((".xml", ".rels")):
            root = _parsed(archive.read(name))
            if root is None:
                return BaseRefusal.NOT_DOCX
            marks += sum(1 for _ in root.iter())
            if marks > MOST_MARKS:
                return BaseRefusal.BOMB
            refusal = _refuse_relations(root) if name.lower().endswith(".rels") else _refuse_fields(root)
            if refusal is not None:
                return refusal
    return None


def _parsed(data: bytes) -> Any:
    """Parse XML without external access; return None if it is invalid or has a DOCTYPE, which may define entities."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None
    return None if root.getroottree().docinfo.doctype else root


def _refuse_relations(root: Any) -> BaseRefusal | None:
    for relation in root.iter("{*}Relationship"):
        kind = relation.get("Type", "").rpartition("/")[2]
        if kind == "attachedTemplate":
            return BaseRefusal.ATTACHED
        if kind in EMBEDDED:
            return BaseRefusal.EMBEDDED
        if relation.get("TargetMode") == "External":
            link = kind == "hyperlink" and relation.get("Target", "").lower().startswith(CLICKED)
            if not link:
                return BaseRefusal.EXTERNAL
    return None


def _refuse_fields(root: Any) -> BaseRefusal | None:
    """Refuse fields that fetch or run something. A field's code may be split over several runs."""
    return BaseRefusal.EXTERNAL if any(FETCHING.search(code.upper()) for code in field_codes(root)) else None


def field_codes(root: Any) -> Iterator[str]:
    """Yield the field codes in a part, those of one paragraph joined."""
    for paragraph in root.iter(f"{WORD}p"):
        yield "".join(code.text or "" for code in paragraph.iter(f"{WORD}instrText"))
    for field in root.iter(f"{WORD}fldSimple"):
        yield field.get(f"{WORD}instr", "")
