"""What the slice adds to the application."""

from __future__ import annotations

from flask import Flask

from govern import outbox
from govern.people.noting import shows_secrets
from govern.protocols import access, paper_views, views
from govern.protocols.adjusting import reminding
from govern.protocols.adjusting import views as adjusting_views
from govern.protocols.binding import operations as binding
from govern.protocols.binding import views as binding_views
from govern.protocols.correcting import views as correcting_views
from govern.protocols.dispatching import views as dispatching_views
from govern.protocols.dispatching.models import MeetingBinder
from govern.protocols.extracting import views as extracting_views
from govern.protocols.immediate import views as immediate_views
from govern.protocols.models import Protocol
from govern.protocols.signing import archiving
from govern.protocols.signing import views as signing_views
from govern.protocols.verifying import operations as verifying
from govern.protocols.verifying import views as verifying_views
from govern.topics import Topic

PAGES = (
    *(views.pages, paper_views.pages, adjusting_views.pages, correcting_views.pages, extracting_views.pages),
    *(dispatching_views.pages, binding_views.pages, immediate_views.pages),
    *(signing_views.pages, verifying_views.pages),
)


def register(app: Flask) -> None:
    """Register the slice's pages, who is shown anything confidential, and the handlers of the outbox."""
    for pages in PAGES:
        app.register_blueprint(pages)
    app.extensions["csrf"].exempt(signing_views.returned)  # Posted by a signing service's site; its answer is signed.
    shows_secrets(Protocol, access.shows_secret_protocol)
    shows_secrets(MeetingBinder, access.shows_secret_binder)
    documents = outbox.Lane.DOCUMENTS
    outbox.handle(Topic.REMIND, reminding.remind, seconds=900, together=1, **outbox.BY_MAIL)
    outbox.handle(
        Topic.BIND, binding.bind, lane=documents, seconds=3600, tries=4, together=1, gives_up=binding.mark_failed
    )
    outbox.handle(
        Topic.ARCHIVE,
        archiving.archive_signed,
        lane=documents,
        seconds=300,
        tries=outbox.TRIES_OVER_A_NETWORK,
        together=1,
    )
    verify = outbox.Lane.VERIFY
    outbox.handle(
        Topic.VERIFY,
        verifying.verify_submitted,
        lane=verify,
        seconds=300,
        tries=3,
        together=1,
        gives_up=verifying.mark_unverified,
    )
    outbox.handle(Topic.FORGET, verifying.forget, lane=verify)
