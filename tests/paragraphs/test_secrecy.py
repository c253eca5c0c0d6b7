"""A secret paragraph leaks nowhere: every page, JSON and file open to others is searched for a word from it."""

import io
import zipfile
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from govern import outbox
from govern.cases.models import Attachment
from govern.db import db
from govern.paragraphs.models import Paragraph
from tests.browse import Browser
from tests.cast import Cast
from tests.documents.reading import pdf_pages

Browse = Callable[..., Browser]
WORD = "kvasthinken"
REASON = "OSL 19 kap. 3 § (upphandling, anbud och försäljning)"
SERIALS = range(1, 4)  # The test makes no more than three of anything.


def addresses(app: Flask) -> Iterator[str]:
    """Yield every address that can be opened, with every id and slug that may exist."""
    values = {
        "slug": list(db.session.scalars(text("SELECT slug FROM forums UNION SELECT slug FROM collaborations"))),
        "ending": ["pdf", "docx", "json"],
    }
    db.session.rollback()
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or "GET" not in (rule.methods or ()):
            continue
        filled: list[dict[str, object]] = [dict(rule.defaults or {})]
        for name in sorted(rule.arguments - set(rule.defaults or {})):
            filled = [old | {name: value} for old in filled for value in values.get(name, SERIALS)]
        for arguments in filled:
            try:
                yield adapter.build(rule.endpoint, arguments)
            except ValueError:  # A kind of file that does not exist here.
                continue


def words_of(data: bytes) -> str:
    """Return the text of a response as its reader sees it: of a PDF, of the parts of a ZIP or DOCX, or as it is."""
    if data.startswith(b"%PDF"):
        return "\n".join(pdf_pages(data))
    if data.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(data))
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return data.decode("utf-8", "replace")


def leaks(app: Flask, browser: Browser) -> list[str]:
    """Return the addresses whose response contains the word for this reader."""
    asked = [*addresses(app), f"/sok?q={WORD}", "/uppdrag?vems=alla", "/uppdrag?vems=mina"]
    found = []
    for address in asked:
        answer = browser.answer(address)
        # A search page repeats the query, so only its results count.
        told = words_of(answer.get_data()).lower().replace(f'value="{WORD}"', "")
        if address.startswith("/sok"):
            told = told.partition('class="results"')[2] or ""
        if WORD in told or WORD in str(answer.headers).lower().replace(f"q={WORD}", ""):
            found.append(address)
    return found


@pytest.fixture
def secret(cast: Cast, browse: Browse) -> str:
    """Hold a meeting whose first paragraph becomes secret, with the word in every field, and return its address."""
    cilla = browse("cilla")
    cilla.get(f"/forum/{cast.forum.slug}/nytt-mote")
    cilla.submit("Planera mötet", status=422, day="2024-04-22", starts="09:00", place="Björkby")
    page = cilla.submit("Planera mötet", **{"day-stammer": ["2024-04-22"]})
    meeting = page.url.removesuffix("/foredragningslista").split("#")[0]
    for heading, reference in ((f"Ärende {WORD}", "KS 2024/17"), ("Öppet ärende", "")):
        cilla.get(f"{meeting}/foredragningslista")
        cilla.submit("Lägg till ärendet", heading=heading, reference=reference, note=f"{heading} noteras")
    cilla.get("/arendepunkter/1")
    paper = (f"{WORD}.txt", f"Handling om {WORD}.".encode())
    cilla.submit("Lägg till handlingen", file=paper, title=f"Handling {WORD}", confidential=REASON)
    cilla.get(f"{meeting}/foredragningslista")
    cilla.submit("Gör kallelse")
    cilla.submit("Öppna mötet")
    for heading in (f"Ärende {WORD}", "Öppet ärende"):
        cilla.get(meeting)
        page = cilla.submit(f"Öppna § för {heading}")
    paragraph = "/paragrafer/1"
    people = {p.name: p.id for p in db.session.get(Paragraph, 1).meeting.presences}  # type: ignore[union-attr]
    db.session.rollback()
    said = f"Om {WORD}"
    draft = {
        "heading": f"Ärende {WORD}",
        "kind": "B",
        "reference": "KS 2024/17",
        "confidential": REASON,
        "sections": [{"kind": "text", "heading": said, "html": f"<p>{said}</p>"}],
        "decisions": [{"outcome": "approval", "lead": "Beslutar", "clauses": [said], "recipients": [said]}],
        "assignments": [{"text": said, "assignee": "Bo Björk", "due": "2024-06-03", "report_to": said}],
        "motions": [{"text": said, "mover": people["Bo Björk"], "carried": True, "put_order": 1}],
        "dissents": [{"kind": "note", "person": people["Bo Björk"], "text": said}],
    }
    cilla.post_json(f"{paragraph}/utkast", draft | {"version": 1})
    cilla.get(paragraph)
    secret_file = (f"{WORD}-2.txt", said.encode())
    cilla.submit("Lägg till bilagan", file=secret_file, title=f"Bilaga {WORD}", confidential=REASON)
    return paragraph


def seal(browse: Browse, meeting: str) -> None:
    """Approve both paragraphs and seal the protocol."""
    cilla, anna = browse("cilla"), browse("anna")
    page = cilla.get(f"{meeting}/narvaro")
    boxes = {n.attributes.get("aria-label"): n.attributes.get("value") for n in page.all("input[name=adjuster]")}
    cilla.submit("Spara närvaron", adjuster=[boxes["Bo Björk justerar"]])
    for number in (1, 2):
        cilla.get(f"/paragrafer/{number}")
        cilla.submit("Klarmarkera")
        anna.get(f"/paragrafer/{number}")
        anna.submit("Godkänn")
    cilla.get(meeting)
    cilla.submit("Avsluta mötet", ends="12:00")
    page = cilla.get(f"{meeting}/kontroll")
    cilla.submit("Spara skälet", reason="Provet är skrivet senare.")
    page = cilla.get(f"{meeting}/kontroll")
    while "Godta varningen" in page.text("main"):
        page = cilla.submit("Godta varningen", reason="Det stämmer.")
    cilla.submit("Försegla protokollet")
    while outbox.drain():
        pass


@pytest.mark.long
def test_a_secret_leaks_nowhere(app: Flask, secret: str, cast: Cast, browse: Browse) -> None:
    """Neither another forum's member nor the public finds the word, before or after sealing.

    The forum's members do find it, which proves that the search works.
    """
    david, eva, anna = browse("david"), browse(), browse("anna")
    assert not leaks(app, david)
    assert not leaks(app, eva)
    met = leaks(app, anna)
    assert {secret, "/moten/1", "/moten/1/foredragningslista", "/bilagor/1", "/moten/1/kallelse.pdf"} <= set(met)
    assert "Sekretess" in david.get("/moten/1/foredragningslista").text("main")
    david.get(secret, status=403)
    seal(browse, "/moten/1")
    assert not leaks(app, david)
    assert not leaks(app, eva)
    assert {"/moten/1/protokoll", "/protokoll/1/fil.pdf", f"/sok?q={WORD}"} <= set(leaks(app, browse("bo")))
    page = david.get("/moten/1/protokoll")
    assert "Sekretess" in page.text("main")
    assert "§ 1" in page.text("main")


def test_the_programs_own_notes_hold_nothing(secret: str, browse: Browse) -> None:
    """The audit log and the outbox refer to rows, never to their text."""
    seal(browse, "/moten/1")
    for table in ("audit", "outbox"):
        rows = db.session.execute(select(db.metadata.tables[table])).all()
        assert rows
        assert WORD not in repr(rows).lower()


def test_the_reason_is_chosen_or_written(secret: str, browse: Browse) -> None:
    """A reason comes from the list or is written in the user's own words, which may not be empty."""
    cilla = browse("cilla")
    cilla.get(secret)
    own = {"file": ("egen.txt", b"text"), "title": "Egen", "confidential": "annat"}
    page = cilla.submit("Lägg till bilagan", **own, confidential_words="", status=422)
    assert "Skriv skälet" in page.text(".form-errors")
    cilla.submit("Lägg till bilagan", **own, confidential_words="OSL 40 kap. 5 §")
    reasons = db.session.scalars(select(Attachment.confidential).order_by(Attachment.id)).all()
    assert reasons == [REASON, REASON, "OSL 40 kap. 5 §"]
    assert db.session.scalar(select(func.count()).select_from(Paragraph).where(Paragraph.confidential == REASON)) == 1
