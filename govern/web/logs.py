"""The server's log: one JSON object for each line on standard error, with the request's number and no content.

What people write must not leak through a log (offentlighets- och sekretesslagen), so a request is logged by its route's
pattern, not its URL, and an exception by its type and frames, not its message, which often quotes a value.
"""

from __future__ import annotations

import logging
import secrets
import sys
import time
import traceback
from types import TracebackType
from typing import TextIO

from flask import Flask, Response, g, has_request_context, request
from flask_login import current_user
from pythonjsonlogger.json import JsonFormatter

log = logging.getLogger("govern.requests")

HEADER = "X-Request-ID"
"""Identifies the request to the proxy's log and the user. A value sent by the client is ignored."""


def new_number() -> str:
    """Return a number for a request."""
    return secrets.token_hex(8)


def request_number() -> str:
    """Return the request's number."""
    if "request_number" not in g:
        g.request_number = new_number()
    return str(g.request_number)


class Numbered(logging.Filter):
    """Adds the request's number to every record logged during the request."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Accept every record, adding the number."""
        if has_request_context():
            record.request = request_number()
        return True


class WithoutContent(JsonFormatter):
    """Formats a record as JSON; of an exception it keeps the types and frames, never the message."""

    def formatException(  # noqa: N802 — the name is logging's
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Format the chain of exceptions, the cause first, each with its frames."""
        chain: list[BaseException] = []
        error = ei[1]
        while error is not None and error not in chain:
            chain.append(error)
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(line for error in reversed(chain) for line in _frames(error))


def _frames(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [*(f"{f.filename}:{f.lineno} {f.name}" for f in frames), f"{type(error).__module__}.{type(error).__name__}"]


def configure(level: str, stream: TextIO | None = None) -> None:
    """Send all log records of this process to standard error, or a stream, as JSON; for servers, not for commands."""
    handler = logging.StreamHandler(stream or sys.stderr)
    formatter = WithoutContent(
        "{asctime}{levelname}{name}{message}",
        style="{",
        rename_fields={"asctime": "at", "levelname": "level", "name": "logger", "exc_info": "trace"},
        json_ensure_ascii=False,
    )
    formatter.converter = time.gmtime
    formatter.default_time_format, formatter.default_msec_format = "%Y-%m-%dT%H:%M:%S", "%s.%03dZ"
    handler.setFormatter(formatter)
    handler.addFilter(Numbered())
    for logger in list(logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger):  # A library's own handler would log the message again, in full.
            logger.handlers.clear()
            logger.propagate = True
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level)
    logging.captureWarnings(capture=True)


def init_app(app: Flask) -> None:
    """Number every request, send the number in the response, and log one line for each request."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        number = response.headers[HEADER] = request_number()
        if request.endpoint != "static":
            route = request.url_rule.rule if request.url_rule else ""
            began = g.get("began", time.perf_counter())
            write(number, request.method, route, response.status_code, began, request.remote_addr, _account())
        return response


def write(
    number: str, method: str, route: str, status: int, began: float, address: str | None, account: int | None
) -> None:
    """Log a request that has been answered. `began` is when it arrived, of `time.perf_counter`."""
    facts = {
        "request": number,
        "method": method,
        "route": route,
        "status": status,
        "ms": round((time.perf_counter() - began) * 1000, 1),
        "address": address or "",
        "account": account,
    }
    log.info("request", extra=facts)


def _account() -> int | None:
    return current_user.account.id if current_user and current_user.is_authenticated else None
