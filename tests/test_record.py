"""The record: it is read back as written, equal records have equal bytes, and the schema describes it exactly."""

import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from govern import record, richtext
from govern.documents.papers import correction, extract, public
from tests import flow, record_schema
from tests.records import RICH, full

VALIDATOR = Draft202012Validator(record_schema.schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)


def objects(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Yield every object in a JSON value with its path."""
    if isinstance(value, dict):
        yield place, value
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from objects(part, (*place, key))


PLACES = [place for place, _ in objects(record.to_json(full()))]


def changed(place: tuple[Any, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a copy of the full record's JSON and the object at a path in it."""
    value = copy.deepcopy(record.to_json(full()))
    part: Any = value
    for key in place:
        part = part[key]
    return value, part


def test_the_example_leaves_nothing_out() -> None:
    """The example sets every field of every type to something other than its default."""
    seen: set[tuple[str, str]] = set()

    def walk(value: Any) -> None:
        if isinstance(value, tuple):
            for part in value:
                walk(part)
        elif is_dataclass(value):
            for field in fields(value):
                inner = getattr(value, field.name)
                if field.default is MISSING or inner != field.default:
                    seen.add((type(value).__name__, field.name))
                walk(inner)

    walk(full())
    types = [
        t for module in (record, richtext) for t in vars(module).values() if isinstance(t, type) and is_dataclass(t)
    ]
    wanted = {(t.__name__, field.name) for t in types for field in fields(t)}
    missing = wanted - seen - {("ProtocolRecord", "schema_version")}
    assert not missing, f"give {sorted(missing)} a value in the example, tests/records.py"


def test_round_trip() -> None:
    """A record survives a round trip through JSON and through bytes."""
    assert record.from_json(record.to_json(full())) == full()
    assert record.loads(record.canonical(full())) == full()


def test_equal_records_have_equal_bytes() -> None:
    """The order of fields and omitted defaults make no difference."""
    value = record.to_json(full())
    backwards = json.loads(json.dumps(value), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    del backwards["schema_version"]
    assert record.canonical(record.from_json(backwards)) == record.canonical(full())
    assert record.canonical(replace(full(), regime="association")) != record.canonical(full())


def without_later(value: Any) -> Any:
    """Return a record as it was written before any later field existed."""
    if isinstance(value, tuple):
        return tuple(map(without_later, value))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    kept = {
        field.name: field.default if field.metadata.get("later") else without_later(getattr(value, field.name))
        for field in fields(value)
    }
    return replace(value, **kept)


def test_canonical_bytes_never_change() -> None:
    """The hashes of sealed protocols depend on these bytes; if this fails, none of them can be verified.

    A new field must therefore be a later one (`record.LATER`), which is written only if it differs from its default.
    """
    first = without_later(replace(full(), signatures=full().signatures[:1]))
    data = record.canonical(first)
    assert data.startswith(b'{"adjusters":[{"name":"Bo Bj\xc3\xb6rk","party":"Bj\xc3\xb6rkby","political_party":"S"')
    assert hashlib.sha256(data).hexdigest() == FINGERPRINT, "a field that is not LATER was added, removed or changed"


def test_the_fingerprint_is_of_the_canonical_bytes() -> None:
    assert record.sha256_of(full()) == hashlib.sha256(record.canonical(full())).hexdigest() != FINGERPRINT


FINGERPRINT = "a02cfb59b3e4963b866b34b3e93ac1c90991bf0569a372be425bde73cbe324d8"
"""SHA-256 of the example with one signature and without its later fields, as the first version wrote it."""


MADE = date(2024, 5, 3)
AMENDED = (extract.Amendment(number=17, made=MADE, old="0226", new="2026", reason="Årtalet är felskrivet."),)
BESIDE = {
    "correction": (
        lambda first: correction.canonical(
            correction.CorrectionFacts(
                body=first.body,
                forum=first.forum.name,
                meeting=first.meeting.date,
                protocol=FINGERPRINT,
                label="§ 17",
                heading="Gemensam växel",
                old="0226",
                new="2026",
                reason="Årtalet är felskrivet.",
                made=MADE,
                made_by="Cilla Berg",
                signatures=first.signatures,
            )
        ),
        "63a9f4e83e93058db529089ffea93ca6331129dd575afd62014f57be5bc59296",
    ),
    "extract": (
        lambda first: extract.canonical(
            extract.ExtractFacts(
                record=first,
                protocol=FINGERPRINT,
                certifier="Cilla Berg",
                role="sekreterare",
                made=MADE,
                amendments=AMENDED,
            )
        ),
        "9a297f55de60fd00a33d856490d809acd8725ba378468c4451cac103f3182a41",
    ),
    "public copy": (
        lambda first: public.canonical(public.PublicFacts(record=first, amendments=AMENDED)),
        "adbf2c781b57ae6c3695a848c200e58aa5d9653923e325227500372988275041",
    ),
}
"""What is stored beside a protocol, each with the SHA-256 of its bytes as the first version wrote them."""


@pytest.mark.parametrize(("write", "fingerprint"), BESIDE.values(), ids=BESIDE)
def test_what_is_stored_beside_a_protocol_keeps_its_bytes(
    write: Callable[[record.ProtocolRecord], bytes], fingerprint: str
) -> None:
    first = without_later(replace(full(), signatures=full().signatures[:1]))
    assert hashlib.sha256(write(first)).hexdigest() == fingerprint


def test_canonical_json_is_written_in_one_place() -> None:
    """Only the record's module writes canonical JSON; the audit log has an older form, which its hashes depend on."""
    sorted_ = {name for name, text in flow.sources().items() if "sort_keys" in text}
    assert sorted_ == {"govern.record", "govern.audit"}


def test_canonical_json_has_no_form_for_what_is_no_number() -> None:
    """JSON has no NaN or infinity, which Python would write all the same."""
    with pytest.raises(ValueError, match="JSON"):
        record.canonical_json({"part": float("nan")})


@pytest.mark.parametrize(
    ("place", "name", "value", "says"),
    [
        ((), "colour", "red", "unknown colour"),
        (("meeting",), "colour", "red", "meeting: unknown colour"),
        (("paragraphs", 0), "number", "17", r"paragraphs\[0\].number"),
        (("paragraphs", 0), "number", True, r"paragraphs\[0\].number"),
        (("paragraphs", 0), "kind", "X", r"paragraphs\[0\].kind"),
        (("paragraphs", 0), "sections", {}, r"paragraphs\[0\].sections"),
        (("paragraphs", 0, "sections", 0), "blocks", [{"type": "film"}], r"sections\[0\].blocks"),
        (("meeting",), "date", "2024-13-01", "meeting.date"),
        (("meeting",), "start", "25:00", "meeting.start"),
        ((), "body", None, "body"),
        ((), "schema_version", 2, "schema_version"),
    ],
)
def test_what_is_no_record_is_refused(place: tuple[Any, ...], name: str, value: Any, says: str) -> None:
    """The error names the place, and the schema rejects the value too."""
    whole, part = changed(place)
    part[name] = value
    with pytest.raises(ValueError, match=says):
        record.from_json(whole)
    assert not VALIDATOR.is_valid(whole)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "{"])
def test_what_is_no_json_object_is_refused(text: str) -> None:
    """Valid JSON that is not a record is refused as well."""
    with pytest.raises(ValueError):  # noqa: PT011 — the parser's own message
        record.loads(text)


def test_the_schema_is_the_one_published() -> None:
    """`docs/record.schema.json` is the schema generated from the code."""
    assert record_schema.PATH.read_text(encoding="utf-8") == record_schema.text(), "run make generate"
    Draft202012Validator.check_schema(record_schema.schema())


def test_a_record_fits_the_schema() -> None:
    """Both a full record and one without everything optional are valid."""
    VALIDATOR.validate(record.to_json(full()))
    VALIDATOR.validate(record.to_json(replace(full(), presence=(), adjusters=(), paragraphs=(), signatures=())))


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)) or "record")
def test_the_schema_allows_nothing_more(place: tuple[Any, ...]) -> None:
    """At every place the schema rejects an unknown field and a value of the wrong type."""
    whole, part = changed(place)
    for name in list(part):
        kept = part[name]
        part[name] = 1.5
        assert not VALIDATOR.is_valid(whole), f"{name} may be 1.5"
        part[name] = kept
    part["colour"] = "red"
    assert not VALIDATOR.is_valid(whole)


def test_schema_properties_are_the_fields() -> None:
    """Every dataclass is described by its own fields, of which those without a default are required."""
    schema = record_schema.schema()
    described = schema["$defs"] | {"ProtocolRecord": schema}
    for kind in (t for t in vars(record).values() if isinstance(t, type) and is_dataclass(t)):
        names = [field.name for field in fields(kind)]
        needed = [field.name for field in fields(kind) if field.default is MISSING]
        assert list(described[kind.__name__]["properties"]) == names
        assert described[kind.__name__]["required"] == needed
        assert described[kind.__name__]["additionalProperties"] is False


def test_richtext_round_trip() -> None:
    """A content tree survives a round trip through JSON, and defaults are omitted."""
    assert richtext.from_json(json.loads(json.dumps(richtext.to_json(RICH)))) == RICH
    assert richtext.to_json(richtext.plain("a\nb\n\nc")) == [
        {"type": "para", "runs": [{"text": "a\nb"}]},
        {"type": "para", "runs": [{"text": "c"}]},
    ]


@pytest.mark.parametrize(
    "value", [[{"type": "film"}], [{}], ["text"], [{"type": "list", "style": "stars", "items": []}]]
)
def test_what_is_no_content_tree_is_refused(value: Any) -> None:
    """Unknown types and incomplete blocks are refused."""
    with pytest.raises(ValueError):  # noqa: PT011 — one of several messages
        richtext.from_json(value)


def test_text_of() -> None:
    """Plain text has one line a block, with cells separated by tabs."""
    assert richtext.text_of(RICH) == "Kostnad\nFem kommuner delar\npå en växel\nen\ntvå\nKommun\nBjörkby\t"


@pytest.mark.parametrize(
    ("style", "number", "label"),
    [
        ("bullet", 1, "•"),
        ("decimal", 12, "12."),
        ("lower-alpha", 1, "a."),
        ("lower-alpha", 26, "z."),
        ("lower-alpha", 27, "aa."),
        ("lower-roman", 4, "iv."),
        ("lower-roman", 1994, "mcmxciv."),
    ],
)
def test_labels(style: richtext.ListStyle, number: int, label: str) -> None:
    """The label is what precedes the list item."""
    assert richtext.label_of(style, number) == label
