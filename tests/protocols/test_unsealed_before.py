"""Before sealing, the page lists the earlier paragraphs of the series that are not sealed yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from govern.meetings.states import MeetingState
from govern.paragraphs.models import Paragraph
from govern.paragraphs.states import ParagraphState
from govern.protocols.queries import unsealed_before
from tests import make
from tests.browse import Browser
from tests.cast import Cast

Browse = Callable[..., Browser]


def meetings(cast: Cast) -> list[Paragraph]:
    """Hold three meetings in one series with two paragraphs each, and one meeting in another series."""
    series, other = make.series(cast.forum, 12), make.series(cast.elsewhere, 1)
    held = [
        make.meeting(cast.forum, state=MeetingState.CLOSED, day=date(2024, month, 22), chair=cast.anna)
        for month in (3, 4, 5)
    ]
    rows = [
        make.paragraph(meeting, series, f"Ärende {number}", cast.anna, ParagraphState.APPROVED)
        for meeting in held
        for number in (1, 2)
    ]
    away = make.meeting(cast.elsewhere, state=MeetingState.CLOSED, day=date(2024, 2, 1), chair=cast.anna)
    make.paragraph(away, other, "Annat", cast.anna, ParagraphState.APPROVED)
    make.commit()
    return rows


def test_earlier_numbers_that_are_not_sealed_are_named(cast: Cast, browse: Browse) -> None:
    """Later paragraphs are not listed, nor those sealed alone or with their meeting."""
    rows = meetings(cast)
    first, second, third = rows[0].meeting, rows[2].meeting, rows[4].meeting
    assert unsealed_before(first) == []
    assert unsealed_before(third) == [(first, [12, 13]), (second, [14, 15])]
    rows[0].sealed_at = make.AT
    second.state, second.sealed_at = MeetingState.SEALED, make.AT
    make.commit()
    assert unsealed_before(third) == [(first, [13])]
    address, earlier = f"/moten/{third.id}/kontroll", f"/moten/{first.id}/kontroll"
    cilla = browse("cilla")
    told = cilla.get(address).text("#tidigare")
    assert "§ 13, 22 mars 2024" in told
    assert "Det hindrar inte" in told
    assert not cilla.get(earlier).all("#tidigare")
