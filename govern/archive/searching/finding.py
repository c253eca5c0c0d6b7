"""Run a search and prepare its results: access is part of the query, and excerpts come from the database's own text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import url_for
from sqlalchemy import select

from govern.archive.searching import engines
from govern.archive.searching.passages import (
    LOADED,
    SEALED,
    SEALED_NAME,
    document,
    facts_of,
    file_anchor,
    file_passages,
    id_of,
    readers_of,
    secret_papers,
    standing,
)
from govern.assignments.states import AssignmentState
from govern.cases.models import Attachment, AttachmentText
from govern.db import db, now
from govern.forums.models import Forum
from govern.forums.states import ParagraphKind
from govern.paragraphs.models import Assignment, Paragraph
from govern.paragraphs.states import Outcome, ParagraphState
from govern.protocols.models import Protocol
from govern.protocols.queries import corrected
from govern.protocols.states import ProtocolKind
from govern.search import Facet, Fragment, Hit, Passage, Query, Sort, highlight, spans
from govern.search.query import And, Field
from govern.swedish import local_day

SIZE = 20
MOST_EXCERPTS = 3
MOST_DUTIES = 3
OPENING = 200  # Characters from the beginning of a text, shown if no word of the query is in it.

MOST_PAGES = 200  # Pages of each file that are searched for an excerpt; matches further in are found, without one.
MOST_READ = 400_000

Filters = Mapping[Facet, Collection[str]]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a passage, as pairs of text and whether it matches, and whether it is cut off before or after."""

    anchor: str
    field: str
    pieces: tuple[tuple[str, bool], ...]
    cut_before: bool = False
    cut_after: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One paragraph in a result.

    `anchor` is the id of the best match; `protocol_id` is None until it is sealed.
    """

    paragraph: Paragraph
    score: float
    state: str
    state_name: str
    protocol_id: int | None
    corrected: bool
    label: Excerpt
    heading: Excerpt
    excerpts: tuple[Excerpt, ...]
    duties: tuple[tuple[Assignment, AssignmentState], ...] = ()
    secret: tuple[Paragraph | Attachment, ...] = ()
    """The confidential content shown, to be logged: the paragraph itself, or files of which an excerpt is shown."""

    @property
    def anchor(self) -> str:
        """The id at which the paragraph's page is to be opened."""
        here = self.heading.anchor
        return self.excerpts[0].anchor if self.excerpts and not _marked(self.heading) else here


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet, its label and the number of paragraphs that have it."""

    facet: Facet
    value: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of results, the total number and the facet counts."""

    found: tuple[Found, ...]
    total: int
    facets: Mapping[Facet, Sequence[Choice]]


def within(query: Query, first: date | None, last: date | None) -> Query:
    """Limit a query to the days from `first` to `last`, as if they had been typed."""
    fields = (Field("since", f"{first}") if first else None, Field("until", f"{last}") if last else None)
    return replace(query, tree=And((query.tree, *filter(None, fields)))) if any(fields) else query


def find(
    query: Query,
    terms: Collection[str],
    *,
    sort: Sort = "best",
    filters: Filters | None = None,
    number: int = 1,
    size: int = SIZE,
) -> Answer:
    """Return a page of paragraphs.

    Raises:
        SearchUnavailable: if the index cannot be read.
    """
    offset = (number - 1) * size
    results = engines.engine().search(query, terms, limit=size, offset=offset, sort=sort, filters=filters)
    rows = _paragraphs([id_of(hit.key) for hit in results.hits])
    # The index may be a second behind, so access is checked on the row too.
    seen: dict[int, Hit] = {}  # A paragraph whose confidential papers also match is shown once.
    for hit in results.hits:
        if (row := rows.get(id_of(hit.key))) and readers_of(row) & set(terms):
            seen.setdefault(row.id, hit)
    protocols = _protocols({rows[paragraph_id].meeting_id for paragraph_id in seen})
    corrections = corrected(seen.keys())
    stand = standing([rows[paragraph_id] for paragraph_id in seen], db.session, local_day(now()))
    papers = secret_papers([rows[paragraph_id] for paragraph_id in seen], db.session)
    hidden = {id_ for id_, readers in papers.items() if not readers & set(terms)}
    found = []
    for paragraph_id, hit in seen.items():
        paragraph = rows[paragraph_id]
        sealed = protocols.get(paragraph.meeting_id)
        shown = _found(paragraph, hit.score, sealed, query, is_corrected=paragraph_id in corrections, hidden=hidden)
        given = tuple((assignment, stand[assignment.id]) for assignment in paragraph.assignments)
        secret = _secret(paragraph, shown.excerpts, papers)
        found.append(replace(shown, duties=given[:MOST_DUTIES], secret=secret))
    facets = {facet: tuple(_choices(facet, counts)) for facet, counts in results.facets.items()}
    return Answer(tuple(found), results.total - (len(results.hits) - len(seen)), facets)


def _secret(
    paragraph: Paragraph, excerpts: Sequence[Excerpt], papers: Collection[int]
) -> tuple[Paragraph | Attachment, ...]:
    """Return the confidential content shown: the paragraph, and the secret `papers` that an excerpt comes from."""
    anchors = {excerpt.anchor for excerpt in excerpts}
    files = [
        attachment
        for place, attachment in enumerate(paragraph.attachments, 1)
        if attachment.id in papers and file_anchor(paragraph.number, place) in anchors
    ]
    return (*([paragraph] if paragraph.confidential else []), *files)


def address_of(found: Found, anchor: str | None = None) -> str:
    """Return the URL of a paragraph: in its protocol if it is sealed, else on its own page."""
    place = anchor or found.anchor
    if found.protocol_id is not None:
        return url_for("protocols.protocol", protocol_id=found.protocol_id, _anchor=place)
    return url_for("paragraphs.paragraph", paragraph_id=found.paragraph.id, _anchor=place)


def _paragraphs(ids: Collection[int]) -> dict[int, Paragraph]:
    query = select(Paragraph).where(Paragraph.id.in_(ids)).options(*LOADED)
    return {paragraph.id: paragraph for paragraph in db.session.scalars(query)} if ids else {}


def _protocols(meeting_ids: Collection[int]) -> dict[int, int]:
    query = select(Protocol.meeting_id, Protocol.id).where(
        Protocol.meeting_id.in_(meeting_ids), Protocol.kind == ProtocolKind.MAIN
    )
    return {row.meeting_id: row.id for row in db.session.execute(query)} if meeting_ids else {}


def _found(
    paragraph: Paragraph,
    score: float,
    protocol_id: int | None,
    query: Query,
    *,
    is_corrected: bool,
    hidden: Collection[int],
) -> Found:
    written = document(paragraph, hidden)
    marked = [(passage, fragments) for passage in written.passages if (fragments := highlight(passage.text, query))]
    heading = next((p for p in written.passages if p.field == "heading"), None)
    here = heading.anchor if heading else f"p{paragraph.number}"
    headed = next((_excerpt(p, fragments[0]) for p, fragments in marked if p is heading), None)
    excerpts = [_excerpt(p, fragment) for p, fragments in marked if p is not heading for fragment in fragments]
    if not marked:
        excerpts = list(_in_files(paragraph, query, hidden))
    if len(excerpts) > MOST_EXCERPTS:
        best = sorted(excerpts, key=_worth, reverse=True)[:MOST_EXCERPTS]
        excerpts = [excerpt for excerpt in excerpts if excerpt in best]
    excerpts.sort(key=_worth, reverse=True)  # The sort is stable: of equal worth, in the page's order.
    return Found(
        paragraph=paragraph,
        score=score,
        state=written.state,
        state_name=written.state_name,
        protocol_id=protocol_id,
        corrected=is_corrected,
        label=_label(paragraph, here, query),
        heading=headed or Excerpt(here, "heading", ((paragraph.heading or "Utan rubrik", False),)),
        excerpts=tuple(excerpts) or tuple(_opening(written.passages)),
    )


def _in_files(paragraph: Paragraph, query: Query, hidden: Collection[int]) -> Iterator[Excerpt]:
    """Yield the first match in the files, read page by page and no further than needed."""
    facts, read = facts_of(paragraph, hidden), 0
    for place, attachment in enumerate(paragraph.attachments, 1):
        if attachment.id in hidden:
            continue
        texts = select(AttachmentText.text).where(AttachmentText.sha256 == attachment.sha256)
        for text in [None, *db.session.scalars(texts.order_by(AttachmentText.part).limit(MOST_PAGES))]:
            written = {attachment.sha256: [text]} if text is not None else {}
            read += len(text or "")
            for passage in file_passages(facts, written, {place}):
                fragments = highlight(passage.text, query, limit=1)
                if fragments:
                    yield _excerpt(passage, fragments[0])
                    return
            if read > MOST_READ:
                return


def _label(paragraph: Paragraph, anchor: str, query: Query) -> Excerpt:
    """Return the paragraph number, marked if the query matches it."""
    asked = bool(spans(paragraph.label, query))
    return Excerpt(anchor, "label", ((paragraph.label, asked),))


def _worth(excerpt: Excerpt) -> int:
    """Count the distinct matching words by their first letters, so that inflections of a word count once."""
    return len({text[:5].lower() for text, marked in excerpt.pieces if marked})


def _marked(excerpt: Excerpt) -> bool:
    return any(marked for _, marked in excerpt.pieces)


def _opening(passages: Sequence[Passage]) -> Iterator[Excerpt]:
    body = next((p for p in passages if p.field not in ("heading", "reference")), None)
    if body is not None:
        # Cut between words.
        text = body.text if len(body.text) <= OPENING else body.text[:OPENING].rpartition(" ")[0]
        yield Excerpt(f"{body.anchor.partition('-')[0]}", body.field, ((text, False),), False, text != body.text)


def _excerpt(passage: Passage, fragment: Fragment) -> Excerpt:
    pieces, last = [], 0
    for start, end in fragment.spans:
        pieces += [(fragment.text[last:start], False), (fragment.text[start:end], True)]
        last = end
    pieces.append((fragment.text[last:], False))
    shown = tuple((text, marked) for text, marked in pieces if text)
    return Excerpt(passage.anchor, passage.field, shown, fragment.cut_before, fragment.cut_after)


def _choices(facet: Facet, counts: Mapping[str, int]) -> Iterator[Choice]:
    names = names_of(facet, counts)
    order = sorted(counts, reverse=True) if facet == "year" else list(counts)
    for value in order:
        if value in names:
            yield Choice(facet, value, names[value], counts[value])


def names_of(facet: Facet, values: Collection[str]) -> dict[str, str]:
    """Return the labels of a facet's values, without unknown values."""
    match facet:
        case "forum":
            query = select(Forum.slug, Forum.name).where(Forum.slug.in_(values))
            return {row.slug: row.name for row in db.session.execute(query)} if values else {}
        case "kind":
            known = {kind.value.lower(): f"{kind.label.capitalize()} ({kind.value})" for kind in ParagraphKind}
        case "outcome":
            known = {outcome.value: outcome.label for outcome in Outcome}
        case "duty":
            known = {state.value: state.label for state in AssignmentState}
        case "person" | "party":
            return {value: value for value in values if "\0" not in value}
        case "state":
            known = {state.value: state.label for state in ParagraphState} | {SEALED: SEALED_NAME}
        case "year":
            known = {value: value for value in values if value.isdecimal() and len(value) == 4}
    return {value: known[value] for value in values if value in known}
