"""The checks of `tests/flow/` accept the code and find each of a list of planted faults."""

from __future__ import annotations

import pytest

from tests import flow

TEXTS = flow.sources()

PLANTED = (
    # Imports that a room forbids: rules and states import no web framework, database, forms or operations.
    ("protocols.dispatching.rules", "from flask import request", "barred from rules"),
    ("protocols.dispatching.rules", "import sqlalchemy.orm as orm", "barred from rules"),
    ("protocols.dispatching.rules", "from govern.db import db", "barred from rules"),
    ("paragraphs.rules", "def f():\n    import flask", "barred from rules"),
    ("paragraphs.rules", "__import__('flask_login')", "barred from rules"),
    ("paragraphs.rules", "import importlib\nimportlib.import_module('sqlalchemy')", "barred from rules"),
    ("paragraphs.rules", "try:\n    from govern import audit\nexcept ImportError:\n    pass", "barred from rules"),
    ("forums.states", "from wtforms import Form", "barred from states"),
    ("notices.publishing.states", "from govern.web.forms import Form", "barred from states"),
    ("protocols.checks", "from sqlalchemy import select", "barred from rules"),
    ("paragraphs.attendance", "from flask.typing import ResponseReturnValue", "barred from rules"),
    ("forums.house.rules", "from govern import outbox", "barred from rules"),
    ("people.passwords.rules", "from govern.mail import send", "barred from rules"),
    # The same, through other modules.
    ("paragraphs.attendance", "from govern.forums.models import Seat", "is pure, but"),
    ("swedish", "from govern.web.paging import Page", "is pure, but"),
    ("documents.papers.protocol", "from govern.db import now", "is pure, but"),
    ("record", "from sqlalchemy import select", "is pure, but"),
    ("reading.office", "from govern.web import incoming", "is pure, but"),
    # The other rooms.
    ("forums.models", "from flask import request", "barred from models"),
    ("protocols.adjusting.models", "from govern import audit", "barred from models"),
    ("cases.access", "from flask import request", "barred from access"),
    ("cases.access", "from govern import audit", "barred from access"),
    ("meetings.queries", "from flask import request", "barred from queries"),
    ("notices.publishing.queries", "from govern import outbox", "barred from queries"),
    ("archive.timeline", "from flask_login import current_user", "barred from queries"),
    ("meetings.operations", "from flask import request", "barred from operations"),
    ("protocols.signing.substituting", "from flask import session", "barred from operations"),
    ("protocols.signing.makers.csc", "from wtforms import Form", "barred from operations"),
    ("people.forms", "from sqlalchemy import select", "barred from forms"),
    ("archive.watching.forms", "from govern import audit", "barred from forms"),
    ("people.views", "from sqlalchemy import select", "barred from views"),
    ("meetings.inviting.views", "from govern import outbox", "barred from views"),
    ("people.views", "def f():\n    db.session.commit()", "an operation's"),
    ("forums.forms", "def f():\n    db.session.add(1)", "an operation's"),
    ("people.views", "def f():\n    session = db.session\n    session.flush()", "an operation's"),
    ("people.views", "def f():\n    return db.session.scalars(1)", "for reading a query's"),
    ("people.views", "from govern.db import commit_step", "an operation's"),
    ("meetings.operations", "def f():\n    db.session.commit()", "say `save_changes`"),
    ("meetings.operations", "def f():\n    session = db.session\n    session.commit()", "say `save_changes`"),
    ("meetings.operations", "def f():\n    db.session().commit()", "say `save_changes`"),
    ("people.models", "from flask import current_app", "barred from models"),
    ("people.access", "from govern import audit", "barred from access"),
    ("meetings.inviting.views", "from govern import audit", "barred from views"),
    # The order of rooms, in a slice and across its sub-packages.
    ("protocols.dispatching.rules", "from govern.protocols.dispatching.models import Dispatch", "come before"),
    ("protocols.dispatching.models", "from govern.protocols import operations", "come before"),
    ("meetings.queries", "from govern.meetings.presence import operations as presence", "come before"),
    ("people.queries", "from . import forms", "come before"),
    ("people.queries", "from .forms import SignInForm", "come before"),
    ("archive.searching.finding", "from govern.archive.searching.indexing import reindex", "come before"),
    # Upstream, also for a type alone.
    ("people.models", "from govern.forums.models import Forum", "downstream"),
    ("people.rules", "if TYPE_CHECKING:\n    from govern.forums.models import Forum", "downstream"),
    ("meetings.operations", "def f():\n    from govern.protocols.queries import findings", "downstream"),
    ("outbox", "from govern.people.models import Person", "downstream"),
    ("web.paging", "import govern.archive.searching.finding", "downstream"),
    ("notices.publishing.operations", "from ...archive.searching import indexing", "downstream"),
    ("archive.views", "from govern.demo import build", "downstream"),
    # Views are leaves.
    ("archive.watching.mailing", "from govern.archive.watching import views", "nobody imports views"),
    ("archive.watching.mailing", "from govern.archive.watching.views import pages", "nobody imports views"),
    ("archive.watching.views", "from govern.archive.views import pages", "nobody imports views"),
    ("forums.house.views", "from govern.forums.house import colour_views", "nobody imports views"),
    ("demo.build", "from govern.protocols.signing.views import pages", "nobody imports views"),
    ("archive.watching.mailing", "from govern.archive import register", "nobody imports register"),
    ("notices.register", "from govern.archive.views import pages", "downstream"),
    # Circles, of modules and of sub-packages.
    ("protocols.signing.keys", "from govern.protocols.signing.operations import sign", "in a circle"),
    ("protocols.adjusting.queries", "from govern.protocols.queries import findings", "in a circle"),
    ("protocols.signing.keys", "from govern.protocols.extracting.operations import extract", "in a circle"),
    ("search.tokens", "from govern.search.terms import SWEDISH", "in a circle"),
    # A later slice's tables, pages and modules, named in strings.
    ("meetings.models", "class A(Model):\n    protocol = relationship('Protocol')", "names Protocol of"),
    ("meetings.models", "class A(Model):\n    b = relationship(order_by='Protocol.id')", "names Protocol of"),
    ("meetings.models", "class A(Model):\n    b: Mapped['Protocol']", "names Protocol of"),
    ("forums.models", "protocol_id = mapped_column(ForeignKey('protocols.id'))", "names protocols of"),
    ("forums.models", "key = ForeignKeyConstraint(['id'], ['meetings.id'])", "names meetings of"),
    ("letters", "person_id = mapped_column(ForeignKey('people.id'))", "names people of"),
    ("meetings.views", "def f():\n    return url_for('protocols.of_meeting')", "links to protocols.of_meeting"),
    ("forums.queries", "def f(a):\n    return flask.url_for('archive.home' if a else '.f')", "links to archive.home"),
    ("web.paging", "def f():\n    return url_for('search.search')", "links to search.search"),
    ("meetings.operations", "import importlib\nimportlib.import_module(f'govern.{x}.models')", "hides what"),
    ("meetings.operations", "from importlib import import_module as load\nload(x)", "hides what"),
    ("people.access", "def f(name):\n    return __import__('govern.' + name)", "hides what"),
    ("archive.views", "def f(text):\n    exec(text)", "hides what"),
    ("search.terms", "import runpy", "hides what"),
    # More than one operation for one request.
    ("parties.views", "def f():\n    add(1, by=me(), at=now())\n    change(1, by=me(), at=now())", "2 operations"),
    ("parties.views", "def f(a):\n    if a:\n        add(by=1, at=2)\n    change(by=1, at=2)", "2 operations"),
    ("parties.views", "def f(a):\n    for b in a:\n        operations.add(b, by=1, at=2)", "2 operations"),
    ("parties.views", "def f(form):\n    form.try_(lambda: add(change(by=1, at=2), by=1, at=2))", "2 operations"),
    # What a user reads in English.
    ("parties.rules", "class OtherRefusal(Refusal):\n    GONE = 'The party has been removed.'", "in English"),
    ("parties.views", "def f():\n    flash('Saved.')", "in English"),
    ("parties.views", "def f(name):\n    flash(f'{name} is saved.' if name else 'Sparat.')", "in English"),
    ("parties.operations", "def f():\n    raise Refused('You cannot do this.', 'name')", "in English"),
    # A document without an example.
    ("documents.papers.duties", "def letter_document(facts: Facts) -> Document:\n    return 1", "has no example"),
    # A package that holds code, and a module that belongs nowhere.
    ("protocols.signing", "from flask import request", "a package holds no code"),
    ("protocols.helpers", "x = 1", "belongs to no room"),
    ("archive.searching.utilities", "", "belongs to no room"),
)


PLANTED_IN_TEMPLATES = (
    ('<p style="color: red">', "an inline style"),
    ("<p\n  STYLE = 'color: red'>", "an inline style"),
    ("<style>p { color: red }</style>", "an inline style"),
    ("{{ field(form.name, style='color: red') }}", "an inline style"),
    ('{% if never %}<p onclick="go()">{% endif %}', "an inline handler"),
    ('<p onClick = "go()">', "an inline handler"),
    ("{% call dialog(onclose='go()') %}{% endcall %}", "an inline handler"),
    ('<a href="javascript:go()">', "an inline handler"),
    ("<script>go()</script>", "an inline script"),
    ('<script type="module" nonce="{{ csp_nonce() }}">go()</script>', "an inline script"),
)


def test_the_house_keeps_its_rules() -> None:
    """All faulty imports are reported in one list."""
    problems = flow.problems(TEXTS)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(("module", "line", "word"), PLANTED)
def test_a_planted_fault_is_found(module: str, line: str, word: str) -> None:
    """Each fault is reported for the module where it was planted."""
    name = f"govern.{module}"
    planted = {**TEXTS, name: f"{TEXTS.get(name, '')}\n{line}\n"}
    problems = flow.problems(planted)
    assert any(word in problem and name in problem for problem in problems), problems


@pytest.mark.parametrize(("markup", "what"), PLANTED_IN_TEMPLATES)
def test_a_fault_planted_in_a_template_is_found(markup: str, what: str) -> None:
    """Each is reported with its line, after three lines of Jinja and markup."""
    planted = f"{{# A\ncomment. #}}\n{{% set one = 1 %}}\n{markup}\n"
    assert any(
        f"a.html:4 has {what}" in problem or "a.html:5" in problem
        for problem in flow.problems_of_templates({"a.html": planted})
    )


def test_templates_hold_nothing_inline() -> None:
    """All faulty templates are reported in one list."""
    problems = flow.problems_of_templates(flow.pages())
    assert not problems, "\n".join(problems)


def test_what_is_allowed_passes() -> None:
    """A type across rooms, the settings in a query, a rule or one of two operations in a view, Swedish with `is`."""
    allowed = {
        "govern.meetings.rules": "if TYPE_CHECKING:\n    from govern.meetings.models import Meeting",
        "govern.meetings.queries": "from flask import current_app, url_for",
        "govern.archive.views": "from govern.meetings.rules import refuse_opening",
        "govern.parties.views": "def f(a):\n    if a:\n        return add(by=1, at=2)\n    return change(by=1, at=2)",
        "govern.parties.rules": "class MoreRefusal(Refusal):\n    IS = 'Is the party är inte på svenska.'",
    }
    assert not flow.problems(TEXTS | {name: f"{TEXTS[name]}\n{line}\n" for name, line in allowed.items()})


def test_an_entry_for_no_module_is_found() -> None:
    """An entry in OTHERS for a module that no longer exists is reported."""
    gone = {name: text for name, text in TEXTS.items() if name != "govern.notices.terms"}
    assert any("govern.notices.terms stands in OTHERS" in problem for problem in flow.problems(gone))


def test_a_link_that_is_gone_is_found() -> None:
    """An entry in LINKS for a link that the module no longer has is reported."""
    name = "govern.protocols.adjusting.reminding"
    without = TEXTS | {name: TEXTS[name].replace("archive.home", ".home")}
    assert any(f"{name} does not link to archive.home" in problem for problem in flow.problems(without))
