"""A page that nothing has changed since it was made is answered as it was made, and not made again.

A view declares `@unchanged` when its page follows from its address, its reader's account and the database alone. Such a
page is kept in the process's memory for its account, at most `SECONDS`, and only as long as nobody has committed
anything to the database: a seat that ends, a signature, a sign-out elsewhere or a masking is seen by the next request.
It is never given to another account, and no browser or proxy keeps it (`security`). Each answer gets a nonce and a form
token of its own.

A page is not kept when it shows a message that is shown once, or when making it wrote to the database (a reading that
is noted). A view whose page turns out to depend on the session says so with `made_for_this_session`.
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
"""What a request says of the page it asks for."""

View = TypeVar("View", bound=Callable[..., Any])
V = TypeVar("V")

SECONDS = timedelta(seconds=20)
"""How long a page is answered again: what follows from the clock alone may be so late."""

MOST_BYTES = 24_000_000
"""What the pages kept in one process may take; the one that was asked for longest ago goes first."""

MOST_SESSIONS = 10_000
NONCE, TOKEN = b"\0nonce\0", b"\0token\0"
"""What stands in a page that is kept for the two that are each answer's own."""


def unchanged(view: View) -> View:
    """Declare that a page follows from its address, its reader's account and the database alone."""
    view.unchanged = True  # type: ignore[attr-defined]
    return view


def made_for_this_session() -> None:
    """Say that the page being made depends on more than its reader's account, and is not to be answered again."""
    g.pop("makes", None)


@dataclass(frozen=True, slots=True)
class Kept(Generic[V]):
    """What is kept, with the version of the database that it was made from, and when."""

    value: V
    size: int
    version: object
    at: datetime


class Memory(Generic[V]):
    """What this process keeps: at most so much, the newest used longest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Kept[V]] = OrderedDict()

    def get(self, key: Hashable, version: object, at: datetime) -> V | None:
        """Give what is kept under a key, if the database is as it was and little time has passed."""
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
        """Keep something, and let go of the oldest where it is too much."""
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
    """What a process keeps for one application: pages, whose cookie is whose, and a watch on the database."""

    def __init__(self) -> None:
        self.pages: Memory[tuple[bytes, str]] = Memory(MOST_BYTES)
        self.readers: Memory[tuple[int, str]] = Memory(MOST_SESSIONS)
        self.watch = Watch(lambda: db.engine)


def _state() -> State:
    state: State = current_app.extensions["unchanged"]
    return state


def init_app(app: Flask) -> None:
    """Answer again what is unchanged. Comes after what bounds a request, and before what makes its page."""
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
        if not session.modified:  # Else the next request comes with another cookie.
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
    """Take what is this answer's own from a page."""
    page = page.replace(csp_nonce().encode(), NONCE)
    token: str | None = g.get("csrf_token")
    return page.replace(token.encode(), TOKEN) if token else page
