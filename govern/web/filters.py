"""Template filters that format dates, times and numbers in Swedish."""

from __future__ import annotations

from flask import Flask

from govern.swedish import clock, counted, local_clock, local_day, long_date, moment, number, size, weekday


def init_app(app: Flask) -> None:
    """Register the filters."""
    app.add_template_filter(long_date, "day")
    for say in (weekday, clock, moment, local_day, local_clock, size, number, counted):
        app.add_template_filter(say)
