"""A mail server on this machine that stores what it receives, and gives the answers that a test sets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from aiosmtpd.controller import Controller
from flask import Flask

from tests.ports import free_port

SENDER = "govern@alvsam.example"


class Postbox:
    """The received letters, as (address, letter, bytes).

    `answers` are used in turn, for the letters; `meanwhile` is called while the sender waits.
    """

    def __init__(self) -> None:
        self.taken: list[tuple[str, EmailMessage, bytes]] = []
        self.answers: list[str] = []
        self.unknown: set[str] = set()
        self.later: set[str] = set()
        self.refuses = False
        self.meanwhile: Callable[[], None] = lambda: None

    @property
    def letters(self) -> list[EmailMessage]:
        """The received letters, as a mail program reads them."""
        return [letter for _, letter, _ in self.taken]

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        """Accept a recipient, unless the address is unknown or deferred."""
        if address in self.unknown:
            return "550 5.1.1 No such user here"
        if address in self.later:
            return "451 later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 — aiosmtpd's names
        """Receive a letter."""
        await asyncio.to_thread(self.meanwhile)
        if self.refuses:
            return "451 try later"
        answer = self.answers.pop(0) if self.answers else f"250 OK queued as {len(self.taken) + 1}"
        if answer.startswith("2"):
            letter = message_from_bytes(envelope.content, policy=SMTP)
            self.taken.append((envelope.rcpt_tos[0], letter, envelope.content))  # type: ignore[arg-type]
        return answer


@contextmanager
def open_postbox(app: Flask) -> Iterator[Postbox]:
    """Run it, and configure the installation to use it."""
    port = free_port()
    handler = Postbox()
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    before = app.config["GOVERN"]
    mails = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "mail_from": SENDER}
    app.config["GOVERN"] = replace(before, **mails)
    try:
        yield handler
    finally:
        server.stop()
        app.config["GOVERN"] = before
