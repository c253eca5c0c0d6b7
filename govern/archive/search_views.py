"""The search page: one box over every paragraph that the reader may see."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from govern.archive import asking, finding, indexing
from govern.archive.asking import NAMES, ORDERS
from govern.archive.finding import SIZE, Answer, Choice
from govern.archive.watching_forms import tools
from govern.db import now
from govern.people.access import SIGNED_IN, allow, me
from govern.search import Facet, SearchUnavailable
from govern.web.paging import Page, asked_page
from govern.web.swedish import local_day

pages = Blueprint("search", __name__)


@pages.get("/sok")
@allow(SIGNED_IN)
def search() -> ResponseReturnValue:
    """Find paragraphs, decisions and assignments."""
    asking_ = asking.read(request.args.items(multi=True))
    words, query, filters, order = asking_.words, asking_.query, asking_.filters, asking_.order
    asked = not asking_.empty
    answer: Answer | None = None
    unavailable = False
    if asked:
        terms = finding.access_terms(me(), local_day(now()))
        try:
            answer = finding.find(query, terms, sort=asking_.sort, filters=filters, number=asked_page())
        except SearchUnavailable:
            unavailable = True
            indexing.ask_for_rebuild()
    return render_template(
        "search/search.html",
        words=words,
        asked=asked,
        unavailable=unavailable,
        answer=answer,
        page=Page(answer.found, asked_page(), SIZE, answer.total) if answer else None,
        entries=[(found, finding.address_of(found)) for found in answer.found] if answer else [],
        facets=_facets(answer, filters) if answer else [],
        chosen=_chosen(filters),
        orders=[(label, _address(ordning=name), name == order) for name, (_, label) in ORDERS.items()],
        ordered=not query.empty,
        hidden=[(NAMES[facet][0], value) for facet, values in filters.items() for value in values],
        tools=tools(asking.kept(request.args.items(multi=True)), by=me(), at=now()) if asked else None,
    )


def _chosen(filters: dict[Facet, list[str]]) -> list[tuple[str, str, str]]:
    """List what narrows the search: which facet, which value, and the address without it."""
    rows = []
    for facet, values in filters.items():
        name, label = NAMES[facet]
        for value, text in finding.names_of(facet, values).items():
            rows.append((label, text, _address(**{name: [other for other in values if other != value]})))
    return rows


def _facets(answer: Answer, filters: dict[Facet, list[str]]) -> list[tuple[str, list[tuple[Choice, str]]]]:
    """List what the answer can be narrowed by: each facet with its values and the address of each."""
    groups = []
    for facet, (name, label) in NAMES.items():
        choices = answer.facets.get(facet, ())
        if facet not in filters and len(choices) > 1:
            groups.append((label, [(choice, _address(**{name: choice.value})) for choice in choices]))
    return groups


def _address(**changed: Any) -> str:
    """Say this page's address with something changed, from its first page."""
    asked: dict[str, Any] = {name: request.args.getlist(name) for name in request.args if name != "sida"}
    return url_for(".search", **(asked | changed))
