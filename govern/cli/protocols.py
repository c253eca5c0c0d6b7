"""Commands that export, import and verify protocols."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask import current_app

from govern.archive.importing import operations as importing
from govern.cli.installation import command, first_administrator, person_of
from govern.db import now
from govern.errors import Refused
from govern.forums.queries import forum_by_slug
from govern.protocols.models import Protocol
from govern.protocols.queries import latest_file, protocol_by_id
from govern.protocols.verifying import judging as verifying
from govern.protocols.verifying import sentences
from govern.protocols.verifying.report import report_pdf


@command("export", help="Skriv ett förseglat protokoll till en fil.")
@click.argument("protocol_id", metavar="PROTOKOLL", type=int)
@click.option("--format", "ending", type=click.Choice(["docx", "pdf", "json"]), required=True, help="Filens format.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Filen att skriva.")
def export(protocol_id: int, ending: str, out: Path) -> None:
    """Write a protocol's file, for a PDF the latest signed version."""
    protocol = protocol_by_id(protocol_id)
    if protocol is None:
        raise Refused(f"Det finns inget protokoll med nummer {protocol_id}.")
    try:
        out.write_bytes(bytes_of(protocol, ending))
    except OSError as error:
        raise Refused(f"Filen {out} går inte att skriva: {error.strerror}.") from error


def bytes_of(protocol: Protocol, ending: str) -> bytes:
    match ending:
        case "pdf":
            return latest_file(protocol).pdf
        case "docx":
            return protocol.docx
        case _:
            return protocol.record


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"Filen {path} går inte att läsa: {error.strerror}.") from error


@command("verify", help="Kontrollera att en fil är ett protokoll som förseglats här, oförändrat och undertecknat.")
@click.argument("file", metavar="FIL", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Skriv rapporten som PDF till en fil.")
def verify(file: Path, as_json: bool, report: Path | None) -> int:
    """Verify a PDF, a Word file or a record; the exit code is 0 if it is genuine."""
    at = now()
    found = sentences.as_json(verifying.verify(_read(file), at=at))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        for sentence in found["sentences"]:
            click.echo(sentence)
    if report is not None:
        try:
            report.write_bytes(report_pdf(found, file.name, at, current_app.config["GOVERN"].organisation))
        except OSError as error:
            raise Refused(f"Filen {report} går inte att skriva: {error.strerror}.") from error
    return 0 if found["genuine"] else 1


@command("import", help="Läs in ett protokoll från en post som exporterats som JSON.")
@click.argument("file", metavar="POST.json", type=click.Path(path_type=Path))
@click.option("--forum", "slug", metavar="FORUM", required=True, help="Forumet, som det skrivs i adressen.")
@click.option("--as", "email", metavar="E-POST", help="Vem som läser in; annars den första administratören.")
def import_(file: Path, slug: str, email: str | None) -> None:
    """Import a record into a forum."""
    forum = forum_by_slug(slug)
    if forum is None:
        raise Refused(f"Det finns inget forum med adressen {slug}.")
    protocol = importing.import_record(
        _read(file), forum, by=person_of(email) if email else first_administrator(), at=now()
    )
    click.echo(f"Protokollet är inläst som nummer {protocol.id}.")
