"""Make a printed file PDF/UA-1 and PDF/A-2a: add structure, links, fields, bookmarks, metadata and colour profile."""

from __future__ import annotations

import io
import re
from typing import Any
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf, Stream, String

from govern.documents import fonts
from govern.documents.content import Document, Heading, clean
from govern.documents.pdf.tagging import Annotation, Mark, Node, TaggedCanvas

PRODUCER = "Govern"
LANGUAGE = "sv-SE"
MULTILINE, READ_ONLY = 1 << 12, 1
BOOKMARK_GROUP = 40
"""The most bookmarks on one level; more are grouped, since a long flat list is hard to search."""

LAYOUT_OWNERS = {"ListNumbering": "/List", "Scope": "/Table", "ColSpan": "/Table", "RowSpan": "/Table"}


def finish(data: bytes, document: Document, canvas: TaggedCanvas, root: Node) -> bytes:
    """Write what the canvas has recorded into the file that it printed."""
    with Pdf.open(io.BytesIO(data)) as pdf:
        _catalogue(pdf, document)
        repair_fonts(pdf)
        _Structure(pdf, canvas).write(root)
        _bookmarks(pdf, document, canvas)
        buffer = io.BytesIO()
        pdf.save(
            buffer,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            recompress_flate=False,
            normalize_content=False,
            fix_metadata_version=False,
            force_version="1.7",
        )
    return buffer.getvalue()


class _Structure:
    """The structure tree, the parent tree that leads to it from each page's content, and the annotations in it."""

    def __init__(self, pdf: Pdf, canvas: TaggedCanvas) -> None:
        self.pdf, self.canvas = pdf, canvas
        self.pages = list(pdf.pages)
        self.elements: dict[Node, pikepdf.Object] = {}
        self.annotations: list[tuple[pikepdf.Object, Node]] = []

    def write(self, root: Node) -> None:
        """Write the tree into the document catalogue."""
        pdf = self.pdf
        tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        tree.K = Array([self._element(root, tree)])
        numbers = Array()
        for index, page in enumerate(self.pages):
            page.obj.StructParents = index
            page.obj.Tabs = Name.S
            marks = [self.elements[node] for node in self.canvas.marks[index]]
            numbers.append(index)
            numbers.append(pdf.make_indirect(Array(marks)))
        for key, (annotation, node) in enumerate(self.annotations, len(self.pages)):
            annotation.StructParent = key
            numbers.append(key)
            numbers.append(self.elements[node])
        tree.ParentTree = pdf.make_indirect(Dictionary(Nums=numbers))
        tree.ParentTreeNextKey = len(self.pages) + len(self.annotations)
        pdf.Root.StructTreeRoot = tree

    def _element(self, node: Node, parent: pikepdf.Object) -> pikepdf.Object:
        element = self.pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{node.role}"), P=parent))
        self.elements[node] = element
        for key, text in node.texts.items():
            element[f"/{key}"] = String(text)
        if node.attributes:
            element.A = _attributes(node.attributes)
        home = next((kid.page for kid in node.kids if isinstance(kid, Mark)), None)
        if home is not None:
            element.Pg = self.pages[home].obj
        kids = [self._kid(kid, node, element, home) for kid in node.kids]
        if len(kids) == 1 and not isinstance(node.kids[0], Node):
            element.K = kids[0]
        elif kids:
            element.K = Array(kids)
        return element

    def _kid(self, kid: Node | Mark | Annotation, node: Node, element: pikepdf.Object, home: int | None) -> Any:
        match kid:
            case Node():
                return self._element(kid, element)
            case Mark(page, mcid) if page == home:
                return mcid
            case Mark(page, mcid):
                return Dictionary(Type=Name.MCR, Pg=self.pages[page].obj, MCID=mcid)
            case Annotation():
                annotation = self._annotation(kid)
                self.annotations.append((annotation, node))
                return Dictionary(Type=Name.OBJR, Pg=self.pages[kid.page].obj, Obj=annotation)

    def _annotation(self, made: Annotation) -> pikepdf.Object:
        pdf, page = self.pdf, self.pages[made.page]
        rect = Array([round(value, 2) for value in made.rect])
        if made.field or made.note:
            annotation = pdf.make_indirect(_field(pdf, made, rect, page.obj))
            if "/AcroForm" not in pdf.Root:
                pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=Array()))
            pdf.Root.AcroForm.Fields.append(annotation)
        else:
            annotation = pdf.make_indirect(
                Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=rect, F=4, Border=Array([0, 0, 0]))
            )
            annotation.Contents = String(clean(made.text))
            if made.uri:
                annotation.A = Dictionary(S=Name.URI, URI=String(made.uri))
            elif made.anchor in self.canvas.places:
                annotation.Dest = _destination(pdf, self.canvas, made.anchor)
        if "/Annots" not in page.obj:
            page.obj.Annots = Array()
        page.obj.Annots.append(annotation)
        return annotation


def _attributes(attributes: dict[str, Any]) -> Dictionary:
    owner = LAYOUT_OWNERS[next(iter(attributes))]
    values = {f"/{k}": Name(f"/{v}") if isinstance(v, str) else v for k, v in attributes.items()}
    return Dictionary({"/O": Name(owner), **values})


def _field(pdf: Pdf, made: Annotation, rect: Array, page: pikepdf.Object) -> Dictionary:
    """Return an empty signature field, or a read-only text field for a refusal.

    It is made here, not when it is filled in, since a field added after the first signature counts as tampering.
    """
    width, height = made.rect[2] - made.rect[0], made.rect[3] - made.rect[1]
    look = Stream(pdf, b"")
    look.Type, look.Subtype = Name.XObject, Name.Form
    look.BBox = Array([0, 0, round(width, 2), round(height, 2)])
    look.Resources = Dictionary()
    sort = {"FT": Name.Sig} if made.field else {"FT": Name.Tx, "Ff": MULTILINE | READ_ONLY}
    return Dictionary(
        **sort,
        Type=Name.Annot,
        Subtype=Name.Widget,
        T=String(made.field or made.note),
        TU=String(made.text),
        Rect=rect,
        F=132,
        P=page,
        AP=Dictionary(N=pdf.make_indirect(look)),
    )


def _destination(pdf: Pdf, canvas: TaggedCanvas, anchor: str) -> Array:
    page, y = canvas.places[anchor]
    return Array([pdf.pages[page].obj, Name.XYZ, 0, round(min(y, 842), 2), 0])


def _bookmarks(pdf: Pdf, document: Document, canvas: TaggedCanvas) -> None:
    headings = [h for h in document.elements if isinstance(h, Heading) and h.anchor in canvas.places]
    items = [OutlineItem(clean(f"{h.number} {h.text}".strip()), _destination(pdf, canvas, h.anchor)) for h in headings]
    with pdf.open_outline() as outline:
        if len(items) <= BOOKMARK_GROUP:
            outline.root.extend(items)
            return
        for start in range(0, len(items), BOOKMARK_GROUP):
            group, members = items[start : start + BOOKMARK_GROUP], headings[start : start + BOOKMARK_GROUP]
            first, last = (clean(h.number or h.text) for h in (members[0], members[-1]))
            branch = OutlineItem(f"{first} – {last}", _destination(pdf, canvas, members[0].anchor))
            branch.is_closed = True
            branch.children.extend(group)
            outline.root.append(branch)


def repair_fonts(pdf: Pdf) -> None:
    """Rewrite each font's ToUnicode map: reportlab's maps unused codes to U+0000, which PDF/A and PDF/UA forbid."""
    fonts_in_use = {font.objgen: font for page in pdf.pages for font in page.resources.get("/Font", {}).values()}
    for font in fonts_in_use.values():
        if "/ToUnicode" in font:
            pairs = re.findall(r"<([0-9A-F]{2})> <([0-9A-F]{4,6})>", font.ToUnicode.read_bytes().decode("ascii"))
            known = [(code, chr(int(value, 16))) for code, value in pairs if int(value, 16)]
            font.ToUnicode.write(_to_unicode(known).encode("ascii"))


def _to_unicode(known: list[tuple[str, str]]) -> str:
    blocks = []
    for start in range(0, len(known), 100):  # A block of a CMap holds at most 100 entries.
        part = known[start : start + 100]
        lines = [f"<{code}> <{character.encode('utf-16-be').hex()}>" for code, character in part]
        blocks += [f"{len(part)} beginbfchar", *lines, "endbfchar"]
    return "\n".join(
        (
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            "<00> <FF>",
            "endcodespacerange",
            *blocks,
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        )
    )


def _catalogue(pdf: Pdf, document: Document) -> None:
    root = pdf.Root
    root.Lang = String(LANGUAGE)
    root.MarkInfo = Dictionary(Marked=True)
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    root.PageMode = Name.UseOutlines
    profile = Stream(pdf, (fonts.FOLDER / "sRGB.icc").read_bytes())
    profile.N = 3
    root.OutputIntents = Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name.GTS_PDFA1,
                OutputConditionIdentifier=String("sRGB IEC61966-2.1"),
                DestOutputProfile=pdf.make_indirect(profile),
            )
        ]
    )
    del pdf.docinfo
    title, author = clean(document.title), clean(document.author)
    pdf.docinfo.Title, pdf.docinfo.Author, pdf.docinfo.Producer = String(title), String(author), String(PRODUCER)
    metadata = Stream(pdf, _xmp(title, author).encode())
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    root.Metadata = pdf.make_indirect(metadata)


def _xmp(title: str, author: str) -> str:
    """Return the XMP metadata: title, author, and the standards claimed (PDF/UA in an extension schema for PDF/A)."""
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{escape(author)}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{LANGUAGE}</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{PRODUCER}</pdf:Producer>
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
