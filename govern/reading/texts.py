"""Extract the text of a file by its media type."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from govern import limited
from govern.media import MEDIA
from govern.reading import mails, office, pdf, plain
from govern.reading.limits import MEMORY_MB, SECONDS, Unreadable, cut
from govern.write_lock import slow

HEAVY = ("lxml.etree", "olefile", "pypdfium2")
"""Imported once by the process that reads files; see `limited`."""

READERS: dict[str, Callable[[bytes], Iterable[str]]] = {
    MEDIA["pdf"]: pdf.pages,
    MEDIA["docx"]: office.docx,
    MEDIA["xlsx"]: office.xlsx,
    MEDIA["pptx"]: office.pptx,
    MEDIA["odt"]: office.open_document,
    MEDIA["ods"]: office.open_document,
    MEDIA["eml"]: mails.mail,
    MEDIA["msg"]: mails.mail,
    MEDIA["txt"]: plain.text,
    MEDIA["csv"]: plain.text,
}


def text_of_file(path: Path, media_type: str) -> list[str]:
    """Return a file's text as `text_of` does, read in a separate process that is killed if it exceeds its limits.

    Raises:
        Unreadable: as `text_of`, and if the process exceeded its limits or crashed; retrying would not help.
    """
    if media_type not in READERS:
        return []
    try:
        return limited.run(_read, str(path), media_type, seconds=SECONDS, memory_mb=MEMORY_MB)
    except (limited.TooHeavy, limited.Crashed) as error:
        raise Unreadable(f"{type(error).__name__}: {error.detail}") from error


def _read(path: str, media_type: str) -> list[str]:
    return text_of(Path(path).read_bytes(), media_type)


@slow("reading a file's text")
def text_of(data: bytes, media_type: str) -> list[str]:
    """Return a file's text: one string for each page, sheet, slide or part; [] for a media type without a reader.

    Raises:
        Unreadable: if the file is broken, locked, or too large unpacked.
    """
    reader = READERS.get(media_type)
    return cut(reader(data)) if reader else []
