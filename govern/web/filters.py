"""Template filters that format dates, times and numbers in Swedish."""

from __future__ import annotations

from flask import Flask

from govern.documents.papers import procedure
from govern.documents.papers.paragraph import parted, sits_for
from govern.record import Paragraph
from govern.swedish import (
    clock,
    counted,
    local_clock,
    local_day,
    long_date,
    moment,
    number,
    paragraph_range,
    size,
    weekday,
)


def init_app(app: Flask) -> None:
    """Register the filters."""
    app.add_template_filter(long_date, "day")
    app.add_template_filter(parted)
    app.add_template_filter(sits_for)
    app.add_template_filter(_put_to_the_meeting, "put_to_the_meeting")
    app.add_template_filter(procedure.result, "ballot_result")
    for say in (weekday, clock, moment, local_day, local_clock, size, number, counted, paragraph_range):
        app.add_template_filter(say)


def _put_to_the_meeting(fact: Paragraph) -> list[str]:
    return procedure.put_to_the_meeting(fact.motions, balloted=bool(fact.ballots))
