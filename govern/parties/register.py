"""Register the slice with the application."""

from __future__ import annotations

from flask import Flask

from govern.parties.views import pages


def register(app: Flask) -> None:
    """Register the slice's pages."""
    app.register_blueprint(pages)
