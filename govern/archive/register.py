"""Register the slice with the application."""

from __future__ import annotations

from flask import Flask

from govern import outbox
from govern.archive import timeline, views
from govern.archive.abbreviations import views as abbreviation_views
from govern.archive.exporting import views as exporting_views
from govern.archive.handbook import views as handbook_views
from govern.archive.log import views as log_views
from govern.archive.searching import engines, indexing
from govern.archive.searching import views as search_views
from govern.archive.watching import mailing
from govern.archive.watching import views as watching_views
from govern.cases.models import Case
from govern.people.noting import shows_secrets
from govern.topics import Topic

PAGES = (
    *(views.pages, log_views.pages, search_views.pages, watching_views.pages),
    *(exporting_views.pages, abbreviation_views.pages, handbook_views.pages),
)


def register(app: Flask) -> None:
    """Register the slice's pages, the search engine and the outbox handlers."""
    engines.init_app(app)
    app.extensions["before_fork"].append(engines.close)
    for pages in PAGES:
        app.register_blueprint(pages)
    app.extensions["csrf"].exempt(watching_views.stop)  # Mail programs POST it; the token authorises them (RFC 8058).
    shows_secrets(Case, timeline.shows_secret_case)
    outbox.handle(Topic.INDEX, indexing.update_index)
    outbox.handle(Topic.INDEX_MEETING, indexing.update_meetings)
    outbox.handle(Topic.INDEX_FORUM, indexing.update_forums)
    outbox.handle(Topic.OVERDUE, indexing.queue_overdue)
    outbox.handle(Topic.REINDEX, indexing.rebuild, lane=outbox.Lane.REBUILD, seconds=6 * 3600)
    outbox.handle(Topic.WATCH, mailing.record_hits, seconds=600, **outbox.BY_MAIL)
    outbox.handle(Topic.TELL, mailing.mail_hits, together=1, **outbox.BY_MAIL)
