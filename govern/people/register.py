"""Register the slice with the application."""

from __future__ import annotations

from flask import Flask
from flask_login import LoginManager

from govern import outbox
from govern.people import access, events, views
from govern.people.accounts import operations as accounts
from govern.people.accounts import own_views
from govern.people.accounts import views as account_views
from govern.people.background import views as background_views
from govern.people.sessions import devices
from govern.topics import Topic

PAGES = (views.pages, account_views.pages, background_views.pages, own_views.pages)


def register(app: Flask) -> None:
    """Register sign-in, the slice's pages and its outbox handlers for email."""
    access.init_app(app, LoginManager(app))
    app.after_request(devices.send)
    for pages in PAGES:
        app.register_blueprint(pages)
    outbox.handle(Topic.ONE_TIME_LINK, accounts.deliver, together=1, **outbox.BY_MAIL)
    outbox.handle(Topic.ACCOUNT_EVENT, events.deliver, together=1, **outbox.BY_MAIL)
