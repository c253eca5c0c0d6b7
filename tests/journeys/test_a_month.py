"""Four weeks of a collaboration on the real server with a moving clock, on both databases.

Sessions lie idle for 4, 6, 20 and 700 minutes before every kind of request; nights pass; summer time ends; a deadline
passes; the server is upgraded and restarted during a meeting; the background is stopped for three days; certificates
near their end. Nothing may answer 500 or be slow, and every reminder is sent once.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import func, select

from govern import schema
from govern.db import db
from govern.forums.states import Regime
from govern.outbox import OutboxEntry, waits
from govern.protocols.adjusting.models import Reminder
from govern.protocols.models import Certificate, Protocol, Signature
from govern.swedish import SWEDEN
from tests import cast as casting
from tests import make
from tests.apps import open_app
from tests.house import House, Visitor

pytestmark = [pytest.mark.long, pytest.mark.alone]

MONDAY = datetime(2026, 10, 5, 8, 0, tzinfo=SWEDEN)
LONGEST = 2.0
"""Seconds that a request may take on an otherwise idle machine."""
CERTIFICATES_LAST = timedelta(days=5 * 365)
HEADINGS = ("Gemensam växel", "Budget för nästa år")


@pytest.fixture
def house(tmp_path: Path, bare_database: str) -> Iterator[House]:
    """Yield a running installation with the cast, whose certificates expire within the month."""
    folder = tmp_path / "instance"
    house = House(folder, bare_database, starts=MONDAY + timedelta(days=24) - CERTIFICATES_LAST)
    house.command("db", "upgrade")
    with open_app(folder, bare_database):
        cast = casting.assemble()
        cast.forum.slug = "styrgruppen"
        cast.forum.regime = Regime.KL_BOARD
        make.series(cast.forum, 808)
        make.commit()
    house.command("ca", "init")
    for name in ("anna", "bo", "cilla"):
        house.command("ca", "issue", f"{name}@alvsam.example")
    house.move_to(MONDAY - timedelta(days=1))
    with house.open():
        yield house


class Week:
    """One meeting, with an idle time before every request."""

    def __init__(self, house: House, idle: int, day: datetime) -> None:
        self.house, self.idle, self.day = house, idle, day
        self.anna, self.bo, self.cilla = (Visitor(house, f"{name}@alvsam.example") for name in ("anna", "bo", "cilla"))
        self.everybody = (self.anna, self.bo, self.cilla)
        self.meeting = self.paragraph = self.protocol = ""

    def wait(self) -> None:
        """Let the idle time pass."""
        self.house.later(minutes=self.idle)

    def plan_and_call(self) -> None:
        """Plan the meeting, add two items to its agenda, and call it."""
        me = self.cilla
        me.get("/forum/styrgruppen/nytt-mote")
        self.wait()
        page = me.press("Planera mötet", day=self.day.date().isoformat(), starts="09:00", ends="11:00", place="Björkby")
        self.meeting = page.url.removesuffix("/foredragningslista")
        for heading in HEADINGS:
            self.wait()
            me.press("Lägg till ärendet", heading=heading)
        self.wait()
        me.press("Gör kallelse")

    def begin(self) -> None:
        """Open the meeting and record the presence."""
        self.house.move_to(max(self.day.replace(hour=9), self.house.now))
        me = self.cilla
        me.get(f"{self.meeting}/foredragningslista")
        self.wait()
        me.press("Öppna mötet")
        page = me.get(f"{self.meeting}/narvaro")
        boxes = {n.attributes.get("aria-label"): n.attributes.get("value") for n in page.all("input[name=adjuster]")}
        self.wait()
        me.press("Spara närvaron", adjuster=[boxes["Bo Björk justerar"]])

    def treat(self, heading: str) -> None:
        """Open an item's paragraph, write it, and mark it ready."""
        me = self.cilla
        me.get(self.meeting)
        self.wait()
        self.paragraph = me.press(f"Öppna § för {heading}").url
        self.write(heading)
        me.get(self.paragraph)
        self.wait()
        me.press("Klarmarkera")

    def write(self, heading: str) -> None:
        """Save the text twice, the second time after the idle time, and check that the last version is stored."""
        me, url = self.cilla, f"{self.paragraph}/utkast"
        draft = {
            "heading": heading,
            "kind": "B",
            "sections": [{"kind": "text", "heading": "", "html": "<p>Fem kommuner har var sin växel.</p>"}],
            "decisions": [{"outcome": "approval", "lead": "Styrgruppen beslutar", "clauses": ["införa en växel"]}],
        }
        version = me.save(url, draft | {"version": 1}).get_json()["version"]
        again = draft | {"heading": f"{heading} igen", "version": version}
        self.wait()
        kept = me.save(url, again)
        if kept.status_code == 401:  # The session has ended; the page keeps the text and saves it after the sign-in.
            me.get(self.paragraph)
            kept = me.save(url, again)
        assert kept.status_code == 200, kept.body
        assert f"{heading} igen" in me.get(self.paragraph).text("h1")

    def end(self) -> None:
        """Close the meeting."""
        self.cilla.get(self.meeting)
        self.wait()
        ended = min(self.house.now, self.day.replace(hour=11))
        self.cilla.press("Avsluta mötet", ends=f"{ended:%H:%M}")

    def approve(self) -> None:
        """Let the chair approve each paragraph."""
        links = [link for link in self.anna.get(self.meeting).links.values() if link.startswith("/paragrafer/")]
        for link in dict.fromkeys(links):
            self.anna.get(link)
            self.wait()
            self.anna.press("Godkänn")

    def seal(self) -> None:
        """Accept what the checks report, and seal the protocol."""
        me = self.cilla
        page = me.get(f"{self.meeting}/kontroll")
        while button := next((b for b in ("Spara skälet", "Godta varningen") if b in page.text("main")), ""):
            self.wait()
            page = me.press(button, reason="Det står så i protokollet.")
        self.wait()
        self.protocol = me.press("Försegla protokollet").url.partition("#")[0]

    def sign(self) -> None:
        """Let secretary, chair and adjuster sign in turn, confirming their identity where asked."""
        for signer in (self.cilla, self.anna, self.bo):
            signer.get(self.protocol)
            self.wait()
            page = signer.press("Underteckna")
            if page.url.startswith("/logga-in-igen"):
                signer.press("Bekräfta", password=casting.PASSWORD)
                signer.get(self.protocol)
                page = signer.press("Underteckna")
            assert "Underteckna" not in page.texts("main button")


def settle(house: House) -> None:
    """Wait until the background has done what is due."""
    due = select(func.count()).select_from(OutboxEntry).where(waits())
    until = time.monotonic() + 60
    with open_app(house.folder, house.database_url):
        while db.session.scalar(due.where(OutboxEntry.due_at <= house.now)):
            db.session.rollback()
            assert time.monotonic() < until, "the background does not do what is due"
            time.sleep(0.1)


def nights(house: House, days: int) -> None:
    """Let days pass one morning at a time, so that each day's work is done on that day."""
    for _ in range(days):
        house.move_to((house.now + timedelta(days=1)).replace(hour=8, minute=0))
        settle(house)


def upgrade(house: House) -> None:
    """Stop the server, downgrade the database by one version, and start the server, which upgrades it."""
    house.stop()
    before = ScriptDirectory.from_config(schema.configuration()).get_revision("head").down_revision
    house.command("db", "downgrade", str(before))
    house.start()


def test_a_month(each_database: str, house: House) -> None:
    """Four meetings with idle times, an upgrade, and a stopped background."""
    idle = (4, 6, 20, 700)
    weeks = [Week(house, minutes, MONDAY + timedelta(weeks=n, days=2)) for n, minutes in enumerate(idle)]
    for number, week in enumerate(weeks):
        house.move_to(max(MONDAY + timedelta(weeks=number), house.now))
        if number == 2:
            house.stop()
            house.background = False
            house.start()
        week.plan_and_call()
        week.begin()
        week.treat(HEADINGS[0])
        if number == 1:
            upgrade(house)
        week.treat(HEADINGS[1])
        week.end()
        if number == 2:  # Nobody approves in time, and the background has been stopped for three days.
            nights_away(house)
            continue
        week.approve()
        week.seal()
        week.sign()
        settle(house)
    late = weeks[2]
    house.move_to(max(late.day + timedelta(days=16), house.now))
    late.approve()
    late.seal()
    late.sign()
    settle(house)
    judge(house, weeks)


def nights_away(house: House) -> None:
    """Let three days pass without the background, start it, and let four more pass."""
    house.later(days=3)
    house.stop()
    house.background = True
    house.start()
    settle(house)
    nights(house, 4)


def judge(house: House, weeks: list[Week]) -> None:
    """Check that nothing failed or was slow, that each letter was sent once, and that every protocol is signed."""
    assert not house.errors()
    slowest = max(wait for week in weeks for visitor in week.everybody for wait in visitor.waits)
    assert slowest[0] <= LONGEST, slowest
    letters = Counter(str(letter["Message-ID"]) for _, letter, _ in house.postbox.taken)
    assert letters
    assert [name for name, count in letters.items() if count > 1] == []
    with open_app(house.folder, house.database_url):
        reminded = Counter(
            map(tuple, db.session.execute(select(Reminder.meeting_id, Reminder.person_id, Reminder.days_left)))
        )
        assert reminded
        assert max(reminded.values()) == 1
        mailed = [to for to, letter, _ in house.postbox.taken if "ska justeras" in str(letter["Subject"])]
        assert len(mailed) == len(reminded)
        assert db.session.scalar(select(func.count()).select_from(Protocol)) == len(weeks)
        assert not db.session.scalars(select(Signature.id).where(Signature.signed_at.is_(None))).all()
        renewed = select(func.count()).where(Certificate.person_id.is_not(None))
        assert (db.session.scalar(renewed) or 0) > 3, "the certificates that near their end are renewed"
        aside = select(OutboxEntry.topic).where(OutboxEntry.set_aside_at.is_not(None))
        assert not db.session.scalars(aside).all()
