"""No typed character is lost when the server is killed, the network fails, a session ends, or a page crashes."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Error, Page, expect
from sqlalchemy import update

from govern.db import db, now
from govern.meetings.states import MeetingState
from govern.paragraphs.queries import rail
from govern.people.models import SignInSession
from tests import make
from tests.cast import PASSWORD, Cast
from tests.journeys.room import all_saved, open_paragraph, text_of
from tests.paragraphs.rooms import meeting_under_way
from tests.ports import free_port
from tests.screen import Screen, journal_has
from tests.waiting import until

pytestmark = pytest.mark.browser
SLOW = os.environ.get("GOVERN_SLOW") == "1"


class Mortal:
    """The server in a separate process."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "tests.journeys.server", str(folder), str(port)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )

    def tell(self, word: str) -> None:
        """Send a command and wait until it is done."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n"

    def close(self) -> None:
        """End both processes."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


@pytest.fixture
def mortal(app: Flask) -> Iterator[Mortal]:
    """Yield a started server on the test's own database."""
    server = Mortal(app.config["GOVERN"].data_dir)
    server.tell("start")
    yield server
    server.close()


@pytest.fixture
def paragraph_id(cast: Cast) -> int:
    """Open a meeting with one paragraph and return its id."""
    return rail(meeting_under_way(cast, opened=1))[0].id


@pytest.fixture
def page(screen: Callable[..., Screen], paragraph_id: int) -> Page:
    """Open the paragraph as Cilla, with the cursor in its text; complaints of the browser are expected."""
    shown = screen("cilla")
    shown.complaints = _Deaf()
    open_paragraph(shown.page, paragraph_id)
    return shown.page


class _Deaf(list[str]):
    """A list that ignores what is appended: the browser complains of every failed request."""

    def append(self, _complaint: str) -> None:
        pass


@pytest.mark.long
@pytest.mark.parametrize("kills", [30])
def test_a_server_killed_many_times(
    cast: Cast, paragraph_id: int, mortal: Mortal, chromium: Browser, kills: int
) -> None:
    """Killed at random moments while she types, and restarted: every character arrives once and in order."""
    chance = random.Random(811)
    shown = Screen(chromium, mortal.address, db.session())
    shown.complaints = _Deaf()
    page = shown.page
    page.set_default_timeout(20_000)
    shown.sign_in(cast.address_of("cilla"))
    open_paragraph(page, paragraph_id)
    typed, saved_between = "", set[str]()
    for number in range(kills):
        words = "".join(f"ord{number:02}{chr(97 + chance.randrange(26))} " for _ in range(chance.randrange(3, 9)))
        moment = chance.randrange(len(words))
        page.keyboard.type(words[:moment], delay=5)
        time.sleep(chance.random() * 1.7)
        mortal.tell("kill")
        page.keyboard.type(words[moment:], delay=5)
        time.sleep(chance.random() * 0.3)
        mortal.tell("start")
        typed += words
        saved_between.add(text_of(paragraph_id))
    page.keyboard.type("slut")
    all_saved(page, 60)
    arrived = text_of(paragraph_id)
    assert len(arrived) == len(typed + "slut")
    assert arrived == typed + "slut"
    assert len(saved_between) > kills // 6, "the server was never up long enough to save: the test proves too little"
    shown.close()


@pytest.mark.long
@pytest.mark.parametrize("seconds", [120 if SLOW else 20])
def test_the_network_cut_while_typing(page: Page, paragraph_id: int, seconds: int) -> None:
    """While the network is down (two minutes with GOVERN_SLOW=1), the page says so, and what is typed arrives later."""
    page.keyboard.type("Före avbrottet. ")
    page.context.set_offline(True)
    ends = time.monotonic() + seconds
    typed, number = "Före avbrottet. ", 0
    while time.monotonic() < ends:
        number += 1
        page.keyboard.type(f"mening {number}. ", delay=15)
        typed += f"mening {number}. "
        time.sleep(0.4)
    expect(page.locator(".draft-state")).to_contain_text("nätet är nere. Texten finns kvar här i webbläsaren")
    assert text_of(paragraph_id) in typed
    page.context.set_offline(False)
    page.keyboard.type("Efter.")
    all_saved(page)
    assert text_of(paragraph_id) == f"{typed}Efter."


def test_the_session_ended_while_typing(page: Page, paragraph_id: int) -> None:
    """After signing in again in another tab, the text typed in between arrives."""
    page.keyboard.type("Inloggad. ")
    all_saved(page)
    db.session.execute(update(SignInSession).values(ended_at=now()))
    db.session.commit()
    page.keyboard.type("Utloggad. ")
    expect(page.locator(".draft-state")).to_contain_text("Du är utloggad")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Logga in i en ny flik").click()
    other = opened.value
    other.get_by_label("E-post").fill("cilla@alvsam.example")
    other.get_by_label("Lösenord").fill(PASSWORD)
    with other.expect_navigation():
        other.keyboard.press("Enter")
    other.close()
    page.keyboard.press("Alt+t")
    page.keyboard.press("Control+End")
    page.keyboard.type("Tillbaka.")
    all_saved(page)
    assert text_of(paragraph_id) == "Inloggad. Utloggad. Tillbaka."


def test_a_reload_in_the_middle_of_a_word(page: Page, paragraph_id: int) -> None:
    """The server does not answer, so the page restores the text from its journal and then sends it."""
    page.route("**/utkast", lambda route: route.abort())
    page.keyboard.type("Halva meningen är skriv")
    page.reload()
    expect(page.locator(".draft .editor").first).to_contain_text("Halva meningen är skriv")
    page.unroute("**/utkast")
    all_saved(page)
    assert text_of(paragraph_id) == "Halva meningen är skriv"


def test_a_crash_in_the_middle_of_a_sentence(page: Page, paragraph_id: int) -> None:
    """After a crash of the tab, what was typed up to half a second before is restored."""
    page.route("**/utkast", lambda route: route.abort())
    page.keyboard.type("Utan paus skrivet ända fram till slutet", delay=30)
    until(lambda: journal_has(page, "fram till slutet"))
    context = page.context
    with pytest.raises(Error):
        page.goto("chrome://crash", timeout=5000)
    page.close(run_before_unload=False)
    again = context.new_page()
    again.goto(f"/paragrafer/{paragraph_id}")
    expect(again.locator(".draft .editor").first).to_contain_text("Utan paus skrivet ända fram till slutet")
    all_saved(again)
    assert text_of(paragraph_id) == "Utan paus skrivet ända fram till slutet"


def test_an_ordinary_form_outlives_its_session(cast: Cast, screen: Callable[..., Screen]) -> None:
    """A form sent after the session has ended is filled in again after the sign-in, and is accepted when sent again."""
    meeting = make.meeting(cast.forum, state=MeetingState.PLANNED)
    make.commit()
    shown = screen("cilla")
    page = shown.page
    page.goto(f"/moten/{meeting.id}/foredragningslista")
    page.get_by_label("Rubrik").fill("Gemensam växel")
    page.get_by_label("Anteckning för kallelsen").fill("En lång anteckning, som ingen vill skriva två gånger.")
    db.session.execute(update(SignInSession).values(seen_at=now() - timedelta(hours=13)))
    db.session.commit()
    page.get_by_role("button", name="Lägg till ärendet").click()
    page.get_by_role("link", name="Logga in och fortsätt").click()
    page.get_by_label("E-post").fill(cast.address_of("cilla"))
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Det du skrev står kvar här")).to_be_visible()
    expect(page.get_by_label("Rubrik")).to_have_value("Gemensam växel")
    expect(page.get_by_label("Anteckning för kallelsen")).to_have_value(re.compile("två gånger"))
    page.get_by_role("button", name="Lägg till ärendet").click()
    expect(page.locator("main")).to_contain_text("Gemensam växel")
    expect(page.get_by_label("Rubrik")).to_have_value("")
    shown.allow_complaint("401")
