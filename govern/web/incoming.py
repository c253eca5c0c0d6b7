"""What comes in from outside is read within bounds: text that can be kept, numbers that fit a column, JSON of a depth.

Every address, query, form, file name, header and JSON text passes here before a view sees it. What a person may paste
without seeing it (a page break from a PDF, a line break from a slide) is made into what it means; what no person
types and no database keeps (NUL, half a character) is refused with a sentence, and nothing is changed.
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
    """A row's id in an address: what no column can hold is no address (404)."""

    regex = "[0-9]{1,10}"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max": LARGEST} | options)


class Fields(ImmutableMultiDict[str, Any]):
    """Fields of a query or a form, and files, with their text as it can be kept."""

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
    """A request whose fields are cleaned as they are read."""

    parameter_storage_class = Fields


class BoundedJSON(DefaultJSONProvider):
    """JSON as the standard has it (no NaN, no Infinity), of bounded depth, with text that can be kept."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read JSON.

        Raises:
            ValueError: when it is not JSON, or nested too deep, or holds text that cannot be kept.
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
    """Raise for text that no database keeps."""


def sent_object() -> dict[str, Any]:
    """Give the JSON object that a page's script sends.

    Raises:
        Refused: when it is anything else.
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
    """Give the ids in a list of the JSON object that a page's script sends.

    Raises:
        Refused: with `refusal`, when it cannot be read as that.
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
    """Read every request within bounds. Comes before whatever else looks at one, and before the routes."""
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
    """Go through every text of a request but its JSON, which is read where it is asked for."""
    for _, value in incoming.headers:
        yield value
    for fields in (incoming.args, incoming.form):
        for name, value in fields.items(multi=True):
            yield name
            yield value
    for name, file in incoming.files.items(multi=True):
        yield name
        yield file.filename or ""
