"""A paragraph flowable: lines ragged right, drawn with tags, which can be split over pages.

Reportlab's own paragraph has no tags, drops the space at the end of a line (so that words read aloud run together) and
omits characters without a glyph; this one does what documents need and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from govern.documents import fonts
from govern.documents.pdf.breaking import SOFT_HYPHEN, Line, Piece, Span, break_lines, covered, laid
from govern.documents.pdf.private import operators_of
from govern.documents.pdf.tagging import Node, TaggedCanvas


@dataclass(frozen=True, slots=True)
class TextStyle:
    """The style of a paragraph, in points.

    `label_at` is the position of its label (number, bullet) from the left. With `beside` it takes no height of its own:
    it is placed in a margin of that width, next to what follows, `drop` points lower so that the baselines align. With
    `keep` it never ends a page: what follows begins on the same one. With `right` it is right-aligned. `rule` is the
    colour of a line above it, as wide as the text. Without a label, the first line is outdented by `hang`.
    """

    size: float = 10.0
    leading: float = 15.0
    indent: float = 0.0
    label_at: float = 0.0
    before: float = 0.0
    after: float = 0.0
    beside: float = 0.0
    drop: float = 0.0
    keep: bool = False
    right: bool = False
    hyphenate: bool = True
    rule: str = ""
    hang: float = 0.0


MANY_HYPHENS = 10
"""With more consecutive lines than this that end in a hyphen, a page may end in one too."""

MOST_AT_ONCE = 5000
"""The most characters in one string: PDF/A allows 32 767 bytes, and a line of zero-width marks may be longer."""

RULE_ABOVE = 3.0
"""The distance of the rule above a paragraph, in points."""


class Text(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """A paragraph as a reportlab flowable. Halves made by a page break belong to the same structure element."""

    def __init__(
        self,
        spans: Iterable[Span],
        style: TextStyle,
        node: Node | None,
        *,
        label: tuple[Span, ...] = (),
        label_node: Node | None = None,
        anchor: str = "",
    ) -> None:
        super().__init__()
        self.spans = tuple(covered(spans, node))
        self.text_style = style
        self.node = node
        self.label = tuple(covered(label, label_node or node))
        self.label_node = label_node or node
        self.anchor = anchor
        self.set_lines: list[Line] | None = None
        self._set_for: float | None = None
        self._is_half = False
        self._drawn = False
        self.landscape = False

    def getSpaceBefore(self) -> float:  # noqa: N802 — reportlab's name
        """Return the space above, in points."""
        return self.text_style.before

    def getSpaceAfter(self) -> float:  # noqa: N802 — reportlab's name
        """Return the space below, in points."""
        return self.text_style.after

    def wrap(self, available: float, _height: float) -> tuple[float, float]:
        """Break the text into lines for this width and return the size."""
        # A half has its lines, but no spans to break into lines again.
        if not self._is_half and self._set_for != available:
            style = self.text_style
            room = style.beside or available - style.indent
            self.set_lines = break_lines(
                self.spans, style.size, room, self._label_overhang(), hyphenate=style.hyphenate
            )
            self._set_for = available
        self.width = available
        self.height = 0.0 if self.text_style.beside else max(1, len(self._lines())) * self.text_style.leading
        return available, self.height

    def split(self, available: float, height: float) -> list[Text]:
        """Split at the end of the page, not at a hyphen, and with at least two lines on each side."""
        self.wrap(available, height)
        lines = self._lines()
        most = fit = min(int(height // self.text_style.leading), len(lines) - 2)
        while fit >= 2 and lines[fit - 1] and lines[fit - 1][-1].text.endswith(SOFT_HYPHEN):
            fit -= 1
        if fit < 2 <= most and most > MANY_HYPHENS:
            fit = most  # A word that fills the page: every line of it ends in a hyphen.
        return self._halves(fit) if fit >= 2 else []

    def part(self, height: float) -> list[Text]:
        """Split at `height`, even if that leaves a single line, as long as one fits."""
        lines = self._lines()
        fit = min(int(height // self.text_style.leading), len(lines) - 1)
        return self._halves(fit) if fit >= 1 else []

    def _halves(self, fit: int) -> list[Text]:
        lines = self._lines()
        return [
            self._half(lines[:fit], self.label, self.anchor, replace(self.text_style, after=0.0)),
            self._half(lines[fit:], (), "", replace(self.text_style, before=0.0)),
        ]

    def _half(self, lines: list[Line], label: tuple[Span, ...], anchor: str, style: TextStyle) -> Text:
        half = Text((), style, self.node, label=label, label_node=self.label_node, anchor=anchor)
        half.set_lines, half._is_half = lines, True
        return half

    def _lines(self) -> list[Line]:
        return self.set_lines or []

    def _shift(self, line: Line) -> float:
        """Return the offset of a right-aligned line from the left; 0 for any other."""
        if not self.text_style.right or not line:
            return 0.0
        return max(0.0, float(self.width) - self.text_style.indent - line[-1].x - line[-1].width)

    def _label_overhang(self) -> float:
        """Return the indent of the first line: past the label and a gap, or without a label minus `hang`."""
        if not self.label:
            return -self.text_style.hang
        size = self.text_style.size
        end = self.text_style.label_at + sum(fonts.width(s.text, s.font) * size * s.scale for s in self.label)
        return max(0.0, end + 0.5 * size - self.text_style.indent)

    def draw(self) -> None:
        """Draw label and lines; a second drawing (in a repeated header row) is an artifact."""
        canvas: TaggedCanvas = self.canv
        style = self.text_style
        repeated, self._drawn = self._drawn, True
        top = 0.0 if style.beside else self.height
        baseline = top - (style.leading + 0.72 * style.size) / 2 - style.drop
        if self.anchor and not repeated:
            canvas.place(self.anchor, top + style.leading)
        if style.rule:
            canvas.setStrokeColor(HexColor(f"#{style.rule}"))
            canvas.setLineWidth(0.8)
            canvas.line(style.indent, top + RULE_ABOVE, float(self.width), top + RULE_ABOVE)
        pen = Pen(canvas, style.size, repeated)
        if self.label:
            pen.write(laid(self.label, style.size, style.label_at, end=" "), baseline, self.label_node)
        for number, line in enumerate(self._lines()):
            pen.write(line, baseline - number * style.leading, self.node, style.indent + self._shift(line))
        pen.close()


class Pen:
    """Writes pieces into one text object, marking each with its node, and adds their underlines, strikes and links."""

    def __init__(self, canvas: TaggedCanvas, size: float, repeated: bool) -> None:
        self._canvas = canvas
        self._size = size
        self._repeated = repeated
        self._text = canvas.beginText()
        self._open: Any = self
        self._font: tuple[str, float, str] | None = None
        self._rules: list[tuple[float, float, float, str]] = []

    def write(self, line: Line, baseline: float, node: Node | None, indent: float = 0.0) -> None:
        """Write one line at this baseline."""
        for piece in line:
            self._mark(None if self._repeated else piece.span.node or node)
            self._apply_style(piece.span)
            x, y = indent + piece.x, baseline + piece.span.rise * self._size
            self._text.setTextOrigin(x, y)
            for at in range(0, len(piece.text), MOST_AT_ONCE):
                self._text.textOut(piece.text[at : at + MOST_AT_ONCE])
            self._decorate(piece, x, baseline)

    def _mark(self, node: Node | None) -> None:
        if node is not self._open:
            self._end()
            operators_of(self._text).append(self._canvas.mark(node))
            self._open = node

    def _end(self) -> None:
        if self._open is not self:
            operators_of(self._text).append("EMC")

    def _apply_style(self, span: Span) -> None:
        style_fields = (span.font, self._size * span.scale, span.colour)
        if style_fields != self._font:
            fonts.font(span.font)
            self._text.setFont(span.font, self._size * span.scale)
            self._text.setFillColor(HexColor(f"#{span.colour}"))
            self._font = style_fields

    def _decorate(self, piece: Piece, x: float, baseline: float) -> None:
        span = piece.span
        if not (span.underline or span.strike or span.href):
            return
        end = x + fonts.width(piece.text.rstrip(" "), span.font) * self._size * span.scale
        if span.underline:
            self._rules.append((x, end, baseline - 0.12 * self._size, span.colour))
        if span.strike:
            self._rules.append((x, end, baseline + 0.26 * self._size, span.colour))
        if span.href and span.node is not None and not self._repeated:
            rect = (x, baseline - 0.25 * self._size, end, baseline + 0.85 * self._size)
            inner = span.href.startswith("#")
            target = {"anchor": span.href[1:]} if inner else {"uri": span.href}
            # A replacement for text without a glyph has its own node within the link's.
            link = span.node if span.node.role == "Link" else span.node.parent or span.node
            text = span.node.texts.get("ActualText", piece.text).strip()
            self._canvas.annotate(link, rect, text or span.href, **target)

    def close(self) -> None:
        """End the text object and draw it."""
        self._end()
        self._canvas.drawText(self._text)
        for x, end, y, colour in self._rules:
            self._canvas.setStrokeColor(HexColor(f"#{colour}"))
            self._canvas.setLineWidth(0.05 * self._size)
            self._canvas.line(x, y, end, y)
