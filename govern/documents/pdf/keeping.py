"""Keep content together at page breaks: a heading with its text, a lead-in with its list, a small table."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.platypus import CondPageBreak, Flowable, NextPageTemplate, PageBreak

from govern.documents.pdf.setting import Text
from govern.documents.pdf.table import TableFlow

SHORT = 3
"""The most lines of a paragraph that is kept whole with the list or table after it."""

SMALL = 140.0
"""The largest height of a table that is kept whole, in points."""

MOST = 0.6
"""The largest share of a page that must remain for a chain of flowables that are kept together."""


def keep_together(story: Sequence[Flowable], page_height: float) -> list[Flowable]:
    """Insert a conditional page break before each table, and each chain of flowables that must stay together."""
    kept: list[Flowable] = []
    chained = False
    for index, flowable in enumerate(story):
        after = story[index + 1] if index + 1 < len(story) else None
        if not chained and (_binds(flowable, after) or isinstance(flowable, TableFlow)):
            kept.append(_Room(story, index, MOST * page_height))
        chained = _binds(flowable, after)
        kept.append(flowable)
    return kept


def _binds(flowable: Flowable, after: Flowable | None) -> bool:
    """Return whether a flowable must be on the page where the next one begins."""
    if not isinstance(flowable, Text) or after is None or isinstance(after, PageBreak):
        return False
    return flowable.text_style.keep or _leads(flowable, after)


def _leads(text: Text, after: Flowable) -> bool:
    """Return whether a paragraph without a label leads into a list or table, which comes after it."""
    if text.label or text.text_style.beside:
        return False
    if isinstance(after, TableFlow):
        return True
    return isinstance(after, Text) and (after.landscape or (bool(after.label) and not after.text_style.keep))


UPRIGHT, LANDSCAPE = "upright", "landscape"
"""The names of the portrait and landscape page templates."""


def turn_pages(story: Sequence[Flowable]) -> list[Flowable]:
    """Insert the changes to and from landscape pages; what must stay with a landscape table moves with it."""
    landscape = [bool(getattr(flowable, "landscape", False)) for flowable in story]
    for index in range(len(story) - 2, -1, -1):
        landscape[index] = landscape[index] or (landscape[index + 1] and _binds(story[index], story[index + 1]))
    made: list[Flowable] = []
    current = False
    for flowable, wanted in zip(story, landscape, strict=True):
        if wanted != current:
            breaks = isinstance(flowable, PageBreak) or not made
            ended = bool(made) and isinstance(made[-1], PageBreak)
            made.insert(len(made) - ended, NextPageTemplate(LANDSCAPE if wanted else UPRIGHT))
            if not breaks and not ended:
                made.append(PageBreak())
            current = wanted
        made.append(flowable)
    return made


class _Room(CondPageBreak):  # type: ignore[misc]  # reportlab is untyped
    """A page break unless there is room for the chain that begins here."""

    def __init__(self, story: Sequence[Flowable], first: int, most: float) -> None:
        super().__init__(0)
        self._story, self._first, self._most = story, first, most

    def wrap(self, available: float, height: float) -> tuple[float, float]:
        """Measure the chain, and break the page if it does not fit."""
        self.height = min(self._needed(available), self._most)
        size: tuple[float, float] = super().wrap(available, height)
        return size

    def _needed(self, width: float) -> float:
        """Return the height of the chain: all but its last flowable whole, and the least part of that one."""
        total = beside = 0.0
        for index in range(self._first, len(self._story)):
            flowable = self._story[index]
            after = self._story[index + 1] if index + 1 < len(self._story) else None
            if not _binds(flowable, after):
                return max(beside, total + _least(flowable, width) + _more(flowable, after, width))
            _, height = flowable.wrap(width, self._most)
            style = flowable.text_style
            if not style.keep and len(flowable.set_lines or ()) > SHORT:
                return max(beside, total + _least(flowable, width))
            beside = max(beside, total + style.before + len(flowable.set_lines or ()) * style.leading)
            total += style.before + height + (0.0 if style.beside else style.after)
            if total > self._most:
                break
        return max(beside, total)


def _more(flowable: Flowable, after: Flowable | None, width: float) -> float:
    """Return the height needed after a single line below a heading: the least part of the text after it."""
    alone = isinstance(flowable, Text) and len(flowable.set_lines or ()) == 1 and not flowable.label
    if not alone or not isinstance(after, Text) or after.text_style.keep:
        return 0.0
    return max(float(flowable.text_style.after), after.text_style.before) + _least(after, width)


def _least(flowable: Flowable, width: float) -> float:
    """Return the least height of a flowable before a page may end: two lines, two rows, or all if it is small."""
    _, height = flowable.wrap(width, 10_000)
    match flowable:
        case Text():
            count = len(flowable.set_lines or ())
            return (count if count <= SHORT else 2) * flowable.text_style.leading
        case TableFlow():
            rows = flowable.heights
            return float(height) if height <= SMALL else min(sum(rows[: flowable.heads + 2]), SMALL)
        case _:
            return min(float(height), SMALL)
