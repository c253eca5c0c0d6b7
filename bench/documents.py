"""Measure writing protocols, against bare libraries setting the same text: `python -m bench.documents`.

The baseline of the PDF is reportlab's own paragraphs and tables in the same typefaces and sizes, untagged; that of the
DOCX, python-docx's own calls with its template's styles. LibreOffice converts the DOCX that Govern writes.
"""

from __future__ import annotations

import io
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

import docx
import pypdfium2
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import PageBreak as NewPage
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from govern.documents import fonts
from govern.documents.content import (
    Body,
    Contents,
    Document,
    Heading,
    Legend,
    Names,
    PageBreak,
    Points,
    SignatureLine,
    Title,
)
from govern.documents.papers.protocol import protocol_document
from govern.documents.pdf.writer import write_pdf
from govern.documents.word.writer import write_docx
from govern.richtext import Blocks, Head, Lst, Para, Run, Table, label_of
from tests.documents.meetings import Shape, meeting

SIZES = {"12 pages": (4, 7), "200 pages": (103, 3)}
"""For each size, the number of §§ that gives about so many pages, and the number of measurements."""

THOUSAND = 500
PDF_LIMIT, DOCX_LIMIT, MEMORY_LIMIT = 2.5, 1.0, 400.0


def protocol(paragraphs: int) -> Document:
    """Make a protocol of `paragraphs` §§, a little more than two pages each."""
    return protocol_document(meeting(7, Shape(paragraphs=paragraphs, fill=3)))


Line = tuple[str, tuple[Run, ...]]
"""A text with its kind: title, heading, body, item or break."""


def flat(document: Document) -> Iterator[Line | Table]:
    """Yield the document without structure: line after line, and tables."""
    for element in document.elements:
        match element:
            case Title(forum, body, title, subtitle):
                yield from (("body", (Run(text),)) for text in (forum, " · ".join(body)))
                yield "title", (Run(title),)
                yield "body", (Run(subtitle),)
            case Heading(text=text, number=number, note=note):
                yield "heading", (Run(f"{number} {text}".strip()),)
                yield from [("body", (Run(note),))] if note else []
            case Body(blocks):
                yield from _blocks(blocks)
            case Names(groups):
                yield from (("body", (Run(name),)) for group in groups for name in group)
            case Points(points):
                yield from (("item", (Run(f"{p.label} {p.text}"),)) for p in points)
            case SignatureLine(text):
                yield "body", (Run(text),)
            case Contents():
                yield from (("body", (Run(f"{h.number} {h.text} 1"),)) for h in document.listed())
            case Legend(entries):
                yield from (("body", (Run(f"{code} {word}"),)) for code, word in entries)
            case PageBreak():
                yield "break", ()


def _blocks(blocks: Blocks) -> Iterator[Line | Table]:
    for block in blocks:
        match block:
            case Para(runs):
                yield "body", runs
            case Head(_, runs):
                yield "heading", runs
            case Lst(style, items, start):
                for number, item in enumerate(items, start):
                    lead, *rest = item.blocks
                    yield "item", (Run(f"{label_of(style, number)} "), *(lead.runs if isinstance(lead, Para) else ()))
                    yield from _blocks(tuple(rest))
            case Table():
                yield block


def bare_pdf(document: Document) -> bytes:
    """Write the text as PDF with reportlab alone."""
    regular, bold = fonts.font(fonts.REGULAR).fontName, fonts.font(fonts.BOLD).fontName
    body = ParagraphStyle("body", fontName=regular, fontSize=10, leading=15, spaceAfter=7, leftIndent=27 * mm)
    styles = {
        "body": body,
        "item": ParagraphStyle("item", body, leftIndent=27 * mm + 17, firstLineIndent=-17),
        "heading": ParagraphStyle("heading", body, fontName=bold, spaceBefore=9, keepWithNext=1),
        "title": ParagraphStyle("title", body, fontName=bold, fontSize=25, leading=31),
        "cell": ParagraphStyle("cell", body, fontSize=9, leading=12.5, leftIndent=0, spaceAfter=0),
    }
    story = []
    for line in flat(document):
        if isinstance(line, Table):
            rows = [[Paragraph(_cell(c.blocks, _markup), styles["cell"]) for c in row] for row in line.rows]
            story += [Grid(rows, repeatRows=line.head_rows), Spacer(1, 11)]
        elif line[0] == "break":
            story.append(NewPage())
        else:
            story.append(Paragraph(_markup(line[1]), styles[line[0]]))
    buffer = io.BytesIO()
    SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=22 * mm, rightMargin=25 * mm, topMargin=27 * mm, bottomMargin=33 * mm
    ).build(story)
    return buffer.getvalue()


def _markup(runs: tuple[Run, ...]) -> str:
    parts = []
    for run in runs:
        text = escape(run.text).replace("\n", "<br/>")
        face = fonts.font(fonts.face_of("bold" in run.marks, "italic" in run.marks)).fontName
        text = f'<font name="{face}">{text}</font>' if run.marks else text
        parts.append(f'<a href="{escape(run.href)}">{text}</a>' if run.href else text)
    return "".join(parts)


def _cell(blocks: Blocks, write: Callable[[tuple[Run, ...]], str]) -> str:
    return "\n".join(write(block.runs) for block in blocks if isinstance(block, Para))


def bare_docx(document: Document) -> bytes:
    """Write the text as DOCX with python-docx alone."""
    file = docx.Document()
    styles = {"body": "Normal", "item": "List Paragraph", "heading": "Heading 2", "title": "Title"}
    for line in flat(document):
        if isinstance(line, Table):
            table = file.add_table(len(line.rows), max(len(row) for row in line.rows))
            for place, row in zip(table.rows, line.rows, strict=True):
                for cell, source in zip(place.cells, row, strict=False):
                    cell.text = _cell(source.blocks, lambda runs: "".join(run.text for run in runs))
        elif line[0] == "break":
            file.add_page_break()
        else:
            paragraph = file.add_paragraph(style=styles[line[0]])
            for run in line[1]:
                added = paragraph.add_run(run.text)
                added.bold, added.italic = "bold" in run.marks or None, "italic" in run.marks or None
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def measure(works: dict[str, Callable[[], bytes]], rounds: int) -> dict[str, float]:
    """Return the median seconds of each function over some rounds, run in turn, after one to warm up."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            if number:
                times[name].append(time.perf_counter() - began)
    return {name: statistics.median(found) for name, found in times.items()}


def office(docx_file: bytes, folder: Path) -> bytes:
    """Convert a DOCX to PDF with LibreOffice."""
    source = folder / "protocol.docx"
    source.write_bytes(docx_file)
    command = ["soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(folder), str(source)], check=True, capture_output=True)
    return source.with_suffix(".pdf").read_bytes()


def pages(pdf: bytes) -> int:
    """Count the pages."""
    return len(pypdfium2.PdfDocument(pdf))


def memory(paragraphs: int) -> tuple[float, int]:
    """Write a protocol in a separate process; return its peak memory, in MiB, and the pages."""
    code = f"from bench.documents import tell_memory; tell_memory({paragraphs})"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    most, count = told.split()
    return float(most), int(count)


def tell_memory(paragraphs: int) -> None:
    """Write a protocol, and print this process's peak memory and the file's pages."""
    pdf = write_pdf(protocol(paragraphs)).pdf
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(most, pages(pdf))


def main() -> bool:
    """Print every figure beside its baseline; return whether all are within their limits."""
    kept = True
    for name, (paragraphs, rounds) in SIZES.items():
        document = protocol(paragraphs)
        printed = write_pdf(document)
        written = write_docx(document, printed.page_numbers)
        count = pages(printed.pdf)
        works: dict[str, Callable[[], bytes]] = {
            "pdf": lambda d=document: write_pdf(d).pdf,  # type: ignore[misc]
            "pdf floor": lambda d=document: bare_pdf(d),  # type: ignore[misc]
            "docx": lambda d=document, n=printed.page_numbers: write_docx(d, n),  # type: ignore[misc]
            "docx floor": lambda d=document: bare_docx(d),  # type: ignore[misc]
        }
        with TemporaryDirectory() as folder:
            if shutil.which("soffice"):
                works["office"] = lambda f=Path(folder), w=written: office(w, f)  # type: ignore[misc]
            found = measure(works, rounds)
        kept &= _tell(f"PDF, {name} ({count})", found["pdf"], "bare reportlab", found["pdf floor"], PDF_LIMIT)
        if "office" in found:
            kept &= _tell(f"PDF, {name} ({count})", found["pdf"], "LibreOffice", found["office"], 1.0)
        kept &= _tell(f"DOCX, {name}", found["docx"], "bare python-docx", found["docx floor"], DOCX_LIMIT)
    most, count = memory(THOUSAND)
    print(f"memory of a protocol of {count} pages: {most:.0f} MiB (at most {MEMORY_LIMIT:.0f})")
    return kept and most <= MEMORY_LIMIT


def _tell(what: str, ours: float, peer: str, theirs: float, limit: float) -> bool:
    ratio = ours / theirs
    print(f"{what}: Govern {ours:.3f} s, {peer} {theirs:.3f} s: {ratio:.2f}× (at most {limit}×)")
    return ratio <= limit


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
