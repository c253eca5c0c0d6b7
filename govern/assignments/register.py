"""What the slice adds to the application."""

from __future__ import annotations

from flask import Flask

from govern import hooks
from govern.assignments import views
from govern.assignments.carrying import operations as carrying
from govern.assignments.carrying import views as carrying_views
from govern.assignments.followup import views as followup_views


def register(app: Flask) -> None:
    """Register the slice's pages, and its hooks for planned and removed meetings and changed secrecy."""
    for pages in (views.pages, carrying_views.pages, followup_views.pages):
        app.register_blueprint(pages)
    hooks.follow(hooks.Event.MEETING_PLANNED, carrying.carry_into)
    hooks.follow(hooks.Event.MEETING_UNPLANNED, carrying.take_out_of)
    hooks.follow(hooks.Event.PARAGRAPH_WITHHELD, carrying.withhold_carried)
