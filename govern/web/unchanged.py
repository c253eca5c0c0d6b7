"""A cache of rendered pages, valid until anything in the database changes.

A view declares `@unchanged` if its page follows from its URL, its reader's account and the database alone. Such a page
is cached in the process's memory for its account, at most `SECONDS`, and only as long as nobody has committed anything
to the database: a seat that ends, a signature, a sign-out elsewhere or a masking is seen by the next request. It is
never sent to another account, and no browser or proxy stores it (`security`). Each response gets its own nonce and form
token.

A page is not cached if it shows a flashed message, or if rendering it wrote to the database (such as a record that it
was read). A view whose page turns out to depend on the session calls `made_for_this_session`.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from flask import Flask, Response, current_app, g, request, session
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from govern.db import Watch, db, now
from govern.swedish import local_day
from govern.web.security import csp_nonce

ASKED = ("wsgi.url_scheme", "HTTP_HOST", "PATH_INFO", "QUERY_STRING", "HTTP_HX_REQUEST")
"""The parts of a request that identify its page."""

View = TypeVar("View", bound=Callable[..., Any])
V = TypeVar("V")

SECONDS = timedelta(seconds=20)
"""How long a page is cached: changes that come with time alone may be seen this late."""

MOST_BYTES = 24_000_000
"""The memory for cached pages in one process; the least recently used page is dropped first."""

MOST_SESSIONS = 10_000
NONCE, TOKEN = b"\0nonce\0", b"\0token\0"
"""Placeholders in a cached page for the nonce and the form token of each response."""


def unchanged(view: View) -> View:
    """Declare that a page follows from its URL, its reader's account and the database alone."""
    view.unchanged = True  # type: ignore[attr-defined]
    return view


def made_for_this_session() -> None:
    """Exclude the page being rendered from the cache, since it depends on more than its reader's account."""
    g.pop("makes", None)


@dataclass(frozen=True, slots=True)
class Kept(Generic[V]):
    """A cached value, with the version of the database that it was made from, and the time."""

    value: V
    size: int
    version: object
    at: datetime


class Memory(Generic[V]):
    """A cache of limited size in this process, which drops the least recently used value first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Kept[V]] = OrderedDict()

    def get(self, key: Hashable, version: object, at: datetime) -> V | None:
        """Return the cached value, if the database is unchanged and the value is recent."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            if kept.version == version and abs(at - kept.at) < SECONDS:
                self._kept.move_to_end(key)
                return kept.value
            self._drop(key)
            return None

    def keep(self, key: Hashable, value: V, size: int, version: object, at: datetime) -> None:
        """Cache a value, and drop the oldest if the cache is too large."""
        with self._lock:
            self._drop(key)
            self._kept[key] = Kept(value, size, version, at)
            self._size += size
            while self._size > self._most:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Hashable) -> None:
        kept = self._kept.pop(key, None)
        self._size -= kept.size if kept else 0


class State:
    """A process's state for one application: pages, the owners of cookies, and a watch on the database."""

    def __init__(self) -> None:
        self.pages: Memory[tuple[bytes, str]] = Memory(MOST_BYTES)
        self.readers: Memory[tuple[int, str]] = Memory(MOST_SESSIONS)
        self.watch = Watch(lambda: db.engine)


def _state() -> State:
    state: State = current_app.extensions["unchanged"]
    return state


def init_app(app: Flask) -> None:
    """Install the cache. Call it after the limits on requests, and before anything that renders pages."""
    app.extensions["unchanged"] = State()
    app.before_request(_answer_again)
    app.after_request(_keep)


def _answer_again() -> Response | None:
    cookie, state = request.cookies.get(current_app.config["SESSION_COOKIE_NAME"]), _state()
    view = current_app.view_functions.get(request.endpoint or "")
    if not cookie or request.method != "GET" or not getattr(view, "unchanged", False) or "_flashes" in session:
        return None
    version, at = state.watch.version(), now()
    if version is None:
        return None
    reader = state.readers.get(cookie, version, at)
    if reader is None:
        if not current_user.is_authenticated:
            return None
        reader = current_user.account.id, generate_csrf()
        if not session.modified:  # Otherwise the next request comes with another cookie.
            state.readers.keep(cookie, reader, 1, version, at)
    account, token = reader
    key = (account, *map(request.environ.get, ASKED), local_day(at))
    kept = state.pages.get(key, version, at)
    if kept is None:
        g.makes = key, version
        return None
    g.account_id = account
    page, mimetype = kept
    return Response(page.replace(NONCE, csp_nonce().encode()).replace(TOKEN, token.encode()), mimetype=mimetype)


def _keep(response: Response) -> Response:
    key, version = g.pop("makes", (None, None))
    if key is not None and response.status_code == 200 and not response.is_streamed:
        page = _common(response.get_data())
        _state().pages.keep(key, (page, response.mimetype or ""), len(page), version, now())
    return response


def _common(page: bytes) -> bytes:
    """Replace the response's own nonce and token by placeholders."""
    page = page.replace(csp_nonce().encode(), NONCE)
    token: str | None = g.get("csrf_token")
    return page.replace(token.encode(), TOKEN) if token else page
