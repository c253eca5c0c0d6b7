"""A meeting as frozen facts: what the protocol says, and nothing about how it looks.

Every document is written from a `ProtocolRecord` and every old protocol is read into one. Its canonical JSON
(keys sorted, no white space, UTF-8, defaults written out) has the same bytes for equal records on every machine, so
its SHA-256 is the protocol's fingerprint. `docs/record.schema.json` describes the same shape.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, time
from types import GenericAlias
from typing import Any, Literal, TypeVar, get_args

from cattrs import Converter, transform_error
from cattrs.errors import BaseValidationError, ForbiddenExtraKeysError

from govern import richtext
from govern.richtext import Blocks

T = TypeVar("T")

SCHEMA_VERSION = 1

Regime = Literal["kl_assembly", "kl_board", "joint_board", "association", "agreement"]
ParagraphKind = Literal["B", "I", "P", "R", "U"]
Outcome = Literal["approval", "rejection", "remission", "tabling", "noting", "election", "other"]


Day = date  # By another name in classes that have a field of that name.

PROSE = {"prose": True}
"""Marks a text that somebody wrote and that may hold personal data: only such texts can be masked in a public copy. The
others are codes, labels and names of bodies."""

LATER = {"later": True}
"""Marks a field added after protocols had been sealed. It is written only if it differs from its default, so that the
bytes and fingerprints of earlier records do not change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The legal body whose protocol this is, as its letterhead names it."""

    name: str
    org_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forum:
    """The forum that met."""

    name: str
    level: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """When, where and how the forum met. Times are local wall-clock times in Sweden.

    `end_date` is there only where the meeting ended on another day than it began: the day after.
    """

    date: date
    start: time
    end: time | None
    place: str = field(metadata=PROSE)
    kind: Literal["ordinary", "extra", "per_capsulam"]
    mode: Literal["on_site", "remote", "hybrid"] = "on_site"
    end_date: Day | None = field(default=None, metadata=LATER)
    video_link: str = field(default="", metadata=PROSE | LATER)

    @property
    def where(self) -> tuple[str, ...]:
        """Where to come to, as the summons says it."""
        return (self.place, self.video_link) if self.video_link else (self.place,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """The first and last § of the meeting, and the series they belong to (empty when it never restarts)."""

    first: int | None
    last: int | None
    series: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """One person in the room, from one § to another; someone who comes and goes has several rows.

    `deciding` distinguishes those who take part in decisions (Beslutande) from the others present (Övriga deltagare).
    `from_paragraph` and `to_paragraph` are None where the presence reaches the meeting's start or end.
    """

    name: str = field(metadata=PROSE)
    role: str
    deciding: bool
    party: str | None = field(default=None, metadata=PROSE)
    political_party: str | None = None
    title: str | None = field(default=None, metadata=PROSE)
    serving_for: str | None = field(default=None, metadata=PROSE)
    from_paragraph: int | None = None
    to_paragraph: int | None = None
    remote: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjuster:
    """Someone chosen to adjust the protocol, beside the chair."""

    name: str = field(metadata=PROSE)
    party: str | None = field(default=None, metadata=PROSE)
    political_party: str | None = None
    title: str | None = field(default=None, metadata=PROSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a paragraph's text under its own heading (which may be empty)."""

    kind: str
    heading: str = field(metadata=PROSE)
    blocks: Blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """What was moved, by whom, in which order the chair put it and how it fared."""

    text: str = field(metadata=PROSE)
    mover: str | None = field(default=None, metadata=PROSE)
    supporters: tuple[str, ...] = field(default=(), metadata=PROSE)
    put_order: int | None = None
    withdrawn: bool = False
    carried: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """How one person voted in an open ballot."""

    name: str = field(metadata=PROSE)
    choice: Literal["yes", "no", "abstain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """A vote taken: what yes and no meant, the counts, and the votes when it was open."""

    method: Literal["open", "secret"]
    question: str = field(metadata=PROSE)
    yes_means: str = field(metadata=PROSE)
    no_means: str = field(metadata=PROSE)
    yes: int
    no: int
    abstain: int
    votes: tuple[Vote, ...] = ()
    casting_vote_by: str | None = field(default=None, metadata=PROSE)
    decided_by_lot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause of a decision, one thing decided (att-sats), without its leading `att`."""

    text: str = field(metadata=PROSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision of one or more clauses: `lead` is the words before the first (Hälsingerådet beslutar)."""

    outcome: Outcome
    lead: str = field(metadata=PROSE)
    clauses: tuple[Clause, ...]
    recipients: tuple[str, ...] = field(default=(), metadata=PROSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dissent:
    """A reservation, a separate opinion or a note to the protocol."""

    kind: Literal["reservation", "opinion", "note"]
    person: str = field(metadata=PROSE)
    text: str = field(metadata=PROSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One numbered or lettered alternative of an assignment, with those beneath it."""

    label: str
    text: str = field(metadata=PROSE)
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A duty given: who, what, by when, and which forum hears the result.

    `text` and `addendum` (what follows the alternatives) hold a line for each point. `due` is a date,
    `report_to` names the forum or the meeting in the protocol's own words.
    """

    text: str = field(metadata=PROSE)
    assignee: str = field(metadata=PROSE)
    due: date | None = None
    report_to: str | None = field(default=None, metadata=PROSE)
    alternatives: tuple[Alternative, ...] = ()
    addendum: str = field(default="", metadata=PROSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file listed in the protocol. `sha256` is of its bytes, `size` in bytes."""

    title: str = field(metadata=PROSE)
    filename: str
    sha256: str
    size: int
    media_type: str
    confidential: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disqualified:
    """Someone who left the room for a conflict of interest (KL 6:30)."""

    name: str = field(metadata=PROSE)
    reason: str = field(metadata=PROSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supersession:
    """An earlier paragraph whose decision this one's replaces or amends, named as a reader finds it."""

    relation: Literal["replaces", "amends"]
    label: str
    forum: str
    date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph of the protocol: what was treated, under a number that never changes.

    `label` is the number as printed (`§ 812`). `confidential` is the reason why it is kept from others, if it is.
    """

    number: int
    label: str
    heading: str = field(metadata=PROSE)
    kind: ParagraphKind | None = None
    reference: str | None = None
    sections: tuple[Section, ...] = ()
    motions: tuple[Motion, ...] = ()
    ballots: tuple[Ballot, ...] = ()
    decisions: tuple[Decision, ...] = ()
    dissents: tuple[Dissent, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    disqualified: tuple[Disqualified, ...] = ()
    immediate: bool = False
    confidential: str | None = None
    supersedes: tuple[Supersession, ...] = field(default=(), metadata=LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Someone who is to sign: `secretary`, `chair` or `adjuster`, in the order of the tuple.

    `paragraphs` are the numbers at which a chair presided in the place of the meeting's own; empty for everyone else.
    """

    role: Literal["secretary", "chair", "adjuster"]
    name: str = field(metadata=PROSE)
    party: str | None = field(default=None, metadata=PROSE)
    political_party: str | None = None
    title: str | None = field(default=None, metadata=PROSE)
    paragraphs: tuple[int, ...] = field(default=(), metadata=LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolRecord:
    """The whole protocol as facts."""

    body: Body
    forum: Forum
    regime: Regime
    meeting: Meeting
    numbering: Numbering
    presence: tuple[Presence, ...]
    adjusters: tuple[Adjuster, ...]
    paragraphs: tuple[Paragraph, ...]
    signatures: tuple[Signature, ...]
    schema_version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        """Refuse a record of another version."""
        if self.schema_version != SCHEMA_VERSION:
            raise ValueError(f"schema_version: {self.schema_version} is not {SCHEMA_VERSION}")


# --- What people outside the forum may read ------------------------------------------------------------------

WITHHELD = "Sekretess"
WITHHELD_PAPER = "Bilaga med sekretess"
_SECTION = re.compile(
    r"\b(\d+)\s*([a-zå-ö])?\s*kap(?:\.|itlet)?\s*(\d+)\s*([a-zå-ö])?\s*§"
    r"|\bOSL\s+(\d+)\s?([a-zå-ö])?:(\d+)(?:\s?([a-zå-ö])\b)?",
    re.IGNORECASE,
)
_OSL = re.compile(r"\bOSL\b|offentlighets- och sekretesslagen", re.IGNORECASE)


def section_of_law(reason: str) -> str:
    """Return the section of law in a reason for secrecy, as others may read it; never the reason's own words.

    A reason may itself reveal the secret; OSL 5:5 requires that the section is noted. Empty if there is none.
    """
    sections = []
    for found in _SECTION.finditer(reason):
        chapter, letter, number, part = found.groups()[:4] if found[1] else found.groups()[4:]
        sections.append(f"{_numbered(chapter, letter)} kap. {_numbered(number, part)} §")
    law = "OSL " if sections and _OSL.search(reason) else ""
    return law + ", ".join(dict.fromkeys(sections))


def _numbered(number: str, letter: str | None) -> str:
    return f"{number} {letter.lower()}" if letter else number


def is_secret(paragraph: Paragraph) -> bool:
    """Return whether a § or one of its papers is confidential."""
    return paragraph.confidential is not None or any(paper.confidential is not None for paper in paragraph.attachments)


def open_part(paragraph: Paragraph) -> Paragraph:
    """Return the part of a § that people outside the forum may read.

    Of a confidential § that is its number and the section of law; of a confidential paper, that it exists.
    """
    if paragraph.confidential is not None:
        return Paragraph(
            number=paragraph.number,
            label=paragraph.label,
            heading=WITHHELD,
            confidential=section_of_law(paragraph.confidential),
        )
    return replace(paragraph, attachments=tuple(map(_open_paper, paragraph.attachments)))


def _open_paper(paper: Attachment) -> Attachment:
    if paper.confidential is None:
        return paper
    why = section_of_law(paper.confidential)
    return Attachment(title=WITHHELD_PAPER, filename="", sha256="", size=0, media_type="", confidential=why)


def open_parts(record: ProtocolRecord) -> ProtocolRecord:
    """Return the part of a protocol that people outside the forum may read."""
    return replace(record, paragraphs=tuple(map(open_part, record.paragraphs)))


def to_json(facts: Any) -> dict[str, Any]:
    """Write a record, or a part of one that has fields, as JSON values, every field named."""
    value = _write(facts)
    if not isinstance(value, dict):
        raise TypeError(f"{facts!r} has no fields")
    return value


def canonical(record: ProtocolRecord) -> bytes:
    """Write the record as canonical JSON: equal records, equal bytes."""
    return canonical_json(to_json(record))


def canonical_json(value: Mapping[str, Any]) -> bytes:
    """Write JSON values so that equal values give equal bytes: names in order, no white space, UTF-8.

    The fingerprints of all that is sealed or published depend on these bytes, which therefore never change.

    Raises:
        ValueError: if a number is not finite, which JSON cannot say.
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def sha256_of(record: ProtocolRecord) -> str:
    """Return the record's fingerprint: the SHA-256 of its canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(record)).hexdigest()


def from_json(value: Mapping[str, Any]) -> ProtocolRecord:
    """Read a record back from its JSON values.

    Raises:
        ValueError: as `read`.
    """
    return read(ProtocolRecord, value)


def read(kind: type[T], value: Any) -> T:
    """Read facts of a kind, such as a record or one of its parts, from their JSON values.

    Raises:
        ValueError: if a field is missing, unknown, or of another type; the message names the place.
    """
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} is no object")
    try:
        return _CONVERTER.structure(value, kind)
    except BaseValidationError as error:
        faults = sorted(transform_error(error, "", _in_words), key=lambda fault: fault.startswith(MISSING))
        message, _, place = faults[0].rpartition(" @ ")
        raise ValueError(f"{place.lstrip('.') or 'record'}: {message}") from error


def loads(data: bytes | str) -> ProtocolRecord:
    """Read a record from JSON text.

    Raises:
        ValueError: if the text is not JSON or not a record.
    """
    return read(ProtocolRecord, json.loads(data))


def _write(value: Any) -> Any:
    match value:
        case date() | time():
            return value.isoformat()[:10] if isinstance(value, date) else value.strftime("%H:%M")
        case tuple() if _is_blocks(value):
            return richtext.to_json(value)
        case tuple():
            return [_write(part) for part in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            pairs = ((f, getattr(value, f.name)) for f in fields(value))
            return {f.name: _write(part) for f, part in pairs if not (f.metadata.get("later") and part == f.default)}
        case _:
            return value


def _is_blocks(value: tuple[Any, ...]) -> bool:
    return bool(value) and isinstance(value[0], richtext.Block)


MISSING = "missing"


def _exactly(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise ValueError(f"{value!r} is no {kind.__name__}")
    return value


def _listed(value: Any, kind: Any) -> Any:
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is no list")
    if kind == Blocks:
        return richtext.from_json(value)
    of_parts: Any = GenericAlias(list, get_args(kind)[:1])
    return tuple(_CONVERTER.structure(value, of_parts))


def _is_tuple(kind: Any) -> bool:
    return getattr(kind, "__origin__", None) is tuple


def _in_words(error: BaseException, _kind: type | None) -> str:
    match error:
        case ForbiddenExtraKeysError(extra_fields=unknown):
            return f"unknown {', '.join(sorted(unknown))}"
        case KeyError():
            return MISSING
        case _:
            return str(error)


_CONVERTER = Converter(forbid_extra_keys=True)
for _kind in (str, int, bool):
    _CONVERTER.register_structure_hook(_kind, _exactly)
_CONVERTER.register_structure_hook(date, lambda value, _: date.fromisoformat(value))
_CONVERTER.register_structure_hook(time, lambda value, _: time.fromisoformat(value))
_CONVERTER.register_structure_hook_func(_is_tuple, _listed)
