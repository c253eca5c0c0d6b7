"""Compile a query plan to PostgreSQL's `tsquery`."""

from __future__ import annotations

from govern.search.steps import All, Beginning, Between, Close, Either, Fact, Sequence, Step, Terms, Without, wanted

EVERYTHING = ""
"""The compiled form of a step that every document matches; a step that no document matches compiles to None."""


def lexeme(term: str) -> str:
    """Return a term quoted for a `tsquery` or `tsvector`."""
    if "'" in term or "\\" in term:
        term = term.replace("\\", "\\\\").replace("'", "''")
    return f"'{term}'"


def tsquery(step: Step) -> str | None:  # noqa: PLR0911  One line for each form.
    """Return the `tsquery` of a step, EVERYTHING or None."""
    match step:
        case Terms(terms):
            return _either([lexeme(term) for term, _ in terms])
        case Sequence(slots):
            return f"({' <-> '.join(_either([lexeme(term) for term in slot]) for slot in slots)})"
        case Close(first, second, within):
            one, other = lexeme(first), lexeme(second)
            return _either([f"{a} <{n}> {b}" for n in range(1, within + 1) for a, b in ((one, other), (other, one))])
        case Beginning(term):
            return f"{lexeme(term)}:*"
        case Fact(facts):
            return _either([lexeme(fact) for fact in facts])
        case Between():
            return _either([lexeme(fact) for fact in step.facts])
        case Without(inner):
            query = tsquery(inner)
            return EVERYTHING if query is None else f"!{query}" if query else None
        case Either(steps):
            found = [query for inner in steps if (query := tsquery(inner)) is not None]
            return None if not found else EVERYTHING if EVERYTHING in found else _either(found)
        case All(steps):
            queries = [tsquery(inner) for inner in steps]
            kept = [query for query in queries if query]
            return None if None in queries else f"({' & '.join(kept)})" if kept else EVERYTHING


def _either(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({' | '.join(parts)})"


def in_order(step: Step) -> bool:
    """Return whether a query depends on positions, so that later parts of a long document must be searched too."""
    return any(isinstance(goal, Sequence | Close) for goal in wanted(step))


def ranked(step: Step) -> str:
    """Return the `tsquery` to rank by: any of the terms looked for, since the matches already meet the conditions."""
    terms: dict[str, None] = {}
    for goal in wanted(step):
        match goal:
            case Terms(found):
                terms |= dict.fromkeys(lexeme(term) for term, _ in found)
            case Sequence(slots):
                terms |= dict.fromkeys(lexeme(term) for slot in slots for term in slot)
            case Beginning(term):
                terms[f"{lexeme(term)}:*"] = None
    return " | ".join(terms)


def in_heading(step: Step) -> Step:
    """Return the step with its words limited to headings, the paragraph's own number and references."""
    match step:
        case All(steps):
            return All(tuple(in_heading(inner) for inner in steps))
        case Either(steps):
            found = (in_heading(inner) for inner in steps)
            return Either(tuple(inner for inner in found if inner != Either(())))
        case Terms(terms):
            kept = tuple(term for term in terms if term[0][:2] in ("h:", "n:", "d:"))
            return Terms(kept) if kept else Either(())
        case Sequence(slots):
            return All(tuple(Terms(tuple((f"h:{term[2:]}", 1.0) for term in slot)) for slot in slots))
        case Close() | Beginning():
            return Either(())
    return step
