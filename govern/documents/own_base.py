"""An organisation's own DOCX as the base of ours: its letterhead, margins and styles, and our own where it has none.

Whatever is uploaded has passed `distrust.refuse_base`. Its text is left out: the documents are written into it.
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
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.parts.numbering import NumberingPart
from docx.shared import Emu, Length, Mm

from govern.documents.distrust import field_codes
from govern.documents.docx_base import (
    HANG,
    INK,
    NUMBER_STYLE,
    PARAGRAPH_STYLES,
    STRONG_STYLE,
    TEXT_WIDTH,
    base_document,
)
from govern.richtext import LIST_STYLES

LEAST_WIDTH, LEAST_HEIGHT = Mm(90), Mm(100)
ROOM = Mm(8)
"""What must be left of the margin beside a hanging number."""

BESIDE = Mm(16)
"""Where the text after a number begins in a base whose margin is too narrow for numbers to hang in."""

NEEDED = (
    "Normal",
    "Default Paragraph Font",
    "Normal Table",
    *(f"heading {level}" for level in range(1, 7)),
    "Rubrik utanför innehåll",
    STRONG_STYLE,
    *PARAGRAPH_STYLES,
    "header",
    "footer",
    "Protokolltabell",
    "Hyperlink",
    NUMBER_STYLE,
)
"""The styles that `word.py` writes with, in an order in which each stands on those before it."""

SHOWN = {f"heading {level}": f"Rubrik {level}" for level in range(1, 7)} | {
    "header": "Sidhuvud",
    "footer": "Sidfot",
    "Hyperlink": "Hyperlänk",
    "toc 2": "Innehåll 2",
}
KEPT_PARTS = {
    *("styles", "numbering", "settings", "theme", "fontTable", "webSettings", "footnotes", "endnotes"),
    *("header", "footer", "customXml"),
}
SECTION_LEFT_OUT = (
    *("type", "cols", "pgNumType", "lnNumType", "formProt", "sectPrChange", "footnotePr", "endnotePr"),
    "printerSettings",
)
SECTION_AFTER_COLUMNS = ("vAlign", "noEndnote", "titlePg", "textDirection", "bidi", "rtlGutter", "docGrid")
LOCKS = ("w:documentProtection", "w:writeProtection", "w:mailMerge", "w:trackRevisions", "w:attachedTemplate")


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in a base, in Swedish: what is used of it, what was missing and filled in, what is left out."""

    used: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """An empty document to write into, and the measures that what is written must keep.

    `hang` is how far numbers stand out into the margin, `width` that of the text. `lists` gives the number of the
    definition of each list style. `own` is None for our own base.
    """

    file: Docx
    hang: Length
    width: Length
    lists: Mapping[str, int]
    own: OwnBase | None = None


def plain_ground(accent: str) -> Ground:
    """Give our own base."""
    return Ground(base_document(accent), HANG, TEXT_WIDTH, {style: place for place, style in enumerate(LIST_STYLES)})


class OwnBase:
    """One uploaded base, opened, emptied and filled up with what it lacks."""

    def __init__(self, data: bytes, accent: str) -> None:
        self.file: Docx = docx.Document(io.BytesIO(data))
        self.ours = base_document(accent)
        self.used: list[str] = []
        self.filled: list[str] = []
        self.left_out: list[str] = []
        self._empty()
        self._measure()
        self._drop_parts()
        self._unlock()
        self._fill_styles()
        self.lists = self._fill_lists()
        self._set_language()
        self._look_at_furniture()

    @property
    def ground(self) -> Ground:
        """Give what the writer needs."""
        return Ground(self.file, self.hang, self.width, self.lists, self)

    @property
    def findings(self) -> Findings:
        """Say what was found."""
        return Findings(tuple(self.used), tuple(self.filled), tuple(self.left_out))

    @property
    def narrow(self) -> bool:
        """Whether the text gets too little room."""
        section: Any = self.file.sections[0]
        height = section.page_height - section.top_margin - section.bottom_margin
        return self.width < LEAST_WIDTH or height < LEAST_HEIGHT

    def _empty(self) -> None:
        """Leave out the text, and of several sections all but the first, which has the first page's letterhead."""
        body = self.file.element.body
        sections = len(self.file.sections)
        first = copy.deepcopy(self.file.sections[0]._sectPr)
        texts = sum(bool("".join(p.itertext()).strip()) for p in body.iter(qn("w:p")))
        for child in list(body):
            body.remove(child)
        for part in [part for name in SECTION_LEFT_OUT for part in first.findall(qn(f"w:{name}"))]:
            first.remove(part)
        # The writer changes the columns, so their place in the schema's order must be there.
        after = [part for name in SECTION_AFTER_COLUMNS for part in first.findall(qn(f"w:{name}"))]
        columns = OxmlElement("w:cols")
        after[0].addprevious(columns) if after else first.append(columns)
        body.append(first)
        if texts:
            self.left_out.append(
                f"Dokumentets egen text ({_count(texts, 'stycke', 'stycken')}): Govern skriver texten."
            )
        if sections > 1:
            self.left_out.append(f"Alla avsnitt utom det första (dokumentet har {sections}).")

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
            self.filled.append(f"Sidans mått: {measured}.")
        else:
            self.used.append(f"Sidans mått: {section.page_width.mm:.0f} × {section.page_height.mm:.0f} mm, {measured}.")
        gutter = section.gutter or Emu(0)
        self.width = Emu(section.page_width - section.left_margin - section.right_margin - gutter)
        self.hang = HANG if section.left_margin >= HANG + ROOM else Emu(0)

    def _drop_parts(self) -> None:
        """Leave out what only the text needed, and the picture of what the file looked like."""
        body = self.file.element.body
        named = set(body.xpath(".//@r:id"))
        for key, relation in list(self.file.part.rels.items()):
            kind = relation.reltype.rpartition("/")[2]
            if kind not in KEPT_PARTS or (kind in {"header", "footer"} and key not in named):
                del self.file.part.rels[key]
        package = self.file.part.package.rels
        for key in [key for key, relation in package.items() if relation.reltype.endswith("/thumbnail")]:
            del package[key]

    def _unlock(self) -> None:
        settings = self.file.settings.element
        found = [part for name in LOCKS for part in settings.findall(qn(name))]
        for part in found:
            settings.remove(part)
        if found:
            self.left_out.append("Skrivskydd, ändringsspårning och dokumentkoppling.")

    # --- styles ---

    def _fill_styles(self) -> None:
        have = {_name(style): style for style in self.file.styles.element.findall(qn("w:style"))}
        own = {_name(style): style for style in self.ours.styles.element.findall(qn("w:style"))}
        names = {style.get(qn("w:styleId")): name for name, style in own.items()}
        ids = {style.get(qn("w:styleId")) for style in have.values()}
        added: list[str] = []
        found = [name for name in NEEDED if name in have]
        for name in NEEDED:
            if name in have:
                self._stop_numbering(name, have[name])
                continue
            style = copy.deepcopy(own[name])
            if style.get(qn("w:styleId")) in ids:
                style.set(qn("w:styleId"), f"Govern{style.get(qn('w:styleId'))}")
            for part in style.findall(qn("w:basedOn")):
                part.set(qn("w:val"), have[names[part.get(qn("w:val"))]].get(qn("w:styleId")))
            self._fit(style)
            self.file.styles.element.append(style)
            have[name] = style
            ids.add(style.get(qn("w:styleId")))
            added.append(name)
        shown = [SHOWN.get(name, name) for name in found if name not in {"Default Paragraph Font", "Normal Table"}]
        self.used.append(f"Formatmallar: {', '.join(shown)}.")
        if shown := [SHOWN.get(name, name) for name in added if name not in {"Default Paragraph Font", "Normal Table"}]:
            self.filled.append(f"Formatmallar: {', '.join(shown)}.")

    def _stop_numbering(self, name: str, style: Any) -> None:
        """A § has its number from the record: a heading style that counts by itself would give it another."""
        numbered = style.xpath("w:pPr/w:numPr")
        if name.startswith("heading") and numbered:
            for part in numbered:
                part.getparent().remove(part)
            self.left_out.append(f"Numreringen i {SHOWN[name]}: paragraferna har sina egna nummer.")

    def _fit(self, style: Any) -> None:
        """Let a style of ours follow the base: its size of text and its colour, and the width it has."""
        body_size = {"w:sz": "20", "w:szCs": "20", "w:color": INK}
        for part in style.xpath("w:rPr/*"):
            tag = next((name for name in body_size if part.tag == qn(name)), None)
            if tag and part.get(qn("w:val")) == body_size[tag]:
                part.getparent().remove(part)
        for part in style.xpath("w:pPr/w:ind[@w:left]"):
            if part.get(qn("w:left")) == str(round(Emu(-HANG).twips)):
                part.set(qn("w:left"), str(round(Emu(-self.hang).twips)))
        for part in style.xpath("w:pPr/w:tabs/w:tab"):
            if part.get(qn("w:pos")) == "0" and not self.hang:
                part.set(qn("w:pos"), str(round(BESIDE.twips)))
            if part.get(qn("w:pos")) == str(round(TEXT_WIDTH.twips)):
                part.set(qn("w:pos"), str(round(self.width.twips)))

    # --- lists and language ---

    def _fill_lists(self) -> dict[str, int]:
        """Add our list definitions after those of the base, under numbers that are free there."""
        theirs = self._numbering()
        taken = [int(one.get(qn("w:abstractNumId"))) for one in theirs.findall(qn("w:abstractNum"))]
        first = max(taken, default=-1) + 1
        place = theirs.find(qn("w:num"))
        for offset, definition in enumerate(self.ours.part.numbering_part.element.findall(qn("w:abstractNum"))):
            made = copy.deepcopy(definition)
            made.set(qn("w:abstractNumId"), str(first + offset))
            place.addprevious(made) if place is not None else theirs.append(made)
        self.filled.append("Listornas punkter och nummer, så att de blir som i PDF-filen.")
        return {style: first + offset for offset, style in enumerate(LIST_STYLES)}

    def _numbering(self) -> Any:
        part = self.file.part
        if not any(relation.reltype == RELATIONSHIP_TYPE.NUMBERING for relation in part.rels.values()):
            element = OxmlElement("w:numbering")
            made = NumberingPart(PackURI("/word/numbering.xml"), CONTENT_TYPE.WML_NUMBERING, element, part.package)
            part.relate_to(made, RELATIONSHIP_TYPE.NUMBERING)
        return part.numbering_part.element

    def _set_language(self) -> None:
        styles = self.file.styles.element
        defaults = styles.find(qn("w:docDefaults"))
        if defaults is None:
            defaults = OxmlElement("w:docDefaults")
            styles.insert(0, defaults)
        properties = _child(_child(defaults, "w:rPrDefault", first=True), "w:rPr")
        language = properties.find(qn("w:lang"))
        if language is not None and language.get(qn("w:val"), "").lower() == "sv-se":
            self.used.append("Språk: svenska.")
            return
        if language is None:
            language = OxmlElement("w:lang")
            after = [
                part
                for name in ("w:eastAsianLayout", "w:specVanish", "w:oMath")
                for part in properties.findall(qn(name))
            ]
            after[0].addprevious(language) if after else properties.append(language)
        language.set(qn("w:val"), "sv-SE")
        self.filled.append("Språk: svenska, så att stavning och uppläsning blir rätt.")

    # --- the letterhead ---

    def _look_at_furniture(self) -> None:
        words = {"header": "Sidhuvud", "footer": "Sidfot"}
        for kind, word in words.items():
            parts = [part for part in self.furniture if part.tag == qn("w:hdr" if kind == "header" else "w:ftr")]
            if any(_has_content(part) for part in parts):
                picture = " med bild" if any(_pictures(part) for part in parts) else ""
                self.used.append(f"{word}{picture}.")
            else:
                self.filled.append(f"{word}: dokumentet har inget.")
        if not self.numbers_pages:
            self.filled.append("Sidnummer: läggs till i sidhuvudet.")
        else:
            self.used.append("Sidnummer.")

    @cached_property
    def furniture(self) -> list[Any]:
        """The heads and feet of the first section."""
        relations = self.file.part.rels
        ids = self.file.element.body.xpath("w:sectPr/w:headerReference/@r:id | w:sectPr/w:footerReference/@r:id")
        return [relations[key].target_part.element for key in ids if key in relations]

    @cached_property
    def numbers_pages(self) -> bool:
        """Whether a head or a foot counts the pages."""
        codes = [code for part in self.furniture for code in field_codes(part)]
        return any("PAGE" in code.upper().split() for code in codes)

    @cached_property
    def has_picture(self) -> bool:
        """Whether the letterhead has a picture, so that a logo would be a second one."""
        return any(_pictures(part) for part in self.furniture)


def _name(style: Any) -> str:
    return str(style.find(qn("w:name")).get(qn("w:val")))


def _child(parent: Any, name: str, *, first: bool = False) -> Any:
    found = parent.find(qn(name))
    if found is None:
        found = OxmlElement(name)
        parent.insert(0, found) if first else parent.append(found)
    return found


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


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
