"""Read a stored e-mail message (EML, MSG): who wrote what to whom and when, and what was enclosed."""

from __future__ import annotations

import email
import email.policy
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from html import unescape
from typing import TYPE_CHECKING

from govern.reading.limits import MOST_CHARACTERS, MOST_PARTS, Unreadable

if TYPE_CHECKING:
    import olefile

HEADER = re.compile(rb"(?:\xef\xbb\xbf)?(?:From [^\r\n]*\r?\n)?[!-9;-~]+:[ \t]?")
"""How a stored message begins: with the name of a header field (RFC 5322), after a mailbox's own line if any."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it is shown: `enclosed` are the names of the files in it."""

    sender: str
    to: str
    copies: str
    sent: str
    subject: str
    text: str
    enclosed: tuple[str, ...]

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What stands above the text, each with its Swedish label; empty ones left out."""
        files = ", ".join(self.enclosed)
        rows = [("Från", self.sender), ("Till", self.to), ("Kopia", self.copies), ("Skickat", self.sent)]
        return [(label, words) for label, words in [*rows, ("Ämne", self.subject), ("Bifogat", files)] if words]


def read_mail(data: bytes) -> Mail:
    """Read a message of either kind.

    Raises:
        Unreadable: if it is broken or holds no message.
    """
    return _msg(data) if data.startswith(OLE) else _eml(data)


def mail(data: bytes) -> Iterator[str]:
    """Yield the text of a message, with its headers, as one part."""
    found = read_mail(data)
    yield "\n".join([*(f"{label}: {words}" for label, words in found.lines), found.text])


# --- EML -------------------------------------------------------------------------------------------------


def _eml(data: bytes) -> Mail:
    try:
        found = email.message_from_bytes(data, EmailMessage, policy=email.policy.default)
        enclosed = [part.get_filename() or "utan namn" for part in found.iter_attachments()][:MOST_PARTS]
        return Mail(
            sender=_header(found, "From"),
            to=_header(found, "To"),
            copies=_header(found, "Cc"),
            sent=_moment(_header(found, "Date")),
            subject=_header(found, "Subject"),
            text=_text_of_eml(found),
            enclosed=tuple(_one_line(name) for name in enclosed),
        )
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:  # A broken header.
        raise Unreadable(f"EML: {error!r}") from error


def _header(found: EmailMessage, name: str) -> str:
    return _one_line(str(found.get(name, "")))


def _text_of_eml(found: EmailMessage) -> str:
    body = found.get_body(("plain", "html"))
    if body is None:
        return ""
    data = body.get_payload(decode=True)
    text = _decoded(data if isinstance(data, bytes) else b"", body.get_content_charset() or "utf-8")
    return _from_html(text) if body.get_content_type() == "text/html" else text[:MOST_CHARACTERS].strip()


def _moment(written: str) -> str:
    """Return a Date header as `2027-01-15 09.30`, in the sender's own time; as it stands if it is no date."""
    try:
        return _when(parsedate_to_datetime(written))
    except ValueError:
        return written


def _when(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H.%M")


# --- MSG: Outlook's own form (MS-OXMSG), an OLE file with a stream for each property ----------------------

SUBJECT, SENDER, SENDER_ADDRESS, TO, COPIES, BODY, HTML, HEADERS = (
    *("0037", "0C1A", "0C1F", "0E04", "0E03", "1000", "1013"),
    "007D",
)
FILE_NAME, SHORT_NAME = "3707", "3704"
MOST_STREAM = 20_000_000


def _msg(data: bytes) -> Mail:
    import olefile  # noqa: PLC0415 — see `texts.HEAVY`.

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as opened:
            names = {path[0] for path in opened.listdir()}
            if not any(name.startswith("__substg1.0_") for name in names):
                raise Unreadable("MSG: no message")
            enclosed = sorted(name for name in names if name.startswith("__attach_version1.0_"))[:MOST_PARTS]
            headers = email.message_from_string(_property(opened, HEADERS), EmailMessage, policy=email.policy.default)
            sender, address = _property(opened, SENDER), _property(opened, SENDER_ADDRESS)
            return Mail(
                sender=_one_line(f"{sender} <{address}>" if "@" in address and address != sender else sender),
                to=_one_line(_property(opened, TO)),
                copies=_one_line(_property(opened, COPIES)),
                sent=_moment(_header(headers, "Date")),
                subject=_one_line(_property(opened, SUBJECT)),
                text=_property(opened, BODY).strip() or _from_html(_property(opened, HTML)),
                enclosed=tuple(
                    _one_line(_property(opened, FILE_NAME, at) or _property(opened, SHORT_NAME, at) or "utan namn")
                    for at in enclosed
                ),
            )
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(f"MSG: {error!r}") from error


def _property(opened: olefile.OleFileIO, number: str, folder: str = "") -> str:
    """Return a property: in UTF-16 (type 001F), in the sender's own encoding (001E) or as bytes (0102)."""
    for kind, encoding in (("001F", "utf-16-le"), ("001E", ""), ("0102", "")):
        path = [*([folder] if folder else []), f"__substg1.0_{number}{kind}"]
        if opened.exists(path):
            data: bytes = opened.openstream(path).read(MOST_STREAM)
            return (data.decode(encoding, "replace") if encoding else _decoded(data, "utf-8")).rstrip("\x00")
    return ""


def _decoded(data: bytes, charset: str) -> str:
    """Decode in the given character set, or as Windows-1252 where that fails."""
    try:
        return data.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return data.decode("cp1252", "replace")


def _one_line(text: str) -> str:
    return " ".join(text.split())


_LEFT_OUT = re.compile(r"<!--.*?-->|<(style|script|head)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


def _from_html(html: str) -> str:
    """Return the text of an HTML body, with a line for each paragraph."""
    text = _BREAK.sub("\n", " ".join(_LEFT_OUT.sub(" ", html[:MOST_CHARACTERS]).split()))
    return "\n".join(_one_line(line) for line in unescape(_TAG.sub("", text)).split("\n")).strip()
