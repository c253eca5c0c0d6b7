"""The application: settings, extensions, and every slice's pages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Flask, session
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_wtf import CSRFProtect
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

from govern import beside, collecting, config, letters, models
from govern.archive import register as archive
from govern.assignments import register as assignments
from govern.cases import register as cases
from govern.db import db, unit_of_work
from govern.forums import register as forums
from govern.markup import to_html
from govern.meetings import register as meetings
from govern.notices import register as notices
from govern.paragraphs import register as paragraphs
from govern.parties import register as parties
from govern.people import register as people
from govern.private import keep_private
from govern.protocols import register as protocols
from govern.web import errors, filters, incoming, logs, navigation, security, unchanged

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

SLICES = (people, parties, forums, cases, meetings, paragraphs, assignments, protocols, notices, archive)


FLASHES = "_flashes"
"""Where Flask keeps messages for the next page, in the session."""


class Application(Flask):
    """A Flask application in which every request is a unit of work: it commits once, when its view has returned.

    A page that is cached is answered without a request context.
    """

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        """Answer a request from the cache of pages if it can be, else as Flask does."""
        cached = unchanged.answer(self, environ, start_response)
        return super().wsgi_app(environ, start_response) if cached is None else cached

    def dispatch_request(self) -> ResponseReturnValue:
        """Dispatch the request to its view. If the commit fails, drop the messages that say what was saved."""
        try:
            with unit_of_work():
                return super().dispatch_request()
        except SQLAlchemyError:
            session.pop(FLASHES, None)
            raise


def create_app(settings: config.Settings | None = None, **overrides: Any) -> Flask:
    """Create the application: settings, database, sign-in, every slice's pages, error pages and headers.

    `overrides` are Flask settings, for tests.
    """
    collecting.start()
    settings = settings or config.from_environment()
    keep_private(settings.data_dir)
    static = beside("static")
    app = Application(
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
        SESSION_REFRESH_EACH_REQUEST=False,  # Only when the session's last use is recorded: see people/access.
        WTF_CSRF_TIME_LIMIT=None,  # The token is valid as long as the session: a meeting may last more than an hour.
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
    incoming.init_app(app)  # Before anything else reads the request.
    logs.init_app(app)
    unchanged.init_app(app)
    CSRFProtect(app)
    app.extensions["before_fork"] = []  # Functions that close what processes must not share after a fork: see serve.
    letters.register()
    for part in SLICES:
        part.register(app)
    navigation.init_app(app)
    security.init_app(app, https=settings.https)
    filters.init_app(app)
    app.add_template_filter(lambda blocks, below=0: Markup(to_html(blocks, below)), "html")  # noqa: S704 — from the clean tree
    errors.init_app(app)
    return app
