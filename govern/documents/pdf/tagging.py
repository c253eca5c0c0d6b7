"""A canvas that writes marked content for PDF/UA, which reportlab itself does not.

A `Node` is one element of the document's structure. The canvas marks each text with its node and everything else as an
artifact, and records marks, links, anchors and fields; `finish.py` writes them into the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from govern.documents.pdf.private import page_size, start_page

ARTIFACT = "/Artifact BMC"


@dataclass(frozen=True, slots=True)
class Mark:
    """Marked content number `mcid` on page `page` (from 0)."""

    page: int
    mcid: int


@dataclass(slots=True, eq=False)
class Node:
    """A structure element: its PDF role, its texts (Alt, ActualText), its attributes, and its children in order."""

    role: str
    parent: Node | None = None
    texts: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    kids: list[Node | Mark | Annotation] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.parent is not None:
            self.parent.kids.append(self)


@dataclass(frozen=True, slots=True, eq=False)
class Annotation:
    """A link (to a URI or an anchor), a signature field or a refusal field; `rect` in points from the lower left."""

    page: int
    rect: tuple[float, float, float, float]
    text: str
    uri: str = ""
    anchor: str = ""
    field: str = ""
    note: str = ""


class TaggedCanvas(Canvas):  # type: ignore[misc]  # reportlab is untyped
    """A reportlab canvas that holds its pages until the end, so that a page can show the number of a later one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.marks: list[list[Node]] = [[]]
        self.places: dict[str, tuple[int, float]] = {}
        self.annotations: list[Annotation] = []
        self.landscape: set[int] = set()
        self._late: dict[str, Callable[[], str]] = {}
        self._kept: list[dict[str, Any]] = []
        self._code: list[str] = []
        super().__init__(*args, **options)

    def _make_preamble(self) -> None:
        # Reportlab's own selects Helvetica on every page, and PDF/A would require it to be embedded.
        self._preamble = "1 0 0 1 0 0 cm"

    @property
    def page(self) -> int:
        """The number of the current page, from 0."""
        return int(self.getPageNumber()) - 1

    @property
    def size(self) -> tuple[float, float]:
        """The width and height of the current page, in points."""
        return page_size(self)

    @property
    def page_count(self) -> int:
        """The number of pages; correct only when the last is drawn."""
        return len(self._kept)

    def mark(self, node: Node | None) -> str:
        """Return the operator that begins marked content of the node, or an artifact."""
        if node is None:
            return ARTIFACT
        marks = self.marks[self.page]
        node.kids.append(Mark(self.page, len(marks)))
        marks.append(node)
        return f"/{node.role} <</MCID {len(marks) - 1}>> BDC"

    @contextmanager
    def marked(self, node: Node | None) -> Iterator[None]:
        """Mark what is drawn in the `with` block as the node's content, or as an artifact."""
        self._code.append(self.mark(node))
        yield
        self._code.append("EMC")

    def late(self, text: Callable[[], PDFTextObject], node: Node | None = None) -> None:
        """Reserve a place for text that can be made only when all pages are known."""
        token = f"%late {len(self._late)}"
        self._late[token] = lambda: str(text().getCode())
        with self.marked(node):
            self._code.append(token)

    def place(self, anchor: str, y: float) -> None:
        """Record that the anchor is at this height (in current coordinates) on this page."""
        self.places[anchor] = (self.page, self.absolutePosition(0, y)[1])

    def annotate(self, node: Node, rect: tuple[float, float, float, float], text: str, **target: str) -> None:
        """Put a link or a field over a rectangle (in current coordinates), as content of the node."""
        corners = (*self.absolutePosition(*rect[:2]), *self.absolutePosition(*rect[2:]))
        annotation = Annotation(self.page, corners, text, **target)
        node.kids.append(annotation)
        self.annotations.append(annotation)

    # Lines and shapes are decoration.

    def line(self, *args: Any, **options: Any) -> None:
        """Draw a line as an artifact."""
        self._artifact(super().line, *args, **options)

    def lines(self, *args: Any, **options: Any) -> None:
        """Draw lines as an artifact."""
        self._artifact(super().lines, *args, **options)

    def rect(self, *args: Any, **options: Any) -> None:
        """Draw a rectangle as an artifact."""
        self._artifact(super().rect, *args, **options)

    def drawPath(self, *args: Any, **options: Any) -> None:  # noqa: N802 — reportlab's name
        """Draw a path as an artifact."""
        self._artifact(super().drawPath, *args, **options)

    def _artifact(self, draw: Callable[..., None], *args: Any, **options: Any) -> None:
        with self.marked(None):
            draw(*args, **options)

    def showPage(self) -> None:  # noqa: N802 — reportlab's name
        """Store the page for `save`."""
        self._kept.append(dict(self.__dict__))
        self.marks.append([])
        start_page(self)

    def save(self) -> None:
        """Fill in the reserved texts, and write the file."""
        for state in self._kept:
            self.__dict__.update(state)
            self._code = [self._settle(part) for part in self._code]
            super().showPage()
        super().save()

    def _settle(self, code: str) -> str:
        return self._late[code]() if code in self._late else code
