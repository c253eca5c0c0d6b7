"""A real browser on the running application: its errors, and what axe finds, fail the test."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from govern.db import Overtaken, db
from govern.outbox import Worker
from tests.browse import Browser as Headless
from tests.cast import PASSWORD

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
DESKTOP, PHONE = (1280, 900), (390, 844)
WIDE = pytest.param(DESKTOP, id="wide", marks=pytest.mark.long)
SIZES = [WIDE, pytest.param(PHONE, id="phone")]
"""For a test that opens the same pages at both sizes; in `make test` only the phone, where more goes wrong."""
LOOKS = [
    pytest.param({}, id="wide", marks=pytest.mark.long),
    pytest.param({"dark": True}, id="dark", marks=pytest.mark.long),
    pytest.param({"size": PHONE}, id="phone"),
]
"""The same, with the dark colours too."""
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 — werkzeug's own name
        """Do not log requests."""


@contextmanager
def _never_overtaken() -> Iterator[None]:
    """Let the test's own thread write even if the server or its worker has committed since the thread began to read.

    Its writes set up the test and are judged by no rule; all other transactions can be overtaken as usual.
    """
    module = sys.modules[Overtaken.__module__]  # `govern.db` is the session, by `govern/__init__.py`.
    here, version = threading.get_ident(), module._version
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_version", lambda c: 0 if threading.get_ident() == here else version(c))
        yield


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve on a free loopback port, a thread per request, and run the outbox; yield the address."""
    server = make_server("127.0.0.1", 0, _whole(app), threaded=True, request_handler=_Quiet)
    address = f"http://127.0.0.1:{server.server_port}"
    app.config["GOVERN"] = replace(app.config["GOVERN"], base_url=address)
    serve = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    worker = Worker(app, pause=0.05)
    serve.start()
    worker.start()
    try:
        with _never_overtaken():
            yield address
    finally:
        db.session.rollback()  # The test's last read holds SQLite's lock, which the worker would wait for.
        server.shutdown()
        worker.stop()
        serve.join()
        worker.join()
        server.server_close()


def _whole(app: Flask) -> Callable[[Any, Any], Iterable[bytes]]:
    """Wrap the application so that each answer is complete, and closed, before any of it is sent.

    The server closes no answer whose connection is reset while it looks for unread input, as when a page is left.
    """

    def answer(environ: Any, start_response: Any) -> Iterable[bytes]:
        parts = app(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            getattr(parts, "close", lambda: None)()

    return answer


class Screen:
    """One user's browser. `page` is Playwright's; its addresses may be relative to the site's root."""

    def __init__(
        self, browser: Browser, address: str, session: Session, *, size: tuple[int, int] = DESKTOP, dark: bool = False
    ) -> None:
        self.complaints: list[str] = []
        self._context = browser.new_context(
            base_url=address,
            viewport={"width": size[0], "height": size[1]},
            locale="sv-SE",
            timezone_id="Europe/Stockholm",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        self._address = address
        self._context.set_default_timeout(30_000)
        self.page: Page = self._context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        # The test may have read rows: its transaction would hold SQLite's lock while the page waits to write.
        self.page.on("request", lambda _: session.rollback())

    def sign_in(self, address: str, password: str = PASSWORD) -> None:
        """Sign in through the page."""
        self.page.goto("/logga-in")
        self.page.get_by_label("E-post").fill(address)
        self.page.get_by_label("Lösenord").fill(password)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def take_session(self, browser: Headless) -> None:
        """Continue the session of a headless browser that is signed in, which is faster than signing in once more."""
        name = str(browser.app.config["SESSION_COOKIE_NAME"])
        cookie = browser.client.get_cookie(name)
        assert cookie is not None, "the headless browser is not signed in"
        self._context.add_cookies([{"name": name, "value": cookie.value, "url": self._address}])

    def allow_complaint(self, part: str) -> None:
        """Clear complaints that a test provokes on purpose; there must be one."""
        kept = [complaint for complaint in self.complaints if part not in complaint]
        assert kept != self.complaints, f"nothing complained of {part!r}: {self.complaints}"
        self.complaints[:] = kept

    def check(self) -> None:
        """Fail with the browser's complaints: console messages, breaches of the policy, uncaught script errors."""
        assert not self.complaints, f"{self.page.url}:\n  " + "\n  ".join(self.complaints)

    def close(self) -> None:
        """Close, after a last check."""
        try:
            self.check()
        finally:
            self._context.close()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} or "Content Security Policy" in message.text:
            self.complaints.append(f"console {message.type}: {message.text} ({message.location.get('url')})")


def journal_has(page: Page, words: str) -> bool:
    """Return whether the browser's journal of unsent text contains these words."""
    return words in page.evaluate(
        """() => new Promise((resolve) => {
            const opening = indexedDB.open("govern", 1);
            opening.onsuccess = () => {
                const all = opening.result.transaction("drafts").objectStore("drafts").getAll();
                all.onsuccess = () => { opening.result.close(); resolve(JSON.stringify(all.result)); };
            };
        })"""
    )


def accessible(page: Page, ignore: Sequence[str] = ()) -> None:
    """Fail with what axe finds wrong on the current page (WCAG 2.2 AA and good practice)."""
    page.wait_for_load_state("domcontentloaded")
    found = Axe().run(page, options=AXE).response["violations"]
    faults = [
        f"{fault['id']}: {fault['help']}: {node['target']} {node['html'][:160]}"
        for fault in found
        if fault["id"] not in ignore
        for node in fault["nodes"]
    ]
    assert not faults, f"{page.url}:\n  " + "\n  ".join(faults)


def fits(page: Page) -> None:
    """Fail if the page can be scrolled sideways."""
    page.wait_for_load_state("domcontentloaded")  # Otherwise there may be no element yet to measure.
    wide, has = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= has, f"{page.url} is {wide} px wide on a screen of {has} px"
