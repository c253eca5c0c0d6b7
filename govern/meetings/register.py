"""What the slice adds to the application."""

from __future__ import annotations

from flask import Flask

from govern import outbox
from govern.cases import listing
from govern.meetings import access, views
from govern.meetings.inviting import views as inviting_views
from govern.meetings.models import AGENDAS, SummonsPackage
from govern.meetings.presence import views as presence_views
from govern.meetings.removing import views as removing_views
from govern.meetings.summons import packing
from govern.meetings.summons import views as summons_views
from govern.people.noting import shows_secrets
from govern.topics import Topic

PAGES = (views.pages, summons_views.pages, inviting_views.pages, presence_views.pages, removing_views.pages)


def register(app: Flask) -> None:
    """Register the slice's pages, its places that list papers, its test for secrets, and the handler that packs."""
    for pages in PAGES:
        app.register_blueprint(pages)
    listing.add("agendas", AGENDAS)
    shows_secrets(SummonsPackage, access.shows_secret_package)
    outbox.handle(
        Topic.PACK,
        packing.pack,
        lane=outbox.Lane.DOCUMENTS,
        seconds=3600,
        tries=4,
        together=1,
        gives_up=packing.mark_failed,
    )
