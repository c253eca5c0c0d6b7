"""Checks for every page: valid HTML, accessible names, nothing inline, no dead links."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import html5lib
from flask import Flask
from html5lib.html5parser import ParseError
from selectolax.lexbor import LexborHTMLParser, LexborNode
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy")
HTMX = {f"hx-{verb}": verb.upper() for verb in ("get", "post", "put", "patch", "delete")}
UNNAMED = {"hidden", "submit", "button", "image", "reset"}
DATA_SCRIPTS = {"application/json", "importmap"}


def check_page(app: Flask, url: str, answer: TestResponse) -> None:
    """Fail with every fault of a page."""
    html = answer.get_data(as_text=True)
    tree = LexborHTMLParser(html)
    policy = answer.headers.get("Content-Security-Policy", "")
    faults = [f"the answer has no {header}" for header in HEADERS if header not in answer.headers]
    faults += [*_not_html(html, whole=True), *_frame(tree), *_common(app, url, tree, policy), *_anchors(url, tree)]
    _fail(url, faults)


def check_fragment(app: Flask, url: str, html: str) -> None:
    """Fail with every fault of a part of a page; its ids and references must be consistent within it."""
    _fail(url, [*_not_html(html, whole=False), *_common(app, url, LexborHTMLParser(html), "")])


def _fail(url: str, faults: list[str]) -> None:
    assert not faults, f"{url}:\n  " + "\n  ".join(faults)


def _not_html(html: str, *, whole: bool) -> Iterator[str]:
    """Parse strictly: html5lib stops at the first error that a lenient parser would repair."""
    parser = html5lib.HTMLParser(strict=True)
    try:
        parser.parse(html) if whole else parser.parseFragment(html)
    except ParseError as error:
        (line, _), code, facts = parser.errors[-1]
        near = html.splitlines()[line - 1].strip()[:160] if html else ""
        yield f"not valid HTML ({code} {facts} {error}) at line {line}: {near}"


def _frame(tree: LexborHTMLParser) -> Iterator[str]:
    root = tree.css_first("html")
    if root is None or root.attributes.get("lang") != "sv":
        yield 'the page needs <html lang="sv">'
    titles = tree.css("head > title")
    if len(titles) != 1 or not titles[0].text().strip().removesuffix("· Govern"):
        yield f"the page needs one title that says something, it has {[t.text() for t in titles]}"
    if len(tree.css("h1")) != 1:
        yield f"the page needs one h1, it has {[h.text(strip=True) for h in tree.css('h1')]}"
    if len(tree.css("main")) != 1:
        yield "the page needs one main element"
    if tree.css_first('meta[name="viewport"]') is None:
        yield "the page needs a viewport for phones"


def _common(app: Flask, url: str, tree: LexborHTMLParser, policy: str) -> Iterator[str]:
    ids = Counter(node.attributes.get("id") for node in tree.css("[id]"))
    yield from (f"the id {name!r} stands {count} times" for name, count in ids.items() if count > 1)
    for node in tree.css("*"):
        yield from _inline(node, policy)
    yield from _forms(app, url, tree)
    for node in tree.css("input, select, textarea"):
        if (node.attributes.get("type") or "text").lower() not in UNNAMED and not _label(tree, node):
            yield f"nothing names {_show(node)}: give it a label"
    for node in tree.css("button, a[href], summary, [role=button]"):
        if not _spoken(tree, node):
            yield f"nothing names {_show(node)}: give it words or an aria-label"
    for node in tree.css("label[for]"):
        if node.attributes["for"] not in ids:
            yield f"{_show(node)} labels nothing"
    for node in tree.css("img"):
        if "alt" not in node.attributes:
            yield f"{_show(node)} needs an alt, empty where it only decorates"
    yield from _links(app, url, tree)


def _inline(node: LexborNode, policy: str) -> Iterator[str]:
    attributes = node.attributes
    for name in attributes:
        if name == "style" or name.startswith("on"):
            yield f"{_show(node)} has {name}, which the policy forbids"
    if node.tag == "script" and "src" not in attributes and attributes.get("type") not in DATA_SCRIPTS:
        yield f"{_show(node)} is an inline script: put it in a file"
    nonce = attributes.get("nonce")
    if node.tag == "style" and (not nonce or f"'nonce-{nonce}'" not in policy):
        yield f"{_show(node)} is inline without this answer's nonce"


def _forms(app: Flask, url: str, tree: LexborHTMLParser) -> Iterator[str]:
    for form in tree.css("form"):
        method = (form.attributes.get("method") or "").lower()
        if method not in {"get", "post", "dialog"}:
            yield f"{_show(form)} needs a method"
        if method == "dialog":
            continue
        if method == "post" and form.css_first('input[name="csrf_token"]') is None:
            yield f"{_show(form)} needs a csrf_token"
        actions = [form.attributes.get("action"), *(b.attributes["formaction"] for b in form.css("[formaction]"))]
        for action in actions:
            yield from _leads_nowhere(app, url, action or "", method.upper() or "GET", form)


def _links(app: Flask, url: str, tree: LexborHTMLParser) -> Iterator[str]:
    for node in tree.css("a[href], link[href], script[src], img[src], iframe[src], source[src]"):
        yield from _leads_nowhere(
            app, url, node.attributes.get("href") or node.attributes.get("src") or "", "GET", node
        )
    for name, verb in HTMX.items():
        for node in tree.css(f"[{name}]"):
            yield from _leads_nowhere(app, url, node.attributes[name] or "", verb, node)


def _leads_nowhere(app: Flask, url: str, address: str, method: str, node: LexborNode) -> Iterator[str]:
    if method == "GET" and address.startswith("#"):  # A place on the page itself, whatever its query string.
        return
    parts = urlsplit(urljoin(urlsplit(url).path, address))
    if parts.scheme or parts.netloc:
        if parts.scheme not in {"https", "http", "mailto", "tel", "data", "otpauth"}:
            yield f"{_show(node)} leads to {address}"
        if node.tag in {"script", "link", "img", "iframe"} and parts.scheme.startswith("http"):
            yield f"{_show(node)} is fetched from another site"
        return
    try:
        endpoint, values = app.url_map.bind("localhost").match(unquote(parts.path), method)
    except RequestRedirect:
        return
    except (NotFound, MethodNotAllowed) as error:
        yield f"{_show(node)}: {method} {address} answers {error.code}"
        return
    if endpoint == "static" and not _is_file(Path(app.static_folder or "") / values["filename"]):
        yield f"{_show(node)}: there is no file {values['filename']}"


@cache
def _is_file(path: Path) -> bool:
    return path.is_file()


def _anchors(url: str, tree: LexborHTMLParser) -> Iterator[str]:
    """Check that a link to a place on this page has its target."""
    here = {node.attributes.get("id") for node in tree.css("[id]")}
    for node in tree.css("a[href]"):
        href = node.attributes["href"] or ""
        path, _, place = href.partition("#")
        if place and path in ("", urlsplit(url).path) and unquote(place) not in here:
            yield f"{_show(node)} leads to no place on the page"


def _label(tree: LexborHTMLParser, node: LexborNode) -> bool:
    own = node.attributes.get("id")
    labels = [label for label in tree.css("label[for]") if own and label.attributes["for"] == own]
    parent = node.parent
    while parent is not None:
        if parent.tag == "label":
            labels.append(parent)
        parent = parent.parent
    return any(label.text(strip=True) for label in labels) or _aria(tree, node)


def _spoken(tree: LexborHTMLParser, node: LexborNode) -> bool:
    pictures = [*node.css("img[alt]"), *node.css("svg title"), *node.css("svg[aria-label]")]
    return (
        bool(node.text(strip=True)) or _aria(tree, node) or any(p.attributes.get("alt") or p.text() for p in pictures)
    )


def _aria(tree: LexborHTMLParser, node: LexborNode) -> bool:
    if (node.attributes.get("aria-label") or "").strip():
        return True
    named_by = (node.attributes.get("aria-labelledby") or "").split()
    by_id = {other.attributes.get("id"): other for other in tree.css("[id]")} if named_by else {}
    return any(name in by_id and by_id[name].text(strip=True) for name in named_by)


def _show(node: LexborNode) -> str:
    return re.sub(r"\s+", " ", (node.html or "").partition(">")[0] + ">")[:160]
