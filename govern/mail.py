"""Mail through the installation's mail server, if it has one."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr

from govern.addresses import written
from govern.config import Settings
from govern.errors import GovernError
from govern.write_lock import slow

TIMEOUT = 20  # Seconds.
NOBODY = "govern@localhost"
"""The sender when no mail server is configured: the letter is downloaded and sent from a person's own mailbox."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file attached to a letter. `method` is a calendar's iTIP method."""

    name: str
    media_type: str
    data: bytes
    method: str = ""


class Undelivered(GovernError):
    """Raise when the server did not accept a letter. `permanent` if it never will; `sentence` is Swedish."""

    def __init__(self, sentence: str, *, permanent: bool) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.permanent = permanent


def configured(settings: Settings) -> bool:
    """Return whether the installation can send mail."""
    return bool(settings.smtp_host and settings.mail_from)


def compose(
    settings: Settings,
    to: str,
    subject: str,
    text: str,
    *,
    key: str,
    at: datetime,
    enclosures: Sequence[Enclosure] = (),
    unsubscribe: str = "",
) -> EmailMessage:
    """Compose a letter of plain text with files.

    Equal `key`s give equal Message-IDs, so that duplicates are recognised as one letter. A calendar is also added as an
    alternative to the text, as mail programs expect in order to offer the event. `unsubscribe` is the address to which
    a POST ends such letters (RFC 8058), if any.
    """
    name, address = parseaddr(settings.mail_from or NOBODY)
    sender = written(address)
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["Subject"] = formataddr((name, sender)), " ".join(subject.split())
    try:
        letter["To"] = ", ".join(map(written, to.split(", ")))
    except ValueError:  # It looks like an encoded line break. The server gets the address separately anyway.
        letter["To"] = "undisclosed-recipients:;"
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    if unsubscribe:
        letter["List-Unsubscribe"], letter["List-Unsubscribe-Post"] = f"<{unsubscribe}>", "List-Unsubscribe=One-Click"
    letter.set_content(text)
    for one in enclosures:
        if one.method:
            letter.add_alternative(one.data.decode(), subtype="calendar", params={"method": one.method})
    for one in enclosures:
        kind, _, subtype = one.media_type.partition("/")
        if kind == "message":  # A message in a letter may not be encoded, so it would not arrive unchanged (RFC 2046).
            kind, subtype = "application", "octet-stream"
        letter.add_attachment(one.data, kind, subtype, filename=one.name)
    return letter


@slow("sending a letter")
def deliver(settings: Settings, to: str, message: bytes) -> str:
    """Send the letter to the mail server unchanged, and return the server's answer on accepting it.

    Raises:
        Undelivered: if the server cannot be reached, or rejects the letter temporarily (4xx) or permanently (5xx).
    """
    try:
        with _connect(settings) as server:
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.ehlo_or_helo_if_needed()
            _accepted(*server.mail(written(parseaddr(settings.mail_from)[1])))
            _accepted(*server.rcpt(written(to)))
            return _accepted(*server.data(message))
    except smtplib.SMTPResponseException as error:  # From the sign-in or the greeting: not about the letter.
        words = f"{error.smtp_code} {_said(error.smtp_error)}"
        raise Undelivered(f"E-postservern släpper inte in programmet: {words}", permanent=False) from error
    except UnicodeError as error:
        raise Undelivered("Adressen har tecken som inte går att skicka till.", permanent=True) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Undelivered("E-postservern går inte att nå.", permanent=False) from error


def _accepted(code: int, reply: bytes) -> str:
    if not 200 <= code < 300:
        raise _refused(code, reply)
    return f"{code} {reply.decode(errors='replace')}"


def _refused(code: int, reply: bytes) -> Undelivered:
    return Undelivered(f"E-postservern svarade: {code} {_said(reply)}", permanent=code >= 500)


def _said(reply: bytes | str) -> str:
    words = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return " ".join(words.split())[:400]


def send(
    settings: Settings, to: str, subject: str, text: str, *, key: str, at: datetime, unsubscribe: str = ""
) -> None:
    """Send a letter of plain text at once.

    Raises:
        Undelivered: as `deliver`.
    """
    letter = compose(settings, to, subject, text, key=key, at=at, unsubscribe=unsubscribe)
    deliver(settings, to, letter.as_bytes())


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
