"""Accounts, and the database's tables."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click
from alembic.util import CommandError
from sqlalchemy import func, select

from govern import schema
from govern.cli.installation import command, commands, installation
from govern.db import db, now
from govern.errors import Refused
from govern.people import operations as people
from govern.people.models import Person


@command("account", help="Skapa ett konto. Lösenordet frågas efter, eller läses från standard in.")
@click.argument("email", metavar="E-POST")
@click.option("--name", metavar="NAMN", required=True, help="Personens namn.")
@click.option("--administrator", is_flag=True, help="Kontot får ändra forum, platser och konton.")
def account(email: str, name: str, administrator: bool) -> None:
    """Give someone an account; the person is found by the address or added."""
    if sys.stdin.isatty():
        password = click.prompt("Lösenord", hide_input=True, confirmation_prompt="Lösenordet en gång till")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    at = now()
    person = db.session.scalar(select(Person).where(func.lower(Person.email) == email.strip().lower()))
    person = person or people.add_person(name, email, by=None, at=at)
    people.add_account(person, email, password, administrator=administrator, by=None, at=at)
    click.echo(f"{person.name} kan logga in med {email.strip().lower()}.")


@commands.group("db", help="Databasens tabeller.")
def database() -> None:
    """Gather what is done to the database's shape."""


@database.command("upgrade", help="För databasen till den nyaste versionen, eller till en viss.")
@click.argument("revision", metavar="[VERSION]", default="head")
def upgrade(revision: str) -> None:
    """Bring the tables to a version."""
    _migrate(schema.upgrade, revision)


@database.command(
    "downgrade", help="För databasen tillbaka till en äldre version. Det som inte får plats där går förlorat."
)
@click.argument("revision", metavar="VERSION")
def downgrade(revision: str) -> None:
    """Take the tables back to a version."""
    _migrate(schema.downgrade, revision)


def _migrate(step: Callable[[str], None], revision: str) -> None:
    with installation(upgraded=False):
        try:
            step(revision)
        except CommandError as error:
            raise Refused(f"Databasen kan inte föras till {revision}: den versionen finns inte.") from error
        click.echo(f"Databasen har version {schema.current() or 'ingen'}.")
