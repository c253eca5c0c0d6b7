"""Export a search result as Excel, CSV, JSON or a printout, limited to what the user may read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import IO
from urllib.parse import urljoin

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from govern.archive.searching import asking
from govern.archive.searching.asking import Asked
from govern.archive.searching.passages import readers_of, state_of
from govern.db import db
from govern.meetings.models import Meeting
from govern.paragraphs.models import Assignment, Decision, Paragraph
from govern.paragraphs.superseding import operations as superseding
from govern.spreadsheets import safe
from govern.swedish import long_date, moment

MOST = 5_000
"""The greatest number of paragraphs in an export; for more, narrow the search, to one year at a time for instance."""

MOST_PRINTED = 300
BATCH = 200
"""The number of rows in memory at a time."""

LONGEST_CELL = 32_000
"""In characters; Excel's limit is 32 767."""

LOADED = (
    joinedload(Paragraph.meeting).joinedload(Meeting.forum),
    joinedload(Paragraph.case),
    selectinload(Paragraph.decisions).selectinload(Decision.clauses),
    selectinload(Paragraph.assignments),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One paragraph of a result, as plain text."""

    number: str
    heading: str
    code: str
    forum: str
    day: date
    state: str
    reference: str
    decision: str
    assignments: str
    confidential: str
    url: str


HEADS = {
    "number": "Paragraf",
    "heading": "Rubrik",
    "code": "Kod",
    "forum": "Forum",
    "day": "Mötesdag",
    "state": "Läge",
    "reference": "Ärende",
    "decision": "Beslut",
    "assignments": "Uppdrag",
    "confidential": "Sekretess",
    "url": "Adress",
}
NAMES = [field.name for field in fields(Row)]
WIDTHS = {"heading": 40, "forum": 24, "decision": 60, "assignments": 40, "url": 40}


@dataclass(frozen=True, slots=True)
class Taken:
    """The facts of an export: the search, who exported it and when, the hits and the greatest number of rows."""

    asked: str
    by: str
    at: datetime
    total: int
    most: int

    @property
    def cut(self) -> bool:
        """Whether there are more hits than the export includes."""
        return self.total > self.most

    @property
    def sentence(self) -> str:
        """A sentence that states how much of the result is included."""
        if self.cut:
            return f"De första {self.most} av {self.total} paragrafer. Avgränsa sökningen för att få med resten."
        return f"{self.total} {'paragraf' if self.total == 1 else 'paragrafer'}"


Shown = Callable[[Sequence[Paragraph]], None]
"""Called with each batch's confidential paragraphs before the batch is sent; it may end the transaction."""


def rows(asked: Asked, terms: Collection[str], base: str, *, most: int, shown: Shown) -> Iterator[Row]:
    """Yield the rows of a result, read in batches.

    Access is checked on each row, since the index may be a second behind.

    Raises:
        SearchUnavailable: if the index cannot be read.
    """
    batch: list[int] = []
    for paragraph_id in asking.every(asked, terms, most=most):
        batch.append(paragraph_id)
        if len(batch) == BATCH:
            yield from _rows(batch, terms, base, shown)
            batch = []
    yield from _rows(batch, terms, base, shown)


def _rows(ids: Sequence[int], terms: Collection[str], base: str, shown: Shown) -> list[Row]:
    query = select(Paragraph).where(Paragraph.id.in_(ids)).options(*LOADED).execution_options(populate_existing=True)
    found = {paragraph.id: paragraph for paragraph in db.session.scalars(query)} if ids else {}
    read = [found[one] for one in ids if one in found and readers_of(found[one]) & set(terms)]
    made = [_row(paragraph, base) for paragraph in read]
    shown([paragraph for paragraph in read if paragraph.confidential])
    return made


def _row(paragraph: Paragraph, base: str) -> Row:
    clauses = [f"att {clause.text}" for decision in paragraph.decisions for clause in decision.clauses]
    return Row(
        number=paragraph.label,
        heading=paragraph.heading,
        code=paragraph.kind.value if paragraph.kind else "",
        forum=paragraph.forum.name,
        day=paragraph.meeting.day,
        state=state_of(paragraph)[1],
        reference=paragraph.reference or (paragraph.case.reference if paragraph.case else ""),
        decision="\n".join(clauses),
        assignments="\n".join(_assigned(assignment) for assignment in paragraph.assignments),
        confidential="Ja" if paragraph.confidential else "",
        url=urljoin(base, superseding.address(paragraph)),
    )


def _assigned(assignment: Assignment) -> str:
    due = f" (senast {long_date(assignment.due)})" if assignment.due else ""
    text = " ".join(assignment.text.split()).rstrip(".")
    return f"{assignment.assignee}: {text}{due}" if assignment.assignee else f"{text}{due}"


# --- As files ------------------------------------------------------------------------------------------------


def as_csv(found: Iterator[Row], taken: Taken) -> Iterator[bytes]:
    """Write CSV as Swedish Excel reads it (semicolons, byte order mark); the last line states if rows were left out."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADS[name] for name in NAMES)
    yield b"\xef\xbb\xbf" + _emptied(buffer)
    for row in found:
        writer.writerow(safe(str(getattr(row, name))) for name in NAMES)
        yield _emptied(buffer)
    if taken.cut:
        writer.writerow([taken.sentence])
        yield _emptied(buffer)


def _emptied(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def as_json(found: Iterator[Row], taken: Taken) -> Iterator[bytes]:
    """Write one JSON object with the search and its rows."""
    head = {"asked": taken.asked, "by": taken.by, "at": taken.at.isoformat(), "total": taken.total, "cut": taken.cut}
    yield json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "rows": ['
    for place, row in enumerate(found):
        values = {name: getattr(row, name) for name in NAMES} | {"day": row.day.isoformat()}
        yield (b",\n" if place else b"\n") + json.dumps(values, ensure_ascii=False).encode()
    yield b"\n]}\n"


def as_xlsx(found: Iterator[Row], taken: Taken, file: IO[bytes]) -> None:
    """Write a workbook to a file: the rows, and a sheet that describes the export."""
    import xlsxwriter  # noqa: PLC0415 — slow to import and used only here.

    options: dict[str, object] = {"strings_to_formulas": False, "strings_to_urls": False}
    options |= {"strings_to_numbers": False, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties(
            {"title": f"Sökning: {taken.asked}"[:255], "author": taken.by, "created": taken.at.replace(tzinfo=None)}
        )
        bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        top = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("Träffar")
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(NAMES):
            sheet.set_column(column, column, WIDTHS.get(name, 14))
            sheet.write_string(0, column, HEADS[name], bold)
        last = 0
        for last, row in enumerate(found, 1):
            for column, name in enumerate(NAMES):
                value = getattr(row, name)
                if isinstance(value, date):
                    sheet.write_datetime(last, column, datetime(value.year, value.month, value.day), top)  # noqa: DTZ001
                else:
                    sheet.write_string(last, column, _cell(value), wrap)
        sheet.autofilter(0, 0, last, len(NAMES) - 1)
        about = book.add_worksheet("Om uttaget")
        about.set_column(0, 0, 16)
        about.set_column(1, 1, 80)
        facts = {
            "Sökning": taken.asked,
            "Uttaget av": taken.by,
            "Uttaget": moment(taken.at),
            "Omfattning": taken.sentence,
        }
        for place, (label, text) in enumerate(facts.items()):
            about.write_string(place, 0, label, bold)
            about.write_string(place, 1, _cell(text), wrap)


def _cell(text: str) -> str:
    """Truncate a text to the limit of a cell and remove characters that XML does not allow."""
    return "".join(c for c in text[:LONGEST_CELL] if c >= " " or c in "\t\n")
