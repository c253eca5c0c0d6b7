"""A fuzzer that sends every route and method, as five people, values that no form would send; and a world to try it on.

It learns fields from the forms on the pages, sends them back with one to three errors, follows redirects, and finally
runs the outbox on what was saved. An exception or a status of 500 or more is a failure.
"""

from __future__ import annotations

import copy
import io
import json
import random
import time
import traceback
from collections.abc import Iterator
from contextvars import Context
from dataclasses import dataclass, field
from datetime import time as clock
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from govern import audit, outbox
from govern.archive.abbreviations.models import Abbreviation
from govern.archive.states import Telling
from govern.archive.watching import operations as watching
from govern.cases.operations import attach
from govern.db import db, now
from govern.forums.states import Regime, SeatRole
from govern.meetings import operations as meetings
from govern.meetings.models import Adjuster, AgendaItem
from govern.meetings.states import MeetingState
from govern.notices import operations as notices
from govern.notices.publishing import operations as publishing
from govern.paragraphs import operations as paragraphs
from govern.paragraphs.drafting import draft as drafts
from govern.paragraphs.models import Paragraph
from govern.people.models import SignInAttempt
from govern.protocols import operations
from govern.protocols.correcting import operations as correcting
from govern.protocols.extracting.operations import make_extract
from govern.protocols.models import Protocol
from govern.protocols.signing import operations as signing
from tests import make
from tests.browse import Browser, Page
from tests.cast import Cast

ROLES = (None, "david", "bo", "cilla", "ada")
"""The public, a member elsewhere, a member, the secretary, and an administrator, who also presides here."""

ODD_METHODS = ("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "GÖR", "GET", "POST")
FRESH = timedelta(minutes=5)
AT = make.AT + timedelta(hours=3)

NUMBERS = (
    *("0", "-1", "1", "2", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "1" + "0" * 30),
    *("9" * 5000, "1e400", "NaN", "Infinity", "²", "١٢", "１", "1_0", "+1", " 1", "1.5", "0x1", "1\x00"),
)
DAYS = (
    *("0001-01-01", "0026-11-29", "1024-02-29", "2204-01-01", "9999-12-31", "10000-01-01", "2023-02-30", "-001-01-01"),
    *("2026-W48-7", "20261129", "2026-11-29T00:00", "00:00", "23:59:59.999999", "24:00", "25:61", "18.00"),
)
TEXTS = (
    *("", " ", "\x00", "a\x00b", "\x0b\x0c\x01\x1f\x7f", "\r\n", "a\r\nSet-Cookie: b=1", "\ud800", "\ufffe", "\u202e"),
    *(
        "å" * 300,
        "x" * 100_000,
        "'\"<>&%{}",
        "{{7*7}}",
        "%s%n",
        "../../etc/passwd",
        "..\\..\\a",
        "/" * 400,
        "//[",
        "\\",
    ),
    *("<p>" * 400, "<ul><li>" * 400, "<table><tr><td>" * 60, "<td colspan=99999999999999999999>", "ﬀ", "İ", "ß" * 50),
    *("*", "((((", '"' * 99, "a AND OR NOT", "§ 0", "[" * 500, "~" * 99, "1:2:3", "²:1", ":", "None", "null", "true"),
    *("a,b;c d", "a@b", "a@" + "b" * 300 + ".se", "mailto:a", "=1+1", "﷽" * 20, "🧨", "a\u0300" * 200, "\u2028"),
)
HOSTILE = (*NUMBERS, *DAYS, *TEXTS)
JSONS: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**30, 2**31, 2**63, "", "²", "\x00", "\ud800", [], {}, [None], [[]], {"": {}}),
    *(
        [1, 1],
        ["x" * 1000],
        {"order": 1},
        {"order": [10**30]},
        {"version": "1"},
        float("nan"),
        float("inf"),
        "1" * 5000,
    ),
)
RAW = (
    *(b"", b"{", b"null", b"\xff\xfe", b"[" * 5000, b'{"a":' * 5000, b"NaN", b'"\\ud800"', b"1" * 5000, b"{}"),
    *(b'{"version": 1e400}', b'{"version": -Infinity}', b"\x00", b"--x\r\n", b"a=%ZZ&b=%00&%", b"\xef\xbb\xbf{}"),
)
KINDS = (
    *("application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "", "a/b; c"),
    *("multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/json; charset=utf-7"),
)
FILES = (
    *(("a.pdf", b"%PDF-1.7\n"), ("a.pdf", b""), ("a.docx", b"PK\x03\x04"), ("a\x00b.pdf", b"%PDF-1.7"), ("", b"x")),
    *(("a\r\nb.txt", b"text"), ("a.txt", b"\x00\xff"), ("." * 300 + ".txt", b"a"), ("å/../b.txt", b"a"), ("pdf", b"a")),
    *(
        ("a.png", b"\x89PNG\r\n\x1a\n"),
        ("a.jpg", b"\xff\xd8\xff"),
        ("a.xlsx", b"PK\x05\x06" + b"\0" * 18),
        ("a.csv", b","),
    ),
)


@dataclass
class Failure:
    """A failure, with its request and its place in the code."""

    request: str
    trace: str

    @property
    def place(self) -> str:
        """Return the last frame in our code, to tell failures apart."""
        ours = [line.strip() for line in self.trace.splitlines() if "/govern/" in line or "/templates/" in line]
        last = self.trace.strip().splitlines()[-1] if self.trace.strip() else self.request
        return f"{ours[-1] if ours else '?'} {last[:160]}"


@dataclass
class Fuzzer:
    """A sender of random requests to an application, deterministic for a seed."""

    app: Flask
    cast: Cast
    seed: int
    failures: dict[str, Failure] = field(default_factory=dict)
    asked: int = 0

    def __post_init__(self) -> None:
        """Open a browser for each person."""
        self.chance = random.Random(self.seed)
        self.addresses = {who: self.cast.address_of(who) for who in ROLES if who}
        self.browsers = {who: self._browser(who) for who in ROLES}
        self.rules = [rule for rule in self.app.url_map.iter_rules() if rule.endpoint != "static"]
        self.weights = [0.2 if "ending" in rule.arguments else 1 for rule in self.rules]  # A document takes a second.
        self.forms: dict[str, list[dict[str, list[str]]]] = {}
        self.known: dict[str, list[Any]] = {}
        self.slugs = [self.cast.forum.slug, self.cast.elsewhere.slug, self.cast.collaboration.slug]

    def _browser(self, who: str | None) -> Browser:
        browser = Browser(self.app)
        if who:
            db.session.query(SignInAttempt).delete()
            db.session.commit()
            browser.sign_in(self.addresses[who])
        return browser

    # --- Asking ----------------------------------------------------------------------------------------

    def crawl(self) -> None:
        """Open every page, to learn its forms."""
        for rule in self.rules:
            if "GET" in (rule.methods or ()) and "ending" not in rule.arguments:
                for ids in range(1, 4) if rule.arguments else (1,):
                    self.ask("ada", "GET", self._plain_address(rule, ids))

    def run(self, seconds: float) -> None:
        """Continue for a number of seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.step()

    def step(self) -> None:
        """Send one request, and open the page that it leads to."""
        (who,) = self.chance.choices(ROLES, (1, 1, 2, 4, 4))
        (rule,) = self.chance.choices(self.rules, self.weights)
        methods = sorted(set(rule.methods or ()) & {"GET", "POST"})
        method = self.chance.choice(methods if self.chance.random() < 0.93 else ODD_METHODS)
        address = self._address(rule)
        options = self._body(rule, who) if method in ("POST", "PUT", "PATCH") else {}
        answer = self.ask(who, method, address, **options)
        if answer is None:
            return
        if answer.status_code in (301, 302, 303) and answer.location:
            self.ask(who, "GET", answer.location)
        if method == "POST" and answer.status_code < 400:
            self._look_again(rule, who, address)
        if answer.location == "/logga-in" or (who and rule.endpoint in ("people.sign_out", "account.password")):
            self._sign_in_again(who)

    def _look_again(self, rule: Rule, who: str | None, address: str) -> None:
        """Open the page of what was just saved: saved data must be displayable."""
        path = urlsplit(address).path
        while path.count("/") > 1:
            path = path.rpartition("/")[0]
            if self.app.url_map.bind("localhost").test(path, "GET"):
                self.ask(who, "GET", path)
                return

    def _sign_in_again(self, who: str | None) -> None:
        try:
            self.browsers[who] = self._browser(who)
        except AssertionError:  # The password is changed or the account closed: this person stays signed out.
            self.browsers[who] = Browser(self.app)

    def ask(self, who: str | None, method: str, address: str, **options: Any) -> TestResponse | None:
        """Send one request; record failures, and learn from the answer."""
        self.asked += 1
        db.session.rollback()
        told = f"{who or 'public'} {method} {address[:300]} {str(options)[:1500]}"
        browser = self.browsers[who]
        try:
            answer = Context().run(browser.client.open, address, method=method, buffered=True, **options)
        except Exception:  # Any exception is a finding.
            self._fail(told, traceback.format_exc())
            return None
        if answer.status_code >= 500:
            self._fail(told, f"answered {answer.status_code}")
        if answer.mimetype == "text/html" and method == "GET":
            self._learn(address, answer)
        return answer

    def _fail(self, told: str, trace: str) -> None:
        failure = Failure(told, trace)
        self.failures.setdefault(failure.place, failure)

    def _learn(self, address: str, answer: TestResponse) -> None:
        page = Page(address, answer)
        if answer.status_code != 200:
            return
        for link in page.all("a[href]"):
            self._match(urljoin(address, link.attributes.get("href") or ""), "GET")
        for form in page.forms:
            endpoint = self._match(form.action, form.method.upper())
            if endpoint is None:
                continue
            known = self.forms.setdefault(str(endpoint), [])
            values = form.values()
            if values and len(known) < 30:
                known.append(values)

    def _match(self, address: str, method: str) -> str | None:
        """Return the route of an address, and remember the address as a target."""
        try:
            endpoint, values = self.app.url_map.bind("localhost").match(urlsplit(address).path, method)
        except (HTTPException, ValueError):
            return None
        known = self.known.setdefault(str(endpoint), [])
        if values and values not in known and len(known) < 20:
            known.append(values)
        return str(endpoint)

    def work(self) -> None:
        """Run the outbox; its failures count too."""
        db.session.rollback()
        for _ in range(10):
            if not outbox.drain():
                break
        failed = db.session.scalars(db.select(outbox.OutboxEntry).where(outbox.OutboxEntry.error != "")).all()
        for entry in failed:
            self._fail(f"outbox {entry.topic} {entry.key}", entry.error)

    # --- What is asked for -----------------------------------------------------------------------------

    def _plain_address(self, rule: Rule, number: int) -> str:
        values = {name: self._plain(rule, name, number) for name in rule.arguments}
        return str(rule.build(values, append_unknown=False)[1]) if rule.arguments else rule.rule  # type: ignore[index]

    def _plain(self, rule: Rule, name: str, number: int) -> Any:
        defaults = rule.defaults or {}
        if name in defaults:
            return defaults[name]
        converter = rule._converters.get(name)
        if name == "year":
            return 2024
        if type(converter).__name__ == "Id":
            return number
        if type(converter).__name__ == "AnyConverter":
            return sorted(converter.items)[number % len(converter.items)]  # type: ignore[union-attr]
        if name == "slug":
            slugs = self.slugs[2:] if "samverkan" in rule.rule else self.slugs[:2]
            return slugs[number % len(slugs)]
        return {"accent": "00695c", "ending": "csv", "short": "kcg"}.get(name, "v" * 43)

    def _address(self, rule: Rule) -> str:
        known = self.known.get(rule.endpoint)
        built = rule.build(self.chance.choice(known), append_unknown=False) if known else None
        path = (
            built[1] if built and self.chance.random() < 0.8 else self._plain_address(rule, self.chance.randint(1, 9))
        )
        if rule.arguments and self.chance.random() < 0.15:
            parts = path.split("/")
            parts[self.chance.randrange(1, len(parts))] = quote(self._hostile(), safe="", errors="surrogatepass")
            path = "/".join(parts)
        if self.chance.random() < 0.4:
            path += "?" + self._query(rule)
        return path

    def _query(self, rule: Rule) -> str:
        names = list(QUERIES) + [name for form in self.forms.get(rule.endpoint, []) for name in form]
        pairs = [(self.chance.choice(names), self._hostile()) for _ in range(self.chance.randint(1, 4))]
        return (
            urlencode(pairs, errors="surrogatepass") if self.chance.random() < 0.95 else "%ZZ&=&%ff=%00&q=%E0%A4%A" * 9
        )

    def _hostile(self) -> str:
        return self.chance.choice(HOSTILE)

    def _body(self, rule: Rule, who: str | None) -> dict[str, Any]:
        headers = {"X-CSRFToken": self._token(who)}
        kind = self.chance.random()
        if kind < 0.05:
            return {"data": self.chance.choice(RAW), "content_type": self.chance.choice(KINDS), "headers": headers}
        if rule.endpoint in JSON_ROUTES and kind < 0.9:
            return {"data": self._json(rule.endpoint), "content_type": "application/json", "headers": headers}
        if self.chance.random() < 0.03:
            headers["User-Agent"] = self.chance.choice(("", "x" * 3000, "\x01", "å"))
        forms = self.forms.get(rule.endpoint) or [{}]
        fields = [(name, value) for name, values in self.chance.choice(forms).items() for value in values or [""]]
        fields = [(name, value) for name, value in fields if name != "csrf_token"]
        for _ in range(self.chance.randint(0, 3)):
            self._spoil(fields)
        data: dict[str, Any] = {}
        for name, value in fields:
            data.setdefault(name, []).append(value.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
        if rule.endpoint in FILE_ROUTES or self.chance.random() < 0.05:
            name, content = self.chance.choice(FILES)
            data[self.chance.choice(("file", "file", "logo", "base"))] = [(io.BytesIO(content), name)]
            if self.chance.random() < 0.3:
                data.setdefault("title", ["Bilaga"])
        return {"data": data, "headers": headers}

    def _spoil(self, fields: list[tuple[str, str]]) -> None:
        place = self.chance.randrange(len(fields)) if fields else None
        match self.chance.randrange(5):
            case 0 if place is not None:
                del fields[place]
            case 1 if place is not None:
                fields.append((fields[place][0], self._hostile()))  # Twice in one form.
            case 2:
                fields.append((self.chance.choice(list(QUERIES)), self._hostile()))
            case _ if place is not None:
                name, value = fields[place]
                mixed = value + self._hostile() if self.chance.random() < 0.3 else self._hostile()
                fields[place] = (name, mixed)

    def _token(self, who: str | None) -> str:
        return Context().run(self.browsers[who].csrf_token)

    def _json(self, endpoint: str) -> bytes:
        value = json.loads(json.dumps(JSON_ROUTES[endpoint]))
        try:
            for _ in range(self.chance.randint(0, 3)):
                value = self._mutated(value)
            text = json.dumps(value)
        except RecursionError:  # Deeper than Python can write.
            return self._json(endpoint)
        if self.chance.random() < 0.05:
            text = text[: self.chance.randrange(len(text) + 1)]
        return text.encode()

    def _mutated(self, value: Any, depth: int = 0) -> Any:
        places = list(_places(value))
        if not places or self.chance.random() < 0.05:
            return copy.deepcopy(self.chance.choice(JSONS))
        holder, key = self.chance.choice(places)
        bad: Any = copy.deepcopy(self.chance.choice((*JSONS, *JSONS, *HOSTILE)))  # It may be mutated in the next round.
        if self.chance.random() < 0.1:
            bad = {"text": "Ett", "alternatives": [bad]}
            for _ in range(self.chance.choice((3, 30, 300))):
                bad = {"text": "Ett", "alternatives": [bad]}
            bad = [bad]
        if isinstance(holder, dict) and self.chance.random() < 0.15:
            del holder[key]
        else:
            holder[key] = bad
        return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in items:
        yield value, key
        yield from _places(part)


DRAFT: dict[str, Any] = {
    "version": 1,
    "heading": "Växel",
    "kind": "B",
    "reference": "KS 2024/17",
    "confidential": None,
    "sections": [{"kind": "matter", "heading": "", "html": "<p>Fem <b>kommuner</b>.</p><ul><li>en</li></ul>"}],
    "motions": [
        {"text": "att avslå", "mover": 1, "supporters": [2], "put_order": 1, "withdrawn": False, "carried": True}
    ],
    "ballots": [
        {
            "method": "open",
            "question": "Bifall?",
            "yes_means": "Ja",
            "no_means": "Nej",
            "yes": 1,
            "no": 0,
            "abstain": 0,
            "votes": [{"presence": 1, "choice": "yes"}],
            "casting_vote_by": None,
            "decided_by_lot": False,
        },
        {"method": "secret", "question": "Bifall?", "yes_means": "Ja", "no_means": "Nej", "yes": 1, "no": 1},
    ],
    "decisions": [{"outcome": "approval", "lead": "Rådet beslutar", "clauses": ["införa"], "recipients": ["Björkby"]}],
    "dissents": [{"kind": "note", "person": 1, "text": "Kostnaden saknas.", "announced": True}],
    "assignments": [
        {
            "text": "att räkna",
            "assignee": "Bo Björk",
            "due": "2024-06-03",
            "report_to": "Styrgruppen",
            "alternatives": [{"text": "En", "alternatives": [{"text": "Två", "alternatives": []}]}],
            "addendum": "Samt.",
        }
    ],
}
JSON_ROUTES: dict[str, Any] = {
    "paragraphs.save": DRAFT,
    "drafting.procedure": DRAFT,
    "drafting.editing": {"typing": True, "take_over": False, "leave": False},
    "meetings.order": {"order": [1, 2]},
    "forums.order_seats": {"order": [1, 2, 3]},
}
FILE_ROUTES = {"paragraphs.attach", "meetings.add_paper", "verification.verify", "house.logo", "house.base"}
QUERIES = (
    *(
        "q",
        "sida",
        "next",
        "fran",
        "till",
        "ar",
        "forum",
        "niva",
        "typ",
        "kod",
        "part",
        "person",
        "lage",
        "vems",
        "vad",
    ),
    *("vem", "prova", "med", "rev", "roll", "tavla", "sort", "sortera", "ord", "samverkan", "arkiv", "hor", "nasta"),
)


# --- A world ---------------------------------------------------------------------------------------------------


def world(cast: Cast) -> None:
    """Hold a meeting up to its notice, correction and extracts, leave one under way, and plan one."""
    cast.forum.regime = Regime.KL_BOARD
    make.seat(cast.forum, cast.ada, SeatRole.VICE_CHAIR, starts_on=make.DAY - timedelta(days=400))
    make.add(Abbreviation(short="kcg", long="kommunchefsgruppen"))
    make.phrase(cast.forum, "växel", "<p>Växeln är gemensam.</p>")
    make.phrase(None, "alla", "<p>För alla.</p>")
    make.commit()
    protocol = _sealed(cast)
    _after(cast, protocol)
    _under_way(cast)
    _planned(cast)
    watching.open_feed(
        watching.save([["q", "växel"]], "Växel", Telling.NEVER, by=cast.bo, at=now()), by=cast.bo, at=now()
    )
    db.session.commit()


def _meeting(cast: Cast, day: Any, state: MeetingState) -> Any:
    row = make.meeting(cast.forum, day, state, chair=cast.ada, secretary=cast.cilla)
    make.presence(row, cast.ada, SeatRole.VICE_CHAIR)
    bo = make.presence(row, cast.bo)
    make.presence(row, cast.cilla, SeatRole.SECRETARY)
    make.presence(row, None, SeatRole.CO_OPTED)
    make.add(Adjuster(meeting=row, presence=bo, position=0))
    make.commit()
    return row


def _write(cast: Cast, paragraph: Paragraph, at: Any) -> None:
    chair, bo, *_ = paragraph.meeting.presences
    draft = json.loads(json.dumps(DRAFT)) | {"heading": paragraph.heading}
    draft["motions"][0] |= {"mover": chair.id, "supporters": [bo.id]}
    draft["ballots"] = []
    draft["dissents"][0]["person"] = bo.id
    paragraphs.save_draft(paragraph, drafts.parse(draft), version=paragraph.version, by=cast.cilla, at=at)


def _sealed(cast: Cast) -> Protocol:
    row = _meeting(cast, make.DAY, MeetingState.OPEN)
    series = make.series(cast.forum)
    rows = [make.paragraph(row, series, heading, cast.cilla) for heading in ("Växel", "Budget")]
    make.commit()
    paragraphs.add_attachment(rows[0], "k.txt", b"Kalkyl", "Kalkyl", confidential=None, by=cast.cilla, at=AT)
    for paragraph in rows:
        _write(cast, paragraph, AT)
        paragraphs.mark_ready(paragraph, by=cast.cilla, at=AT)
        paragraphs.approve(paragraph, by=cast.ada, at=AT)
    meetings.close_meeting(row, clock(12), by=cast.cilla, at=AT)
    protocol = operations.seal(row, by=cast.cilla, at=AT)
    _sign(protocol)
    return protocol


def _sign(protocol: Protocol) -> None:
    for signature in list(protocol.signatures):
        signing.sign(signature, fresh_at=AT, fresh_for=FRESH, by=signature.person, at=AT)


def _after(cast: Cast, protocol: Protocol) -> None:
    correcting.correct(protocol, 1, old="kommuner", new="städer", reason="Skrivfel.", by=cast.cilla, at=AT)
    made = make_extract(protocol, [1], by=cast.cilla, at=AT)
    _sign(made)
    make_extract(protocol, [2], by=cast.cilla, at=AT)
    notices.post(protocol, "Kansliet, Storgatan 1", by=cast.cilla, at=AT)
    copy = publishing.prepare(protocol, by=cast.cilla, at=AT)
    publishing.confirm(copy, set(), by=cast.cilla, at=AT)


def _under_way(cast: Cast) -> None:
    row = _meeting(cast, now().date(), MeetingState.OPEN)
    for number, heading in enumerate(("Växel", "Budget", "Avtal"), 1):
        make.add(AgendaItem(meeting=row, position=number, heading=heading, note=""))
    make.commit()
    for item in row.agenda[:2]:
        _write(cast, paragraphs.open_item(item, by=cast.cilla, at=now()), now())


def _planned(cast: Cast) -> None:
    row = make.meeting(cast.forum, now().date() + timedelta(days=14))
    matter = make.case(cast.collaboration)
    made = make.proposal(cast.forum, "Nätverk", cast.cilla, clauses=["bygga ett nätverk"], case=matter)
    item = make.add(
        AgendaItem(meeting=row, position=1, heading="Nätverk", case=matter, proposal=made, note="", minutes=10)
    )
    make.commit()
    meetings.add_paper(item, "n.txt", b"Karta", "Karta", confidential=None, by=cast.cilla, at=now())
    meetings.call(row, by=cast.cilla, at=now())
    attach("lös.txt", b"Los", "", by=cast.cilla, at=now())
    audit.write("paragraph.saved", row, by=cast.cilla, at=now())
    make.commit()
