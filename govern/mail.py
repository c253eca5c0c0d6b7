"""Plain mail by the installation's mail server, where it has one."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage

from govern.config import Settings

TIMEOUT = 20  # Seconds.


def configured(settings: Settings) -> bool:
    """Say whether the installation can send mail."""
    return bool(settings.smtp_host and settings.mail_from)


def send(settings: Settings, to: str, subject: str, text: str, *, key: str, unsubscribe: str = "") -> None:
    """Send a letter of plain text. Equal `key`s give equal Message-IDs, so that one sent twice is seen as one.

    `unsubscribe` is the address at which a POST ends such letters (RFC 8058), if there is one.

    Raises:
        OSError: when the server cannot be reached or does not take the letter.
    """
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = settings.mail_from, to, subject
    letter["Message-ID"] = f"<{key}@{settings.mail_from.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    if unsubscribe:
        letter["List-Unsubscribe"], letter["List-Unsubscribe-Post"] = f"<{unsubscribe}>", "List-Unsubscribe=One-Click"
    letter.set_content(text)
    with _connect(settings) as server:
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        server.send_message(letter)


def _connect(settings: Settings) -> smtplib.SMTP:
    address, context = (settings.smtp_host, settings.smtp_port), ssl.create_default_context()
    match settings.smtp_security:
        case "tls":
            return smtplib.SMTP_SSL(*address, timeout=TIMEOUT, context=context)
        case "starttls":
            server = smtplib.SMTP(*address, timeout=TIMEOUT)
            server.starttls(context=context)
            return server
        case "none":
            return smtplib.SMTP(*address, timeout=TIMEOUT)
        case other:
            raise ValueError(f"GOVERN_SMTP_SECURITY is starttls, tls or none, not {other}")
