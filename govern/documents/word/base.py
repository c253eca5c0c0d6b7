"""Build the empty DOCX that documents are written into: its styles, lists, language and settings."""

from __future__ import annotations

from typing import Any

import docx
from docx.document import Document as Docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Emu, Length, Mm, Pt, RGBColor

from govern.richtext import LIST_STYLES

FONT = "Open Sans"
MARGIN = Mm(22)
HANG = Mm(27)
"""The width of the margin column for § numbers."""

TEXT_WIDTH = Mm(210 - 22 - 27 - 25)
STEP = Mm(6)
INK, GREY = "1A1A1A", "555D61"
LEVELS = 9

LIST_FORMATS = {"bullet": "bullet", "decimal": "decimal", "lower-alpha": "lowerLetter", "lower-roman": "lowerRoman"}

HEADINGS = {1: (25, 31, 0, 0), 2: (14, 19, 20, 8), 3: (10, 15, 16, 2)} | dict.fromkeys((4, 5, 6), (10, 15, 14, 2))
"""Size, leading, space before and space after of each heading level, in points.

They give the same pages as the PDF, since the contents show the PDF's page numbers. Between a paragraph and a heading
the PDF adds the space after to the space before, where Word uses the larger one.
"""

PARAGRAPH_STYLES = {
    "Forum": (13, 18, 0, 0),
    "Avsändare": (9, 13, 0, 30),
    "Mötesdag": (13, 19, 0, 24),
    "Namn": (10, 13, 0, 0),
    "Punkt": (10, 15, 0, 3),
    "Listpunkt": (10, 15, 0, 3),
    "Not": (9, 13, 0, 8),
    "toc 2": (10, 16.5, 0, 0),
    "Teckenförklaring": (9, 14, 0, 0),
    "Underskriftsrad": (32, 40, 0, 3),
    "Underskrift": (9, 13, 0, 8),
    "Tabelltext": (9, 12.5, 2.5, 2),
}
"""Size, leading, space before and space after of our own paragraph styles, in points."""

NUMBER_STYLE = "Paragrafnummer"
"""The character style of § numbers, which the running head's STYLEREF field refers to."""

STRONG_STYLE = "Beslutsrubrik"

UNHYPHENATED = ("Forum", "Avsändare", "Mötesdag", "Namn", "toc 2", "Underskrift", "header", "footer")

KEPT = {"Normal", "Default Paragraph Font", "Normal Table", "No List", "header", "footer"} | {
    f"heading {level}" for level in HEADINGS
}


AFTER_BORDERS = ("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")
AFTER_HYPHENS = ("w:bidi", "w:adjustRightInd", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl")


def base_document(accent: str) -> Docx:
    """Make an empty document with every style and list that `word/writer.py` uses."""
    document = docx.Document()
    _page(document)
    _drop_unused_styles(document)
    _drop_shadow_styles(document)
    _defaults(document)
    _headings(document, accent.upper())
    _own_styles(document, accent.upper())
    _table_style(document, accent.upper())
    _lists(document)
    _settings(document)
    return document


def _page(document: Docx) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Length(MARGIN + HANG), Mm(25)
    section.top_margin, section.bottom_margin = Mm(27), Mm(29)
    section.header_distance, section.footer_distance = Mm(13), Mm(13)


def _drop_unused_styles(document: Docx) -> None:
    styles = document.styles.element
    for style in list(styles.findall(qn("w:style"))):
        if style.find(qn("w:name")).get(qn("w:val")) not in KEPT:
            styles.remove(style)
            continue
        for link in style.findall(qn("w:link")) + style.findall(qn("w:next")):
            style.remove(link)
    if (latent := styles.find(qn("w:latentStyles"))) is not None:
        styles.remove(latent)


def _drop_shadow_styles(document: Docx) -> None:
    """Remove the template's second style sheet (`stylesWithEffects`), which would contradict the first."""
    rels = document.part.rels
    for key in [key for key, rel in rels.items() if rel.reltype.endswith("/stylesWithEffects")]:
        del rels[key]


def _defaults(document: Docx) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults"))
    new = parse_xml(
        f"<w:docDefaults {nsdecls('w')}><w:rPrDefault><w:rPr>"
        f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>'
        f'<w:color w:val="{INK}"/><w:sz w:val="20"/><w:szCs w:val="20"/>'
        '<w:lang w:val="sv-SE" w:eastAsia="sv-SE" w:bidi="ar-SA"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>"
        '<w:spacing w:after="140" w:line="300" w:lineRule="atLeast"/></w:pPr></w:pPrDefault></w:docDefaults>'
    )
    defaults.getparent().replace(defaults, new)
    normal = document.styles["Normal"]
    for part in (normal.element.find(qn("w:rPr")), normal.element.find(qn("w:pPr"))):
        if part is not None:
            normal.element.remove(part)


def _headings(document: Docx, accent: str) -> None:
    for level, (size, leading, before, after) in HEADINGS.items():
        style = document.styles[f"Heading {level}"]
        for name in ("w:rPr", "w:pPr"):
            if (part := style.element.find(qn(name))) is not None:
                style.element.remove(part)
        _apply_style(style, size, leading, before, after, INK if level == 2 else accent)
        style.font.bold = True
        style.paragraph_format.keep_with_next = True
        outline = OxmlElement("w:outlineLvl")
        outline.set(qn("w:val"), str(level - 1))
        style.element.get_or_add_pPr().append(outline)
        _unhyphenated(style)
        if level in {2, 3}:
            _hang(style)
    strong = document.styles.add_style(STRONG_STYLE, WD_STYLE_TYPE.PARAGRAPH)
    strong.base_style = document.styles["Heading 3"]
    strong.quick_style = True
    strong.font.size, strong.paragraph_format.space_before = Pt(12), Pt(22)
    border = f'<w:pBdr {nsdecls("w")}><w:top w:val="single" w:sz="6" w:space="3" w:color="{accent}"/></w:pBdr>'
    strong.element.get_or_add_pPr().insert_element_before(parse_xml(border), *AFTER_BORDERS)
    plain = document.styles.add_style("Rubrik utanför innehåll", WD_STYLE_TYPE.PARAGRAPH)
    plain.base_style = document.styles["Heading 2"]
    plain.quick_style = True


def _hang(style: Any) -> None:
    """Add a tab stop at the text's left edge, for the text after a number in the margin."""
    style.paragraph_format.left_indent = Emu(0)
    style.paragraph_format.tab_stops.add_tab_stop(Emu(0))


def _own_styles(document: Docx, accent: str) -> None:
    for name, (size, leading, before, after) in PARAGRAPH_STYLES.items():
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name == "toc 2")
        style.base_style = document.styles["Normal"]
        style.quick_style = True
        _apply_style(style, size, leading, before, after, GREY if name in {"Avsändare", "Mötesdag", "Not"} else INK)
    styles = document.styles
    styles["Forum"].font.bold = True
    for name in ("Forum", "Avsändare", "Heading 1", "Mötesdag"):
        styles[name].paragraph_format.left_indent = Emu(-HANG)
    styles["Namn"].paragraph_format.left_indent = STEP
    styles["Namn"].paragraph_format.first_line_indent = Emu(-STEP)
    styles["Underskriftsrad"].paragraph_format.keep_with_next = True
    border = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="4" w:space="1" w:color="9AA3A8"/></w:pBdr>'
    )
    styles["Underskriftsrad"].element.pPr.insert_element_before(border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")
    for name in ("header", "footer"):
        style = styles[name]
        if (part := style.element.find(qn("w:pPr"))) is not None:
            style.element.remove(part)
        _apply_style(style, 8, 12, 0, 0, GREY)
        style.paragraph_format.left_indent = Emu(-HANG)
        style.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    styles["header"].paragraph_format.tab_stops.add_tab_stop(Emu(0))
    styles["Not"].paragraph_format.keep_with_next = True
    for name in UNHYPHENATED:
        _unhyphenated(styles[name])
    contents = styles["toc 2"].paragraph_format
    contents.left_indent, contents.first_line_indent = Emu(0), Emu(0)
    contents.tab_stops.add_tab_stop(Emu(0))
    contents.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    legend = styles["Teckenförklaring"].paragraph_format
    legend.left_indent, legend.first_line_indent = STEP, Emu(-STEP)
    link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.underline = True
    number = styles.add_style(NUMBER_STYLE, WD_STYLE_TYPE.CHARACTER)
    number.font.bold = True
    number.font.color.rgb = RGBColor.from_string(accent)


def _unhyphenated(style: Any) -> None:
    properties = style.element.get_or_add_pPr()
    properties.insert_element_before(OxmlElement("w:suppressAutoHyphens"), *AFTER_HYPHENS)


def _apply_style(style: Any, size: float, leading: float, before: float, after: float, colour: str) -> None:
    style.font.size = Pt(size)
    style.font.color.rgb = RGBColor.from_string(colour)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    style.paragraph_format.line_spacing = None
    spacing = style.element.get_or_add_pPr().find(qn("w:spacing"))
    spacing.set(qn("w:line"), str(round(leading * 20)))
    spacing.set(qn("w:lineRule"), "atLeast")


def _table_style(document: Docx, accent: str) -> None:
    line = 'w:val="single" w:sz="4" w:space="0" w:color="9AA3A8"'
    document.styles.element.append(
        parse_xml(
            f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="Protokolltabell">'
            '<w:name w:val="Protokolltabell"/><w:basedOn w:val="TableNormal"/><w:qFormat/>'
            f"<w:tblPr><w:tblBorders><w:bottom {line}/><w:insideH {line}/></w:tblBorders>"
            '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="200" w:type="dxa"/></w:tblCellMar></w:tblPr>'
            '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:tcBorders>'
            f'<w:bottom w:val="single" w:sz="8" w:space="0" w:color="{accent}"/>'
            "</w:tcBorders></w:tcPr></w:tblStylePr></w:style>"
        )
    )


def _lists(document: Docx) -> None:
    """Replace the template's list definitions with one for each list style of `govern.richtext`."""
    numbering = document.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    step = round(STEP.twips)
    for index, style in enumerate(LIST_STYLES):
        levels = "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{LIST_FORMATS[style]}"/>'
            f'<w:lvlText w:val="{"•" if style == "bullet" else f"%{level + 1}."}"/><w:lvlJc w:val="left"/>'
            f'<w:pPr><w:ind w:left="{step * (level + 1)}" w:hanging="{step}"/></w:pPr></w:lvl>'
            for level in range(LEVELS)
        )
        numbering.append(
            parse_xml(
                f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{index}">'
                f'<w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
            )
        )


def _settings(document: Docx) -> None:
    settings = document.settings.element
    for name in ("w:themeFontLang", "w:compat"):
        if (part := settings.find(qn(name))) is not None:
            settings.remove(part)
    compat = parse_xml(
        f'<w:compat {nsdecls("w")}><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    )
    language = parse_xml(f'<w:themeFontLang {nsdecls("w")} w:val="sv-SE"/>')
    # The schema requires a fixed order; python-docx's template has both of these elements.
    settings.find(qn("w:rsids")).addprevious(compat)
    settings.find(qn("w:clrSchemeMapping")).addprevious(language)
    hyphens = parse_xml(
        f'<w:settings {nsdecls("w")}><w:autoHyphenation/><w:consecutiveHyphenLimit w:val="2"/>'
        '<w:hyphenationZone w:val="720"/><w:doNotHyphenateCaps/></w:settings>'
    )
    for part in reversed(list(hyphens)):
        settings.find(qn("w:defaultTabStop")).addnext(part)
