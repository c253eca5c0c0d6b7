"""What the slice adds to the application."""

from __future__ import annotations

from flask import Flask

from govern.notices import views
from govern.notices.publishing import views as publishing_views


def register(app: Flask) -> None:
    """Register the slice's pages."""
    app.register_blueprint(views.pages)
    app.register_blueprint(publishing_views.pages)
