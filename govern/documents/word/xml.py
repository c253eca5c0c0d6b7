"""Helpers for WordprocessingML that python-docx has no API for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph

from govern.documents.content import clean
from govern.documents.pdf.breaking import bound


def tag(name: str, values: Mapping[str, str]) -> Any:
    """Make an element with attributes in Word's namespace."""
    made = OxmlElement(name)
    for key, value in values.items():
        made.set(qn(f"w:{key}"), value)
    return made


def add_text(paragraph: Paragraph, text: str) -> Any:
    run = paragraph.add_run()
    for index, line in enumerate(bound(clean(text)).split("\n")):
        if index:
            run.add_break(WD_BREAK.LINE)
        run.add_text(line)
    return run


def append_run(parent: Any, text: str) -> None:
    run = OxmlElement("w:r")
    for index, part in enumerate(text.split("\t")):
        if index:
            run.append(OxmlElement("w:tab"))
        if part:
            words = OxmlElement("w:t")
            words.text = part
            words.set(qn("xml:space"), "preserve")
            run.append(words)
    parent.append(run)


def begin_field(parent: Any, instruction: str) -> None:
    field_mark(parent, "begin")
    run = OxmlElement("w:r")
    code = OxmlElement("w:instrText")
    code.set(qn("xml:space"), "preserve")
    code.text = f" {instruction} "
    run.append(code)
    parent.append(run)
    field_mark(parent, "separate")


def field_mark(parent: Any, kind: str) -> None:
    run = OxmlElement("w:r")
    run.append(tag("w:fldChar", {"fldCharType": kind}))
    parent.append(run)


def set_columns(section: Any, columns: int) -> None:
    part = section.find(qn("w:cols"))
    if part is None:
        part = OxmlElement("w:cols")
        section.append(part)
    part.set(qn("w:space"), str(round(Mm(5).twips)))
    part.set(qn("w:num"), str(columns))
