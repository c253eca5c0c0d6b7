"""A summons and its papers bound together: one PDF with bookmarks, one ZIP with the files as they came.

Whatever cannot be shown in the PDF stands there as a sheet that says so, and is in the ZIP: nothing is left out unseen.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pikepdf

from govern.documents.content import Body, Document, Element, Heading, Title, clean, paragraphs
from govern.documents.convert import Unconvertible, to_pdf
from govern.documents.pdf import write_pdf
from govern.documents.style import HouseStyle
from govern.richtext import Item, Lst, Para, Run
from govern.web.swedish import SWEDEN, moment, size

log = logging.getLogger(__name__)

IN_ZIP = "Filen finns i sin helhet i ZIP-filen med samma handlingar."
WITHHELD = "Handling som omfattas av sekretess"
LIST_TITLE = "Förteckning över handlingarna"
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper where it lies on disk. `withheld` is the reason for which it is kept from the readers of this binder."""

    number: int
    item: str
    title: str
    filename: str
    media_type: str
    sha256: str
    size: int
    path: Path
    withheld: str | None = None

    @property
    def group(self) -> str:
        """The item on the agenda, with its number."""
        return f"{self.number}. {self.item}"

    @property
    def shown(self) -> str:
        """The title, as far as these readers may know it."""
        return WITHHELD if self.withheld else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Binder:
    """What is bound: the summons' PDF as it went out, its title, who sends it and when, and the papers in order."""

    title: str
    author: str
    sent: datetime
    summons: bytes
    papers: tuple[Paper, ...]
    style: HouseStyle = field(default_factory=HouseStyle)


def write_binder(binder: Binder, target: Path) -> None:
    """Bind everything to one PDF with a bookmark a paper, and the list of papers at its end."""
    with ExitStack() as sources, pikepdf.new() as bound:
        with bound.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Kallelse", _add(bound, sources, binder.summons)))
            groups: dict[str, pikepdf.OutlineItem] = {}
            for paper in binder.papers:
                start = _add_paper(bound, sources, paper, binder)
                if paper.group not in groups:
                    groups[paper.group] = pikepdf.OutlineItem(clean(paper.group), start)
                    outline.root.append(groups[paper.group])
                groups[paper.group].children.append(pikepdf.OutlineItem(clean(paper.shown), start))
            outline.root.append(pikepdf.OutlineItem(LIST_TITLE, _add(bound, sources, write_list(binder))))
        for page in bound.pages:  # They would point into trees of structure that stayed behind.
            if "/StructParents" in page.obj:
                del page.obj["/StructParents"]
        bound.docinfo["/Title"] = clean(binder.title)
        bound.docinfo["/Author"] = clean(binder.author)
        bound.Root.Lang = pikepdf.String("sv-SE")
        bound.Root.PageMode = pikepdf.Name.UseOutlines
        bound.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        bound.save(target)


def _add(bound: pikepdf.Pdf, sources: ExitStack, source: bytes | Path) -> int:
    """Put a PDF's pages last and say where they begin, from 0.

    Raises:
        pikepdf.PdfError: when the file is broken or locked; then nothing of it is left.
        Unconvertible: when it has no pages.
    """
    start = len(bound.pages)
    opened = sources.enter_context(pikepdf.open(io.BytesIO(source) if isinstance(source, bytes) else source))
    try:
        bound.pages.extend(opened.pages)
    except Exception:
        del bound.pages[start:]
        raise
    if len(bound.pages) == start:
        raise Unconvertible("Filen har inga sidor.")
    return start


def _add_paper(bound: pikepdf.Pdf, sources: ExitStack, paper: Paper, binder: Binder) -> int:
    if paper.withheld:
        return _add(bound, sources, _sheet(paper, binder, paper.withheld))
    try:
        return _add(bound, sources, to_pdf(paper.path, paper.media_type, paper.title))
    except Unconvertible as error:
        why = str(error)
    except pikepdf.PasswordError:
        why = "PDF-filen är låst med ett lösenord och kan inte visas här."
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        log.warning("binder: %s cannot be bound: %s", paper.sha256, error)
        why = "Filen är skadad eller av en sort som inte kan visas här."
    return _add(bound, sources, _sheet(paper, binder, f"{why} {IN_ZIP}", f"Fil: {paper.filename} ({size(paper.size)})"))


def _sheet(paper: Paper, binder: Binder, *texts: str) -> bytes:
    """Write the page that stands in for a paper."""
    title = Title(binder.author, (), paper.shown, paper.group)
    return _print(f"{paper.shown}, {binder.title}", binder, (title, paragraphs(*texts)))


def write_list(binder: Binder) -> bytes:
    """Write the list of papers: title, file name, size and SHA-256 of each, as they went out."""
    title = Title(binder.author, (binder.title,), LIST_TITLE, f"Utskickade {moment(binder.sent)}")
    return _print(f"{LIST_TITLE}, {binder.title}", binder, (title, *_listed(binder.papers)))


def _listed(papers: Sequence[Paper]) -> Iterator[Element]:
    groups = dict.fromkeys(paper.group for paper in papers)
    first = 1
    for place, group in enumerate(groups, 1):
        yield Heading(3, group, anchor=f"l{place}")
        items = tuple(_entry(paper) for paper in papers if paper.group == group)
        yield Body((Lst("decimal", items, first),))
        first += len(items)
    yield paragraphs("Kontrollsumman (SHA-256) gäller filen som den finns i ZIP-filen med samma handlingar.")


def _entry(paper: Paper) -> Item:
    if paper.withheld:
        return Item((Para((Run(f"{WITHHELD}\n{paper.withheld}"),)),))
    facts = f"\n{paper.filename}, {size(paper.size)}\n{paper.sha256[:32]}\n{paper.sha256[32:]}"
    return Item((Para((Run(paper.title, ("bold",)), Run(facts))),))


def _print(title: str, binder: Binder, elements: tuple[Element, ...]) -> bytes:
    look = binder.style.dress()
    return write_pdf(
        Document(title=title, author=binder.author, running=binder.title, strip=(), elements=elements, **look)
    ).pdf


def write_zip(binder: Binder, target: Path) -> None:
    """Pack the summons, the files as they came in a folder an item, and the list of papers."""
    day = binder.sent.astimezone(SWEDEN).timetuple()[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(name: str, data: bytes) -> None:
            archive.writestr(zipfile.ZipInfo(name, day), data, zipfile.ZIP_DEFLATED)

        put("Kallelse.pdf", binder.summons)
        taken: set[str] = set()
        for paper in binder.papers:
            if paper.withheld:
                continue
            name = _free(f"{paper.number:02} {_plain(paper.item)}", _plain(paper.filename), taken)
            with archive.open(zipfile.ZipInfo(name, day), "w") as member, paper.path.open("rb") as file:
                while chunk := file.read(1 << 20):
                    member.write(chunk)
        put(f"{LIST_TITLE}.pdf", write_list(binder))


def _plain(name: str) -> str:
    """Make a name fit for a folder on any machine: no slashes, no signs that Windows refuses, not too long."""
    name = re.sub(r'[<>:"/\\|?*\x00-\x1f]+', "-", clean(name)).strip(" .-") or "fil"
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) <= 5:
        return f"{stem[:LONGEST_NAME].strip(' .') or 'fil'}.{ending}"
    return name[:LONGEST_NAME].strip(" .")


def _free(folder: str, name: str, taken: set[str]) -> str:
    """Give a name that is not taken, whichever case the machine minds: `plan.pdf`, `plan (2).pdf`."""
    stem, dot, ending = name.rpartition(".")
    number, wanted = 1, f"{folder}/{name}"
    while wanted.lower() in taken:
        number += 1
        wanted = f"{folder}/{stem} ({number}).{ending}" if dot else f"{folder}/{name} ({number})"
    taken.add(wanted.lower())
    return wanted
