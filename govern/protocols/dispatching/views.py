"""Pages for sending a protocol's decisions to those concerned, and for the state of each letter."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from flask import Blueprint, abort, current_app, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import HiddenField, SelectMultipleField, StringField

from govern import mail, record
from govern.bounds import number
from govern.db import now
from govern.forums.access import KEEPS
from govern.letters import LetterState
from govern.meetings.models import Meeting
from govern.meetings.queries import meeting_by_id
from govern.people.access import allow, factor_for_signing, fresh_for, freshening_url, given_at, me
from govern.people.rules import given_lately
from govern.protocols.dispatching import operations as dispatching
from govern.protocols.dispatching.models import Dispatch
from govern.protocols.dispatching.operations import Recipient
from govern.protocols.extracting.operations import extracts_of, filename
from govern.protocols.extracting.rules import refuse_unadjusted
from govern.protocols.models import Protocol
from govern.protocols.queries import minutes_by_id, protocol_of
from govern.swedish import counted
from govern.web.forms import Form

pages = Blueprint("dispatching", __name__)


class DispatchForm(Form):
    """The §§ to send to a recipient, and which of the confidential ones they may read."""

    recipient = StringField("Mottagare")
    known = HiddenField()
    addresses = StringField("E-postadress", description="Flera adresser skrivs med komma emellan.")
    numbers = SelectMultipleField("Paragrafer", coerce=number, validate_choice=False)
    confirmed = SelectMultipleField("Bekräftad sekretess", coerce=number, validate_choice=False)


@pages.get("/moten/<int:meeting_id>/expediering")
@allow(KEEPS, meeting_by_id)
def of_meeting(meeting: Meeting) -> ResponseReturnValue:
    """Redirect to the dispatch of a meeting's protocol."""
    found = protocol_of(meeting) or abort(404)
    return redirect(url_for(".dispatch", protocol_id=found.id), 303)


@pages.get("/protokoll/<int:protocol_id>/expediering")
@allow(KEEPS, minutes_by_id)
def dispatch(protocol: Protocol) -> ResponseReturnValue:
    """Show the recipients of the decisions, and what has been sent."""
    return _page(protocol), 200


def _page(protocol: Protocol, refused: tuple[int, DispatchForm] | None = None) -> str:
    frozen = record.loads(protocol.record)
    recipients = dispatching.recipients_of(protocol, frozen)
    secret = dispatching.secret_numbers(frozen)
    rows = [row for recipient in recipients for row in recipient.dispatches]
    named = [recipient for recipient in recipients if recipient.numbers] + [Recipient("")]
    forms = [_form(place, recipient, secret, refused) for place, recipient in enumerate(named)]
    return render_template(
        "protocols/dispatch.html",
        protocol=protocol,
        meeting=protocol.meeting,
        paragraphs={p.number: p for p in frozen.paragraphs},
        secret=secret,
        named=list(zip(named, forms, strict=True)),
        rows=sorted(rows, key=lambda row: -row.id),
        ranges={row.id: facts.range for row, facts in extracts_of(protocol)},
        waits=any(row.letter and row.letter.state is LetterState.WAITING and not row.by_hand_at for row in rows),
        all_at_once=_ready(recipients, secret),
        refusal=refuse_unadjusted(protocol),
        configured=_mails(),
        fresh=given_lately(_fresh_at(), now(), fresh_for()),
        freshening=freshening_url(
            current_user.session, factor_for_signing(), url_for(".dispatch", protocol_id=protocol.id)
        ),
    )


def _form(place: int, recipient: Recipient, secret: set[int], refused: tuple[int, DispatchForm] | None) -> DispatchForm:
    if refused is not None and refused[0] == place:
        return refused[1]
    form = DispatchForm(formdata=None, prefix=f"m{place}-")
    form.recipient.data = form.known.data = recipient.name
    form.addresses.data = recipient.address
    form.numbers.data, form.confirmed.data = [n for n in recipient.numbers if n not in secret], []
    return form


def _ready(recipients: list[Recipient], secret: set[int]) -> list[Recipient]:
    """List the recipients with an address and an open § to whom nothing has been sent."""
    return [r for r in recipients if r.address and not r.done and set(r.numbers) - secret]


@pages.post("/protokoll/<int:protocol_id>/expediering/<int:place>/<any(skicka, anteckna):way>")
@allow(KEEPS, minutes_by_id)
def send(protocol: Protocol, place: int, way: str) -> ResponseReturnValue:
    """Certify an extract, and send it to one recipient or record that it goes by hand."""
    form = DispatchForm(prefix=f"m{place}-")
    name = form.known.data or form.recipient.data or ""
    addresses = dispatching.parse_addresses(form.addresses.data or "") if way == "skicka" else None
    protocol_id, numbers, confirmed = protocol.id, form.numbers.data or [], form.confirmed.data or []
    sent = form.try_(lambda: _send(protocol_id, name, numbers, confirmed, addresses))
    if sent is not None:
        if addresses and not _mails():
            flash(f"Brevet till {name} är skrivet, men inte skickat. Ladda ned det och skicka det.")
        else:
            flash(f"Utdraget till {name} {'skickas' if addresses else 'är antecknat som skickat'}.")
        return redirect(url_for(".dispatch", protocol_id=protocol_id, _anchor="skickat"), 303)
    return _page(_again(protocol_id), (place, form)), 422


def _send(
    protocol_id: int, name: str, numbers: list[int], confirmed: list[int], addresses: list[str] | None
) -> list[Dispatch]:
    return dispatching.certify_and_send(
        protocol_id,
        name,
        numbers,
        addresses=addresses,
        confirmed=confirmed,
        fresh_at=_fresh_at(),
        fresh_for=fresh_for(),
        by=me(),
        at=now(),
    )


def _again(protocol_id: int) -> Protocol:
    """Reload the protocol, since sending ends the transaction in which it was loaded."""
    return minutes_by_id(protocol_id) or abort(404)


@pages.post("/protokoll/<int:protocol_id>/expediering/alla")
@allow(KEEPS, minutes_by_id)
def send_all(protocol: Protocol) -> ResponseReturnValue:
    """Send the open §§ to everyone who has an address and has been sent nothing."""
    frozen = record.loads(protocol.record)
    protocol_id, secret = protocol.id, dispatching.secret_numbers(frozen)
    todo = [
        (r.name, [n for n in r.numbers if n not in secret], [r.address])
        for r in _ready(dispatching.recipients_of(protocol, frozen), secret)
    ]
    for name, numbers, addresses in todo:
        _send(protocol_id, name, numbers, [], addresses)
    if _mails():
        flash(f"{counted(len(todo), 'utdrag', 'utdrag')} skickas.")
    else:
        written = counted(len(todo), "brev är skrivet", "brev är skrivna")
        flash(f"{written}, men inget är skickat. Ladda ned och skicka.")
    return redirect(url_for(".dispatch", protocol_id=protocol_id, _anchor="skickat"), 303)


@pages.post("/expedieringar/<int:dispatch_id>/igen")
@allow(KEEPS, dispatching.dispatch_by_id)
def again(row: Dispatch) -> ResponseReturnValue:
    """Send a letter again."""
    dispatching.send_again(row, by=me(), at=now())
    return redirect(url_for(".dispatch", protocol_id=row.protocol_id, _anchor="skickat"), 303)


@pages.post("/expedieringar/<int:dispatch_id>/antecknad")
@allow(KEEPS, dispatching.dispatch_by_id)
def note(row: Dispatch) -> ResponseReturnValue:
    """Record that a letter was sent by other means."""
    dispatching.note_sent(row, by=me(), at=now())
    return redirect(url_for(".dispatch", protocol_id=row.protocol_id, _anchor="skickat"), 303)


@pages.get("/expedieringar/<int:dispatch_id>/brev.eml")
@allow(KEEPS, dispatching.dispatch_by_id)
def letter(row: Dispatch) -> ResponseReturnValue:
    """Download a letter as it was sent."""
    if row.letter is None:
        abort(404)
    name = f"{filename(row.extract)}.eml"
    return send_file(BytesIO(row.letter.message), "message/rfc822", as_attachment=True, download_name=name)


def _mails() -> bool:
    return mail.configured(current_app.config["GOVERN"])


def _fresh_at() -> datetime:
    return given_at(current_user.session, factor_for_signing())
