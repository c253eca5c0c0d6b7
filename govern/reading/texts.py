"""One call: a file and its media type to text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from govern import limited
from govern.media import MEDIA
from govern.reading import office, pdf, plain
from govern.reading.limits import MEMORY_MB, SECONDS, Unreadable, cut
from govern.write_lock import slow

HEAVY = ("lxml.etree", "pypdfium2")
"""Loaded where a file is read, in a process of its own; see `limited`."""

READERS: dict[str, Callable[[bytes], Iterable[str]]] = {
    MEDIA["pdf"]: pdf.pages,
    MEDIA["docx"]: office.docx,
    MEDIA["xlsx"]: office.xlsx,
    MEDIA["pptx"]: office.pptx,
    MEDIA["odt"]: office.open_document,
    MEDIA["ods"]: office.open_document,
    MEDIA["txt"]: plain.text,
    MEDIA["csv"]: plain.text,
}


def text_of_file(path: Path, media_type: str) -> list[str]:
    """Read a file's text as `text_of` does, in a process of its own that is ended when it takes too much.

    Raises:
        Unreadable: also when reading it took too much, or broke the reader. Trying again would not help.
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
    """Read a file's text: a string a page, sheet, slide or part, empty where it holds none; nothing for a picture.

    Raises:
        Unreadable: when the file is broken, locked, or unpacks to too much.
    """
    reader = READERS.get(media_type)
    return cut(reader(data)) if reader else []
