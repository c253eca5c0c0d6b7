"""A headless browser: it follows links, fills in the real forms, and checks every page that it gets."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable, Mapping
from contextvars import Context
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from selectolax.lexbor import LexborHTMLParser, LexborNode
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from govern.db import db
from tests.cast import PASSWORD
from tests.html import check_fragment, check_page

REDIRECTS = {301, 302, 303, 307, 308}
MOST_REDIRECTS = 5


class Browser:
    """One person's browser. `status` is the status code expected of a page, after redirects."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.page: Page | None = None

    def sign_in(self, address: str, password: str = PASSWORD) -> Browser:
        """Sign in through the sign-in form."""
        answer = self.post("/logga-in", {"email": address, "password": password}, status=303, follow=False)
        assert answer.location == "/", f"{address} could not sign in"
        return self

    def get(self, url: str, *, status: int = 200, follow: bool = True, **options: Any) -> Page:
        """Open an address as a browser does, following redirects unless `follow` is false."""
        return self._open("GET", url, status, follow, options)

    def answer(self, url: str, method: str = "GET", *, follow: bool = True, **options: Any) -> TestResponse:
        """Request an address, following redirects, without checking the answer."""
        _let_go()
        return self._request(method, url, {"follow_redirects": follow} | options)

    def fragment(self, url: str, *, status: int = 200) -> Page:
        """Request a part of a page, as htmx does."""
        return self._open("GET", url, status, False, {"headers": {"HX-Request": "true"}})

    def post(
        self,
        url: str,
        fields: Mapping[str, Any] | None = None,
        *,
        status: int = 200,
        follow: bool = True,
        csrf: bool = True,
        **options: Any,
    ) -> Page:
        """Post fields without reading a form first. `csrf=False` omits the token, as another site's page would."""
        data = MultiDict(fields or {})
        if csrf:
            data["csrf_token"] = self.csrf_token()
        return self._open("POST", url, status, follow, {"data": data} | options)

    def post_json(self, url: str, value: Any, *, status: int = 200, csrf: bool = True) -> Page:
        """Post JSON as the page's own script does, with the token in its header."""
        headers = {"X-CSRFToken": self.csrf_token()} if csrf else {}
        return self._open("POST", url, status, False, {"json": value, "headers": headers})

    def submit(self, which: str, *, status: int = 200, follow: bool = True, **fields: Any) -> Page:
        """Fill in and send a form of the current page, found by its selector or by the text on its button.

        Fields not named keep the page's values. True and False set a checkbox; a file is `(name, bytes)`.
        """
        assert self.page is not None, "open a page with get() before submitting one of its forms"
        form = self.page.form(which)
        options: dict[str, Any] = {"headers": {"Referer": self.page.url}}
        data = form.fill(fields)
        if form.method == "get":
            return self._open("GET", form.action, status, follow, options | {"query_string": data})
        return self._open("POST", form.action, status, follow, options | {"data": data})

    def click(self, text: str, *, status: int = 200) -> Page:
        """Follow the link with this text."""
        assert self.page is not None, "open a page with get() before following one of its links"
        return self.get(urljoin(self.page.url, self.page.link(text)), status=status)

    def csrf_token(self) -> str:
        """Make the CSRF token that a form of this session would contain."""
        with self.client.session_transaction() as session:
            raw = session.setdefault("csrf_token", hashlib.sha1(os.urandom(64), usedforsecurity=False).hexdigest())
        return str(URLSafeTimedSerializer(self.app.secret_key or "", salt="wtf-csrf-token").dumps(raw))

    def _open(self, method: str, url: str, status: int, follow: bool, options: dict[str, Any]) -> Page:
        _let_go()
        answer = self._request(method, url, options)
        for _ in range(MOST_REDIRECTS):
            if not (follow and answer.status_code in REDIRECTS):
                break
            url = urljoin(url, answer.location or "")
            assert urlsplit(url).netloc in ("", "localhost"), f"{method} {url} leads away from the site"
            again = answer.status_code in (307, 308)
            answer = self._request(method if again else "GET", url, options if again else {})
        page = Page(url, answer)
        assert page.status == status, f"{method} {url} answered {page.status}, not {status}: {page.summary()}"
        if page.is_html and "HX-Request" in options.get("headers", {}):
            check_fragment(self.app, page.url, page.html)
        elif page.is_html and page.status not in REDIRECTS:
            check_page(self.app, page.url, answer)
            self.page = page
        return page

    def _request(self, method: str, url: str, options: dict[str, Any]) -> TestResponse:
        """Send one request in a separate context: in the test's own, Flask would share `g` and the signed-in user."""
        return Context().run(self.client.open, url, method=method, buffered=True, **options)


def _let_go() -> None:
    """End the test's own transaction: the page is served in another one, which would wait for this one's lock."""
    unsaved = [*db.session.new, *db.session.dirty, *db.session.deleted]
    assert not unsaved, f"the test has not saved {unsaved}: call make.commit() before opening a page"
    db.session.rollback()


class Page:
    """An answer as a page."""

    def __init__(self, url: str, answer: TestResponse) -> None:
        self.url = url
        self.answer = answer
        self.status = answer.status_code
        self.data = answer.get_data()
        self.location = answer.location
        self.is_html = answer.mimetype == "text/html"
        self.html = self.data.decode() if self.is_html else ""
        self.tree = LexborHTMLParser(self.html)

    @property
    def json(self) -> Any:
        """The answer as JSON."""
        return self.answer.get_json()

    @property
    def title(self) -> str:
        """The window's title."""
        return _words(self.find("head > title"))

    def text(self, selector: str = "body") -> str:
        """Return the visible text of a part of the page, with white space collapsed."""
        return _words(self.find(selector))

    def find(self, selector: str) -> LexborNode:
        """Return the first element that matches the selector, which must exist."""
        node = self.tree.css_first(selector)
        assert node is not None, f"{self.url} has no {selector}: {self.summary()}"
        return node

    def all(self, selector: str) -> list[LexborNode]:
        """Return every element that matches the selector."""
        return list(self.tree.css(selector))

    def texts(self, selector: str) -> list[str]:
        """Return the text of every element that matches the selector."""
        return [_words(node) for node in self.all(selector)]

    @property
    def links(self) -> dict[str, str]:
        """The text and address of each link."""
        return {name_of_node(node): node.attributes.get("href") or "" for node in self.all("a[href]")}

    def link(self, text: str) -> str:
        """Return the address of the link with this text; a part of the text is enough if only one link matches."""
        found = {words: href for words, href in self.links.items() if text in words}
        exact = self.links.get(text)
        assert exact or len(set(found.values())) == 1, f"{self.url} has no one link {text!r}, but {list(self.links)}"
        return exact or next(iter(found.values()))

    @property
    def forms(self) -> list[FormOnPage]:
        """Every form of the page."""
        return [FormOnPage(self, node) for node in self.all("form")]

    def form(self, which: str) -> FormOnPage:
        """Return the form that a selector names, or that has a button with this text."""
        for form in self.forms:
            for button in form.buttons:
                if name_of_node(button) == which:
                    form.button = button
                    return form
        buttons = [name_of_node(button) for form in self.forms for button in form.buttons]
        try:
            node = self.tree.css_first(which)
        except ValueError:  # The text on a button need not be a valid selector.
            node = None
        assert node is not None, f"{self.url} has no form {which!r}; its buttons are {buttons}"
        assert node.tag == "form", f"{which!r} is a {node.tag}, not a form"
        return FormOnPage(self, node)

    def summary(self) -> str:
        """Return the beginning of the answer, for the message of a failing test."""
        words = _words(self.tree.body) if self.is_html and self.tree.body else self.data[:300].decode(errors="replace")
        return words[:300] or f"({self.answer.mimetype}, {len(self.data)} bytes, location {self.location})"


@dataclass
class FormOnPage:
    """A form, filled in as a browser would do it."""

    page: Page
    node: LexborNode
    button: LexborNode | None = None

    @property
    def method(self) -> str:
        """The form's method."""
        return (self.node.attributes.get("method") or "get").lower()

    @property
    def action(self) -> str:
        """The address the form is sent to."""
        button = self.button.attributes.get("formaction") if self.button else None
        return urljoin(self.page.url, button or self.node.attributes.get("action") or "")

    @property
    def controls(self) -> list[LexborNode]:
        """The form's controls, including those outside the element that refer to it."""
        own = self.node.attributes.get("id")
        outside = self.page.all(f'[form="{own}"]') if own else []
        inside = [n for n in self.node.css("input, select, textarea, button") if not n.attributes.get("form")]
        return inside + [n for n in outside if n.tag in {"input", "select", "textarea", "button"}]

    @property
    def buttons(self) -> list[LexborNode]:
        """The form's submit buttons."""
        return [n for n in self.controls if _type(n) in {"submit", "image"}]

    def values(self) -> dict[str, list[str]]:
        """Return the values that would be sent unchanged."""
        values: dict[str, list[str]] = {}
        for node in self.controls:
            name = node.attributes.get("name")
            if name and "disabled" not in node.attributes:
                values.setdefault(name, []).extend(_proposed(node))
        return values

    def fill(self, fields: Mapping[str, Any]) -> MultiDict[str, Any]:
        """Return the values sent when these fields are filled in."""
        values: dict[str, list[Any]] = dict(self.values())
        known = set(values)
        for name, given in fields.items():
            assert name in known, f"the form on {self.page.url} has no field {name!r}, only {sorted(known)}"
            values[name] = list(self._answer(name, given))
        sent = MultiDict((name, value) for name, several in values.items() for value in several)
        button = self.button or (self.buttons[0] if self.buttons else None)
        if button is not None and button.attributes.get("name"):
            sent.add(str(button.attributes["name"]), button.attributes.get("value") or "")
        return sent

    def _answer(self, name: str, given: Any) -> Iterable[Any]:
        nodes = [node for node in self.controls if node.attributes.get("name") == name]
        kind = _type(nodes[0])
        if kind == "checkbox" and isinstance(given, bool):
            return [nodes[0].attributes.get("value") or "on"] if given else []
        if kind == "file":
            filename, data = given
            return [(io.BytesIO(data), filename)]
        several = [str(one) for one in (given if isinstance(given, (list, tuple, set)) else [given])]
        if kind in {"select", "radio", "checkbox"}:
            choices = {c for node in nodes for c in _choices(node)}
            assert set(several) <= choices, f"{name} offers {sorted(choices)}, not {several}"
        return several


def _type(node: LexborNode) -> str:
    default = {"button": "submit", "input": "text"}.get(node.tag or "", node.tag or "")
    return (node.attributes.get("type") or default).lower() if node.tag in {"button", "input"} else default


def _choices(node: LexborNode) -> list[str]:
    if node.tag == "select":
        return [_option(option) for option in node.css("option")]
    return [node.attributes.get("value") or "on"]


def _option(node: LexborNode) -> str:
    value = node.attributes.get("value", None)
    return _words(node) if "value" not in node.attributes else value or ""


def _proposed(node: LexborNode) -> list[str]:
    kind = _type(node)
    if kind in {"submit", "button", "image", "reset", "file"}:
        return []
    if kind in {"checkbox", "radio"}:
        return [node.attributes.get("value") or "on"] if "checked" in node.attributes else []
    if kind == "textarea":
        return [node.text().removeprefix("\n")]
    if kind == "select":
        options = node.css("option")
        chosen = [_option(option) for option in options if "selected" in option.attributes]
        single = "multiple" not in node.attributes
        return chosen or ([_option(options[0])] if single and options else [])
    return [node.attributes.get("value") or ""]


def name_of_node(node: LexborNode) -> str:
    """Return the accessible name of a link or a button: its label if any, else its text."""
    return node.attributes.get("aria-label") or _words(node) or (node.attributes.get("value") or "")


def _words(node: LexborNode) -> str:
    return " ".join(node.text(separator=" ").split())
