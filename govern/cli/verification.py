"""Commands for the certificate authority, archive time-stamps and verification of the audit log."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from govern import audit
from govern.cli.installation import commands, installation, person_of
from govern.db import db, now
from govern.errors import Refused
from govern.protocols.models import Protocol
from govern.protocols.queries import protocol_by_id
from govern.protocols.signing import keys
from govern.protocols.signing import operations as signing
from govern.protocols.verifying.judging import stored_faults
from govern.swedish import counted


@commands.group("ca", help="Certifikaten som protokoll undertecknas med.")
def authority() -> None:
    """The group of certificate commands."""


@authority.command("init", help="Gör installationens rotcertifikat. Annars görs det vid den första underskriften.")
def init() -> None:
    """Create the root certificate."""
    with installation():
        row = keys.initialise(by=None, at=now())
        click.echo(f"Rotcertifikatet {row.serial} gäller till {row.expires_at.date()}.")


@authority.command("issue", help="Utfärda ett certifikat till den som har kontot.")
@click.argument("email", metavar="E-POST")
def issue(email: str) -> None:
    """Issue a certificate."""
    with installation():
        person = person_of(email)
        row = keys.issue(person, by=None, at=now())
        click.echo(f"{person.name} har certifikatet {row.serial}, som gäller till {row.expires_at.date()}.")


@authority.command("revoke", help="Återkalla någons certifikat. Det som redan är undertecknat gäller.")
@click.argument("email", metavar="E-POST")
def revoke(email: str) -> None:
    """Revoke someone's certificates."""
    with installation():
        person = person_of(email)
        for row in keys.revoke(person, by=None, at=now()):
            click.echo(f"Certifikatet {row.serial} för {person.name} är återkallat.")


@authority.command("crl", help="Skriv spärrlistan (DER) till en fil. Den finns också på /ca/crl.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Filen att skriva.")
def crl(out: Path) -> None:
    """Write the certificate revocation list."""
    with installation():
        try:
            out.write_bytes(keys.revocation_list(at=now()))
        except LookupError as error:
            raise Refused("Det finns inget rotcertifikat än. Gör ett med: govern ca init") from error
        except OSError as error:
            raise Refused(f"Filen {out} går inte att skriva: {error.strerror}.") from error


@commands.command("archive", help="Lägg en ny arkivtidsstämpel på ett undertecknat protokoll.")
@click.argument("protocol_id", metavar="PROTOKOLL", type=int)
def archive(protocol_id: int) -> None:
    """Add a new archive time-stamp to a protocol before the certificate of the last one expires."""
    with installation():
        protocol = protocol_by_id(protocol_id)
        if protocol is None:
            raise Refused(f"Det finns inget protokoll med nummer {protocol_id}.")
        file = signing.archive(protocol, at=now())
        click.echo(f"Protokollet är arkivtidsstämplat, som version {file.revision}.")


@commands.group("audit", help="Loggen över allt som görs.")
def log() -> None:
    """The group of audit log commands."""


@log.command("anchor", help="Skriv ut var loggen är nu, att spara någon annanstans och pröva mot senare.")
def anchor() -> None:
    """Print the log's anchor."""
    with installation():
        click.echo(str(audit.anchor()))


@log.command("verify", help="Pröva att ingen rad i loggen, inget sparat protokoll och ingen sparad fil har ändrats.")
@click.option("--anchor", "anchors", metavar="ANKARE", multiple=True, help="Ett ankare som skrevs ut tidigare.")
def verify(anchors: tuple[str, ...]) -> int:
    """Verify the audit log and the stored protocols; the exit code is 0 if all are intact."""
    try:
        known = [audit.parse_anchor(text) for text in anchors]
    except ValueError as error:
        raise Refused(f"Ankaret går inte att läsa: {error}.") from error
    with installation():
        found = [broken.sentence for broken in audit.breaks(known)]
        protocols = 0
        for protocol_id in db.session.scalars(select(Protocol.id).order_by(Protocol.id)).all():
            protocol = db.session.get_one(Protocol, protocol_id)
            found += [f"Protokoll {protocol_id}: {sentence}" for sentence in stored_faults(protocol)]
            protocols += 1
            db.session.expunge_all()
        for sentence in found:
            click.echo(sentence)
        if not found:
            rows = counted(audit.anchor().entries, "rad", "rader")
            click.echo(f"Loggens {rows} och {protocols} protokoll är oförändrade.")
        return 1 if found else 0
