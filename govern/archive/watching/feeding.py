"""A saved search as an Atom feed (RFC 4287): sealed and open paragraphs that its owner may read today, newest first."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urljoin

from flask import current_app, url_for
from lxml import etree

from govern.archive.searching import asking, finding
from govern.archive.searching.finding import Excerpt, Found
from govern.archive.watching.models import SavedSearch
from govern.archive.watching.queries import terms_of
from govern.swedish import long_date

ATOM = "http://www.w3.org/2005/Atom"
MOST = 50


def atom(saved: SavedSearch, address: str) -> bytes:
    """Return the feed of a saved search; `address` is the feed's URL.

    Raises:
        SearchUnavailable: if the index cannot be read.
    """
    base = current_app.config["GOVERN"].base_url
    asked = asking.read(saved.asked)
    terms = terms_of(saved.person)
    found = finding.find(asked.query, terms, sort="newest", filters=asked.filters, size=MOST).found
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    _add(feed, "id", address.rpartition("/")[0] + f"/{saved.id}")
    _add(feed, "title", saved.name)
    _add(feed, "updated", _moment(max((_sealed(one) for one in found), default=saved.saved_at)))
    _add(feed, "link", rel="self", type="application/atom+xml", href=address)
    _add(feed, "link", rel="alternate", type="text/html", href=_result(base, saved))
    _add(_add(feed, "author"), "name", "Govern")
    for one in found:
        _entry(feed, one, base)
    written: bytes = etree.tostring(feed, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return written


def _result(base: str, saved: SavedSearch) -> str:
    return f"{urljoin(base, url_for('search.search'))}?{asking.address(saved.asked)}"


def _entry(feed: etree._Element, one: Found, base: str) -> None:
    paragraph = one.paragraph
    entry = _add(feed, "entry")
    _add(entry, "id", urljoin(base, url_for("paragraphs.paragraph", paragraph_id=paragraph.id)))
    _add(entry, "title", f"{paragraph.label} {paragraph.heading}")
    _add(entry, "updated", _moment(_sealed(one)))
    _add(entry, "link", rel="alternate", type="text/html", href=urljoin(base, finding.address_of(one)))
    _add(_add(entry, "author"), "name", paragraph.forum.name)
    where = f"{paragraph.forum.name}, {long_date(paragraph.meeting.day)}."
    _add(entry, "summary", " ".join([where, *(_plain(excerpt) for excerpt in one.excerpts)]))


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    """Append an element; characters that XML does not allow are removed from its text."""
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}", **attributes)
    if text:
        element.text = "".join(c for c in text if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))
    return element


def _plain(excerpt: Excerpt) -> str:
    text = "".join(piece for piece, _ in excerpt.pieces)
    return f"{'… ' if excerpt.cut_before else ''}{text}{' …' if excerpt.cut_after else ''}"


def _sealed(one: Found) -> datetime:
    return one.paragraph.meeting.sealed_at or datetime.now(UTC)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
