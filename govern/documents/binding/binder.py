"""A meeting's papers in one PDF with bookmarks, and in one ZIP with the original files.

A paper that cannot be shown in the PDF is replaced by a page that says why; one withheld or missing is not in the ZIP.
"""

from __future__ import annotations

import hashlib
import logging
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from govern import limited
from govern.documents.binding.convert import Unconvertible, to_bind
from govern.documents.content import Body, Document, Element, Heading, Title, clean, paragraphs
from govern.documents.style import HouseStyle
from govern.documents.writers import write_pdf
from govern.filenames import numbered, storable_name
from govern.richtext import Item, Lst, Para, Run
from govern.swedish import SWEDEN, size
from govern.write_lock import slow

log = logging.getLogger(__name__)

GONE = "Filen finns inte i arkivet."
IN_ZIP = "Filen finns i sin helhet i ZIP-filen med samma handlingar."
WITHHELD_PAPER = "Handling som omfattas av sekretess"
LIST_TITLE = "Förteckning över handlingarna"
LONGEST_FOLDER = 80
"""The longest name of a folder in characters: a whole path of Windows has at most 260."""
HEAVY = ("pikepdf",)
"""Imported once by the process that binds papers; see `limited`."""

SECONDS = 600
MEMORY_MB = 3_000
"""The limits for binding all papers together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper on disk. `withheld` is the reason why it is withheld from the readers of this binder.

    It belongs to the agenda item or § `number`, printed as `label` (`§ 812`) if that is set.
    """

    number: int
    item: str
    title: str
    filename: str
    media_type: str
    sha256: str
    size: int
    path: Path
    withheld: str | None = None
    label: str = ""

    @property
    def group(self) -> str:
        """The item, with its number."""
        return f"{self.label or f'{self.number}.'} {self.item}"

    @property
    def folder(self) -> str:
        """The item's folder in the ZIP."""
        return storable_name(f"{self.label or f'{self.number:02}'} {self.item}"[:LONGEST_FOLDER])

    @property
    def missing(self) -> bool:
        """Whether the file is missing."""
        return not self.path.is_file()

    @property
    def shown(self) -> str:
        """The title that the readers of this binder may see."""
        return WITHHELD_PAPER if self.withheld else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """A document of the meeting itself: the summons, the protocol. If not a PDF, it is only in the ZIP and the list."""

    title: str
    filename: str
    data: bytes

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Binder:
    """The content of a binder: the meeting's own documents, then the papers in order. `dated` is its date in words."""

    title: str
    author: str
    at: datetime
    dated: str
    fronts: tuple[Front, ...]
    papers: tuple[Paper, ...]
    style: HouseStyle = field(default_factory=HouseStyle)

    @property
    def parts(self) -> int:
        """The number of parts to bind, including the list."""
        return len(self.fronts) + len(self.papers) + 1


@slow("binding papers")
def write_binder(binder: Binder, target: Path, report: Callable[[int], None] = lambda done: None) -> None:
    """Bind everything into one PDF with a bookmark for each paper, and the list of papers at its end.

    Each paper is converted in a separate process, and all are bound together in another. `report` is called after each
    part but the list, with the number of finished parts.

    Raises:
        TooHeavy, Crashed: if papers that could be read one by one could not be bound.
    """
    with TemporaryDirectory(dir=target.parent) as folder:
        parts: list[Part] = []

        def place() -> Path:
            return Path(folder) / f"{len(parts)}.pdf"

        for done, front in enumerate(binder.fronts, 1):
            if front.filename.endswith(".pdf"):
                place().write_bytes(front.data)
                parts.append(Part(str(place()), clean(front.title)))
            report(done)
        for done, paper in enumerate(binder.papers, len(binder.fronts) + 1):
            _write_paper(paper, binder, place())
            parts.append(Part(str(place()), clean(paper.shown), clean(paper.group)))
            report(done)
        place().write_bytes(write_list(binder))
        parts.append(Part(str(place()), LIST_TITLE))
        title, author = clean(binder.title), clean(binder.author)
        limited.run(_bind, tuple(parts), title, author, str(target), seconds=SECONDS, memory_mb=MEMORY_MB)


@dataclass(frozen=True, slots=True)
class Part:
    """A PDF to bind, its bookmark, and the parent bookmark."""

    path: str
    title: str
    group: str = ""


def _bind(parts: Sequence[Part], title: str, author: str, target: str) -> None:
    import pikepdf  # noqa: PLC0415 — see HEAVY.

    with ExitStack() as sources, pikepdf.new() as bound:
        with bound.open_outline() as outline:
            groups: dict[str, pikepdf.OutlineItem] = {}
            for part in parts:
                item = pikepdf.OutlineItem(part.title, len(bound.pages))
                opened = sources.enter_context(pikepdf.open(part.path))
                bound.pages.extend(opened.pages)
                if not part.group:
                    outline.root.append(item)
                    continue
                if part.group not in groups:
                    groups[part.group] = pikepdf.OutlineItem(part.group, item.destination)
                    outline.root.append(groups[part.group])
                groups[part.group].children.append(item)
        for page in bound.pages:  # They refer to structure trees that are not copied.
            if "/StructParents" in page.obj:
                del page.obj["/StructParents"]
        bound.docinfo["/Title"] = title
        bound.docinfo["/Author"] = author
        bound.Root.Lang = pikepdf.String("sv-SE")
        bound.Root.PageMode = pikepdf.Name.UseOutlines
        bound.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        bound.save(target)


def _write_paper(paper: Paper, binder: Binder, target: Path) -> None:
    """Write a paper's pages, or a page that says why they are missing."""
    if paper.withheld:
        texts: tuple[str, ...] = (paper.withheld,)
    elif paper.missing:
        texts = (GONE, f"Fil: {paper.filename}")
    else:
        try:
            return to_bind(paper.path, paper.media_type, paper.title, target)
        except Unconvertible as error:
            log.warning("binder: %s cannot be bound: %s", paper.sha256, error)
            texts = (f"{error} {IN_ZIP}", f"Fil: {paper.filename} ({size(paper.size)})")
    target.write_bytes(_sheet(paper, binder, *texts))
    return None


def _sheet(paper: Paper, binder: Binder, *texts: str) -> bytes:
    """Write the page that replaces a paper."""
    title = Title(binder.author, (), paper.shown, paper.group)
    return _print(f"{paper.shown}, {binder.title}", binder, (title, paragraphs(*texts)))


def write_list(binder: Binder) -> bytes:
    """Write the list of papers as PDF: the title, file name, size and SHA-256 of each."""
    title = Title(binder.author, (binder.title,), LIST_TITLE, binder.dated)
    return _print(
        f"{LIST_TITLE}, {binder.title}",
        binder,
        (title, *_fronts(binder.fronts), *_listed(binder.papers, len(binder.fronts))),
    )


def _fronts(fronts: Sequence[Front]) -> Iterator[Element]:
    yield Heading(3, "Mötets egna handlingar", anchor="l0")
    yield Body((Lst("decimal", tuple(_facts(f.title, f.filename, len(f.data), f.sha256) for f in fronts)),))


def _listed(papers: Sequence[Paper], after: int) -> Iterator[Element]:
    groups = dict.fromkeys(paper.group for paper in papers)
    first = after + 1
    for place, group in enumerate(groups, 1):
        yield Heading(3, group, anchor=f"l{place}")
        items = tuple(_entry(paper) for paper in papers if paper.group == group)
        yield Body((Lst("decimal", items, first),))
        first += len(items)
    yield paragraphs(
        "Kontrollsumman (SHA-256) gäller filen som den finns i ZIP-filen med samma handlingar. Där prövas också "
        "underskrifter: i den bundna PDF-filen är sidorna infogade, och underskrifterna går inte att pröva."
    )


def _entry(paper: Paper) -> Item:
    if paper.withheld:
        return Item((Para((Run(f"{WITHHELD_PAPER}\n{paper.withheld}"),)),))
    return _facts(paper.title, paper.filename, paper.size, paper.sha256, GONE if paper.missing else "")


def _facts(title: str, filename: str, length: int, sha256: str, note: str = "") -> Item:
    facts = f"\n{filename}, {size(length)}\n{sha256[:32]}\n{sha256[32:]}"
    return Item((Para((Run(title, ("bold",)), Run(f"{facts}\n{note}".rstrip()))),))


def _print(title: str, binder: Binder, elements: tuple[Element, ...]) -> bytes:
    look = binder.style.style_fields()
    return write_pdf(
        Document(title=title, author=binder.author, running=binder.title, strip=(), elements=elements, **look)
    ).pdf


@slow("packing papers")
def write_zip(binder: Binder, target: Path) -> None:
    """Pack the meeting's documents, the original files in a folder for each item, and the list of papers."""
    day = binder.at.astimezone(SWEDEN).timetuple()[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(name: str, data: bytes) -> None:
            archive.writestr(zipfile.ZipInfo(name, day), data, zipfile.ZIP_DEFLATED)

        for front in binder.fronts:
            put(storable_name(front.filename), front.data)
        taken: set[str] = set()
        for paper in binder.papers:
            if paper.withheld or paper.missing:
                continue
            name = _free(paper.folder, storable_name(paper.filename), taken)
            with archive.open(zipfile.ZipInfo(name, day), "w") as member, paper.path.open("rb") as file:
                while chunk := file.read(1 << 20):
                    member.write(chunk)
        put(f"{LIST_TITLE}.pdf", write_list(binder))


def _free(folder: str, name: str, taken: set[str]) -> str:
    """Return a name that is not taken, ignoring case: `plan.pdf`, `plan (2).pdf`."""
    number, wanted = 1, f"{folder}/{name}"
    while wanted.casefold() in taken:
        number += 1
        wanted = f"{folder}/{numbered(name, number)}"
    taken.add(wanted.casefold())
    return wanted
