"""Extract the text of office files (DOCX, XLSX, PPTX, ODT, ODS): their XML is streamed, never unpacked to disk.

The walker takes all text, including insertions, content controls and text boxes, which python-docx leaves out.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from govern.reading.limits import MOST_CHARACTERS, MOST_DIGITS, MOST_MARKS, MOST_PARTS, MOST_UNPACKED, Unreadable

CHUNK = 1 << 16
WORDS_PARTS = re.compile(r"word/(document|footnotes|endnotes|comments|header\d{0,6}|footer\d{0,6})\.xml")
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,  # Raised by zipfile for an encrypted member.
    EOFError,
    OSError,
)
BODY_FIRST = ("word/document.xml",)


class _Enough(Exception):
    """Raise to stop reading, at the limit of text or of elements."""


class Walker:
    """A parser target that collects text. `inside` are the elements whose text counts, `skip` those left out whole.

    `after` maps an element to the text that its end adds: a line break after a paragraph, a tab after a cell.
    """

    def __init__(self, inside: Iterable[str], after: dict[str, str], skip: Iterable[str] = ()) -> None:
        self.inside, self.after, self.skip = frozenset(inside), after, frozenset(skip)
        self.pieces: list[str] = []
        self.size = self.depth = self.skipping = self.marks = 0

    def start(self, tag: str, _attributes: Any) -> None:
        """Handle a start tag. Elements are counted, as a file of empty ones has no text but takes as long to read."""
        self.marks += 1
        if self.marks > MOST_MARKS:
            raise _Enough
        name = tag.rpartition("}")[2]
        self.skipping += name in self.skip
        self.depth += name in self.inside

    def end(self, tag: str) -> None:
        """Handle an end tag."""
        name = tag.rpartition("}")[2]
        self.skipping -= name in self.skip
        self.depth -= name in self.inside
        if name in self.after:
            self._add(self.after[name])

    def data(self, text: str) -> None:
        """Collect text that counts."""
        if self.depth and not self.skipping:
            self._add(text)

    def _add(self, text: str) -> None:
        self.pieces.append(text)
        self.size += len(text)
        if self.size > MOST_CHARACTERS:
            raise _Enough

    def close(self) -> str:
        """Return the collected text."""
        return "".join(self.pieces)


class Package:
    """An office file (a ZIP archive), whose members' declared sizes are checked before they are read."""

    def __init__(self, data: bytes) -> None:
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError) as error:
            raise Unreadable(f"ZIP: {error}") from error
        self.left = MOST_UNPACKED
        self.marks = 0
        self.names = self.archive.namelist()

    def read(self, name: str, walker: Walker) -> str:
        """Stream a member through a walker and return the text, empty if there is no such member.

        The declared size limits what zipfile returns.

        Raises:
            Unreadable: if the member is broken or locked, or the declared sizes exceed `MOST_UNPACKED`.
        """
        from lxml import etree  # noqa: PLC0415 — see `texts.HEAVY`.

        try:
            info = self.archive.getinfo(name)
        except KeyError:
            return ""
        self.left -= info.file_size
        if self.left < 0:
            raise Unreadable(f"{name} would unpack to {info.file_size} bytes")
        parser = etree.XMLParser(
            target=walker, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
        )
        walker.marks = self.marks
        try:
            with self.archive.open(info) as member:
                while chunk := member.read(CHUNK):
                    parser.feed(chunk)
            parser.close()
        except _Enough:
            pass
        except (etree.XMLSyntaxError, *BROKEN) as error:
            raise Unreadable(f"{name}: {error}") from error
        self.marks = walker.marks
        return walker.close()

    def numbered(self, pattern: str) -> list[str]:
        """Return the members whose names match, in the order of the numbers in them."""
        found = [(int(m[1]), name) for name in self.names if (m := re.fullmatch(pattern, name))]
        return [name for _, name in sorted(found)][:MOST_PARTS]


def _words() -> Walker:
    # A text box is in the XML twice: in today's form, and as a fallback for old programs.
    return Walker({"t"}, {"p": "\n", "tab": "\t", "br": "\n", "cr": "\n", "tc": "\t"}, skip={"Fallback", "moveFrom"})


def docx(data: bytes) -> Iterator[str]:
    """Yield the text of a Word document: of its body, then of notes, comments, headers and footers; no deleted text."""
    package = Package(data)
    names = [name for name in package.names if WORDS_PARTS.fullmatch(name)]
    if "word/document.xml" not in names:
        raise Unreadable("no word/document.xml")
    for name in sorted(names, key=lambda name: (name not in BODY_FIRST, name)):
        yield package.read(name, _words())


def pptx(data: bytes) -> Iterator[str]:
    """Yield the text of a presentation, slide by slide."""
    package = Package(data)
    for name in package.numbered(r"ppt/slides/slide(\d{1,6})\.xml"):
        yield package.read(name, Walker({"t"}, {"p": "\n", "br": "\n", "tc": "\t"}, skip={"Fallback"}))


class _Open(Walker):
    """A walker for OpenDocument, where breaks, tabs and spaces are empty elements and deleted text is kept apart."""

    def __init__(self) -> None:
        after = {"p": "\n", "h": "\n", "tab": "\t", "line-break": "\n", "s": " ", "table-cell": "\t"}
        super().__init__({"p", "h"}, after, skip={"tracked-changes"})


def open_document(data: bytes) -> Iterator[str]:
    """Yield the text of an OpenDocument text or spreadsheet, as one part."""
    package = Package(data)
    if "content.xml" not in package.names:
        raise Unreadable("no content.xml")
    yield package.read("content.xml", _Open())


class _Strings(Walker):
    """A walker that collects the shared strings of a workbook, in order."""

    def __init__(self) -> None:
        super().__init__({"t"}, {}, skip={"rPh"})
        self.strings: list[str] = []

    def end(self, tag: str) -> None:
        """Handle an end tag; `si` ends a string."""
        super().end(tag)
        if tag.endswith("}si"):
            self.strings.append("".join(self.pieces))
            self.pieces.clear()


class _Sheet(Walker):
    """A walker for a sheet, with a line for each row; a cell may refer to a shared string by its index."""

    def __init__(self, strings: list[str]) -> None:
        super().__init__({"v", "t"}, {"row": "\n"})
        self.strings = strings
        self.shared = False
        self.number = ""

    def start(self, tag: str, attributes: Any) -> None:
        """Handle a start tag; a cell says whether it refers to a shared string."""
        super().start(tag, attributes)
        if tag.endswith("}c"):
            self.shared = attributes.get("t") == "s"

    def end(self, tag: str) -> None:
        """Handle an end tag; a shared string is looked up, and a cell ends with a tab."""
        if self.number and tag.endswith("}v"):
            place = int(self.number) if len(self.number) <= MOST_DIGITS else len(self.strings)
            super().data(self.strings[place] if place < len(self.strings) else "")
            self.number = ""
        super().end(tag)
        if tag.endswith("}c") and self.pieces and self.pieces[-1] != "\n":
            self.pieces.append("\t")

    def data(self, text: str) -> None:
        """Collect a value, or the index of a shared string, which may come in pieces."""
        if self.shared and self.depth:
            self.number = (self.number + text)[: MOST_DIGITS + 1] if text.isdecimal() else self.number
        else:
            super().data(text)


def xlsx(data: bytes) -> Iterator[str]:
    """Yield the text of a workbook, sheet by sheet, in the order in which the sheets were made."""
    package = Package(data)
    strings = _Strings()
    package.read("xl/sharedStrings.xml", strings)
    read: Callable[[str], str] = lambda name: package.read(name, _Sheet(strings.strings))  # noqa: E731
    yield from map(read, package.numbered(r"xl/worksheets/sheet(\d{1,6})\.xml"))
