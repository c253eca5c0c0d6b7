"""Limits on all input: text that can be stored, numbers that fit a column, JSON of bounded depth.

Every URL, query, form, file name, header and JSON text is checked here before a view sees it. Invisible characters that
a person may paste (a page break from a PDF, a line break from a slide) are converted; characters that nobody types and
no database stores (NUL, half a surrogate pair) are refused with a sentence, and nothing is changed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from flask import Flask, Request, abort, current_app, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.datastructures import FileStorage, ImmutableMultiDict
from werkzeug.routing import IntegerConverter

from govern.bounds import _REFUSED, LARGEST, keepable, kept, one_line, whole
from govern.errors import Refusal, Refused

DEEPEST = 40
LONGEST_JSON = 10_000_000

UNKEEPABLE = "Texten innehåller tecken som inte går att spara. Skriv om den, eller klistra in den som oformaterad text."
UNREADABLE = "Det som skickades gick inte att läsa. Ladda om sidan och försök igen."
TOO_LONG = "Texten är för lång för att sparas på en gång. Dela upp den."


class Id(IntegerConverter):
    """A row's id in a URL: a number too large for a column gives 404."""

    regex = "[0-9]{1,10}"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max": LARGEST} | options)


class Fields(ImmutableMultiDict[str, Any]):
    """Fields of a query or a form, and files, with text that can be stored."""

    def __init__(self, mapping: Any = None) -> None:
        every = ImmutableMultiDict(mapping or ()).items(multi=True)
        super().__init__([(kept(name), _kept_field(value)) for name, value in every])


def _kept_field(value: Any) -> Any:
    if isinstance(value, str):
        return kept(value)
    if isinstance(value, FileStorage) and value.filename and keepable(value.filename):
        value.filename = one_line(value.filename)
    return value


class Incoming(Request):
    """A request whose fields are cleaned when they are read."""

    parameter_storage_class = Fields


class BoundedJSON(DefaultJSONProvider):
    """Standard JSON (no NaN, no Infinity), of bounded depth, with text that can be stored."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse JSON.

        Raises:
            ValueError: if it is not JSON, is nested too deeply, or holds text that cannot be stored.
        """
        try:
            value = super().loads(s, **{"parse_constant": _refuse_constant} | kwargs)
        except RecursionError as error:
            raise ValueError("the JSON is nested too deep") from error
        return _kept_json(value, DEEPEST)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _kept_json(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        if not keepable(value):
            raise UnkeepableError(UNKEEPABLE)
        return kept(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("the JSON holds a number beyond measure")
    if isinstance(value, (dict, list)) and depth <= 0:
        raise ValueError("the JSON is nested too deep")
    if isinstance(value, dict):
        return {_kept_json(name, depth): _kept_json(part, depth - 1) for name, part in value.items()}
    if isinstance(value, list):
        return [_kept_json(part, depth - 1) for part in value]
    return value


class UnkeepableError(ValueError):
    """Raise for text that no database can store."""


def sent_object() -> dict[str, Any]:
    """Return the JSON object sent by a page's script.

    Raises:
        Refused: if it is anything else.
    """
    if (request.content_length or 0) > LONGEST_JSON:
        raise Refused(TOO_LONG)
    try:
        value = current_app.json.loads(request.get_data()) if request.is_json else None
    except UnkeepableError as error:
        raise Refused(UNKEEPABLE) from error
    except ValueError as error:
        raise Refused(UNREADABLE) from error
    if not isinstance(value, dict):
        raise Refused(UNREADABLE)
    return value


def sent_ids(name: str, refusal: Refusal) -> list[int]:
    """Return a list of ids from the JSON object sent by a page's script.

    Raises:
        Refused: with `refusal`, if it cannot be parsed as such.
    """
    try:
        given = sent_object().get(name)
    except Refused as error:
        raise Refused(refusal) from error
    ids = [whole(one) for one in given] if isinstance(given, list) else [None]
    if None in ids:
        raise Refused(refusal)
    return [one for one in ids if one is not None]


def init_app(app: Flask) -> None:
    """Set limits on every request. Call it before anything else that reads one, and before adding routes."""
    app.request_class = Incoming
    app.json = BoundedJSON(app)
    app.url_map.converters["int"] = Id

    @app.before_request
    def refuse_unkeepable() -> None:
        if _REFUSED.search(request.path) or kept(request.path) != request.path:
            abort(404)
        if not all(map(keepable, _texts(request))):
            raise Refused(UNKEEPABLE)


def _texts(incoming: Request) -> Iterator[str]:
    """Yield every text of a request except its JSON, which is checked when it is parsed."""
    for _, value in incoming.headers:
        yield value
    for fields in (incoming.args, incoming.form):
        for name, value in fields.items(multi=True):
            yield name
            yield value
    for name, file in incoming.files.items(multi=True):
        yield name
        yield file.filename or ""
