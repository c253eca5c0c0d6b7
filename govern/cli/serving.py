"""Commands that run Govern, with or without demo content, and its background work."""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import replace
from functools import partial

import click
from flask import Flask
from sqlalchemy import select

from govern import background, demo, outbox, schema
from govern.archive.searching import indexing
from govern.cli.installation import commands, environment, installation
from govern.cli.protocols import bytes_of
from govern.config import Settings
from govern.db import db, in_turn, now
from govern.documents.binding.convert import office_off
from govern.people.models import Account
from govern.protocols.models import Protocol
from govern.protocols.states import ProtocolKind
from govern.serve import children, listen, load
from govern.supervise import Child, Supervisor
from govern.web import logs


@commands.command("run", help="Starta Govern: lägger upp det som saknas och svarar på webben tills det stoppas.")
@click.option("--demo", "with_demo", is_flag=True, help="Fyll en tom databas med demonstrationsinnehåll.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port att lyssna på, i stället för GOVERN_PORT.")
def run(with_demo: bool, port: int | None) -> None:
    """Prepare the installation, print its URL and serve it."""
    settings = environment()
    if port is not None:
        follows = settings.base_url == f"http://{settings.host}:{settings.port}"
        base_url = f"http://{settings.host}:{port}" if follows else settings.base_url
        settings = replace(settings, port=port, base_url=base_url)
    if with_demo and "GOVERN_SIGNING_FACTOR" not in os.environ:
        settings = replace(settings, signing_factor="offered")  # The demo's people have no authenticator apps.
    listening = listen(settings)
    with installation(settings, upgraded=False) as app:
        with schema.alone():
            schema.upgrade()
            if with_demo and _empty():
                click.echo("Demonstrationen byggs. Det tar en stund.")
                _build_demo()
        in_turn(indexing.repair)
        click.echo(f"Govern finns på {settings.base_url}")
        _show_demo(settings)
        if (off := office_off()) is not None:
            click.echo(f"{off.value} Word- och Excelfiler visas därför inte i bundna handlingar.")
        if _empty():
            click.echo("Inget konto finns än. Skapa det första med: govern account ADRESS --name NAMN --administrator")
    sys.stdout.flush()
    logs.configure(settings.log_level)
    load(app)
    beside = [Child("background", partial(_run_background, app, settings, listening))] if settings.background else []
    Supervisor([*children(app, settings, listening), *beside]).run()


def _run_background(app: Flask, settings: Settings, listening: socket.socket) -> None:
    """Run the background process, which closes the listening socket so that only web processes hold the port."""
    listening.close()
    background.run(app, settings)


def _empty() -> bool:
    return db.session.scalar(select(Account.id).limit(1)) is None


def _build_demo() -> None:
    demo.build(now())
    _drain_outbox()


def _drain_outbox() -> None:
    """Build the index, then run all outbox entries that are due."""
    indexing.reindex()
    while outbox.drain():
        pass


def _show_demo(settings: Settings) -> None:
    """Print the demo's sign-ins and the paths of a signed protocol's files; print nothing if there is no demo."""
    offered = demo.DEMO_SIGN_INS
    query = select(Account.email).where(Account.email.in_([sign_in.email for sign_in in offered]))
    known = set(db.session.scalars(query))
    sign_ins = [sign_in for sign_in in offered if sign_in.email in known]
    if not sign_ins:
        return
    click.echo("\nLogga in som")
    for sign_in in sign_ins:
        click.echo(f"  {sign_in.role}: {sign_in.name}, {sign_in.email}, lösenord {sign_in.password}")
    protocol = _signed_protocol()
    if protocol is not None:
        folder = settings.data_dir.resolve() / "demo"
        folder.mkdir(mode=0o700, exist_ok=True)
        click.echo("\nEtt förseglat och undertecknat protokoll")
        for ending in ("docx", "pdf"):
            path = folder / f"protokoll.{ending}"
            path.write_bytes(bytes_of(protocol, ending))
            click.echo(f"  {path}")
    click.echo("")


def _signed_protocol() -> Protocol | None:
    """Return the newest protocol that everyone has signed or refused to sign, or None."""
    query = (
        select(Protocol)
        .where(Protocol.settled, Protocol.kind == ProtocolKind.MAIN)
        .order_by(Protocol.sealed_at.desc())
        .limit(1)
    )
    return db.session.scalar(query)


@commands.command("demo", help="Fyll en tom databas med demonstrationsinnehåll.")
def build_demo() -> None:
    """Create or upgrade the tables and build the demo."""
    settings = environment()
    with installation(settings, upgraded=False):
        with schema.alone():
            schema.upgrade()
            _build_demo()
        _show_demo(settings)


@commands.command("worker", help="Gör det som väntar efter sparade ändringar, tills det stoppas.")
def worker() -> None:
    """Run only the background process, for web servers on other machines."""
    settings = environment()
    with installation(settings) as app:
        indexing.repair()
    logs.configure(settings.log_level)
    load(app)
    background.run(app, settings)
