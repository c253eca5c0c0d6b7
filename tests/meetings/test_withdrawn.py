"""What is struck from an agenda: the same in Python and in SQL, and told in one way."""

from __future__ import annotations

import re

from sqlalchemy import select

from govern.db import db
from govern.meetings.models import AgendaItem
from tests import flow, make
from tests.cast import Cast


def test_what_is_withdrawn_is_not_on_the_agenda(each_database: str, cast: Cast) -> None:
    """A withdrawn item keeps its place in the list of all items."""
    meeting = make.meeting(cast.forum)
    items = [
        make.add(AgendaItem(meeting=meeting, position=position, heading=heading))
        for position, heading in enumerate(("Budget", "Avtal", "Växel"), 1)
    ]
    items[1].withdrawn_at = make.AT
    db.session.commit()
    assert meeting.agenda == items
    assert meeting.on_agenda == [item for item in items if not item.withdrawn] == [items[0], items[2]]
    assert db.session.scalars(select(AgendaItem).where(AgendaItem.withdrawn)).all() == [items[1]]
    assert set(db.session.scalars(select(AgendaItem).where(~AgendaItem.withdrawn))) == {items[0], items[2]}


MOMENT = re.compile(r"""(?:item|AgendaItem)\.withdrawn_at|attr\(["']withdrawn_at""")
"""A use of an item's moment outside its model. A notice has one too, which means that it was posted by mistake."""


def test_only_the_model_says_what_withdrawn_means() -> None:
    """Elsewhere the moment is only set, and shown on the item's page; whether it is withdrawn is asked."""
    modules = {name for name, text in flow.sources().items() if MOMENT.search(text)}
    assert modules == {"govern.meetings.operations", "govern.paragraphs.operations"}
    assert {name for name, text in flow.pages().items() if MOMENT.search(text)} == {"templates/meetings/item.html"}
