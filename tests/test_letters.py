"""Letters are stored as sent, retried after a temporary failure, and given up after a permanent one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from govern import letters, mail, outbox
from govern.db import db, now
from govern.letters import Letter, LetterState
from govern.mail import Enclosure
from tests.postbox import SENDER, Postbox

pytestmark = pytest.mark.usefixtures("each_database")
TO = "registrator@bjorkby.example"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that drains the outbox as if the given time had passed."""

    def drain(**passed: float) -> None:
        at = now() + timedelta(**passed)
        for module in (outbox, letters):
            monkeypatch.setattr(module, "now", lambda: at)
        outbox.drain()
        db.session.expire_all()

    return drain


def post(app: Flask, at: datetime | None = None) -> Letter:
    """Post a letter with an enclosure."""
    enclosure = Enclosure("utdrag-åäö.pdf", "application/pdf", b"%PDF-1.7 utdrag")
    at = at or now()
    letter = mail.compose(app.config["GOVERN"], TO, "Utdrag åäö", "Hej!\n", key="nyckel", at=at, enclosures=[enclosure])
    row = letters.post(letter, at=at)
    db.session.commit()
    return row


def test_what_is_kept_is_what_came(app: Flask, postbox: Postbox, later: Callable[..., None]) -> None:
    """The letter arrives once, byte for byte, and the server's reply is stored as the receipt."""
    row = post(app)
    later()
    later(hours=2)
    ((to, letter, data),) = postbox.taken
    assert (to, letter["From"], letter["Subject"]) == (TO, SENDER, "Utdrag åäö")
    (file,) = letter.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("utdrag-åäö.pdf", b"%PDF-1.7 utdrag")
    assert data.rstrip() == row.message.rstrip()
    assert row.sha256 == hashlib.sha256(row.message).hexdigest()
    assert (row.state, row.receipt) == (LetterState.SENT, "250 OK queued as 1")
    letters.send_again(row, at=now())
    db.session.commit()
    later(hours=3)
    assert len(postbox.taken) == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_later_is_tried_again(app: Flask, postbox: Postbox, later: Callable[..., None], caplog: Any) -> None:
    """A 4xx reply is not a failure: the letter waits with the reason, and is sent later with the same Message-ID."""
    postbox.answers = ["451 4.3.0 try later", "421 busy"]
    row = post(app)
    later()
    assert (row.state, row.error) == (LetterState.WAITING, "E-postservern svarade: 451 4.3.0 try later")
    later(hours=1)
    later(hours=2)
    assert (row.state, row.error, row.attempts) == (LetterState.SENT, "", 3)
    assert postbox.taken[0][1]["Message-ID"] == "<nyckel@alvsam.example>"


def test_never_is_given_up(app: Flask, postbox: Postbox, later: Callable[..., None]) -> None:
    """A 5xx reply ends the attempts at once, also for an unknown recipient; a person may send the letter again."""
    postbox.unknown.add(TO)
    row = post(app)
    later()
    later(hours=1)
    assert (row.state, row.attempts) == (LetterState.FAILED, 1)
    assert "550 5.1.1 No such user here" in row.error
    postbox.unknown.clear()
    letters.send_again(row, at=now())
    db.session.commit()
    later(hours=2)
    assert (row.state, row.attempts) == (LetterState.SENT, 2)


def test_a_server_that_is_away(app: Flask, postbox: Postbox, later: Callable[..., None], caplog: Any) -> None:
    """A server that cannot be reached is tried for two days; then the letter has failed."""
    row = post(app)
    app.config["GOVERN"] = mail_at_nobody(app)
    later()
    assert (row.state, row.error) == (LetterState.WAITING, "E-postservern går inte att nå.")
    later(days=2, minutes=5)
    assert row.state is LetterState.FAILED


def mail_at_nobody(app: Flask) -> Any:
    """Return settings with an SMTP port where no server listens."""
    return replace(app.config["GOVERN"], smtp_port=1)


def test_without_a_server_it_waits(app: Flask) -> None:
    """The letter is stored all the same."""
    row = post(app)
    assert outbox.drain() == 0
    assert (row.state, row.recipient) == (LetterState.WAITING, TO)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_two_days_are_counted_from_the_first_attempt(
    app: Flask, postbox: Postbox, later: Callable[..., None], caplog: Any
) -> None:
    """A letter that has waited three days for a worker is still retried after a 4xx reply."""
    postbox.answers = ["451 4.3.0 try later"]
    row = post(app)
    later(days=3)
    assert row.state is LetterState.WAITING
    later(days=3, minutes=5)
    assert row.state is LetterState.SENT


@pytest.mark.parametrize("broken", ["Rådet\nBcc: a@b.se", "Rådet\r\nx", "Rådet\u2028x", "Rådet\x85x", "Rådet\x1cx"])
def test_a_subject_of_several_lines_stands_on_one(app: Flask, broken: str) -> None:
    """Line breaks in a forum's name add no headers to the letter."""
    letter = mail.compose(app.config["GOVERN"], TO, f"Kallelse: {broken}", "Hej!\n", key="k", at=now())
    assert letter["Subject"] == f"Kallelse: {' '.join(broken.split())}"
    assert b"\nBcc" not in letter.as_bytes()


def test_an_address_that_reads_as_an_encoded_line_break_stops_no_letter(app: Flask) -> None:
    """RFC 5322 allows the address, so it goes to the server unchanged and is left out of the header."""
    odd = "=?utf-8?q?=0A?=@bjorkby.example"
    letter = mail.compose(app.config["GOVERN"], odd, "Kallelse", "Hej!\n", key="k", at=now())
    assert letter["To"] == "undisclosed-recipients:;"
    assert letter.as_bytes()
