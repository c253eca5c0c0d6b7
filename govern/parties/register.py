"""What the slice adds to the application."""

from __future__ import annotations

from flask import Flask

from govern.parties.views import pages


def register(app: Flask) -> None:
    """Add the slice's pages."""
    app.register_blueprint(pages)
