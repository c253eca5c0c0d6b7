"""Every address with an id, requested as each of seven people, against a table of rights.

The table is written by hand, so that a route fails if it requires less than before or checks the wrong row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from govern.db import db
from govern.forums.models import Forum
from govern.meetings.models import Meeting
from govern.outbox import OutboxEntry
from govern.people.access import Right
from tests import cast as casting
from tests import make, worlds
from tests.apps import copy_sqlite, open_app
from tests.browse import Browser
from tests.cast import Cast
from tests.leaks.reading import EVERY, addresses, of_each
from tests.leaks.story import OUTSIDE, PEOPLE, Story, others, run_story

SITTING = {"anna", "cilla", "ada"}
KEEPERS = {"cilla", "ada"}
SAME = {"david", "gun"} | SITTING
EVERYONE = set(PEOPLE)

MAY: dict[str, set[str]] = {
    "administrator": {"ada"},
    "anyone": EVERYONE,
    "may_style": KEEPERS,
    "keeps": KEEPERS,
    "sits": SITTING,
    "reads": SAME,
    "reads_case": SAME,
    "presides": SITTING,
    "reports": KEEPERS,
    "follows_up": KEEPERS,
    "signed_in": EVERYONE - {"eva"},
    "reads_file": SITTING,
    "reads_proof": SITTING,
    "opens_package": SAME,
    "sees": SITTING,
    "sees_paragraph": SITTING,
    "sees_proposal": SITTING,
    "sees_attachment": SITTING,
    "writes_proposal": KEEPERS,
    "signs": {"anna", "cilla"},
    "owns": EVERYONE - {"eva"},
    "owns_search": {"anna"},
}
"""Who has each right at most; all rows belong to the forum of Anna and Cilla."""

OPEN_TO_SAME = {"sees", "sees_paragraph", "sees_proposal", "sees_attachment", "reads_file"}
"""Rights that depend on whether the row is secret: outsiders in the collaboration pass for the rows that are not."""


def passed(browser: Browser, method: str, address: str) -> bool:
    """Return whether the request passed the check of rights, whatever the response was."""
    headers = {"X-CSRFToken": browser.csrf_token()} if method == "POST" else {}
    answer = browser.answer(address, method, follow=False, headers=headers)
    sent_to_sign_in = answer.status_code == 303 and "/logga-in?next=" in str(answer.location)
    return answer.status_code not in {401, 403, 404, 405} and not sent_to_sign_in


ADDRESSES = {name: f"{name}@alvsam.example" for name in set(PEOPLE) - {"eva"}}


@pytest.fixture
def app(tmp_path_factory: pytest.TempPathFactory, sqlite_with_cast: Path) -> Iterator[Flask]:
    """Yield an application where a whole meeting with a secret in it has been run through."""
    folder = worlds.copy_of("story", partial(_build, sqlite_with_cast), tmp_path_factory)
    with open_app(folder) as opened:
        yield opened


def _build(template: Path, folder: Path) -> None:
    copy_sqlite(template, folder)
    with open_app(folder):
        cast = casting.find()
        assert others(cast).items() <= ADDRESSES.items()
        *_, (_, story) = run_story(cast, late=False)
        make.saved_search(cast.anna, "växel")
        aside = {"attempts": 4, "error": "Brevet gick inte fram.", "set_aside_at": story.at}
        make.add(OutboxEntry(topic="mail", key="0", created_at=story.at, due_at=story.at, **aside))
        make.commit()


@pytest.fixture
def people(app: Flask) -> dict[str, Browser]:
    """Return the browsers of the seven people."""
    return {"eva": Browser(app)} | {name: Browser(app).sign_in(address) for name, address in ADDRESSES.items()}


@pytest.fixture
def story(cast: Cast) -> Story:
    """Return the story that has been run through."""
    meeting_id = db.session.scalars(select(Meeting.id).where(Meeting.forum_id == cast.forum.id)).one()
    return Story(cast, late=False, meeting_id=meeting_id)


def _here(app: Flask, method: str) -> list[tuple[str, str]]:
    """Return the addresses except those of Disa's own forum, which she may read."""
    theirs = db.session.scalar(select(Forum.slug).where(Forum.name == "Dalrådet"))
    return [pair for pair in addresses(app, method) if f"/forum/{theirs}" not in pair[0]]


def right_of(app: Flask, endpoint: str) -> Right:
    """Return the right that a route requires."""
    found: Right = app.view_functions[endpoint].right  # type: ignore[attr-defined]
    return found


def test_every_right_is_in_the_table(app: Flask) -> None:
    """A new right must be added to the table."""
    asked = {right_of(app, rule.endpoint).name for rule in app.url_map.iter_rules() if rule.endpoint != "static"}
    assert asked == set(MAY)


def test_nobody_passes_a_door_that_is_not_theirs(app: Flask, story: Story, people: dict[str, Browser]) -> None:
    """Every GET address with every id: nobody passes without the right, and somebody with it does."""
    wrong: list[str] = []
    opened: set[str] = set()
    everywhere = list(_here(app, "GET"))
    for name in (*OUTSIDE, "anna", "cilla", "ada"):
        for address, endpoint in everywhere:
            right = right_of(app, endpoint).name
            if name in MAY[right] and right in opened:
                continue  # That the right admits people is already shown.
            if not passed(people[name], "GET", address):
                continue
            opened.add(right)
            if name not in MAY[right] and not (right in OPEN_TO_SAME and name in SAME):
                wrong.append(f"{name} {address} ({right})")
    assert not wrong
    assert set(MAY) - opened <= {"signs", "owns", "reports", "follows_up"}  # Tested elsewhere in this file.


PRESSED_LAST = {"people.sign_out", "account.end_session", "account.end_others", "account.remove_factor"}


@pytest.mark.parametrize("most", [1, EVERY])
def test_nobody_presses_what_is_not_theirs(
    app: Flask, story: Story, people: dict[str, Browser], most: int | None
) -> None:
    """Every POST address with every id, as those without the right: each request is refused."""
    wrong = []
    everywhere = [pair for pair in of_each(_here(app, "POST"), most) if pair[1] not in PRESSED_LAST]
    for name in (*OUTSIDE, "anna"):
        for address, endpoint in everywhere:
            right = right_of(app, endpoint).name
            if name in MAY[right] or (right in OPEN_TO_SAME and name in SAME):
                continue
            if passed(people[name], "POST", address):
                wrong.append(f"{name} {address} ({right})")
    assert not wrong


def test_a_row_is_judged_by_its_own_parent(app: Flask, story: Story, people: dict[str, Browser], cast: Cast) -> None:
    """An address with a row under a parent that is not its own is not found, even for an administrator."""
    strange = make.forum(cast.collaboration, "Främmande forum")
    meeting = make.meeting(strange)
    paragraph = make.paragraph(meeting, make.series(strange), "Främmande", cast.cilla)
    make.commit()
    secret = story.paragraph(0)
    seat = next(iter(cast.forum.seats))
    listed = story.paragraph(1).attachments[0]
    pairs = (
        f"/forum/{strange.slug}/platser/{seat.id}/avsluta",
        f"/forum/{strange.slug}/platser/{seat.id}/upp",
        f"/paragrafer/{paragraph.id}/bilagor/{listed.id}/ta-bort",
        f"/paragrafer/{paragraph.id}/narvaro/{secret.meeting.presences[0].id}/angra",
        f"/paragrafer/{paragraph.id}/versioner/2/aterstall",
        f"/arendepunkter/{secret.agenda_item_id}/handlingar/{story.paragraph(1).attachments[-1].id}/ta-bort",
    )
    db.session.rollback()
    for address in pairs:
        browser = people["ada"]
        answer = browser.answer(address, "POST", follow=False, headers={"X-CSRFToken": browser.csrf_token()})
        assert answer.status_code == 404, address


def test_refusing_asks_for_that_very_signature(app: Flask, story: Story, people: dict[str, Browser]) -> None:
    """Only the adjuster can open and post it, not the secretary or an administrator."""
    signature = next(s for s in story.protocol.signatures if s.role.value == "adjuster")
    address = f"/underskrifter/{signature.id}/vagra"
    db.session.rollback()
    for name, browser in people.items():
        for method in ("GET", "POST"):
            assert not passed(browser, method, address), name
    bo = Browser(app).sign_in("bo@alvsam.example")
    assert bo.answer(address).status_code == 200
    assert not re.search("Bo Björk", people["ada"].answer(address).get_data(as_text=True))
