"""Write `docs/record.schema.json` from the record's own types: `python -m tests.record_schema`.

The file is read by other systems, so it is committed; `tests/test_record.py` fails when it is out of date.
"""

from __future__ import annotations

import json
import types
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, time
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from govern import record, richtext

PATH = Path(__file__).parents[1] / "docs" / "record.schema.json"

PRIMITIVES: dict[type, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    time: {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"},
}

RUNS = {"type": "array", "items": {"$ref": "#/$defs/Run"}}
BLOCKS = {"type": "array", "items": {"$ref": "#/$defs/Block"}}


def _object(description: str | None, properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "description": " ".join((description or "").split()),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _block(kind: str, of: type, properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return _object(of.__doc__, {"type": {"const": kind}} | properties, ["type", *required])


def _richtext() -> dict[str, Any]:
    """Return the schema of the content tree's JSON, in which omitted fields have their defaults."""
    count = {"type": "integer", "minimum": 1}
    marks = {"type": "array", "items": {"enum": list(richtext.MARKS)}, "uniqueItems": True}
    cell = {"blocks": BLOCKS, "head": {"const": True}, "colspan": count, "rowspan": count}
    rows = {"type": "array", "items": {"type": "array", "items": {"$ref": "#/$defs/Cell"}}}
    items = {"type": "array", "description": richtext.Item.__doc__, "items": BLOCKS}
    styles = {"enum": list(richtext.LIST_STYLES)}
    kinds = ("Para", "Head", "List", "Table")
    return {
        "Block": {"oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in kinds]},
        "Run": _object(
            richtext.Run.__doc__, {"text": {"type": "string"}, "marks": marks, "href": {"type": "string"}}, ["text"]
        ),
        "Para": _block("para", richtext.Para, {"runs": RUNS}, "runs"),
        "Head": _block("head", richtext.Head, {"level": count, "runs": RUNS}, "level", "runs"),
        "List": _block(
            "list", richtext.Lst, {"style": styles, "items": items, "start": {"type": "integer"}}, "style", "items"
        ),
        "Cell": _object(richtext.Cell.__doc__, cell, ["blocks"]),
        "Table": _block(
            "table", richtext.Table, {"rows": rows, "head_rows": {"type": "integer", "minimum": 0}}, "rows", "head_rows"
        ),
    }


def schema() -> dict[str, Any]:
    """Return the schema of the record: JSON Schema 2020-12."""
    definitions = _richtext()
    top = _describe(record.ProtocolRecord, definitions)
    whole = definitions.pop(top["$ref"].rpartition("/")[2])
    whole["properties"]["schema_version"] = {"const": record.SCHEMA_VERSION}
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ProtocolRecord",
    }
    return head | whole | {"$defs": dict(sorted(definitions.items()))}


def _describe(wanted: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if wanted == richtext.Blocks:
        return BLOCKS
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin in (Union, types.UnionType):
        inner = next(argument for argument in arguments if argument is not type(None))
        return _or_null(_describe(inner, definitions))
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is tuple:
        return {"type": "array", "items": _describe(arguments[0], definitions)}
    if is_dataclass(wanted):
        return _reference(wanted, definitions)  # type: ignore[arg-type]
    return dict(PRIMITIVES[wanted])


def _or_null(described: dict[str, Any]) -> dict[str, Any]:
    if "enum" in described:
        return {"enum": [*described["enum"], None]}
    return described | {"type": [described["type"], "null"]}


def _reference(wanted: type, definitions: dict[str, Any]) -> dict[str, Any]:
    name = wanted.__name__
    if name not in definitions:
        definitions[name] = {}  # Alternatives are recursive: the name must be defined before the description.
        hints = get_type_hints(wanted)
        properties = {field.name: _describe(hints[field.name], definitions) for field in fields(wanted)}
        required = [f.name for f in fields(wanted) if f.default is MISSING and f.default_factory is MISSING]
        definitions[name] = _object(wanted.__doc__, properties, required)
    return {"$ref": f"#/$defs/{name}"}


def text() -> str:
    """Return the content of the file."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
