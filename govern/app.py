"""The application: settings, extensions, and every slice's pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from flask_babel import Babel
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix

from govern import beside, collecting, config, models
from govern.archive.abbreviations.views import pages as abbreviation_pages
from govern.archive.exporting.views import pages as exporting_pages
from govern.archive.log.views import pages as log_pages
from govern.archive.searching import engines
from govern.archive.searching.views import pages as search_pages
from govern.archive.views import pages as archive_pages
from govern.archive.watching import telling
from govern.archive.watching.views import pages as watching_pages
from govern.archive.watching.views import stop
from govern.assignments.carrying.views import pages as carrying_pages
from govern.assignments.followup.views import pages as followup_pages
from govern.assignments.views import pages as assignment_pages
from govern.cases.proposals.views import pages as proposal_pages
from govern.db import db
from govern.forums.house import colour_views as colours
from govern.forums.house.colour_views import pages as colour_pages
from govern.forums.house.views import pages as house_pages
from govern.forums.views import pages as forum_pages
from govern.markup import to_html
from govern.meetings.inviting.views import pages as inviting_pages
from govern.meetings.presence.views import pages as presence_pages
from govern.meetings.summons.views import pages as summons_pages
from govern.meetings.views import pages as meeting_pages
from govern.notices.publishing.views import pages as publishing_pages
from govern.notices.views import pages as notice_pages
from govern.paragraphs import reindexing  # noqa: F401 — registers what the outbox does
from govern.paragraphs.drafting.views import pages as drafting_pages
from govern.paragraphs.live.views import pages as live_pages
from govern.paragraphs.phrases.views import pages as phrase_pages
from govern.paragraphs.reviewing.views import pages as reviewing_pages
from govern.paragraphs.superseding.views import pages as superseding_pages
from govern.paragraphs.views import pages as paragraph_pages
from govern.parties.views import pages as party_pages
from govern.people import access as people_access
from govern.people.accounts.own_views import pages as account_pages
from govern.people.accounts.views import pages as administering_pages
from govern.people.background.views import pages as background_pages
from govern.people.sessions import devices
from govern.people.views import pages as people_pages
from govern.private import keep_private
from govern.protocols.adjusting import reminding
from govern.protocols.adjusting.views import pages as adjusting_pages
from govern.protocols.binding.views import pages as binding_pages
from govern.protocols.correcting.views import pages as correcting_pages
from govern.protocols.dispatching.views import pages as dispatch_pages
from govern.protocols.extracting.views import pages as extract_pages
from govern.protocols.immediate.views import pages as immediate_pages
from govern.protocols.paper_views import pages as paper_pages
from govern.protocols.signing import archiving  # noqa: F401 — registers what the worker does
from govern.protocols.signing.views import pages as signing_pages
from govern.protocols.signing.views import returned
from govern.protocols.verifying.views import pages as verification_pages
from govern.protocols.views import pages as protocol_pages
from govern.web import errors, filters, incoming, logs, navigation, security

BLUEPRINTS = (
    party_pages,
    people_pages,
    administering_pages,
    log_pages,
    background_pages,
    account_pages,
    forum_pages,
    colour_pages,
    proposal_pages,
    meeting_pages,
    summons_pages,
    inviting_pages,
    presence_pages,
    paragraph_pages,
    live_pages,
    drafting_pages,
    phrase_pages,
    superseding_pages,
    reviewing_pages,
    assignment_pages,
    carrying_pages,
    followup_pages,
    protocol_pages,
    paper_pages,
    adjusting_pages,
    correcting_pages,
    extract_pages,
    dispatch_pages,
    binding_pages,
    immediate_pages,
    signing_pages,
    verification_pages,
    notice_pages,
    publishing_pages,
    archive_pages,
    search_pages,
    watching_pages,
    exporting_pages,
    abbreviation_pages,
)

HOUSES = {
    "house": ("/forum/<slug>/dokument", "forum"),
    "organisation_house": ("/installningar/samverkan/<slug>/dokument", "collaboration"),
}
"""How documents look is chosen beneath a forum, and beneath a collaboration for all its forums."""


def create_app(settings: config.Settings | None = None, **overrides: Any) -> Flask:
    """Make the application: settings, database, sign-in, every slice's pages, error pages and headers.

    `overrides` are Flask's own settings, for tests.
    """
    collecting.start()
    settings = settings or config.from_environment()
    keep_private(settings.data_dir)
    static = beside("static")
    app = Flask(
        "govern",
        template_folder=str(beside("templates")),
        static_folder=str(static),
        static_url_path=f"/static/{security.digest_of(static)}",
    )
    app.config.update(
        GOVERN=settings,
        SECRET_KEY=config.secret_key(settings),
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_size": settings.threads + 4, "max_overflow": 8},
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1_000_000,
        BABEL_DEFAULT_LOCALE="sv",
        BABEL_DEFAULT_TIMEZONE="Europe/Stockholm",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_NAME=settings.session_cookie,
        SESSION_REFRESH_EACH_REQUEST=False,  # Only when the session is noted to be alive: see people/access.
        WTF_CSRF_TIME_LIMIT=None,  # The token lives as long as the session: a meeting is longer than an hour.
    )
    app.config.update(overrides)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    db.init_app(app)
    models.load()
    Babel(app)
    incoming.init_app(app)  # Before anything else looks at a request.
    csrf = CSRFProtect(app)
    csrf.exempt(returned)  # It comes from a signing service's site; see its own proof.
    csrf.exempt(stop)  # A mail program sends it, and its address is its proof (RFC 8058).
    people_access.init_app(app, LoginManager(app))
    app.after_request(devices.send)
    navigation.init_app(app)
    logs.init_app(app)
    security.init_app(app, https=settings.https)
    filters.init_app(app)
    colours.init_app(app)
    engines.init_app(app)
    app.extensions["reminders"] = reminding.TOPIC  # Imported, it does the outbox's reminders.
    app.extensions["searches told"] = telling.TELL  # As does this.
    app.add_template_filter(lambda blocks, below=0: Markup(to_html(blocks, below)), "html")  # noqa: S704 — from the clean tree
    errors.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for name, (prefix, whose) in HOUSES.items():
        app.register_blueprint(house_pages, name=name, url_prefix=prefix, url_defaults={"whose": whose})
    return app
