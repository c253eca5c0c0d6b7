"""Commands for accounts and for the database schema."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click
from alembic.util import CommandError
from sqlalchemy import func, select

from govern import schema
from govern.addresses import spellings
from govern.cli.installation import command, commands, installation
from govern.db import db, now
from govern.errors import Refused
from govern.people import operations as people
from govern.people.accounts import operations as accounts
from govern.people.models import Account, Person


@command("account", help="Skapa ett konto. Lösenordet frågas efter, eller läses från standard in.")
@click.argument("email", metavar="E-POST")
@click.option("--name", metavar="NAMN", required=True, help="Personens namn.")
@click.option("--administrator", is_flag=True, help="Kontot får ändra forum, platser och konton.")
def account(email: str, name: str, administrator: bool) -> None:
    """Create an account for the person with this address, who is added if unknown."""
    if sys.stdin.isatty():
        password = click.prompt("Lösenord", hide_input=True, confirmation_prompt="Lösenordet en gång till")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    at = now()
    person = db.session.scalar(select(Person).where(func.lower(Person.email).in_(spellings(email.lower()))))
    person = person or people.add_person(name, email, by=None, at=at)
    people.add_account(person, email, password, administrator=administrator, by=None, at=at)
    click.echo(f"{person.name} kan logga in med {email.strip().lower()}.")


@command("account-link", help="Gör en engångslänk för att välja ett nytt lösenord, när ingen administratör kommer in.")
@click.argument("email", metavar="E-POST")
@click.option("--second-step", is_flag=True, help="Ta också bort andra steg och återställningskoder.")
def account_link(email: str, second_step: bool) -> None:
    """Create a password link for an account; its owner is notified, and the account may not sign for a day."""
    at, held = now(), _account(email)
    if second_step:
        accounts.reset_factors(held, by=None, at=at)
    token = accounts.new_link(held, mailed=False, by=None, at=at)
    click.echo(f"{held.person.name} väljer lösenord här, en gång och inom ett dygn:\n{accounts.address_of(token)}")


@command("account-rights", help="Ge eller ta ett kontos rätt att administrera, eller stäng av eller öppna det.")
@click.argument("email", metavar="E-POST")
@click.option("--administrator/--no-administrator", default=None, help="Kontot får administrera, eller inte längre.")
@click.option("--disable/--enable", "disabled", default=None, help="Kontot stängs av, eller öppnas igen.")
@click.option("--force", is_flag=True, help="Också när ingen administratör blir kvar.")
def account_rights(email: str, administrator: bool | None, disabled: bool | None, force: bool) -> None:
    """Change an account's rights; its owner is notified."""
    at, held = now(), _account(email)
    if administrator is not None:
        accounts.set_administrator(held, administrator, by=None, at=at, force=force)
    if disabled is not None:
        accounts.set_disabled(held, disabled, by=None, at=at, force=force)
    said = [
        "administratör" if held.administrator else "inte administratör",
        "avstängt" if held.disabled_at else "öppet",
    ]
    click.echo(f"{held.email}: {', '.join(said)}.")


def _account(email: str) -> Account:
    held = people.account_by_email(people.normalise_email(email) or "")
    if held is None:
        raise Refused(f"Det finns inget konto med adressen {email}.")
    return held


@commands.group("db", help="Databasens tabeller.")
def database() -> None:
    """The group of database schema commands."""


@database.command("upgrade", help="För databasen till den nyaste versionen, eller till en viss.")
@click.argument("revision", metavar="[VERSION]", default="head")
def upgrade(revision: str) -> None:
    """Upgrade the tables to a version."""
    _migrate(schema.upgrade, revision)


@database.command(
    "downgrade", help="För databasen tillbaka till en äldre version. Det som inte får plats där går förlorat."
)
@click.argument("revision", metavar="VERSION")
def downgrade(revision: str) -> None:
    """Downgrade the tables to a version."""
    _migrate(schema.downgrade, revision)


def _migrate(step: Callable[[str], None], revision: str) -> None:
    with installation(upgraded=False):
        try:
            with schema.alone():
                step(revision)
        except CommandError as error:
            raise Refused(f"Databasen kan inte föras till {revision}: den versionen finns inte.") from error
        click.echo(f"Databasen har version {schema.current() or 'ingen'}.")
