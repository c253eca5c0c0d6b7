"""Who may change an account or confirm a reset, which passwords are taken, how long a sign-in is fresh; no database."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from typing import Any

import pytest

from govern.people import rules
from govern.people.passwords import rules as passwords
from govern.people.rules import Refusal
from tests import flow
from tests.make import AT
from tests.plain import Row

ADA, BO = Row(id=1), Row(id=2)
ACCOUNT = Row(person_id=2, factors=[])


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("Telefonen", None),
        ("", Refusal.NO_FACTOR_NAME),
        ("NYCKELN", Refusal.FACTOR_NAME_TAKEN),
        ("Nyckeln", Refusal.FACTOR_NAME_TAKEN),
    ],
)
def test_each_factor_has_a_name(name: str, refusal: Refusal | None) -> None:
    factors: list[Any] = [Row(name="Nyckeln")]
    assert rules.refuse_factor_name(name, factors) is refusal


@pytest.mark.parametrize(
    ("demand", "factors", "needed"),
    [("required", [], True), ("required", [1], True), ("offered", [], False), ("offered", [1], True)],
)
def test_who_signs_with_a_second_factor(demand: str, factors: list[int], needed: bool) -> None:
    account: Any = Row(factors=factors)
    assert rules.needs_second(account, demand) is needed


@pytest.mark.parametrize(("minutes", "lately"), [(-1, True), (0, True), (5, True), (6, False)])
def test_what_was_given_lately_is_fresh(minutes: int, lately: bool) -> None:
    assert rules.given_lately(AT - timedelta(minutes=minutes), AT, timedelta(minutes=5)) is lately


def test_one_rule_says_what_is_fresh() -> None:
    """Every module asks `given_lately`; none compares the times or reads the setting itself."""
    comparing = {
        name
        for name, text in flow.sources().items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Compare) and {"fresh_for", "fresh_at"} & {*re.findall(r"\w+", ast.unparse(node))}
    }
    reading = {name for name, text in flow.sources().items() if ".fresh_minutes" in text}
    assert (comparing, reading) == (set(), {"govern.people.access"})


@pytest.mark.parametrize(("by", "refusal"), [(ADA, None), (BO, Refusal.OWN_ACCOUNT), (None, None)])
def test_nobody_resets_their_own(by: Any, refusal: Refusal | None) -> None:
    account: Any = ACCOUNT
    assert rules.refuse_on_own(account, by) is refusal


CONFIRMING = {
    "by another": ({3}, ADA, False, set(), None),
    "on the server": ({None}, ADA, False, {None}, None),
    "nothing to confirm": (set(), ADA, False, set(), Refusal.NOT_RESET),
    "never reset": (None, ADA, False, set(), Refusal.NOT_RESET),
    "by whoever reset": ({1, 3}, ADA, False, set(), Refusal.SECOND_NEEDED),
    "by the owner": ({3}, BO, False, set(), Refusal.SECOND_NEEDED),
    "by one whom the resetter made": ({3}, ADA, False, {3, 4}, Refusal.GIVEN_BY_RESETTER),
    "by one whom another made": ({3}, ADA, False, {4}, None),
    "by one new": ({3}, ADA, True, set(), Refusal.NEW_TO_OFFICE),
}


@pytest.mark.parametrize(("resetters", "by", "new", "given_by", "refusal"), CONFIRMING.values(), ids=CONFIRMING)
def test_a_second_administrator_confirms(
    resetters: set[int | None] | None, by: Any, new: bool, given_by: set[int | None], refusal: Refusal | None
) -> None:
    account: Any = ACCOUNT
    assert rules.refuse_confirming(resetters, account, by, new=new, given_by=given_by) is refusal


STRONG = "hjulspår kastrull vemod"
PASSWORDS = {
    "eleven signs": ("k7#Qz!m2@Vx", Refusal.SHORT),
    "twelve signs": ("k7#Qz!m2@Vx9", None),
    "words": (STRONG, None),
    "as long as can be": (STRONG + "x" * (256 - len(STRONG)), None),
    "one longer": (STRONG + "x" * (257 - len(STRONG)), Refusal.LONG),
    "common": ("lösenord1234", Refusal.COMMON),
    "one's own": ("bjorkby2024!", Refusal.OWN_WORDS),
}


@pytest.mark.parametrize(("password", "refusal"), PASSWORDS.values(), ids=PASSWORDS)
def test_which_passwords_are_taken(password: str, refusal: Refusal | None) -> None:
    assert passwords.refuse_password(password, ["björkby"]) is refusal


def test_how_much_is_tried_and_how_long_things_last() -> None:
    """docs/asvs.md and docs/threats.md promise these values: changing one is a decision."""
    assert (rules.PASSWORD_LENGTH, rules.PASSWORD_LONGEST) == (12, 256)
    assert (rules.ATTEMPTS, rules.KNOWN_ATTEMPTS, rules.ADDRESS_ATTEMPTS, rules.ALL_ATTEMPTS) == (5, 10, 50, 500)
    assert timedelta(minutes=15) == rules.ATTEMPT_WINDOW
    assert rules.CODES == 10
    assert timedelta(minutes=5) == rules.SECOND_STEP
    assert timedelta(hours=24) == rules.LINK_LASTS == rules.HOLD
