"""Search: the Swedish analysis, the language one asks in, and one interface to the engines. Knows no slice.

model        documents, results, the interface of an engine
query        what a person types → a small tree
steps        what is asked of an index, in nine small forms
plan         the tree → steps, the same for every engine
terms        what a document and a word are indexed by; tokens, rules, lemmas, compounds, references beneath it
highlight    where a query's words stand in a text
days         dates as people type them; amounts beside it
spelling     words that are nearly what was typed
embedded/    the engine on Whoosh
postgres/    the engine in the server
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
