"""The search page, and suggestions while the user types."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from functools import partial
from typing import Any

from flask import Blueprint, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from govern import mail
from govern.archive.searching import asking, finding, indexing, suggesting
from govern.archive.searching.asking import NAMES, ORDERS
from govern.archive.searching.finding import SIZE, Answer, Choice
from govern.archive.searching.suggesting import Suggestion
from govern.archive.watching.forms import tools
from govern.db import now
from govern.forums.readers import reader
from govern.people import noting
from govern.people.access import SIGNED_IN, allow, me
from govern.search import Facet, Query, SearchUnavailable
from govern.search.query import LONGEST
from govern.swedish import local_day, long_date
from govern.web.paging import Page, asked_page
from govern.web.unchanged import unchanged

pages = Blueprint("search", __name__)


@pages.get("/sok")
@allow(SIGNED_IN)
@unchanged
def search() -> ResponseReturnValue:
    """Find paragraphs, decisions and assignments."""
    asked = asking.read(request.args.items(multi=True))
    answer: Answer | None = None
    meant: Query | None = None
    nearly = False
    others: list[Suggestion] = []
    unavailable = False
    if not asked.empty:
        terms = reader(me(), local_day(now())).terms
        find = partial(finding.find, terms=terms, sort=asked.sort, filters=asked.filters, number=asked_page())
        try:
            answer = find(asked.query)
            if not answer.total and asked.words and (meant := suggesting.correction(asked.typed, terms)):
                answer = find(asked.dated(meant))
            if not answer.total and asked.words and (fewer := suggesting.relaxed(asked.typed, terms)):
                answer = find(asked.dated(fewer))
                nearly = bool(answer.total)
            if asked_page() == 1 and not asked.filters:
                others = suggesting.beside(meant.text if meant else asked.words, me(), terms, local_day(now()))
        except SearchUnavailable:
            unavailable = True
            indexing.ask_for_rebuild()
    page = render_template(
        "search/search.html",
        words=asked.words,
        meant=meant.text if meant and answer and answer.total else "",
        nearly=nearly,
        meant_url=_address(q=meant.text) if meant else "",
        others=[(other, other.url or _address(q=other.words)) for other in others],
        days=(asked.first, asked.last),
        asked=not asked.empty,
        unavailable=unavailable,
        answer=answer,
        page=Page(answer.found, asked_page(), SIZE, answer.total) if answer else None,
        entries=[(found, finding.address_of(found)) for found in answer.found] if answer else [],
        facets=_facets(answer, asked.filters) if answer else [],
        chosen=_chosen(asked.filters) + _chosen_days(asked.first, asked.last),
        orders=[(label, _address(ordning=name), name == asked.order) for name, (_, label) in ORDERS.items()],
        ordered=not asked.typed.empty,
        hidden=[(NAMES[facet][0], value) for facet, values in asked.filters.items() for value in values],
        tools=tools(
            asking.kept(request.args.items(multi=True)),
            mails=mail.configured(current_app.config["GOVERN"]),
            by=me(),
            at=now(),
        )
        if not asked.empty
        else None,
    )
    secret = [row for found in answer.found for row in found.secret] if answer else []
    noting.note_shown(me(), secret, at=now())
    return page


@pages.get("/sok/forslag")
@allow(SIGNED_IN)
def suggest() -> ResponseReturnValue:
    """Return suggested cases, people, forums and words as JSON; without a usable index, an empty list."""
    text = request.args.get("q", "")[:LONGEST].strip()
    today = local_day(now())
    try:
        found = suggesting.suggestions(text, me(), reader(me(), today).terms, today) if text else []
    except SearchUnavailable:
        found = []
    return jsonify([asdict(suggestion) for suggestion in found])


def _chosen_days(first: date | None, last: date | None) -> list[tuple[str, str, str]]:
    rows = (("Från", "fran", first), ("Till", "till", last))
    return [(label, long_date(value), _address(**{name: []})) for label, name, value in rows if value]


def _chosen(filters: dict[Facet, list[str]]) -> list[tuple[str, str, str]]:
    """Return the active filters: facet label, value label and the URL without the filter."""
    rows = []
    for facet, values in filters.items():
        name, label = NAMES[facet]
        for value, text in finding.names_of(facet, values).items():
            rows.append((label, text, _address(**{name: [other for other in values if other != value]})))
    return rows


def _facets(answer: Answer, filters: dict[Facet, list[str]]) -> list[tuple[str, list[tuple[Choice, str]]]]:
    """Return the facets that can narrow the result, with the URL of each value."""
    groups = []
    for facet, (name, label) in NAMES.items():
        choices = answer.facets.get(facet, ())
        if facet not in filters and len(choices) > 1:
            groups.append((label, [(choice, _address(**{name: choice.value})) for choice in choices]))
    return groups


def _address(**changed: Any) -> str:
    """Return this page's URL with the given parameters changed, at the first page of results."""
    asked: dict[str, Any] = {name: request.args.getlist(name) for name in request.args if name != "sida"}
    return url_for(".search", **(asked | changed))
