"""The web pages' accent colour: a small style sheet per colour, loaded after the others."""

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
    """Return the style sheet for a colour; it is public and cacheable, since it depends on the colour alone."""
    if not is_colour(accent):
        abort(404)
    return Response(sheet(accent.lower()), mimetype="text/css")


def init_app(app: Flask) -> None:
    """Register the template function for a page's colour."""

    @app.template_global()
    def house_accent() -> str | None:
        return accent_for(someone(), g.get("row"))
