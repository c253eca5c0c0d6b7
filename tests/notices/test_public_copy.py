"""Nothing masked or confidential is left anywhere in the files of the public copy."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import get_args, get_type_hints
from urllib.parse import unquote_to_bytes

import pikepdf
import pytest
from selectolax.lexbor import LexborHTMLParser

from govern import record as records
from govern.documents.papers import public
from govern.documents.papers.extract import Amendment
from govern.documents.papers.public import (
    MASK,
    PublicFacts,
    masked,
    public_facts,
    public_files,
    texts,
)
from govern.notices.publishing.spotting import equal
from govern.record import Paragraph, ProtocolRecord
from govern.richtext import Para, Run, text_of
from tests.documents.examples import para, record, text
from tests.documents.reading import faults, pdf_pages
from tests.records import full

NAME, NUMBER = "Eva Dold-Åström", "811228-9874"
WORDS = f"{NAME} {NUMBER}"
SECRET = "Hemligstämplad överläggning"


def planted() -> PublicFacts:
    """Append a name and a personal identity number to every field of text written by people."""
    whole = full()
    paragraph = replace(whole.paragraphs[0], confidential=None)
    papers = tuple(replace(a, confidential=None, filename=f"{WORDS}.pdf") for a in paragraph.attachments)
    secret = Paragraph(
        number=18,
        label="§ 18",
        heading=SECRET,
        sections=paragraph.sections,
        attachments=paragraph.attachments,
        confidential="OSL 19 kap. 3 §",
    )
    open_ = replace(paragraph, attachments=papers + paragraph.attachments)
    whole = replace(whole, paragraphs=(open_, secret, text(19, "Slut", para("Slut."))))
    amendment = Amendment(number=17, made=date(2024, 5, 1), old="a", new="b", reason="c")
    hidden = Amendment(number=18, made=date(2024, 5, 1), old=SECRET, new="b", reason="c")
    added = public._rewritten(
        PublicFacts(record=whole, amendments=(amendment, hidden)),
        lambda place, words: f"{words} {WORDS}",
        lambda place, runs: (*runs, Run(f" {NAME[:4]}"), Run(NAME[4:], ("bold",), f"https://x.example/{NAME.lower()}"),
                             Run(f" {NUMBER}", (), f"tel:{NUMBER}"),
                             Run(" se sidan", (), "https://x.example/Eva%20Dold-%C3%85str%C3%B6m"),
                             Run(" se en annan", (), "https://x.example/underlag")),
    )  # fmt: skip
    kept = added.record.paragraphs
    named = replace(kept[0], attachments=(kept[0].attachments[0], replace(kept[0].attachments[1], confidential="OSL")))
    return public_facts(replace(added.record, paragraphs=(named, *kept[1:])), added.amendments)


def mask_all(facts: PublicFacts) -> PublicFacts:
    """Mask both, wherever they occur."""
    stretches: dict[str, list[tuple[int, int]]] = {}
    for words in (NAME, NUMBER):
        for found, start, stop in equal(texts(facts), words):
            stretches.setdefault(found.place, []).append((start, stop))
    return masked(facts, dict(stretches))


def strings_in(pdf: bytes) -> Iterator[bytes]:
    """Yield the file's bytes, every unpacked stream, every string, the bookmarks, and the text as a reader shows it."""
    yield pdf
    with pikepdf.open(io.BytesIO(pdf)) as file:
        for thing in file.objects:
            if isinstance(thing, pikepdf.Stream):
                yield thing.read_bytes()
            yield from _strings(thing, 0)
        with file.open_outline() as outline:
            yield from (item.title.encode() for branch in outline.root for item in (branch, *branch.children))
    yield "\n".join(pdf_pages(pdf)).encode()


def _strings(thing: object, depth: int) -> Iterator[bytes]:
    if isinstance(thing, pikepdf.String):
        yield bytes(thing)
        yield str(thing).encode()
    elif depth < 4 and isinstance(thing, pikepdf.Dictionary):
        for value in thing.values():
            yield from _strings(value, depth + 1)
    elif depth < 4 and isinstance(thing, pikepdf.Array):
        for value in thing:  # type: ignore[attr-defined]
            yield from _strings(value, depth + 1)


def parts_of(docx: bytes) -> Iterator[bytes]:
    """Yield the name and the bytes of each part of a Word file, and its text without markup."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            yield name.encode()
            yield data
            if name.endswith((".xml", ".rels")):
                yield LexborHTMLParser(data.decode()).text().encode()


def survivors(pieces: Iterator[bytes], *words: str) -> list[tuple[str, str]]:
    """Return the words that are left, in any encoding that a file may use."""
    found = []
    for piece in (seen for raw in pieces for seen in (raw, unquote_to_bytes(raw))):  # An address writes å as %C3%A5.
        flat = b"".join(piece.lower().split())
        for word in words:
            for coding in ("utf-8", "latin-1", "utf-16-be"):
                spelled = word.lower().encode(coding)
                tight = b"".join(spelled.split()) if coding != "utf-16-be" else spelled
                joined = tight in flat and not word.isdigit()  # The offsets of a PDF, joined, hold any few digits.
                if spelled in piece.lower() or joined or spelled.hex().encode() in piece.lower():
                    found.append((word, coding))
    return found


MASKED = mask_all(planted())
LOOKED_FOR = (NAME, "Dold", NUMBER, "9874", SECRET, "Hemligst")


def test_the_search_sees() -> None:
    """The search finds every word in an unmasked copy; otherwise its finding nothing would prove nothing."""
    files = public_files(planted())
    for pieces in (strings_in(files.pdf), parts_of(files.docx)):
        assert {word for word, _ in survivors(pieces, NAME, NUMBER)} == {NAME, NUMBER}


def test_nothing_masked_or_secret_survives() -> None:
    """No word is left in text, contents, bookmarks, metadata, links, file names or text for screen readers."""
    files = public_files(MASKED)
    assert survivors(strings_in(files.pdf), *LOOKED_FOR) == []
    assert survivors(parts_of(files.docx), *LOOKED_FOR) == []
    assert survivors(iter([public.canonical(MASKED)]), *LOOKED_FOR) == []
    kept = public.canonical(MASKED).decode()
    assert "tel:" not in kept
    assert "%C3%85str" not in kept
    assert "https://x.example/underlag" in kept


CODES = {
    *("Body.name", "Body.org_number", "Forum.name", "Forum.level", "Forum.kind", "Numbering.series", "Section.kind"),
    *("Presence.role", "Presence.political_party", "Adjuster.political_party", "Signature.political_party"),
    *("Paragraph.label", "Paragraph.reference", "Paragraph.confidential", "Alternative.label"),
    *("Supersession.label", "Supersession.forum"),
    *("Attachment.filename", "Attachment.sha256", "Attachment.media_type", "Attachment.confidential"),
}
"""Text fields that are not prose: names of organisations, codes, and what the public copy leaves out."""


def test_every_text_of_a_record_can_be_masked() -> None:
    """A new field of the record must be marked as prose or be listed in `CODES`."""
    kinds = [kind for kind in vars(records).values() if isinstance(kind, type) and is_dataclass(kind)]
    fields_ = {
        f"{kind.__name__}.{name}"
        for kind in kinds
        for name, hint in get_type_hints(kind).items()
        if str in (hint, *get_args(hint))
    }
    prose = {f"{kind.__name__}.{f.name}" for kind in kinds for f in fields(kind) if f.metadata.get("prose")}
    assert fields_ == prose | CODES


def test_what_is_masked_is_seen_to_be() -> None:
    """The mask replaces the text, its surroundings remain, and a secret paragraph shows its number and reason."""
    read = " ".join(" ".join(pdf_pages(public_files(MASKED).pdf)).split())
    assert f"Gemensam växel {MASK} {MASK}" in read
    assert "§ 18 Sekretess" in read
    assert "Paragrafen är utelämnad. OSL 19 kap. 3 §" in read
    assert "Bilaga med sekretess" in read
    assert read.count("Rättelser") == 2  # In the contents and as the heading.
    assert "Publik kopia" in read
    assert "SHA-256" not in read


def test_both_norms() -> None:
    """The public copy conforms to the same standards as the original."""
    assert faults(public_files(MASKED).pdf) == []


@pytest.mark.parametrize(
    ("stretches", "wanted"),
    [
        ([(0, 3)], [(MASK, ("bold",)), ("deff", ())]),
        ([(2, 5)], [("ab", ("bold",)), (MASK, ("bold",)), ("ff", ())]),
        ([(2, 4), (3, 7)], [("ab", ("bold",)), (MASK, ("bold",))]),
        ([(3, 4), (4, 5)], [("abc", ("bold",)), (MASK, ()), ("ff", ())]),
        ([], [("abc", ("bold",)), ("deff", ())]),
    ],
)
def test_a_stretch_over_runs(stretches: list[tuple[int, int]], wanted: list[tuple[str, tuple[str, ...]]]) -> None:
    """A span becomes one mask in the style of its first run; overlapping spans are merged."""
    source = public_facts(record("agreement", text(45, "x", Para((Run("abc", ("bold",)), Run("deff"))))))
    place = next(t.place for t in texts(source) if t.words == "abcdeff")
    (block,) = masked(source, {place: stretches}).record.paragraphs[-1].sections[0].blocks
    assert isinstance(block, Para)
    assert [(run.text, run.marks) for run in block.runs] == wanted


def test_the_facts_come_back_and_the_source_is_left_alone() -> None:
    source: ProtocolRecord = record()
    facts = public_facts(source)
    assert public.loads(public.canonical(facts)) == facts
    assert source == record()
    assert text_of(facts.record.paragraphs[1].sections[0].blocks) == "Dagordningen godkänns."
