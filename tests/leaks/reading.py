"""Search responses completely: text, metadata, file names, parts and headers."""

from __future__ import annotations

import email
import io
import re
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from email import policy
from functools import lru_cache
from itertools import product
from urllib.parse import unquote, urlencode

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.datastructures import Headers

from govern.db import db
from tests.documents.reading import pdf_pages

PLANTED = re.compile(r"zqv[a-z]{3}")
"""The pattern of planted words, which occurs in no Swedish text, hexadecimal number or token."""

IDS = {
    "adjustment_id": "SELECT id FROM adjustments",
    "assignment_id": "SELECT id FROM assignments",
    "attachment_id": "SELECT id FROM attachments",
    "binder_id": "SELECT id FROM meeting_binders",
    "case_id": "SELECT id FROM cases",
    "copy_id": "SELECT id FROM public_copies",
    "dispatch_id": "SELECT id FROM dispatches",
    "entry_id": "SELECT id FROM outbox WHERE set_aside_at IS NOT NULL UNION SELECT min(id) FROM outbox",
    "event_id": "SELECT min(id) FROM account_events GROUP BY account_id",
    "factor_id": "SELECT id FROM factors",
    "item_id": "SELECT id FROM agenda_items UNION SELECT id FROM standing_items",
    "letter_id": "SELECT id FROM invitation_letters",
    "meeting_id": "SELECT id FROM meetings",
    "notice_id": "SELECT id FROM notices",
    "number": "SELECT max(version) FROM paragraph_versions UNION SELECT 2",
    "package_id": "SELECT id FROM summons_packages",
    "paragraph_id": "SELECT id FROM paragraphs",
    "party_id": "SELECT id FROM parties",
    "person_id": "SELECT id FROM people",
    "phrase_id": "SELECT min(id) FROM phrases",
    "posting_id": "SELECT id FROM postings",
    "presence_id": "SELECT min(id) FROM presences",
    "proposal_id": "SELECT id FROM proposals",
    "protocol_id": "SELECT id FROM protocols",
    "review_id": "SELECT id FROM reviews",
    "saved_id": "SELECT id FROM saved_searches",
    "seat_id": "SELECT min(id) FROM seats",
    "session_id": "SELECT min(id) FROM sign_in_sessions",
    "signature_id": "SELECT id FROM signatures",
    "slug": "SELECT slug FROM forums UNION SELECT min(slug) FROM collaborations",
    "supersession_id": "SELECT id FROM supersessions",
}
"""The rows that an address may refer to, by argument name."""

OTHERS: dict[str, list[object]] = {
    "accent": ["123456"],
    "ending": ["pdf", "docx", "json", "zip", "jsonl", "csv", "xlsx"],
    "place": [0, 1],
    "short": ["kcg"],
    "token": ["x"],
    "way": ["upp", "skicka", "ge", "stang"],
    "year": [2024],
}
"""Other values that an address may contain. A new argument name must be added here or to `IDS`."""


def addresses(app: Flask, method: str) -> Iterator[tuple[str, str]]:
    """Yield every address that accepts a method, with all values of its arguments, and its endpoint."""
    found = {name: db.session.scalars(text(query)) for name, query in IDS.items()}
    values = OTHERS | {name: [value for value in rows if value is not None] for name, rows in found.items()}
    db.session.rollback()
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or method not in (rule.methods or ()):
            continue
        names = sorted(rule.arguments - set(rule.defaults or {}))
        if unknown := [name for name in names if name not in values]:
            raise LookupError(
                f"{rule} names {', '.join(unknown)}: say in IDS (rows) or OTHERS (what is no row) of {__name__} which "
                "values there are, or nobody tries that address"
            )
        for chosen in product(*(values[name] for name in names)):
            try:
                arguments = dict(rule.defaults or {}) | dict(zip(names, chosen, strict=True))
                yield adapter.build(rule.endpoint, arguments, method), rule.endpoint
            except ValueError:  # A kind of file that does not exist here.
                continue


EVERY = pytest.param(None, marks=pytest.mark.long, id="every address")
"""Parameter for tests that sample addresses by endpoint: the long tests try every address."""


def of_each(found: Iterable[tuple[str, str]], most: int | None) -> Iterator[tuple[str, str]]:
    """Yield at most `most` addresses of each endpoint."""
    kept: Counter[str] = Counter()
    for address, endpoint in found:
        kept[endpoint] += 1
        if most is None or kept[endpoint] <= most:
            yield address, endpoint


def planted(told: str) -> set[str]:
    """Find the planted words in a text."""
    return set(PLANTED.findall(told.lower()))


def words_of(data: bytes, headers: Headers | None = None) -> set[str]:
    """Find the planted words in a response of any file type and in its headers."""
    named = planted(unquote(str(headers))) if headers is not None else set()
    return named | _within(data)


@lru_cache(maxsize=4096)
def _within(data: bytes) -> frozenset[str]:
    found = planted(data.decode("utf-8", "replace"))
    if data.startswith(b"%PDF"):
        found |= _in_pdf(data)
    elif data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                found |= planted(name) | _within(archive.read(name))
    elif data.startswith((b"From:", b"To:", b"MIME-Version", b"Subject:", b"Message-ID", b"Date:")):
        found |= in_letter(data)
    return frozenset(found)


def _in_pdf(data: bytes) -> set[str]:
    """Search a PDF's text as read by two programs, its streams and all of its strings."""
    found = planted("\n".join(pdf_pages(data)))
    told = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=False).stdout
    found |= planted(told.decode("utf-8", "replace"))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream):
                with suppress(pikepdf.PdfError):
                    found |= planted(thing.read_bytes().decode("latin-1"))
                continue
            found |= planted(_strings(thing))
    return found


def _strings(thing: object) -> str:
    """Return the strings contained directly in an object; indirect objects are visited separately."""
    parts: list[object] = []
    if isinstance(thing, pikepdf.String):
        return str(thing)
    if isinstance(thing, pikepdf.Dictionary):
        parts = [value for _, value in thing.items()]
    elif isinstance(thing, pikepdf.Array):
        parts = list(thing)  # type: ignore[call-overload]
    return "\n".join(_strings(part) for part in parts if not getattr(part, "is_indirect", False))


def in_letter(message: bytes) -> set[str]:
    """Find the planted words in a letter's headers, texts and attachments."""
    letter = email.message_from_bytes(message, policy=policy.default)
    found = planted(str(letter.items()))
    for part in letter.walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            found |= _within(payload if isinstance(payload, bytes) else b"") | planted(part.get_filename() or "")
    return found


def asked(beginning: str) -> list[str]:
    """Return the addresses of all kinds of searches for words with this beginning."""
    question = urlencode({"q": f"{beginning}*"})
    kinds = [f"/sok/uttag.{ending}" for ending in ("csv", "json", "xlsx")]
    return [f"/sok/forslag?q={beginning}", *(f"{path}?{question}" for path in ("/sok", "/sok/utskrift", *kinds))]
