"""Log entries for refused sign-ins, refused pages, and the reading of secrets."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from govern.archive.searching import indexing
from govern.audit import AuditEntry
from govern.db import db
from govern.forums.states import ParagraphKind
from govern.meetings.states import MeetingState
from govern.people import noting
from tests import make
from tests.browse import Browser
from tests.cast import Cast


def noted(action: str) -> list[AuditEntry]:
    """Return the entries of an action, in order."""
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))


@pytest.mark.usefixtures("each_database")
def test_a_refused_sign_in(app: Flask, cast: Cast, browse: Callable[..., Browser]) -> None:
    """The entry refers to the account if there is one; the typed address is not stored, since it may be a password."""
    stranger = browse()
    for email in ("anna@alvsam.example", "mitt hemliga lösenord"):
        stranger.post("/logga-in", {"email": email, "password": "något helt annat"}, status=422)
    known, unknown = noted("sign_in.refused")
    assert (known.target, known.facts) == (f"accounts:{cast.anna.account.id}", {"kind": "lösenord"})  # type: ignore[union-attr]
    assert (unknown.target, unknown.facts) == ("", {"kind": "lösenord"})
    assert known.address == "127.0.0.1"
    assert "hemliga" not in str(unknown.facts)


def test_a_refused_page(cast: Cast, browse: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry names the person, the page and the forum; visitors are not logged, and the entries are bounded."""
    browse().get("/installningar/logg", status=303, follow=False)
    assert noted("access.refused") == []
    monkeypatch.setattr(noting, "MOST_REFUSALS", 3)
    david = browse("david")
    for _ in range(5):
        david.get(f"/forum/{cast.forum.slug}/platser", status=403)
    entries = noted("access.refused")
    assert len(entries) == 3
    assert entries[0].actor == "David Dal"
    assert entries[0].target == f"forums:{cast.forum.id}"
    assert entries[0].facts["asked_for"] == "/forum/<slug>/platser"
    page = browse("ada").get("/installningar/logg?vad=refused")
    assert "Åtkomst nekad" in page.text("tbody")
    assert "sida: /forum/<slug>/platser" in page.text("tbody")


def test_a_secret_is_read(cast: Cast, browse: Callable[..., Browser]) -> None:
    """Reading is logged once per person and day; open paragraphs are not logged."""
    meeting = make.meeting(cast.forum, chair=cast.anna, secretary=cast.cilla)
    make.presence(meeting, cast.bo)
    series = make.series(cast.forum, 10)
    open_, secret = (make.paragraph(meeting, series, heading, cast.anna) for heading in ("Budget", "Upphandling"))
    secret.confidential = "OSL 19 kap. 3 § (upphandling)"
    secret.kind = ParagraphKind.DECISION
    make.commit()
    bo, cilla = browse("bo"), browse("cilla")
    for browser in (bo, bo, cilla):
        browser.get(f"/paragrafer/{open_.id}")
        browser.get(f"/paragrafer/{secret.id}")
    assert [(e.actor, e.target) for e in noted("secret.read")] == [
        ("Bo Björk", f"paragraphs:{secret.id}"),
        ("Cilla Ceder", f"paragraphs:{secret.id}"),
    ]
    browse("david").get(f"/paragrafer/{secret.id}", status=403)
    assert len(noted("secret.read")) == 2


@pytest.mark.parametrize(
    ("address", "whole"),
    [
        ("/sok?q=upphandling", False),
        ("/sok/uttag.csv?q=upphandling", False),
        ("/sok/uttag.json?q=upphandling", False),
        ("/sok/uttag.xlsx?q=upphandling", False),
        ("/sok/utskrift?q=upphandling", False),
        ("/uppdrag", False),
        ("/moten/{}", True),
        ("/moten/{}/live", True),
        ("/moten/{}/live?rev=0", True),
        ("/moten/{}/foredragningslista", True),
        ("/moten/{}/foredragningslista.pdf", True),
        ("/moten/{}/foredragningslista.docx", True),
        ("/moten/{}/kallelse.pdf", True),
    ],
)
def test_secrets_in_lists_and_files(address: str, whole: bool, cast: Cast, browse: Callable[..., Browser]) -> None:
    """Secrets shown by a search, an export, an agenda or a list of assignments are logged once a day."""
    meeting = make.meeting(cast.forum, chair=cast.anna, secretary=cast.cilla, state=MeetingState.OPEN)
    make.presence(meeting, cast.bo)
    series = make.series(cast.forum, 10)
    found = [make.paragraph(meeting, series, f"Upphandling {place}", cast.anna) for place in range(3)]
    for paragraph in found[:2]:
        paragraph.confidential = "OSL 19 kap. 3 § (upphandling)"
    if address == "/uppdrag":
        meeting.state, meeting.closed_at, meeting.sealed_at = MeetingState.SEALED, make.AT, make.AT
    for paragraph in found:
        make.assignment(paragraph, "att räkna", "Arbetsgruppen", due=make.DAY)
    make.commit()
    wanted = [f"meetings:{meeting.id}"] if whole else [f"paragraphs:{paragraph.id}" for paragraph in found[:2]]
    address = address.format(meeting.id)
    indexing.reindex()
    for who in ("bo", "bo", "david"):
        browse(who).answer(address).get_data()
    assert sorted((e.actor, e.target) for e in noted("secret.read")) == [("Bo Björk", target) for target in wanted]


def test_a_case_with_secrets_and_pieces_of_secret_files(cast: Cast, browse: Callable[..., Browser]) -> None:
    """A case is logged for a reader who sees a secret paragraph in it; a hit in a secret file is logged on the file."""
    meeting = make.meeting(cast.forum, chair=cast.anna, secretary=cast.cilla, state=MeetingState.OPEN)
    series = make.series(cast.forum, 10)
    secret, open_ = (make.paragraph(meeting, series, heading, cast.anna) for heading in ("Upphandling", "Budget"))
    secret.confidential, secret.case = "OSL 19 kap. 3 § (upphandling)", make.case(cast.forum.collaboration)
    paper = make.attachment("Anbudskalkyl", cast.cilla)
    paper.confidential = "OSL 19 kap. 3 § (upphandling)"
    open_.attachments.append(paper)
    meeting.state, meeting.closed_at, meeting.sealed_at = MeetingState.SEALED, make.AT, make.AT
    make.commit()
    indexing.reindex()
    for who in ("bo", "bo", "david"):
        browse(who).get(f"/arenden/{secret.case.id}")
        browse(who).get("/sok?q=budget")
        browse(who).get("/sok?q=anbudskalkyl")
    assert [(e.actor, e.target) for e in noted("secret.read")] == [
        ("Bo Björk", f"cases:{secret.case.id}"),
        ("Bo Björk", f"attachments:{paper.id}"),
    ]
