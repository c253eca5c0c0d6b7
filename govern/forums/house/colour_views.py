"""The web pages in a collaboration's own colour: a sheet of two rules, loaded after the others."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, abort, g

from govern.documents.colour import is_colour
from govern.forums.house.queries import accent_for
from govern.forums.house.rules import sheet
from govern.people.access import ANYONE, allow, someone
from govern.web.security import A_YEAR, shared

pages = Blueprint("colours", __name__)


@pages.get("/farg/<accent>.css")
@allow(ANYONE)
@shared(A_YEAR)
def colours(accent: str) -> Response:
    """Return the sheet for a colour; a colour's sheet never changes, and says nothing of whose it is."""
    if not is_colour(accent):
        abort(404)
    return Response(sheet(accent.lower()), mimetype="text/css")


def init_app(app: Flask) -> None:
    """Let the layouts ask for the colour of the page they show."""

    @app.template_global()
    def house_accent() -> str | None:
        return accent_for(someone(), g.get("row"))
