"""Describe the differences between a stored file and a submitted one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf

from govern.documents.signatures.values import Change, Difference

FEW = 256
"""The most changed bytes, in a file of the same length, that are reported as such; with more, pages are compared."""


def compare(kept: bytes, brought: bytes) -> list[Difference]:
    """Return the differences between the stored and the submitted file; none if they are equal."""
    if kept == brought:
        return []
    if kept.startswith(brought):
        return [Difference(Change.CUT, count=len(kept) - len(brought))]
    if len(kept) == len(brought):
        changed = sum(one != other for one, other in zip(kept, brought, strict=True))
        if changed <= FEW:
            return [Difference(Change.BYTES, count=changed)]
    try:
        with pikepdf.open(io.BytesIO(kept)) as before, pikepdf.open(io.BytesIO(brought)) as after:
            seen = list(_visible(before, after))
    except (pikepdf.PdfError, ValueError, KeyError, AttributeError, TypeError):
        return [Difference(Change.UNREADABLE)]
    if brought.startswith(kept):
        return seen or [Difference(Change.APPENDED, count=len(brought) - len(kept))]
    return [*seen, Difference(Change.RESAVED)]


def _visible(before: pikepdf.Pdf, after: pikepdf.Pdf) -> Iterator[Difference]:
    if _title(before) != _title(after):
        yield Difference(Change.TITLE)
    old, new = len(before.pages), len(after.pages)
    if new > old:
        yield Difference(Change.PAGE_ADDED, count=new - old)
    elif new < old:
        yield Difference(Change.PAGE_REMOVED, count=old - new)
    for number in range(1, min(old, new) + 1):
        one, other = before.pages[number - 1], after.pages[number - 1]
        if _content(one) != _content(other):
            yield Difference(Change.PAGE_REDRAWN, number)
        added = len(_notes(other)) - len(_notes(one))
        if added:
            yield Difference(Change.ANNOTATION, number, added)
        looks = _looks(other)
        if any(looks.get(name) not in (None, look) for name, look in _looks(one).items()):
            yield Difference(Change.APPEARANCE, number)


def _title(pdf: pikepdf.Pdf) -> tuple[str, bytes]:
    metadata = pdf.Root.get("/Metadata")
    # Any program that saves the file rewrites its metadata, so only the title is compared.
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        title = str(xmp.get("dc:title", "")) if metadata is not None else ""
    return str(pdf.docinfo.get("/Title", "")), title.encode()


def _content(page: pikepdf.Page) -> bytes:
    contents = page.obj.get("/Contents")
    if contents is None:
        return b""
    streams = contents if isinstance(contents, pikepdf.Array) else [contents]
    drawn = b"\n".join(stream.read_bytes() for stream in streams)
    return drawn + _streams(page.obj.get("/Resources", pikepdf.Dictionary()).get("/XObject", pikepdf.Dictionary()))


def _annotations(page: pikepdf.Page) -> list[Any]:
    return [a for a in page.obj.get("/Annots", []) if isinstance(a, pikepdf.Dictionary)]


def _notes(page: pikepdf.Page) -> list[Any]:
    """Return the annotations other than form fields, which signing changes."""
    return [a for a in _annotations(page) if a.get("/Subtype") != pikepdf.Name.Widget]


def _looks(page: pikepdf.Page) -> dict[str, bytes]:
    """Return the appearance of each signed field."""
    return {
        str(a.get("/T", "")): _drawn(a.AP.N)
        for a in _annotations(page)
        if a.get("/Subtype") == pikepdf.Name.Widget and "/V" in a and "/AP" in a
    }


def _drawn(stream: Any) -> bytes:
    return bytes(stream.read_bytes()) + _streams(
        stream.get("/Resources", pikepdf.Dictionary()).get("/XObject", pikepdf.Dictionary())
    )


def _streams(named: Any) -> bytes:
    return b"".join(_drawn(named[name]) for name in sorted(named.keys()))
