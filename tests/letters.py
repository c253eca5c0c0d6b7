"""A real mail server on this machine that stores what it receives."""

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
    """A mail server's handler that stores the letters it receives, and can be set to refuse them."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.refuse = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 — aiosmtpd's name
        """Receive a letter."""
        if self.refuse:
            return "451 try later"
        self.taken.append(envelope)
        return "250 OK"

    def read(self) -> list[EmailMessage]:
        """Read the letters as a mail program would."""
        return [message_from_bytes(envelope.content, policy=default) for envelope in self.taken]  # type: ignore[misc]


@contextmanager
def mail_server(app: Flask) -> Iterator[Letters]:
    """Run a mail server, and configure the installation to use it."""
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
