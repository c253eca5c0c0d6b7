"""What stays together where a page ends: a heading with what it heads, a lead with its list, a small table."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.platypus import CondPageBreak, Flowable, PageBreak
from reportlab.platypus import Table as Grid

from govern.documents.setting import Text

SHORT = 3
"""A paragraph of at most so many lines that stands before a list or a table stays with it."""

SMALL = 140.0
"""A table no higher than this, in points, is never parted."""

MOST = 0.6
"""No chain asks for more than this part of a page."""


def keep_together(story: Sequence[Flowable], page_height: float) -> list[Flowable]:
    """Put before each heading, lead and small table a place where the page ends if what must follow does not fit."""
    kept: list[Flowable] = []
    chained = False
    for index, flowable in enumerate(story):
        after = story[index + 1] if index + 1 < len(story) else None
        if not chained and (_binds(flowable, after) or isinstance(flowable, Grid)):
            kept.append(_Room(story, index, MOST * page_height))
        chained = _binds(flowable, after)
        kept.append(flowable)
    return kept


def _binds(flowable: Flowable, after: Flowable | None) -> bool:
    """Tell whether a flowable must stand on the page where the next one begins."""
    if not isinstance(flowable, Text) or after is None or isinstance(after, PageBreak):
        return False
    return flowable.text_style.keep or _leads(flowable, after)


def _leads(text: Text, after: Flowable) -> bool:
    """Tell a paragraph that leads into a list or a table: it has no label itself, and what follows is one."""
    if text.label or text.text_style.beside:
        return False
    return isinstance(after, Grid) or (isinstance(after, Text) and bool(after.label) and not after.text_style.keep)


class _Room(CondPageBreak):  # type: ignore[misc]  # reportlab is untyped
    """Ends the page unless there is room for the chain that begins here."""

    def __init__(self, story: Sequence[Flowable], first: int, most: float) -> None:
        super().__init__(0)
        self._story, self._first, self._most = story, first, most

    def wrap(self, available: float, height: float) -> tuple[float, float]:
        """Measure the chain, and end the page if it does not fit."""
        self.height = min(self._needed(available), self._most)
        size: tuple[float, float] = super().wrap(available, height)
        return size

    def _needed(self, width: float) -> float:
        """Say how high the chain is: all that binds, and the least of what ends it."""
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
    """Say what more must follow a single line beneath a heading: the least of the text after it."""
    alone = isinstance(flowable, Text) and len(flowable.set_lines or ()) == 1 and not flowable.label
    if not alone or not isinstance(after, Text) or after.text_style.keep:
        return 0.0
    return max(float(flowable.text_style.after), after.text_style.before) + _least(after, width)


def _least(flowable: Flowable, width: float) -> float:
    """Say how much of a flowable must stand before a page may end: two lines, two rows."""
    _, height = flowable.wrap(width, 10_000)
    match flowable:
        case Text():
            count = len(flowable.set_lines or ())
            return (count if count <= SHORT else 2) * flowable.text_style.leading
        case Grid():
            rows = flowable._rowHeights
            return float(height) if height <= SMALL else min(sum(rows[: flowable.repeatRows + 2]), SMALL)
        case _:
            return min(float(height), SMALL)
