"""Everything that the audit log shows has Swedish words: actions, facts, tables and the program's own codes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from govern import audit, models
from govern.archive.states import Telling
from govern.assignments.states import Closing
from govern.audit_words import ACTIONS, CODES, FACTS, TABLES, facts_words, unworded
from govern.db import Base
from govern.forums.house.rules import NAMES
from govern.forums.states import SeatRole
from govern.paragraphs.states import Change, Relation
from govern.people import attempts
from govern.people.states import FactorKind
from govern.protocols import checks
from govern.protocols.states import Reading, SignerRole
from govern.topics import Topic
from tests import make
from tests.cast import Cast

ROOT = Path(__file__).parents[2] / "govern"
WRITERS = {"audit.write", "_write", "_write_all", "_note", "_audit", "_changed"}
"""The functions that write to the log, and those in the same module that pass facts on to them."""
TREES = {path: ast.parse(path.read_text()) for path in ROOT.rglob("*.py") if "audit" in path.read_text()}


def written() -> Iterator[ast.keyword]:
    """Yield the facts of every call that writes to the log."""
    for tree in TREES.values():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in WRITERS:
                yield from (given for given in call.keywords if given.arg not in {None, "by", "by_id", "at"})


def test_every_fact_has_a_word():
    facts = {given.arg for given in written()}
    assert len(facts) > 40
    assert not facts - set(FACTS)


def test_every_fact_that_is_a_member_of_an_enumeration_is_known_to_be_a_code():
    """Such a fact is written `row.kind.value`."""
    values = {
        given.arg for given in written() if isinstance(given.value, ast.Attribute) and given.value.attr == "value"
    }
    assert values
    assert not values - set(CODES)


def findings() -> set[str]:
    """Return the codes of all findings, as they are written in the checks."""
    tree = ast.parse(Path(checks.__file__).read_text())
    calls = [call for call in ast.walk(tree) if isinstance(call, ast.Call)]
    named = [call for call in calls if getattr(call.func, "id", "") in {"_hinder", "_warning"}]
    return {checks.LATE} | {call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)}


def limits() -> set[str]:
    """Return the kinds of limits on attempts to sign in."""
    found = [*attempts.at_links("192.0.2.7"), *attempts.at_known("a@b.example", "device")]
    for kind in attempts.KINDS:
        found += attempts.outside("192.0.2.7", "a@b.example", kind=kind)
    return {limit.kind for limit in found}


@pytest.mark.parametrize(
    ("fact", "codes"),
    [
        ("change", set(Change)),
        ("chosen", set(NAMES)),
        ("finding", findings()),
        ("kind", {*FactorKind, "kod", "lösenord", "länk"}),
        ("limit", limits()),
        ("relation", set(Relation)),
        ("role", {*SeatRole, *SignerRole}),
        ("telling", set(Telling)),
        ("topic", set(Topic)),
        ("verdict", set(Reading)),
        ("why", set(Closing)),
    ],
)
def test_every_code_has_a_word(fact, codes):
    assert set(CODES[fact]) == {str(code) for code in codes}


def test_no_other_fact_is_a_code():
    assert len(CODES) == 11, "add the new fact to the table of test_every_code_has_a_word"


def test_every_word_is_of_a_table():
    models.load()
    assert not set(TABLES) - set(Base.metadata.tables)


def test_codes_are_shown_as_words_and_what_people_have_written_is_not():
    assert facts_words({"chosen": ["header_text", "strip"]}) == "valt: text i sidhuvudet, signaturrad"
    assert facts_words({"finding": "adjusted_late:0123456789abcdef"}) == "kontroll: justeras för sent"
    assert facts_words({"heading": "member"}) == "rubrik: member"
    assert facts_words({"role": SeatRole.CO_OPTED, "why": None}) == "roll: adjungerad, varför: –"


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({"colour": "red"}, "colour"),
        ({"why": "forgotten"}, "why=forgotten"),
        ({"chosen": ["accent", "font"]}, "chosen=font"),
        ({"name": Closing.DONE}, "name=done"),
    ],
)
def test_a_fact_without_words_is_not_written(app: Flask, cast: Cast, facts, missing):
    assert unworded("", facts) == [missing]
    with pytest.raises(ValueError, match="audit_words"):
        audit.write("forum.closed", cast.forum, by=cast.bo, at=make.AT, **facts)


def test_a_row_of_a_table_without_a_word_is_not_written(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(TABLES, "forums")
    with pytest.raises(ValueError, match="'forums' has no words"):
        audit.write("forum.closed", cast.forum, by=cast.bo, at=make.AT)
    assert "forum.closed" in ACTIONS
