"""Add to an organisation's own DOCX what it lacks: styles and list definitions of our base, and the language."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from docx.document import Document as Docx
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.parts.numbering import NumberingPart
from docx.shared import Emu, Length, Mm

from govern.documents.word.base import (
    HANG,
    INK,
    NUMBER_STYLE,
    PARAGRAPH_STYLES,
    STRONG_STYLE,
    TEXT_WIDTH,
)
from govern.richtext import LIST_STYLES

BESIDE = Mm(16)
"""The tab stop for the text after a number, in a base whose margin is too narrow for numbers."""

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
"""The styles that `word/writer.py` uses, ordered so that each is based on earlier ones only."""

SHOWN = {f"heading {level}": f"Rubrik {level}" for level in range(1, 7)} | {
    "header": "Sidhuvud",
    "footer": "Sidfot",
    "Hyperlink": "Hyperlänk",
    "toc 2": "Innehåll 2",
}


@dataclass(slots=True)
class Findings:
    """What was found in a base, in Swedish: what is used, what was missing and has been added, and what is left out."""

    used: list[str] = field(default_factory=list)
    filled: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


class Filler:
    """Completes one base, and reports what it found and did in `findings`."""

    def __init__(self, file: Docx, ours: Docx, hang: Length, width: Length, findings: Findings) -> None:
        self.file, self.ours, self.hang, self.width, self.findings = file, ours, hang, width, findings

    def fill_styles(self) -> None:
        """Add the styles that the base lacks, each based on the base's own styles."""
        have = self._named_as_in_word()
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
        self.findings.used.append(f"Formatmallar: {', '.join(shown)}.")
        if shown := [SHOWN.get(name, name) for name in added if name not in {"Default Paragraph Font", "Normal Table"}]:
            self.findings.filled.append(f"Formatmallar: {', '.join(shown)}.")

    def _named_as_in_word(self) -> dict[str, Any]:
        """Return the base's styles by name, after removing references to styles that do not exist.

        Names take the case of `NEEDED`: Word ignores case in the names of its own styles, and LibreOffice writes
        `Heading 1`.
        """
        canonical = {name.lower(): name for name in NEEDED}
        styles = self.file.styles.element.findall(qn("w:style"))
        ids = {style.get(qn("w:styleId")) for style in styles}
        for style in styles:
            name = style.find(qn("w:name"))
            name.set(qn("w:val"), canonical.get(_name(style).lower(), _name(style)))
            for part in style.xpath("w:basedOn | w:next | w:link"):
                if part.get(qn("w:val")) not in ids:
                    style.remove(part)
        return {_name(style): style for style in styles}

    def _stop_numbering(self, name: str, style: Any) -> None:
        """Remove automatic numbering from a heading style: a § has its number from the record."""
        if not name.startswith("heading"):
            return
        for part in self._numbering().xpath(f".//w:pStyle[@w:val='{style.get(qn('w:styleId'))}']"):
            part.getparent().remove(part)
        numbered = style.xpath("w:pPr/w:numPr")
        if numbered:
            for part in numbered:
                part.getparent().remove(part)
            self.findings.left_out.append(f"Numreringen i {SHOWN[name]}: paragraferna har sina egna nummer.")

    def _fit(self, style: Any) -> None:
        """Adapt a style of ours to the base: to its default text size and colour, and to its width."""
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

    def fill_lists(self) -> dict[str, int]:
        """Add our list definitions after those of the base; return the number of each list style's definition."""
        theirs = self._numbering()
        taken = [int(one.get(qn("w:abstractNumId"))) for one in theirs.findall(qn("w:abstractNum"))]
        first = max(taken, default=-1) + 1
        place = theirs.find(qn("w:num"))
        for offset, definition in enumerate(self.ours.part.numbering_part.element.findall(qn("w:abstractNum"))):
            made = copy.deepcopy(definition)
            made.set(qn("w:abstractNumId"), str(first + offset))
            place.addprevious(made) if place is not None else theirs.append(made)
        self.findings.filled.append("Listornas punkter och nummer, så att de blir som i PDF-filen.")
        return {style: first + offset for offset, style in enumerate(LIST_STYLES)}

    def _numbering(self) -> Any:
        part = self.file.part
        if not any(relation.reltype == RELATIONSHIP_TYPE.NUMBERING for relation in part.rels.values()):
            element = OxmlElement("w:numbering")
            made = NumberingPart(PackURI("/word/numbering.xml"), CONTENT_TYPE.WML_NUMBERING, element, part.package)
            part.relate_to(made, RELATIONSHIP_TYPE.NUMBERING)
        return part.numbering_part.element

    def set_language(self) -> None:
        """Set the default language to Swedish."""
        styles = self.file.styles.element
        defaults = styles.find(qn("w:docDefaults"))
        if defaults is None:
            defaults = OxmlElement("w:docDefaults")
            styles.insert(0, defaults)
        properties = _child(_child(defaults, "w:rPrDefault", first=True), "w:rPr")
        language = properties.find(qn("w:lang"))
        if language is not None and language.get(qn("w:val"), "").lower() == "sv-se":
            self.findings.used.append("Språk: svenska.")
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
        self.findings.filled.append("Språk: svenska, så att stavning och uppläsning blir rätt.")


def _name(style: Any) -> str:
    return str(style.find(qn("w:name")).get(qn("w:val")))


def _child(parent: Any, name: str, *, first: bool = False) -> Any:
    found = parent.find(qn(name))
    if found is None:
        found = OxmlElement(name)
        parent.insert(0, found) if first else parent.append(found)
    return found
