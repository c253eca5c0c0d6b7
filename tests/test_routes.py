"""Every route declares its right, and docs/rights.md lists them."""

import re

from flask import Flask

from govern.people.access import ANYONE, Right
from tests.browse import Browser
from tests.rights import PATH, page, routes, who

OPEN = {
    "colours.colours",
    "handbook.read",
    "notices.archive",
    "notices.board",
    "notices.notice",
    "people.sign_in",
    "signing.crl",
    "signing.returned",
    "signing.root",
    "verification.report",
    "verification.verification",
    "verification.verify",
    "people.second_step",
    "people.sign_in_by_passkey",
    "people.passkey_question",
    "people.choose_password",
    "watching.feed",
    "watching.stop",
    "publishing.published",
    "publishing.protocol",
    "publishing.file",
}  # What anyone may see; each is listed on purpose.
READING = {"GET", "HEAD", "OPTIONS"}


def test_every_route_declares_its_right(app: Flask) -> None:
    """A view without `@allow(right)` is closed, and an error."""
    undeclared = [str(rule) for rule, _, right in routes(app) if not isinstance(right, Right)]
    assert not undeclared, "put @allow(right, load) on the view of each of these:\n" + "\n".join(undeclared)


def test_what_anyone_may_see_is_listed(app: Flask) -> None:
    """Nothing becomes public without a line in this file."""
    assert {rule.endpoint for rule, _, right in routes(app) if right is ANYONE} == OPEN


CHANGES_ACCOUNTS = {
    "accounts.give_account",
    "accounts.new_link",
    "accounts.revoke_link",
    "accounts.reset_factors",
    "accounts.change_address",
    "accounts.set_administrator",
    "accounts.set_disabled",
    "accounts.end_sessions",
    "accounts.confirm_reset",
    "account.address",
    "account.password",
    "account.app",
    "account.passkey",
    "account.remove_factor",
    "account.renew_codes",
}
UNWEIGHTY = {
    "account.acknowledge",
    "account.end_others",
    "account.end_session",
    "account.kept_codes",
    "account.passkey_question",
    "account.revoke_link",
    "people.afresh_by_passkey",
    "people.choose_password",
    "people.new_person",
    "people.passkey_question",
    "people.person",
    "people.second_step",
    "people.sign_in",
    "people.sign_in_afresh",
    "people.sign_in_by_passkey",
    "people.sign_out",
}
"""Routes that need no fresh sign-in: signing in itself, and what only closes something.

`people.person` asks for one itself when the address of a person with an account changes.
"""


def test_what_changes_an_account_asks_for_a_fresh_sign_in(app: Flask) -> None:
    """Changes to others' accounts require a second factor, to one's own what one has; every page is in a list."""
    writes = {rule.endpoint for rule, verbs, _ in routes(app) if "POST" in verbs}
    theirs = {name for name in writes if name.partition(".")[0] in {"people", "account", "accounts"}}
    fresh = {name: getattr(app.view_functions[name], "fresh", None) for name in theirs}
    assert {name for name, demand in fresh.items() if demand} == CHANGES_ACCOUNTS
    assert {name for name, demand in fresh.items() if not demand} == UNWEIGHTY
    assert {demand for name, demand in fresh.items() if name.startswith("accounts.")} == {"required"}


def test_every_part_of_an_address_is_read(app: Flask) -> None:
    """A part of the URL that nobody reads would let a row be reached under another row's address."""
    unread = {
        str(rule): names
        for rule, _, _ in routes(app)
        if (view := app.view_functions[rule.endpoint]) and hasattr(view, "address")
        if (names := rule.arguments - view.address)
    }
    assert not unread


def test_a_right_says_what_is_missing(app: Flask) -> None:
    """A person who lacks the right is shown a sentence."""
    wordless = {right.name for _, _, right in routes(app) if right and right is not ANYONE and not right.sentence}
    assert not wordless


def test_the_public_is_sent_to_sign_in(app: Flask) -> None:
    """Every closed page without URL parameters redirects an anonymous visitor to sign in, and back afterwards."""
    for rule, verbs, right in routes(app):
        if "GET" in verbs and not rule.arguments and right is not None and not right.test(None, None):
            answer = Browser(app).get(str(rule), status=303, follow=False)
            assert answer.location.startswith("/logga-in?next=/"), rule


def test_an_undeclared_route_is_closed(own_app: Flask) -> None:
    """A route without a right is closed at run time too."""
    own_app.add_url_rule("/glomd", "forgotten", lambda: "secret", methods=["POST"])
    assert Browser(own_app).post_json("/glomd", {}, status=403).json["refusal"]


def test_addresses_are_swedish_and_plain(app: Flask) -> None:
    """URLs consist of lower-case letters, digits, dots, hyphens, underscores and slashes."""
    odd = [str(r) for r, *_ in routes(app) if not re.fullmatch(r"[a-z0-9/._-]*", re.sub(r"<[^>]+>", "", str(r)))]
    assert not odd


def test_the_page_of_rights_is_up_to_date(app: Flask) -> None:
    """Each right's docstring says who has it, and docs/rights.md is generated from the code."""
    assert all(who(right) for _, _, right in routes(app) if right), "the predicate of a right needs a docstring"
    assert PATH.read_text() == page(app), "run make generate"
