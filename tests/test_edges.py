"""Input that no form sends: numbers beyond any column, text no database stores, any JSON, records of other kinds."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from govern import markup, record
from govern.archive.importing.rules import Refusal as RecordRefusal
from govern.archive.importing.rules import refuse_record
from govern.bounds import kept, one_line, pairs, whole
from govern.cases.models import Attachment
from govern.cases.operations import attach
from govern.cases.proposals.operations import ProposalFacts, save_proposal
from govern.db import db
from govern.errors import Refused
from govern.meetings.models import Meeting
from govern.meetings.states import MeetingState
from govern.paragraphs.drafting import draft as drafts
from govern.paragraphs.drafting import queries as stored
from govern.paragraphs.models import Paragraph
from govern.protocols import operations
from govern.protocols.correcting import operations as correcting
from govern.protocols.extracting.operations import make_extract
from govern.protocols.models import Protocol
from govern.web.incoming import UNKEEPABLE, UNREADABLE
from govern.web.next import safe_next
from tests import make, records
from tests.browse import Browser
from tests.cast import Cast
from tests.fuzzing import DRAFT
from tests.protocols.test_adjusting import AT, meeting  # noqa: F401 — a fixture
from tests.protocols.test_correcting import sign_all

Browse = Callable[..., Browser]
BEYOND = (2**31, 2**63, 10**30, int("9" * 200))


def deep(levels: int) -> list[Any]:
    """Return alternatives nested `levels` deep."""
    value: list[Any] = []
    for _ in range(levels):
        value = [{"text": "Ett", "alternatives": value}]
    return value


@pytest.fixture
def written(cast: Cast) -> Paragraph:
    """Return a paragraph of an open meeting."""
    row = make.meeting(cast.forum, state=MeetingState.OPEN, chair=cast.anna, secretary=cast.cilla)
    make.presence(row, cast.anna)
    paragraph = make.paragraph(row, make.series(cast.forum), "Växel", cast.cilla)
    make.commit()
    return paragraph


@pytest.mark.usefixtures("each_database")
def test_a_number_that_no_column_holds_is_no_address(cast: Cast, browse: Browse) -> None:
    """The answer is 404 on every route: PostgreSQL's integers end at 2³¹, SQLite's at 2⁶³."""
    ada = browse("ada")
    for number in (*BEYOND, "²", "٣", "1" * 5000):
        for path in ("/moten/{}", "/protokoll/{}", "/bilagor/{}", "/forum/forum-1/kvartal/{}-1", "/anslagstavla/{}"):
            ada.get(path.format(number), status=404)


@pytest.mark.usefixtures("each_database")
def test_a_number_that_no_column_holds_is_refused_in_a_form(cast: Cast, browse: Browse) -> None:
    """The form is refused with a sentence; such a page number, box or version is ignored."""
    ada, cilla = browse("ada"), browse("cilla")
    for number in BEYOND:
        ada.get(f"/installningar/samverkan/{cast.collaboration.slug}/parter/ny")
        page = ada.submit("Spara", name="Granby", population=str(number), status=422)
        assert "Talet är för stort." in page.text() or "Not a valid integer" not in page.text()
        ada.get(f"/installningar/personer?sida={number}")
        cilla.post("/granska/oforandrade", {"read": f"{number}:1"})
        cilla.post("/granska/oforandrade", {"read": "²:1"})


@pytest.mark.usefixtures("each_database")
def test_nul_is_refused_wherever_it_is_written(cast: Cast, browse: Browse) -> None:
    """NUL in a form, a query, a file name or a header is refused with a sentence, and nothing is changed."""
    browser, bad = browse("cilla"), "a\x00b"
    for answer in (
        browser.post(f"/forum/{cast.forum.slug}/nytt-mote", {"place": bad}, status=422),
        browser.post("/verifiera", {"file": (io.BytesIO(b"x"), f"{bad}.pdf")}, status=422),
    ):
        assert UNKEEPABLE in answer.text()
    assert UNKEEPABLE in browser.get("/sok?q=%00", status=422).text()
    assert UNKEEPABLE in browser.get("/sok?%00=1", status=422).text()
    browser.get("/forum/%00", status=404)
    browser.get("/farg/a%0Ab.css", status=404)
    page = browser.get("/", headers={"User-Agent": "a\x00b"}, status=422)
    assert UNKEEPABLE in page.text()
    assert db.session.scalar(select(db.func.count()).select_from(Meeting)) == 0


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("a\x0bb", "a\nb"),
        ("a\x0cb", "a\nb"),
        ("a\r\x0cb", "a\nb"),
        ("a\x01\x7fb", "ab"),
        ("a\tb\r\nc", "a\tb\r\nc"),
        ("a\u2028b\u2029c\x85d", "a\nb\nc\nd"),
        ("\uf0b7 ett \uf0e0 två \uf0fc \uf02d", "• ett → två ✓ –"),
    ],
)
def test_what_one_pastes_without_seeing_is_cleaned(given: str, wanted: str) -> None:
    """Breaks become line breaks, a symbol font's characters Unicode's; other control characters are removed."""
    assert kept(given) == wanted


def test_a_file_is_named_on_one_line(app: Flask, cast: Cast, browse: Browse, written: Paragraph) -> None:
    """Line breaks and control characters are removed from a file name when it is stored and when it is sent."""
    attached = attach("Bygga\u030a " + "x" * 500 + ".eml", b"From: a@b.se", "", by=cast.cilla, at=make.AT)
    assert (attached.filename[:7], attached.filename[-5:]) == ("Byggå x", "x.eml")
    make.commit()
    row = attach("a\r\nb\x00\u2028.txt", b"text", "", by=cast.cilla, at=make.AT)
    assert row.filename == "a b .txt"
    row.filename = "ny\nrad\x00\x07.txt"
    written.attachments.append(row)
    make.commit()
    answer = browse("cilla").get(f"/bilagor/{row.id}").answer
    assert one_line(row.filename) == "ny rad.txt"
    assert "ny rad.txt" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        *(("/moten/1?a=b#c", "/moten/1?a=b#c"), ("/\n/evil.example", "/"), ("/\t/evil.example", "/"), ("//[", "/")),
        *(("/a\r\nSet-Cookie: x=1", "/"), ("/\x00", "/"), ("/\\evil.example", "/"), ("http://[", "/"), ("", "/")),
        *((None, "/"), ("//evil.example", "/"), (" /a", "/"), ("/\ud800", "/")),
    ],
)
def test_where_to_go_on_to(address: str | None, wanted: str) -> None:
    """The address stays on this site and on one line."""
    assert safe_next(address) == wanted


@pytest.mark.usefixtures("each_database")
def test_a_newline_in_next_leads_home(cast: Cast, browse: Browse) -> None:
    """The sign-in redirects to the start page instead of failing."""
    values = {"email": cast.address_of("bo"), "password": "ett lösenord för prov", "next": "/a\nb"}
    answer = browse().post("/logga-in?next=/%0A/x", values, status=303, follow=False)
    assert answer.location == "/"


BODIES = (
    *(b"", b"{", b"null", b"[]", b'"text"', b"1", b"true", b"NaN", b"[" * 100_000, b'{"a":' * 100_000, b"\xff\xfe"),
    *(b'{"version": 1e400}', b'{"version": "1"}', b'{"version": null}', b'{"version": 1.5}', b"1" * 5000),
    *(b'{"order": null}', b'{"order": {}}', b'{"order": [[1]]}', b'{"order": ["\\u00b2"]}', b'{"order": [true]}'),
)


@pytest.mark.usefixtures("each_database")
def test_a_script_that_sends_anything_else_is_refused(browse: Browse, written: Paragraph) -> None:
    """Anything but a JSON object is refused by every route that expects one."""
    cilla, forum = browse("cilla"), written.forum.slug
    headers = {"X-CSRFToken": cilla.csrf_token()}
    for path in (
        f"/paragrafer/{written.id}/utkast",
        f"/paragrafer/{written.id}/beslutsgang",
        f"/paragrafer/{written.id}/skriver",
        f"/moten/{written.meeting_id}/foredragningslista/ordning",
        f"/forum/{forum}/platser/ordning",
    ):
        for body in BODIES:
            answer = cilla.client.post(path, data=body, content_type="application/json", headers=headers)
            saves = path.endswith(("utkast", "ordning"))
            assert answer.status_code in ({400, 422} if saves else {200, 422}), (path, body[:20])
            assert answer.status_code != 200 or body.startswith(b"{"), (path, body[:20])
        for kind in ("text/plain", "multipart/form-data", ""):
            assert cilla.client.post(path, data=b"{}", content_type=kind, headers=headers).status_code == 422


NO_DRAFTS: tuple[tuple[str, Any], ...] = (
    *(("heading", 1), ("heading", {}), ("kind", "Q"), ("kind", []), ("sections", {"a": 1})),
    *(("sections", [None]), ("sections", [{"kind": "text", "html": []}]), ("sections", "text"), ("motions", [1])),
    *(("ballots", [{"method": "secret", "yes": 10**30}]), ("ballots", [{"method": "secret", "yes": 2**31}])),
    *(("ballots", [{"method": "secret", "yes": -1}]), ("ballots", [{"method": "secret", "yes": 1.5}])),
    *(("ballots", [{"method": "secret", "yes": "²"}]), ("ballots", [{"method": "secret", "yes": True}])),
    *(("dissents", [{"kind": "note", "person": 2**63, "text": ""}]), ("dissents", [{"kind": "note"}])),
    *(
        ("assignments", [{"text": "a", "alternatives": deep(300)}]),
        ("assignments", [{"text": "a", "due": "0000-00-00"}]),
    ),
    *(
        ("assignments", [{"text": "a", "due": 20240101}]),
        ("decisions", [{"clauses": "text"}]),
        ("decisions", [[]] * 2000),
    ),
    *(("reference", "a\x00b"), ("confidential", "\ud800"), ("motions", [{"text": "a", "supporters": {"1": 2}}])),
)


@pytest.mark.usefixtures("each_database")
def test_a_draft_that_is_none_is_refused(browse: Browse, written: Paragraph) -> None:
    """The draft is refused with a sentence, and the paragraph's page opens as before."""
    cilla = browse("cilla")
    headers = {"X-CSRFToken": cilla.csrf_token(), "Content-Type": "application/json"}
    path, before = f"/paragrafer/{written.id}", written.version
    for name, value in NO_DRAFTS:
        body = json.dumps({"version": before, name: value}, allow_nan=True)
        answer = cilla.client.post(f"{path}/utkast", data=body, headers=headers)
        assert answer.status_code == 422, (name, value)
        assert answer.get_json()["refusal"]
    db.session.rollback()
    assert db.session.get_one(Paragraph, written.id, populate_existing=True).version == before
    cilla.get(path)


def test_what_is_taken_can_be_shown(cast: Cast, browse: Browse, written: Paragraph) -> None:
    """Alternatives of the greatest depth are shown; one level deeper is refused."""
    cilla = browse("cilla")
    duty = {"text": "räkna", "assignee": "Bo", "alternatives": deep(drafts.DEEPEST)}
    cilla.post_json(f"/paragrafer/{written.id}/utkast", {"version": written.version, "assignments": [duty]})
    cilla.get(f"/paragrafer/{written.id}")
    db.session.expire_all()
    assert stored.read(written).assignments[0].alternatives
    with pytest.raises(Refused):
        drafts.parse({"assignments": [duty | {"alternatives": deep(drafts.DEEPEST + 1)}]})
    assert drafts.parse(DRAFT)


def table(cells: int) -> str:
    """Return a table with `cells` cells."""
    return f"<table><tr>{'<TD >1</td>' * cells}</tr></table>"


def test_a_table_that_takes_too_long_to_save_is_refused(cast: Cast, browse: Browse) -> None:
    """The refusal comes before parsing and says what to do; stored tables can still be read."""
    series = make.series(cast.forum, 808)
    under_way = make.meeting(cast.forum, state=MeetingState.OPEN, chair=cast.anna, secretary=cast.cilla)
    paragraph = make.paragraph(under_way, series, "Växel", cast.anna)
    make.commit()
    facts, cilla = ProposalFacts(heading="Växel"), browse("cilla")
    most = markup.MOST_CELLS
    for cells in ([most + 1], [most] * 4 + [1]):
        sections = [{"kind": "text", "heading": "", "html": table(count)} for count in cells]
        for page in ("utkast", "beslutsgang"):
            sent = {"version": 1, "heading": "Växel", "sections": sections}
            answer = cilla.post_json(f"/paragrafer/{paragraph.id}/{page}", sent, status=422)
            assert "Lägg tabellen som bilaga" in answer.answer.json["refusal"]
    with pytest.raises(Refused, match="bilaga"):
        save_proposal(cast.forum, None, replace(facts, basis=table(most + 1)), by=cast.bo, at=make.AT)
    whole = {"version": 1, "heading": "Växel", "sections": [{"kind": "text", "heading": "", "html": table(200)}]}
    cilla.post_json(f"/paragrafer/{paragraph.id}/utkast", whole)
    assert drafts.parse({"heading": "Växel", "sections": [{"html": table(most + 1)}]})


def test_a_record_with_too_large_tables_is_refused() -> None:
    """An imported record has the same limit as typed text."""
    frozen = records.full()
    text = markup.from_html(table(markup.MOST_CELLS_IN_ALL + 1))
    paragraph = replace(frozen.paragraphs[0], sections=(record.Section(kind="text", heading="", blocks=text),))
    assert refuse_record(frozen) is not RecordRefusal.CELLS
    assert refuse_record(replace(frozen, paragraphs=(paragraph,))) is RecordRefusal.CELLS


@pytest.mark.parametrize(
    "html", ["<div>" * 5000 + "Växel", "<ul><li>" * 400 + "Växel", "<table><tr><td>" * 90 + "Växel"]
)
def test_what_is_nested_too_deep_is_refused(html: str) -> None:
    """The refusal says what to do."""
    with pytest.raises(Refused, match="nivåer"):
        markup.from_html(html)


@pytest.mark.usefixtures("each_database")
def test_what_lies_beside_a_protocol_is_no_protocol(cast: Cast, browse: Browse, meeting: Meeting) -> None:  # noqa: F811
    """A correction or an extract cannot be dispatched, published, corrected, posted or bound."""
    protocol = operations.seal(meeting, by=cast.cilla, at=AT)
    sign_all(protocol)
    correction = correcting.correct(protocol, 1, old="Fem", new="Sju", reason="Skrivfel.", by=cast.cilla, at=AT)
    extract = make_extract(protocol, [1], by=cast.cilla, at=AT)
    cilla = browse("cilla")
    for row in db.session.scalars(select(Protocol.id).where(Protocol.id.in_([correction.id, extract.id]))).all():
        for name in ("expediering", "publicering", "ratta", "anslag", "narvarolista.pdf"):
            cilla.get(f"/protokoll/{row}/{name}", status=404)
        for name in ("expediering/0/skicka", "expediering/alla", "publicering", "ratta", "anslag", "utdrag", "parm"):
            cilla.post(f"/protokoll/{row}/{name}", status=404)
        cilla.get(f"/protokoll/{row}/utdrag")
        cilla.get(f"/protokoll/{row}")
    for name in ("expediering", "publicering", "ratta", "anslag", "utdrag"):
        cilla.get(f"/protokoll/{protocol.id}/{name}")


def test_bodies_that_are_none(cast: Cast, browse: Browse) -> None:
    """Multipart without a boundary, broken escapes, repeated fields and unknown methods cause no server error."""
    cilla = browse("cilla")
    headers, path = {"X-CSRFToken": cilla.csrf_token()}, f"/forum/{cast.forum.slug}/nytt-mote"
    for kind in ("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x", "a/b;c"):
        answer = cilla.client.post(path, data=b"--x\r\n\r\n%ZZ", content_type=kind, headers=headers)
        assert answer.status_code == 422, kind
    cilla.get("/sok?q=%ZZ&q=%E0%A4%A&sida=%ff", status=200)
    cilla.get("/sok?" + "q=a&" * 5000, status=200)
    for method in ("HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "GÖR"):
        assert cilla.client.open(path, method=method).status_code in {200, 400, 405}


def test_whole_numbers() -> None:
    """`whole` reads plain digits or a JSON integer, and nothing else that Python would accept."""
    assert [whole(one) for one in ("0", "12", 3, str(2**31 - 1))] == [0, 12, 3, 2**31 - 1]
    for bad in ("", " 1", "+1", "-1", "1_0", "²", "١", "1.0", 1.0, True, None, [], -1, 2**31, str(2**31), "9" * 5000):
        assert whole(bad) is None
    assert pairs(["1:2", "3", "a:b", ":", "²:1", "1:2:3", f"{2**40}:1"]) == {1: 2}


def test_every_attachment_has_a_name(app: Flask, cast: Cast) -> None:
    """A name of nothing but dots and an extension is stored with its extension."""
    row = attach("." * 300 + ".txt", b"a", "", by=cast.cilla, at=make.AT)
    make.commit()
    assert db.session.scalar(select(Attachment.filename).where(Attachment.id == row.id)).endswith(".txt")  # type: ignore[union-attr]
    assert UNREADABLE


@pytest.mark.parametrize("referrer", ["http://[", "//[::", "http://[::1", "http://a]b/", "http://\u2100/"])
def test_half_an_address_of_a_form_leads_nowhere(browse: Browse, app: Flask, referrer: str) -> None:
    """A visitor who is no longer signed in gets 401, whatever the referrer."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    headers = {"Referer": referrer.encode().decode("latin-1")}
    answer = browse().answer("/konto/inloggningar/avsluta-andra", "POST", follow=False, headers=headers)
    assert answer.status_code == 401
