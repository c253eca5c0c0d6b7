"""Search: the Swedish text analysis, the query language and one interface to two engines.

Imports no slice.

model        documents, results, the interface of an engine
query        the text that a user types → a query tree
steps        the query plan: nine kinds of steps that an engine evaluates
plan         the query tree → steps, the same for every engine
terms        the index terms of a document and of a word; built on tokens, rules, lemmas, compounds and references
highlight    the positions of a query's words in a text
days         dates as users type them; amounts: sums of money and percentages
spelling     spelling suggestions
embedded/    the engine built on Whoosh
postgres/    the engine built on PostgreSQL
"""

from govern.search.highlight import Fragment, highlight, spans
from govern.search.model import (
    CatchUp,
    Document,
    Engine,
    Facet,
    Hit,
    Mark,
    Passage,
    PassageField,
    Results,
    SearchUnavailable,
    Sort,
)
from govern.search.query import Query, parse
from govern.search.references import normalise

__all__ = [
    "CatchUp",
    "Document",
    "Engine",
    "Facet",
    "Fragment",
    "Hit",
    "Mark",
    "Passage",
    "PassageField",
    "Query",
    "Results",
    "SearchUnavailable",
    "Sort",
    "highlight",
    "normalise",
    "parse",
    "spans",
]
