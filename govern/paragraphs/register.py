"""What the slice adds to the application."""

from __future__ import annotations

from flask import Flask

from govern import outbox
from govern.cases import listing
from govern.meetings.models import AgendaItem, Meeting
from govern.paragraphs import access, reindexing, views
from govern.paragraphs.drafting import views as drafting_views
from govern.paragraphs.live import views as live_views
from govern.paragraphs.models import PARAGRAPHS, Paragraph
from govern.paragraphs.phrases import views as phrase_views
from govern.paragraphs.reviewing import views as reviewing_views
from govern.paragraphs.superseding import views as superseding_views
from govern.paragraphs.undoing import views as undoing_views
from govern.people.noting import shows_secrets
from govern.topics import Topic

PAGES = (
    *(views.pages, live_views.pages, drafting_views.pages),
    *(phrase_views.pages, superseding_views.pages, reviewing_views.pages),
    undoing_views.pages,
)


def register(app: Flask) -> None:
    """Register the slice's pages, where it lists papers, its tests for showing secrets, and the handler of files."""
    for pages in PAGES:
        app.register_blueprint(pages)
    listing.add("paragraphs", PARAGRAPHS)
    shows_secrets(Paragraph, access.shows_secret_paragraph)
    shows_secrets(AgendaItem, access.shows_secret_item)
    shows_secrets(Meeting, access.shows_secret_meeting)
    outbox.handle(
        Topic.READ,
        reindexing.read_files,
        lane=outbox.Lane.DOCUMENTS,
        seconds=300,
        tries=4,
        together=1,
        gives_up=reindexing.mark_unreadable,
    )
