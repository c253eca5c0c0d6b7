"""The installation that a command works in, and the command group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click
from flask import Flask
from sqlalchemy import select

import govern
from govern import config, schema
from govern.addresses import spellings
from govern.config import Settings
from govern.db import db, in_turn
from govern.errors import Refused
from govern.people.models import Account, Person


@click.group(help="Govern: möten, protokoll, underskrifter och beslut för kommuner som samverkar.")
@click.version_option(package_name="govern", message="govern %(version)s", help="Visa versionen.")
def commands() -> None:
    """The root command group."""


def environment() -> Settings:
    try:
        return config.from_environment()
    except ValueError as error:
        raise Refused(f"En inställning går inte att läsa: {error}.") from error


@contextmanager
def installation(settings: Settings | None = None, *, upgraded: bool = True) -> Iterator[Flask]:
    """Open the installation that the environment configures; with `upgraded`, its schema must be current."""
    app = govern.create_app(settings or environment())
    with app.app_context():
        try:
            if upgraded and schema.current() != schema.head():
                raise Refused("Databasen hör till en annan version av Govern. Kör govern db upgrade först.")
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def command(name: str, **texts: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a command that runs within the opened installation."""

    def declare(work: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(work)
        def opened(*arguments: Any, **options: Any) -> Any:
            with installation():
                return in_turn(lambda: work(*arguments, **options))

        return commands.command(name, **texts)(opened)

    return declare


def person_of(email: str) -> Person:
    account = db.session.scalar(select(Account).where(Account.email.in_(spellings(email.lower()))))
    if account is None:
        raise Refused(f"Det finns inget konto med adressen {email}.")
    return account.person


def first_administrator() -> Person:
    query = select(Account).where(Account.administrator, Account.disabled_at.is_(None)).order_by(Account.id).limit(1)
    account = db.session.scalar(query)
    if account is None:
        raise Refused("Det finns ingen administratör. Skapa en med: govern account ADRESS --name NAMN --administrator")
    return account.person
