"""Check what modules name in strings, which no import shows: tables, pages and modules.

A page's address is known by its endpoint, and a stage may not lead its reader to a later one except where `LINKS` says
why. Templates may link to any page: what is shown around a text, such as a case's history, belongs to later slices.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache

from tests.flow.reading import last_name, nodes
from tests.flow.rooms import rank

LINKS: Mapping[tuple[str, str], str] = {
    ("assignments.carrying.views", "protocols.of_meeting"): "What was carried is read where it is sealed.",
    (
        "meetings.removing.views",
        "archive.forum",
    ): "Whoever removes a meeting is led to its forum, which lists the rest.",
    ("meetings.views", "paragraphs.meeting"): "Opening a meeting leads to where it is written.",
    ("paragraphs.superseding.operations", "protocols.of_meeting"): "A superseded § is read where it is sealed.",
    ("paragraphs.views", "protocols.of_meeting"): "A sealed § is read in the protocol.",
    ("people.accounts.own_views", "archive.home"): "An event of the account is acknowledged on the first page.",
    ("protocols.adjusting.reminding", "archive.home"): "A reminder leads to what waits for its reader.",
    ("web.errors", "people.sign_in"): "Whoever is signed out is led to the sign-in.",
    ("web.navigation", "search.search"): "The page's head links to later pages.",
    ("web.navigation", "account.account"): "The page's head links to later pages.",
    ("web.navigation", "people.sign_out"): "The page's head links to later pages.",
}
"""Links from a module to a page of a later slice, and why."""

BY_NAME: Mapping[str, str] = {
    "govern.models": "It loads every table.",
    "govern.serve": "It loads the search engine that the settings choose.",
    "govern.limited": "It loads what the limited process is to run.",
}
"""Modules that import others by name, and why; all others say `import`."""
LOADERS = {"importlib", "runpy", "pkgutil"}
HARMLESS = {"importlib.metadata", "importlib.resources"}
RUNNING = {"__import__", "eval", "exec"}


def problems(texts: Mapping[str, str]) -> list[str]:
    """Return every problem of the modules, given by name."""
    return [*tables_downstream(texts), *pages_downstream(texts), *imported_by_name(texts)]


def tables_downstream(texts: Mapping[str, str]) -> list[str]:
    """List relationships and foreign keys to tables of later slices, by the name of the table or of its class."""
    owners = {made: name for name, text in texts.items() for made in tables_made(text)}
    return [
        f"{name}:{line} names {word} of {owners[word]}, which is downstream"
        for name, text in texts.items()
        for word, line in tables_named(text)
        if word in owners and rank(owners[word]) > rank(name)
    ]


@cache
def tables_made(text: str) -> tuple[str, ...]:
    """List the tables that a module declares: their names, and those of their classes."""
    return tuple(
        name
        for node in nodes(text)
        if isinstance(node, ast.ClassDef)
        for line in node.body
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "__tablename__"
        for name in (node.name, ast.literal_eval(line.value))
    )


@cache
def tables_named(text: str) -> tuple[tuple[str, int], ...]:
    """List the words in the strings of a module's relationships, foreign keys and columns' types, with the lines."""
    calls = [call for call in nodes(text) if isinstance(call, ast.Call | ast.Subscript)]
    named = {"relationship", "backref", "ForeignKey", "ForeignKeyConstraint", "Mapped"}
    return tuple(
        (word, string.lineno)
        for call in calls
        if last_name(call.func if isinstance(call, ast.Call) else call.value) in named
        for string in ast.walk(call)
        if isinstance(string, ast.Constant) and isinstance(string.value, str)
        for word in re.findall(r"\w+", string.value)
    )


def pages_downstream(texts: Mapping[str, str]) -> list[str]:
    """List links from Python to pages of later slices that `LINKS` does not name, and those that it names in vain."""
    owners = {made: name for name, text in texts.items() for made in blueprints(text)}
    downstream = [
        (name.removeprefix("govern."), endpoint, line)
        for name, text in texts.items()
        for endpoint, line in linked(text)
        if rank(owners.get(endpoint.partition(".")[0], "")) > rank(name)
    ]
    vain = set(LINKS) - {(name, endpoint) for name, endpoint, _ in downstream}
    return [
        f"govern.{name}:{line} links to {endpoint}, which is downstream"
        for name, endpoint, line in downstream
        if (name, endpoint) not in LINKS
    ] + [f"govern.{name} does not link to {endpoint}: remove it from LINKS" for name, endpoint in sorted(vain)]


@cache
def blueprints(text: str) -> tuple[str, ...]:
    """List the names of a module's blueprints, with which their endpoints begin."""
    return tuple(name for call, name in _calls(text, {"Blueprint"}))


@cache
def linked(text: str) -> tuple[tuple[str, int], ...]:
    """List the endpoints of other modules that a module's `url_for` names, with the lines."""
    return tuple((name, call.lineno) for call, name in _calls(text, {"url_for"}) if not name.startswith("."))


def _calls(text: str, names: set[str]) -> Iterator[tuple[ast.Call, str]]:
    """Yield the calls of functions with these names, and every string in their first arguments."""
    for call in nodes(text):
        if isinstance(call, ast.Call) and last_name(call.func) in names and call.args:
            for string in ast.walk(call.args[0]):
                if isinstance(string, ast.Constant) and isinstance(string.value, str):
                    yield call, string.value


def imported_by_name(texts: Mapping[str, str]) -> list[str]:
    """List modules other than those of `BY_NAME` that can import by a computed name, or run text as code."""
    return [
        f"{name}:{line} uses {used}, which hides what it imports"
        for name, text in texts.items()
        if name not in BY_NAME
        for used, line in loaders_used(text)
    ]


@cache
def loaders_used(text: str) -> tuple[tuple[str, int], ...]:
    """List what a module uses to import by name or to run text as code, with the lines."""
    found = []
    for node in nodes(text):
        match node:
            case ast.Import(names):
                found += [(alias.name, node.lineno) for alias in names if alias.name.partition(".")[0] in LOADERS]
            case ast.ImportFrom(str(module), names, 0) if module.partition(".")[0] in LOADERS:
                found += [(f"{module}.{alias.name}", node.lineno) for alias in names]
            case ast.Name(str(name)) if name in RUNNING:
                found.append((name, node.lineno))
    return tuple((used, line) for used, line in found if not used.startswith(tuple(HARMLESS)))
