"""What the slice adds to the application."""

from __future__ import annotations

from flask import Flask

from govern.forums import views
from govern.forums.house import colour_views
from govern.forums.house import views as house_views

HOUSES = {
    "house": ("/forum/<slug>/dokument", "forum"),
    "organisation_house": ("/installningar/samverkan/<slug>/dokument", "collaboration"),
}
"""The house style pages are registered for forums and for collaborations."""


def register(app: Flask) -> None:
    """Register the slice's pages, and the template function for a page's accent colour."""
    colour_views.init_app(app)
    app.register_blueprint(views.pages)
    app.register_blueprint(colour_views.pages)
    for name, (prefix, whose) in HOUSES.items():
        app.register_blueprint(house_views.pages, name=name, url_prefix=prefix, url_defaults={"whose": whose})
