"""Every field of a paragraph reaches the printed document, the search and the comparison of versions.

The fields are found by walking the classes of the record and of the draft. Each field of a full paragraph is changed in
turn, and what is made of the paragraph must change. Fields left out on purpose are listed in a table with the reason.
`notices/test_public_copy.py` checks that everything a person wrote can be masked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from enum import Enum
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from govern import beside, record
from govern.archive.searching.passages import passages
from govern.documents.papers.protocol import protocol_document
from govern.forums.states import ParagraphKind
from govern.paragraphs.drafting import draft as drafts
from govern.paragraphs.drafting.comparing import compare
from govern.paragraphs.states import BallotMethod, Choice, DissentKind, Outcome, SectionKind
from govern.richtext import Block, Para, Run
from tests import records

NOT_SEARCHED = {
    "label": "It is found by its number.",
    "kind": "Asked for by `typ:`.",
    "immediate": "How it was adjusted is shown on its page.",
    "confidential": "A reason may itself tell the secret.",
    "sections.kind": "A code.",
    "motions.supporters": "Found as a person.",
    "motions.put_order": "The order of the votes is read on the page.",
    "motions.withdrawn": "As the order.",
    "motions.carried": "As the order.",
    "ballots.method": "A code.",
    "ballots.yes": "Counts are read on the page.",
    "ballots.no": "As above.",
    "ballots.abstain": "As above.",
    "ballots.votes.name": "A name would find every ballot that its owner took part in.",
    "ballots.votes.choice": "As the name.",
    "ballots.casting_vote_by": "As the votes.",
    "ballots.decided_by_lot": "As the votes.",
    "attachments.filename": "People look for the title.",
    "attachments.sha256": "A digest.",
    "attachments.size": "A figure.",
    "attachments.media_type": "A code.",
    "disqualified.reason": "A private matter; the name finds it.",
    "supersedes.relation": "Found as the paragraph that it names.",
    "supersedes.label": "As the relation.",
    "supersedes.forum": "As the relation.",
    "supersedes.date": "As the relation.",
}
NOT_PRINTED = {
    "sections.kind": "It decides where a section stands.",
    "motions.put_order": "It orders those that were put, of which there is one here.",
    "decisions.outcome": "The clauses say it.",
    "attachments.filename": "The title names it; the file lies in the binder.",
    "attachments.sha256": "The binder's list has it.",
    "attachments.size": "As the digest.",
    "attachments.media_type": "A code for programs.",
    "attachments.confidential": "The whole protocol is for those who sit; `public.py` leaves a secret one out.",
}
NOT_COMPARED = {
    "sections.kind": "It decides where a section stands, and has no words of its own.",
    "dissents.announced": "That the room heard of it is a tick beside the text.",
}


def changes(value: Any, hint: Any = None) -> Iterator[tuple[str, Any]]:
    """Yield copies of a value with one leaf changed in each, with the leaf's path."""
    if is_dataclass(value) and not isinstance(value, (type, Block)):
        hints = get_type_hints(type(value))
        for one in fields(value):
            for path, changed in changes(getattr(value, one.name), hints[one.name]):
                yield f"{one.name}.{path}".rstrip("."), replace(value, **{one.name: changed})
    elif isinstance(value, tuple) and value and is_dataclass(value[0]) and not isinstance(value[0], Block):
        for path, changed in changes(value[0]):
            yield path, (changed, *value[1:])
    elif value != () or not any(map(is_dataclass, get_args(hint))):
        yield "", other(value, hint)


def other(value: Any, hint: Any) -> Any:  # noqa: PLR0911 — one return a kind of value
    """Return another value of the same type."""
    if get_origin(hint) is Literal:
        return next(one for one in get_args(hint) if one != value)
    match value:
        case None if str in get_args(hint):
            return "något"
        case bool():
            return not value
        case Enum():
            return next(one for one in type(value) if one is not value)
        case int():
            return value + 1
        case date():
            return value + timedelta(days=1)
        case str():
            return f"{value} ändrat"
        case tuple() if value and isinstance(value[0], str):
            return (*value, "ytterligare en")
        case tuple() if value and isinstance(value[0], int):
            return value[:-1]
        case tuple():
            return (Para((Run("Andra ord"),)),)
    raise TypeError(f"{value!r} says nothing: give the full paragraph a value there")


def paths(value: Any) -> set[str]:
    """Return the paths of all leaves of a value."""
    return {path for path, _ in changes(value)}


def shape(kind: type, above: tuple[type, ...] = ()) -> Iterator[str]:
    """Yield the paths of all leaves of a class by its types, to check that the full paragraph has each of them."""
    for name, hint in get_type_hints(kind).items():
        inner = [arg for arg in (hint, *get_args(hint)) if is_dataclass(arg)]
        if inner and inner[0] not in (*above, kind):
            yield from (f"{name}.{path}" for path in shape(inner[0], (*above, kind)))
        elif not inner:
            yield name


_FULL = records.full().paragraphs[0]
OPEN = replace(_FULL, attachments=(replace(_FULL.attachments[0], confidential=None),))
PARAGRAPH = replace(_FULL, attachments=(*OPEN.attachments, *_FULL.attachments))

DRAFT = drafts.Draft(
    heading="Gemensam växel",
    kind=ParagraphKind.DECISION,
    reference="KS 2024/17",
    confidential="OSL 19 kap. 3 §",
    sections=(drafts.SectionDraft(kind=SectionKind.MATTER, heading="Ärendet", html="<p>Ord</p>"),),
    motions=(
        drafts.MotionDraft(text="att avslå", mover=1, supporters=(2, 3), put_order=1, withdrawn=True, carried=False),
    ),
    ballots=(
        drafts.BallotDraft(
            method=BallotMethod.OPEN,
            question="Vad?",
            yes_means="bifall",
            no_means="avslag",
            yes=1,
            no=2,
            abstain=3,
            votes=(drafts.VoteDraft(presence=1, choice=Choice.YES),),
            casting_vote_by=1,
            decided_by_lot=True,
        ),
    ),
    decisions=(
        drafts.DecisionDraft(outcome=Outcome.APPROVAL, lead="Gruppen beslutar", clauses=("a",), recipients=("b",)),
    ),
    dissents=(drafts.DissentDraft(kind=DissentKind.RESERVATION, person=1, text="Mot", announced=True),),
    assignments=(
        drafts.AssignmentDraft(
            text="utreda",
            assignee="Anna",
            due=date(2026, 5, 4),
            report_to="Styrgruppen",
            alternatives=(drafts.AlternativeDraft(text="ett", alternatives=()),),
            addendum="senast",
        ),
    ),
)
NAMES = {1: "Anna Ask", 2: "Bo Björk", 3: "Cilla Ceder"}


def searched(paragraph: record.Paragraph) -> Any:
    return list(passages(record.to_json(replace(records.full(), paragraphs=(paragraph,)))["paragraphs"][0]))


def printed(paragraph: record.Paragraph) -> Any:
    return protocol_document(replace(records.full(), paragraphs=(paragraph,))).elements


MADE: list[tuple[str, Callable[[Any], Any], Any, Mapping[str, str | None]]] = [
    ("search", searched, PARAGRAPH, NOT_SEARCHED),
    ("paper", printed, PARAGRAPH, NOT_PRINTED),
    ("comparison", lambda draft: [p for p in compare(DRAFT, draft, NAMES) if p.changed], DRAFT, NOT_COMPARED),
]


@pytest.mark.parametrize(("what", "make", "whole", "left_out"), MADE, ids=[row[0] for row in MADE])
def test_no_field_is_forgotten(
    what: str, make: Callable[[Any], Any], whole: Any, left_out: Mapping[str, str | None]
) -> None:
    """Changing a field changes what is made of the paragraph, unless the table exempts the field."""
    before = make(whole)
    forgotten = {path for path, changed in changes(whole) if make(changed) == before}
    assert forgotten == set(left_out), f"{what}: {sorted(forgotten ^ set(left_out))}"


@pytest.mark.parametrize("whole", [PARAGRAPH, DRAFT], ids=["record", "draft"])
def test_the_full_paragraph_has_every_field(whole: Any) -> None:
    """A new field must be given a value here, and is checked from then on."""
    assert set(shape(type(whole))) <= paths(whole)


def named(described: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the name of every field that the page's scripts are given."""
    for one in described:
        yield one["name"]
        yield from named(one.get("fields") or [])


def test_the_page_asks_for_every_field_that_its_scripts_are_told_of() -> None:
    """Every field in the scripts' description occurs in the template."""
    page = (beside("templates") / "components/draft.html").read_text()
    votes = {"votes", "presence", "choice"}  # One row a person, read by form.js.
    assert set(named(drafts.shape())) - votes - set(re.findall(r'"(\w+)"', page)) == set()
