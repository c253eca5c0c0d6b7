"""An organisation's own DOCX as a base: its letterhead, margins and styles, and ours where it has none.

The uploaded file has passed `untrusted.refuse_base`. Its text is removed, and documents are written into it.
"""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import docx
from docx.document import Document as Docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Length, Mm

from govern.documents.word.base import HANG, TEXT_WIDTH, base_document
from govern.documents.word.elements import properties_of
from govern.documents.word.own_styles import Filler, Findings
from govern.documents.word.untrusted import field_codes
from govern.richtext import LIST_STYLES
from govern.swedish import counted

LEAST_WIDTH, LEAST_HEIGHT = Mm(90), Mm(100)
ROOM = Mm(8)
"""The part of the left margin that must remain free beside a number in it."""

KEPT_PARTS = {"styles", "numbering", "settings", "theme", "fontTable", "webSettings", "header", "footer"}
OF_THE_FILE = ("/thumbnail", "/custom-properties")
"""Relationships that describe the uploaded file itself, and are removed: its thumbnail and custom properties."""

FACTS = ("category", "content_status", "identifier", "keywords", "last_modified_by", "subject", "version")
SECTION_LEFT_OUT = (
    *("type", "cols", "pgNumType", "lnNumType", "formProt", "sectPrChange", "footnotePr", "endnotePr"),
    "printerSettings",
)
SECTION_AFTER_COLUMNS = ("vAlign", "noEndnote", "titlePg", "textDirection", "bidi", "rtlGutter", "docGrid")
LOCKS = ("w:documentProtection", "w:writeProtection", "w:mailMerge", "w:trackRevisions", "w:attachedTemplate")
OF_THE_TEXT = ("w:footnotePr", "w:endnotePr", "w:docVars")


@dataclass(frozen=True, slots=True)
class DocxBase:
    """An empty document to write into, and its measures.

    `hang` is how far numbers reach into the left margin, `width` the width of the text. `lists` maps each list style
    to the number of its definition (`w:abstractNumId`). `own` is None for our own base.
    """

    file: Docx
    hang: Length
    width: Length
    lists: Mapping[str, int]
    own: OwnBase | None = None

    @property
    def landscape_width(self) -> Length:
        """The width of a table on a landscape page, which begins in the margin column of the numbers."""
        section: Any = self.file.sections[0]
        return Emu(max(section.page_height, section.page_width) - section.page_width + self.width + self.hang)


def default_base(accent: str) -> DocxBase:
    """Return our own base, empty."""
    return DocxBase(base_document(accent), HANG, TEXT_WIDTH, {style: place for place, style in enumerate(LIST_STYLES)})


class OwnBase:
    """An uploaded base: opened, emptied, and completed with the styles and lists that it lacks."""

    def __init__(self, data: bytes, accent: str) -> None:
        self.file: Docx = docx.Document(io.BytesIO(data))
        self.ours = base_document(accent)
        self.findings = Findings()
        self._empty()
        self._measure()
        self._drop_parts()
        self._unlock()
        filler = Filler(self.file, self.ours, self.hang, self.width, self.findings)
        filler.fill_styles()
        self.lists = filler.fill_lists()
        filler.set_language()
        self._look_at_furniture()

    @property
    def base(self) -> DocxBase:
        """The base as the writer uses it."""
        return DocxBase(self.file, self.hang, self.width, self.lists, self)

    @property
    def narrow(self) -> bool:
        """Whether the text area is too small."""
        section: Any = self.file.sections[0]
        height = section.page_height - section.top_margin - section.bottom_margin
        return self.width < LEAST_WIDTH or height < LEAST_HEIGHT

    def _empty(self) -> None:
        """Remove the text, and all sections but the first, which has the first page's letterhead."""
        body = self.file.element.body
        sections = len(self.file.sections)
        first = copy.deepcopy(properties_of(self.file.sections[0]))
        texts = sum(bool("".join(p.itertext()).strip()) for p in body.iter(qn("w:p")))
        for child in list(body):
            body.remove(child)
        for part in [part for name in SECTION_LEFT_OUT for part in first.findall(qn(f"w:{name}"))]:
            first.remove(part)
        # The writer sets the columns, so the element must be at its place in the schema's order.
        after = [part for name in SECTION_AFTER_COLUMNS for part in first.findall(qn(f"w:{name}"))]
        columns = OxmlElement("w:cols")
        after[0].addprevious(columns) if after else first.append(columns)
        body.append(first)
        if texts:
            self.findings.left_out.append(
                f"Dokumentets egen text ({counted(texts, 'stycke', 'stycken')}): Govern skriver texten."
            )
        if sections > 1:
            self.findings.left_out.append(f"Alla avsnitt utom det första (dokumentet har {sections}).")

    def _measure(self) -> None:
        section: Any = self.file.sections[0]
        ours = self.ours.sections[0]
        missing = False
        sizes = ("page_width", "page_height", "left_margin", "right_margin", "top_margin", "bottom_margin")
        for name in (*sizes, "header_distance", "footer_distance"):
            if getattr(section, name) is None:
                setattr(section, name, getattr(ours, name))
                missing = True
        margins = [section.left_margin, section.right_margin, section.top_margin, section.bottom_margin]
        words = "vänster {:.0f}, höger {:.0f}, överkant {:.0f} och nederkant {:.0f} mm"
        measured = words.format(*(abs(margin.mm) for margin in margins))
        if missing:
            self.findings.filled.append(f"Sidans mått: {measured}.")
        else:
            self.findings.used.append(
                f"Sidans mått: {section.page_width.mm:.0f} × {section.page_height.mm:.0f} mm, {measured}."
            )
        gutter = section.gutter or Emu(0)
        self.width = Emu(section.page_width - section.left_margin - section.right_margin - gutter)
        self.hang = HANG if section.left_margin >= HANG + ROOM else Emu(0)

    def _drop_parts(self) -> None:
        """Remove the parts that only the text needed, and the thumbnail and properties of the uploaded file."""
        body = self.file.element.body
        named = set(body.xpath(".//@r:id"))
        for key, relation in list(self.file.part.rels.items()):
            kind = relation.reltype.rpartition("/")[2]
            if kind not in KEPT_PARTS or (kind in {"header", "footer"} and key not in named):
                del self.file.part.rels[key]
        if not any(relation.reltype == RELATIONSHIP_TYPE.THEME for relation in self.file.part.rels.values()):
            self.file.part.relate_to(self.ours.part.part_related_by(RELATIONSHIP_TYPE.THEME), RELATIONSHIP_TYPE.THEME)
        package = self.file.part.package.rels
        for key in [key for key, relation in package.items() if relation.reltype.endswith(OF_THE_FILE)]:
            del package[key]
        for name in FACTS:
            setattr(self.file.core_properties, name, "")

    def _unlock(self) -> None:
        settings = self.file.settings.element
        found = [part for name in LOCKS for part in settings.findall(qn(name))]
        for part in found:
            settings.remove(part)
        for part in [part for name in OF_THE_TEXT for part in settings.findall(qn(name))]:
            settings.remove(part)
        if found:
            self.findings.left_out.append("Skrivskydd, ändringsspårning och dokumentkoppling.")

    # --- the letterhead ---

    def _look_at_furniture(self) -> None:
        words = {"header": "Sidhuvud", "footer": "Sidfot"}
        for kind, word in words.items():
            parts = [part for part in self.furniture if part.tag == qn("w:hdr" if kind == "header" else "w:ftr")]
            if any(_has_content(part) for part in parts):
                picture = " med bild" if any(_pictures(part) for part in parts) else ""
                self.findings.used.append(f"{word}{picture}.")
            else:
                self.findings.filled.append(f"{word}: dokumentet har inget.")
        if not self.numbers_pages:
            self.findings.filled.append("Sidnummer: läggs till i sidhuvudet.")
        else:
            self.findings.used.append("Sidnummer.")

    @cached_property
    def furniture(self) -> list[Any]:
        """The header and footer elements of the first section."""
        relations = self.file.part.rels
        ids = self.file.element.body.xpath("w:sectPr/w:headerReference/@r:id | w:sectPr/w:footerReference/@r:id")
        return [relations[key].target_part.element for key in ids if key in relations]

    @cached_property
    def numbers_pages(self) -> bool:
        """Whether a header or footer shows the page number."""
        codes = [code for part in self.furniture for code in field_codes(part)]
        return any("PAGE" in code.upper().split() for code in codes)

    @cached_property
    def has_picture(self) -> bool:
        """Whether the letterhead has a picture, so that a logo would be a second one."""
        return any(_pictures(part) for part in self.furniture)


def _has_content(part: Any) -> bool:
    return (
        bool("".join(_texts(part)).strip())
        or _pictures(part)
        or bool(list(field_codes(part)) and any(field_codes(part)))
    )


def _texts(part: Any) -> Iterator[str]:
    for text in part.iter(qn("w:t")):
        yield text.text or ""


def _pictures(part: Any) -> bool:
    return any(True for name in ("w:drawing", "w:pict") for _ in part.iter(qn(name)))
