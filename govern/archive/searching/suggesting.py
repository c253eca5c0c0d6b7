"""Suggestions while the user types, beside a result, and when there is none; limited to what the user may read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations, islice

from flask import url_for
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from govern.archive.queries import names_withheld
from govern.archive.searching import engines
from govern.cases.models import Case
from govern.db import db
from govern.forums.models import Forum, Seat
from govern.people.access import is_administrator
from govern.people.models import Person
from govern.search import Query, normalise, parse
from govern.search.query import And, Field, Node, Or, Word
from govern.search.terms import SWEDISH
from govern.search.tokens import fold

EACH, MOST = 4, 9
MOST_WORDS = 6
MOST_NAMED, MOST_PAGES = 50, 20
"""Cases of a name that are looked through at a time, the newest first, and how many times at most."""
LEAST = 2
SHORT = 5  # Words of at most this many letters are one edit away from too many others.
_WORD = re.compile(r"[^\W_][\w§/.:-]*")
_PAIRS = (("are", "ning"), ("are", "ing"), ("atör", "ation"), ("isor", "ision"), ("ande", "o"))
_KIN = (*_PAIRS, *((action, doer) for doer, action in _PAIRS))
"""Pairs of endings for an agent and an action: ledsagare, ledsagning."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One choice: a page to open (`url`) or a search to run (`words`)."""

    kind: str
    text: str
    more: str = ""
    url: str = ""
    words: str = ""


def suggestions(text: str, person: Person, terms: Collection[str], today: date) -> list[Suggestion]:
    """Return completions for the text in the search box.

    Raises:
        SearchUnavailable: if the index cannot be read.
    """
    found = beside(text, person, terms, today)
    last = text.rpartition(" ")[2]
    if len(last) >= LEAST and last.isalpha():
        before = text[: len(text) - len(last)]
        words = engines.engine().completions(last, terms, limit=EACH)
        found += [Suggestion("Ord", word, words=before + word) for word in words if word != fold(last)]
    return found[:MOST]


def beside(text: str, person: Person, terms: Collection[str], today: date) -> list[Suggestion]:
    """Return the cases, people and forums that a text names; its last word may be unfinished.

    Raises:
        SearchUnavailable: if the index cannot be read.
    """
    words = _WORD.findall(text)[:MOST_WORDS]
    if not words or len("".join(words)) < LEAST:
        return []
    return [*_cases(text, words, person, today), *_people(words, terms), *_forums(words, person)]


def _cases(text: str, words: list[str], person: Person, today: date) -> Iterator[Suggestion]:
    """Suggest the newest cases that are named, by heading only where it may be read.

    Whether it may is asked for the named cases alone: over all cases it can take PostgreSQL half a second.
    """
    named = and_(*(_names(Case.heading, word) for word in words))
    referred = Case.normalised == normalise(text)
    if any(letter.isdigit() for letter in text):
        referred |= Case.reference.istartswith(text.strip(), autoescape=True)
    query = select(Case, referred).where(or_(referred, named))
    if not is_administrator(person):
        query = query.where(Case.collaboration_id.in_(_collaborations(person)))
    query = query.order_by(Case.opened_on.desc(), Case.id.desc()).limit(MOST_NAMED)
    shown = 0
    for page in range(MOST_PAGES):
        rows = db.session.execute(query.offset(page * MOST_NAMED)).all()
        withheld = names_withheld([case.id for case, _ in rows], person, today)
        for case, is_referred in rows:
            secret = case.id in withheld
            if shown < EACH and (is_referred or not secret):
                shown += 1
                yield Suggestion("Ärende", case.reference if secret else case.heading, "" if secret else case.reference,
                                 url=url_for("archive.case", case_id=case.id))  # fmt: skip
        if shown == EACH or len(rows) < MOST_NAMED:
            return


def _forums(words: list[str], person: Person) -> Iterator[Suggestion]:
    query = select(Forum).where(*(_names(Forum.name, word) for word in words)).options(joinedload(Forum.collaboration))
    if not is_administrator(person):
        query = query.where(Forum.collaboration_id.in_(_collaborations(person)))
    for forum in db.session.scalars(query.order_by(Forum.closed_on.is_not(None), Forum.name).limit(EACH)):
        yield Suggestion("Forum", forum.name, forum.collaboration.name, url=url_for("archive.forum", slug=forum.slug))


def _collaborations(person: Person) -> ColumnElement[int]:
    return select(Forum.collaboration_id).join(Seat).where(Seat.person_id == person.id)  # type: ignore[return-value]


def _names(column: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    """Return the SQL condition that a text contains a word in some form; the first letter may be a capital å."""
    forms = {fold(word), *SWEDISH.word(fold(word)).keys}
    forms |= {form.capitalize() for form in forms}
    return or_(*(column.icontains(form, autoescape=True) for form in sorted(forms)))


def _people(words: list[str], terms: Collection[str]) -> Iterator[Suggestion]:
    nodes = [Field("person", f"{word}*") for word in words if word.isalpha()]
    if len(nodes) != len(words):
        return
    results = engines.engine().search(Query("", And(tuple(nodes))), terms, limit=0)
    starts = [fold(word) for word in words]
    shown = 0
    for name, count in results.facets.get("person", {}).items():
        parts = [fold(part) for part in _WORD.findall(name)]
        if shown < EACH and all(any(part.startswith(start) for part in parts) for start in starts):
            shown += 1
            more = "1 paragraf" if count == 1 else f"{count} paragrafer"
            yield Suggestion("Person", name, more, words=f'person:"{name}"')


def correction(query: Query, terms: Collection[str]) -> Query | None:
    """Return a corrected query for one without hits, replacing each word without hits by the nearest one that has some.

    Raises:
        SearchUnavailable: if the index cannot be read.
    """
    engine, text = engines.engine(), query.text
    for word in dict.fromkeys(_typed(query.tree)):
        if engine.search(replace(query, text=word, tree=Word(word)), terms, limit=0).total:
            continue
        near = _kin(word, query, terms) or engine.similar_words(word, terms, limit=1) or _spelt(word, query, terms)
        near = near or (engine.completions(word, terms, limit=1) if len(word) >= SHORT else ())
        if not near:
            return None
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", near[0], text)
    meant = replace(parse(text), abbreviations=query.abbreviations)
    return meant if text != query.text and engine.search(meant, terms, limit=0).total else None


def _kin(word: str, query: Query, terms: Collection[str]) -> tuple[str, ...]:
    """Return the agent of an action, or the action of an agent, if a paragraph has it: ledsagare, ledsagning."""
    base = SWEDISH.lemma(fold(word)) or fold(word)
    others = (base.removesuffix(ending) + instead for ending, instead in _KIN if base.endswith(ending))
    return _first_found(filter(SWEDISH.knows, others), query, terms)


def _spelt(word: str, query: Query, terms: Collection[str]) -> tuple[str, ...]:
    """Return the dictionary word one edit from a misspelt word if a paragraph has it, alone or in a compound."""
    from govern.search.spelling import LONGEST, one_off  # noqa: PLC0415 — loads numpy.

    if not SHORT < len(word) <= LONGEST:
        return ()
    return _first_found(islice(filter(SWEDISH.knows, one_off(fold(word))), EACH), query, terms)


def _first_found(words: Iterable[str], query: Query, terms: Collection[str]) -> tuple[str, ...]:
    engine = engines.engine()
    found = (word for word in words if engine.search(replace(query, text=word, tree=Word(word)), terms, limit=0).total)
    return tuple(islice(found, 1))


def relaxed(query: Query, terms: Collection[str]) -> Query | None:
    """Return a query for as many of the words as a paragraph has when none has all; of single words, for the rarest.

    Raises:
        SearchUnavailable: if the index cannot be read.
    """
    nodes = query.tree.nodes if isinstance(query.tree, And) else ()
    said = [node for node in nodes if not (isinstance(node, Word) and SWEDISH.is_stopword(fold(node.text)))]
    words = [node for node in said if isinstance(node, Word) and not SWEDISH.is_filler(fold(node.text))]
    if not 2 <= len(words) <= MOST_WORDS:
        return None
    others = [node for node in said if not isinstance(node, Word)]
    engine = engines.engine()
    for many in range(len(words) - 1, 1, -1):
        asked = replace(query, tree=Or(tuple(And((*some, *others)) for some in combinations(words, many))))
        if engine.search(asked, terms, limit=0).total:
            return asked
    single = [replace(query, tree=And((word, *others))) for word in words]
    found = [(total, one) for one in single if (total := engine.search(one, terms, limit=0).total)]
    least = min((total for total, _ in found), default=0)
    rarest = [one.tree for total, one in found if total == least]
    return replace(query, tree=Or(tuple(rarest))) if rarest else None


def _typed(node: Node) -> Iterator[str]:
    """Yield the words that a query looks for."""
    match node:
        case And(nodes) | Or(nodes):
            for inner in nodes:
                yield from _typed(inner)
        case Word(text) if text.isalpha():
            yield text
