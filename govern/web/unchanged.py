"""A cache of rendered pages, valid until anything in the database changes.

A view declares `@unchanged` if its page follows from its URL, its reader's account and the database alone. Such a page
is cached in the process's memory for its account, at most `SECONDS`, and only as long as nobody has committed anything
to the database: a seat that ends, a signature, a sign-out elsewhere or a masking is seen by the next request. It is
never sent to another account, and no browser or proxy stores it (`security`). Each response gets its own nonce and form
token.

A page is not cached if it shows a flashed message, or if rendering it wrote to the database (such as a record that it
was read). A view whose page turns out to depend on the session calls `made_for_this_session`.

`answer` works on the WSGI level: a request for a cached page does not reach Flask, which would spend most of its time
on the session, routing and headers. A client that keeps its own copy may ask with the page's ETag, which stays the
same for an account as long as the page does.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flask import Flask, Response, current_app, g, request, session
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import Headers

from govern.db import Watch, db, now
from govern.swedish import local_day
from govern.web import logs
from govern.web.security import csp_nonce, new_nonce

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

ASKED = ("wsgi.url_scheme", "HTTP_HOST", "PATH_INFO", "QUERY_STRING", "HTTP_HX_REQUEST")
"""The parts of a request that identify its page."""

View = TypeVar("View", bound=Callable[..., Any])
V = TypeVar("V")

SECONDS = timedelta(seconds=20)
"""How long a page is cached: changes that come with time alone may be seen this late."""

MOST_BYTES = 24_000_000
"""The memory for cached pages in one process; the least recently used page is dropped first."""

HEADERS = 2_000
"""Bytes that the headers and the rest of a cached page are counted as."""

MOST_SESSIONS = 10_000
NONCE, TOKEN = b"\0nonce\0", b"\0token\0"
"""Placeholders in a cached page for the nonce and the form token of each response."""
SLOTS = re.compile(b"(%b|%b)" % (NONCE, TOKEN))


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

    def peek(self, key: Hashable) -> V | None:
        """Return the cached value, valid or not."""
        kept = self._kept.get(key)
        return kept.value if kept else None

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


@dataclass(frozen=True, slots=True)
class Page:
    """A rendered page in parts, with placeholders for the nonce and the form token; its headers, and its route."""

    parts: tuple[bytes, ...]
    headers: tuple[tuple[str, str], ...]
    etag: str
    route: str

    def body(self, nonce: str, token: str) -> bytes:
        """Return the page with the nonce and the form token of a response."""
        values = {NONCE: nonce.encode(), TOKEN: token.encode()}
        return b"".join([values.get(part, part) for part in self.parts])

    def is_current(self, environ: WSGIEnvironment) -> bool:
        """Return whether the client says that it has this very page (RFC 9110, weak comparison)."""
        return self.etag.removeprefix("W/") in environ.get("HTTP_IF_NONE_MATCH", "")

    def headers_with(self, nonce: str) -> list[tuple[str, str]]:
        """Return the headers with the nonce of a response."""
        return [(name, value.replace(NONCE.decode(), nonce)) for name, value in self.headers]


class State:
    """A process's state for one application: pages, the owners of cookies, and a watch on the database."""

    def __init__(self, app: Flask) -> None:
        self.pages: Memory[Page] = Memory(MOST_BYTES)
        self.readers: Memory[tuple[int, str]] = Memory(MOST_SESSIONS)
        """Account and form token, by the digest of the request's Cookie header."""
        self.watch = Watch(lambda: _engine(app))

    def find(self, environ: WSGIEnvironment, at: datetime) -> tuple[Page, int, str] | None:
        """Return the cached page for a request, its reader's account and form token.

        The database is asked whether it has changed only where there is such a page.
        """
        cookie = _digest(environ["HTTP_COOKIE"])
        reader = self.readers.peek(cookie)
        key = _key(reader[0], environ, at) if reader else None
        if self.pages.peek(key) is None:
            return None
        version = self.watch.version()
        page, reader = self.pages.get(key, version, at), self.readers.get(cookie, version, at)
        return (page, *reader) if page and reader else None


def _engine(app: Flask) -> Any:
    with app.app_context():
        return db.engine


def _key(account: int, environ: WSGIEnvironment, at: datetime) -> bytes:
    return _digest(repr((account, *map(environ.get, ASKED), local_day(at))))


def _digest(text: str) -> bytes:
    """Return a key of fixed size: whoever sends long headers or queries would fill the memory otherwise."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()


def answer(app: Flask, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes] | None:
    """Answer a WSGI request from the cache; return None if its page is not there."""
    if environ["REQUEST_METHOD"] != "GET" or "HTTP_COOKIE" not in environ:
        return None
    began, state = time.perf_counter(), _state(app)
    found = state.find(environ, now())
    if found is None:
        return None
    page, account, token = found
    number, nonce, same = logs.new_number(), new_nonce(), page.is_current(environ)
    body, status = (b"", "304 NOT MODIFIED") if same else (page.body(nonce, token), "200 OK")
    headers = [
        *page.headers_with(nonce),
        (logs.HEADER, number),
        *([] if same else [("Content-Length", str(len(body)))]),
    ]
    start_response(status, headers)
    logs.write(number, "GET", page.route, int(status[:3]), began, environ.get("REMOTE_ADDR"), account)
    return [body]


def _state(app: Flask) -> State:
    state: State = app.extensions["unchanged"]
    return state


def init_app(app: Flask) -> None:
    """Install the cache. Call it after the limits on requests, and before anything that renders pages."""
    app.extensions["unchanged"] = State(app)
    app.before_request(_recognise)
    app.after_request(_keep)


def _recognise() -> Response | None:
    """Prepare caching the page of this request; if another session of its account has it cached, answer with that."""
    view, cookie = current_app.view_functions.get(request.endpoint or ""), request.environ.get("HTTP_COOKIE")
    if not cookie or request.method != "GET" or not getattr(view, "unchanged", False) or "_flashes" in session:
        return None
    state, at = _state(current_app), now()
    version = state.watch.version()
    if version is None or not current_user.is_authenticated:
        return None
    reader = current_user.account.id, generate_csrf()
    if not session.modified:  # Otherwise the next request comes with another cookie.
        state.readers.keep(_digest(cookie), reader, 1, version, at)
    key = _key(reader[0], request.environ, at)
    page = state.pages.get(key, version, at)
    if page is None:
        g.makes = key, version
        return None
    headers = Headers(page.headers_with(csp_nonce()))
    if page.is_current(request.environ):
        return Response(status=304, headers=headers)
    return Response(page.body(csp_nonce(), reader[1]), headers=headers)


def _keep(response: Response) -> Response:
    key, version = g.pop("makes", (None, None))
    if key is not None and response.status_code == 200 and not response.is_streamed:
        body = _common(response.get_data())
        etag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
        response.headers["ETag"] = etag
        headers = [(name, value.replace(csp_nonce(), NONCE.decode())) for name, value in response.headers]
        fixed = [(name, value) for name, value in headers if name != "Content-Length"]
        route = request.url_rule.rule if request.url_rule else ""
        page = Page(tuple(SLOTS.split(body)), (*fixed, ("Vary", "Cookie")), etag, route)
        _state(current_app).pages.keep(key, page, len(body) + HEADERS, version, now())
    return response


def _common(page: bytes) -> bytes:
    """Replace the response's own nonce and token by placeholders."""
    page = page.replace(csp_nonce().encode(), NONCE)
    token: str | None = g.get("csrf_token")
    return page.replace(token.encode(), TOKEN) if token else page
