"""What the slice adds to the application."""

from __future__ import annotations

from flask import Flask

from govern.cases import access
from govern.cases.models import Attachment, Proposal
from govern.cases.proposals.views import pages
from govern.people.noting import shows_secrets


def register(app: Flask) -> None:
    """Register the slice's pages, and its tests for showing secrets."""
    app.register_blueprint(pages)
    shows_secrets(Attachment, access.shows_secret_attachment)
    shows_secrets(Proposal, access.shows_secret_proposal)
