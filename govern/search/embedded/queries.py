"""Compile a query plan to Whoosh queries: the slow reference implementation that `vectors` is checked against."""

from __future__ import annotations

from whoosh import query as q
from whoosh.query.spans import SpanNear2

from govern.search.embedded.fields import FACTS, TERMS
from govern.search.steps import All, Beginning, Between, Close, Either, Fact, Sequence, Step, Terms, Without


class _Near(SpanNear2):  # type: ignore[misc]
    """Whoosh's query; its size estimate uses a name that Whoosh's module does not import."""

    def _and_query(self) -> q.Query:
        return q.And(self.qs)


def compiled(step: Step) -> q.Query:  # noqa: PLR0911  One line for each form.
    """Return the Whoosh query of a step."""
    match step:
        case Terms(terms):
            return _one_of([q.Term(TERMS, term, boost=boost) for term, boost in terms])
        case Sequence(slots, boost):
            parts = [_one_of([q.Term(TERMS, term, boost=boost) for term in slot]) for slot in slots]
            return _Near(parts, slop=1, ordered=True)
        case Close(first, second, within, boost):
            pair = [q.Term(TERMS, term, boost=boost) for term in (first, second)]
            return _Near(pair, slop=within, ordered=False)
        case Beginning(term):
            return q.Prefix(TERMS, term)
        case Fact(facts):
            return q.ConstantScoreQuery(q.Or([q.Term(FACTS, fact) for fact in facts]), 0.0)
        case Between():
            return q.ConstantScoreQuery(q.Or([q.Term(FACTS, fact) for fact in step.facts]), 0.0)
        case Without(inner):
            # Whoosh's AndNot can let an excluded document through after a skip; an inverted matcher does not.
            return q.ConstantScoreQuery(q.Not(compiled(inner)), 0.0)
        case Either(steps):
            return q.Or([compiled(inner) for inner in steps]) if steps else q.NullQuery
        case All(steps):
            return q.And([compiled(inner) for inner in steps]) if steps else q.ConstantScoreQuery(q.Every(), 0.0)


def _one_of(terms: list[q.Query]) -> q.Query:
    # Whoosh's DisjunctionMax mixes scores of different documents when its matchers differ, so add the scores instead.
    return terms[0] if len(terms) == 1 else q.Or(terms)
