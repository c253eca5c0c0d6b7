"""The handbook's page."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from govern.archive.handbook.queries import chapter_for, handbook
from govern.people.access import ANYONE, allow

pages = Blueprint("handbook", __name__)


@pages.get("/handbok")
@allow(ANYONE)
def read() -> ResponseReturnValue:
    """Show the handbook."""
    return render_template("archive/handbook.html", handbook=handbook())


@pages.app_template_global("help_url")
def help_url() -> str:
    """Return the address of the handbook, at the chapter that explains the page being shown."""
    return url_for("handbook.read", _anchor=chapter_for(request.blueprint) or None)
