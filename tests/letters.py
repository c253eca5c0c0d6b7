"""A real mail server on this machine that keeps what it is sent."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from flask import Flask


class Letters:
    """A mail server's handler that keeps what it is sent, and may be told to refuse."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.refuse = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 — aiosmtpd's name
        """Take a letter."""
        if self.refuse:
            return "451 try later"
        self.taken.append(envelope)
        return "250 OK"

    def read(self) -> list[EmailMessage]:
        """Read the letters as a mail program would."""
        return [message_from_bytes(envelope.content, policy=default) for envelope in self.taken]  # type: ignore[misc]


@contextmanager
def mail_server(app: Flask) -> Iterator[Letters]:
    """Run a mail server, and tell the installation of it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    handler = Letters()
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    app.config["GOVERN"] = replace(
        app.config["GOVERN"],
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security="none",
        mail_from="govern@alvsam.example",
    )
    yield handler
    server.stop()
