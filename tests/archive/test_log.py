"""The administrators' page of the audit log: filters, pages, exports and the state of the chain."""

import json
from collections.abc import Callable
from contextvars import Context
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from govern import audit
from govern.archive.log import queries as log
from govern.audit_words import ACTIONS
from govern.db import db
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.statements import counted


def test_the_log_shows_and_narrows(browse: Callable[..., Browser], cast: Cast) -> None:
    """The log is filtered by person and action, and the page says that the chain holds."""
    audit.write("forum.closed", cast.forum, by=cast.bo, at=make.AT, reason="to see")
    make.commit()
    page = browse("ada").get("/installningar/logg?vad=forum.closed&vem=bo")
    assert "Kedjan håller" in page.text("main")
    assert len(page.all("tbody tr")) == 1
    assert "skäl: to see" in page.text("tbody")
    assert "Avslutade forum" in page.text("tbody")


def test_a_broken_chain_is_told(browse: Callable[..., Browser], cast: Cast) -> None:
    """The page names the entry."""
    make.commit()
    db.session.execute(text("DROP TRIGGER audit_no_update"))
    db.session.execute(text("UPDATE audit SET actor = 'Eva' WHERE id = 2"))
    db.session.commit()
    assert "Rad 2 har ändrats." in browse("ada").get("/installningar/logg").text("main")


def test_the_log_is_closed(browse: Callable[..., Browser]) -> None:
    """Only administrators can open it."""
    browse("cilla").get("/installningar/logg", status=403)


def test_a_group_of_actions(browse: Callable[..., Browser], cast: Cast) -> None:
    """One filter shows all entries about sign-in, and no others."""
    audit.write("signed_in", cast.forum, by=cast.bo, at=make.AT)
    audit.write("forum.closed", cast.forum, by=cast.bo, at=make.AT)
    make.commit()
    page = browse("ada").get("/installningar/logg?vad=sign_in&vem=bo")
    assert [row.text() for row in page.all("tbody tr td:nth-child(4)")] == ["Loggade in"]


def test_every_action_is_written_somewhere() -> None:
    """Every action with words is written somewhere in the program."""
    sources = "".join(path.read_text() for path in (Path(__file__).parents[2] / "govern").rglob("*.py"))
    sources = sources.replace((Path(__file__).parents[2] / "govern/audit_words.py").read_text(), "")
    assert not [action for action in ACTIONS if f'"{action}"' not in sources]


def test_an_action_needs_words(app: Flask, cast: Cast) -> None:
    """An action without words raises an error while tests run."""
    with pytest.raises(ValueError, match="audit_words"):
        audit.write("forum.painted", cast.forum, by=cast.bo, at=make.AT)


def test_the_log_is_exported(browse: Callable[..., Browser], cast: Cast) -> None:
    """CSV is safe in a spreadsheet; JSON lines keep the chain of hashes."""
    cast.bo.name = "\u00a0＝HYPERLINK(1)"
    audit.write("forum.closed", cast.forum, by=cast.bo, at=make.AT, heading="Å")
    audit.write("forum.reopened", cast.forum, by=cast.bo, at=make.AT)
    make.commit()
    browser = browse("ada")
    table = browser.client.get("/installningar/logg/logg.csv?vad=forum.closed").text
    assert table.startswith("\ufeffRad;")
    assert ";'\u00a0＝HYPERLINK(1);" in table
    assert "Avslutade forum;forum.closed" in table
    assert "rubrik: Å" in table
    lines = browser.client.get("/installningar/logg/logg.jsonl?vad=settings").text.splitlines()
    newest, before = (json.loads(line) for line in lines[:2])
    assert (newest["action"], newest["previous"]) == ("forum.reopened", before["hash"])
    browse("cilla").get("/installningar/logg/logg.csv", status=403)


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_an_export_outlives_its_request(
    browse: Callable[..., Browser], cast: Cast, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """A slow export is complete despite other requests and new entries, and holds no database connection."""
    monkeypatch.setattr(log, "BATCH", 3)
    for number in range(8):
        audit.write("forum.closed", cast.forum, by=cast.bo, at=make.AT, reason=f"skäl {number}")
    make.commit()
    browser = browse("ada")
    engine = db.engine
    db.session.rollback()
    before = engine.pool.checkedout()  # type: ignore[attr-defined]
    answer = Context().run(browser.client.get, f"/installningar/logg/logg.{ending}?vad=forum.closed")
    parts = (part if isinstance(part, str) else bytes(part).decode() for part in answer.response)
    sent = [next(parts), next(parts)]
    assert engine.pool.checkedout() == before  # type: ignore[attr-defined]
    browse("cilla").get("/")
    audit.write("forum.closed", cast.forum, by=cast.bo, at=make.AT, reason="senare")
    make.commit()
    told = "".join([*sent, *parts])
    assert [told.count(f"skäl {number}") for number in range(8)] == [1] * 8
    assert "senare" not in told


def test_what_a_row_is_about_is_named(browse: Callable[..., Browser], cast: Cast) -> None:
    """The row's name is a link, beside a filter for all its entries; no heading appears in the log."""
    meeting = make.meeting(cast.forum, chair=cast.anna, secretary=cast.cilla)
    paragraph = make.paragraph(meeting, make.series(cast.forum, 10), "Upphandlingen av fasan", cast.anna)
    for row in (cast.bo, cast.bo.account, cast.forum, cast.forum.seats[0], meeting, paragraph):
        audit.write("forum.closed", row, by=cast.bo, at=make.AT)
    make.commit()
    browser = browse("ada")
    page = browser.get("/installningar/logg?vad=forum.closed")
    named = [cell.text().removesuffix(" alla rader") for cell in page.all("tbody tr td:nth-child(5)")]
    assert f"person {cast.bo.id}: Bo Björk" in named
    assert f"konto {cast.bo.account.id}: Bo Björk" in named  # type: ignore[union-attr]
    assert f"forum {cast.forum.id}: {cast.forum.name}" in named
    assert any(name.startswith(f"paragraf {paragraph.id}: § 10, {cast.forum.name} ") for name in named)
    assert "fasan" not in page.text("main")
    for link in page.all("tbody a"):
        browser.get(link.attributes["href"] or "")
    only = browser.get(f"/installningar/logg?rad=people:{cast.bo.id}")
    assert "Bara rader om person" in only.text("main")
    assert {cell.text() for cell in only.all("tbody tr td:nth-child(5)")} == {f"person {cast.bo.id}: Bo Björk"}


def test_names_cost_no_more_for_more_rows(browse: Callable[..., Browser], cast: Cast) -> None:
    """Names take one statement per kind of row."""
    meeting = make.meeting(cast.forum, chair=cast.anna, secretary=cast.cilla)
    series = make.series(cast.forum, 10)
    rows = [make.paragraph(meeting, series, "Fasan", cast.anna) for _ in range(20)]
    audit.write("paragraph.saved", rows[0], by=cast.bo, at=make.AT)
    make.commit()
    browser = browse("ada")
    browser.get("/installningar/logg")
    with counted() as few:
        browser.get("/installningar/logg?vad=paragraph.saved")
    for row in rows:
        audit.write("paragraph.saved", row, by=cast.bo, at=make.AT)
    make.commit()
    with counted() as many:
        browser.get("/installningar/logg?vad=paragraph.saved")
    assert len(many) == len(few)
