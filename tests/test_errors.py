"""When something cannot be done, the page answers with a Swedish sentence that says what to do, and nothing changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from govern.cases.models import Attachment, StoredFile
from govern.db import db
from govern.meetings.states import MeetingState
from govern.protocols.models import Protocol
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.screen import Screen

Browse = Callable[..., Browser]


def test_a_second_seal(browse: Browse, cast: Cast) -> None:
    """A meeting that is already sealed is not sealed again; the page leads to its protocol."""
    meeting = make.meeting(cast.forum, state=MeetingState.SEALED, chair=cast.anna, secretary=cast.cilla)
    make.add(
        Protocol(meeting=meeting, record=b"{}", sha256="a" * 64, docx=b"PK", sealed_at=make.AT, sealed_by=cast.cilla)
    )
    make.commit()
    page = browse("cilla").post(f"/moten/{meeting.id}/forsegla", status=422)
    assert "förseglat" in page.text("main")
    assert db.session.scalar(select(func.count()).select_from(Protocol)) == 1


@pytest.mark.browser
def test_a_file_of_200_megabytes(cast: Cast, screen: Callable[..., Screen], tmp_path: Path) -> None:
    """The page says how large a file may be, and stores nothing."""
    large = tmp_path / "stor.pdf"
    with large.open("wb") as file:
        file.truncate(200_000_000)
    meeting = make.meeting(cast.forum, chair=cast.anna, secretary=cast.cilla)
    item = make.add(make.AgendaItem(meeting=meeting, position=1, heading="Gemensam växel", note=""))
    make.commit()
    address = f"/arendepunkter/{item.id}"
    shown = screen("cilla")
    shown.page.goto(address)
    shown.page.locator("input[type=file]").set_input_files(large)
    shown.page.get_by_text("En fil får vara högst 100 MB. Välj en mindre fil eller dela upp den.").wait_for()
    shown.allow_complaint("413")
    kept = [db.session.scalar(select(func.count()).select_from(model)) for model in (Attachment, StoredFile)]
    assert kept == [0, 0]
