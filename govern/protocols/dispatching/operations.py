"""Sending decisions to those concerned (expediering): each recipient gets the certified extract of their §§."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.message import EmailMessage

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from govern import audit, letters, mail, record
from govern.db import commit_step, db, lock_anew, pause, save_changes
from govern.errors import Refused, enforce
from govern.forums.models import Forum, Seat
from govern.forums.states import SeatRole
from govern.letters import Letter, LetterState
from govern.mail import Enclosure
from govern.parties.models import Party
from govern.people import events
from govern.people.models import Person
from govern.protocols.dispatching.models import Dispatch
from govern.protocols.dispatching.rules import Refusal, refuse_addresses, refuse_certifying, refuse_dispatch
from govern.protocols.extracting.operations import certified, extracts_of, filename, make_extract
from govern.protocols.models import Protocol
from govern.protocols.queries import latest_file, minutes_by_id, protocol_by_id
from govern.protocols.signing import operations as signing
from govern.swedish import local_day, long_date, paragraph_list


@dataclass(slots=True)
class Recipient:
    """A recipient of decisions, as the protocol names them, and the numbers of their §§.

    `address` is a proposal: the one last used, or that of the person, the party's registry or the forum's secretary.
    """

    name: str
    numbers: list[int] = field(default_factory=list)
    address: str = ""
    dispatches: list[Dispatch] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether something has been sent to them, or is being sent."""
        return any(not (d.letter and d.letter.state is LetterState.FAILED) or d.by_hand_at for d in self.dispatches)


def secret_numbers(frozen: record.ProtocolRecord) -> set[int]:
    """Return the numbers of the §§ with anything confidential."""
    return {p.number for p in frozen.paragraphs if record.is_secret(p)}


def recipients_of(protocol: Protocol, frozen: record.ProtocolRecord) -> list[Recipient]:
    """List the recipients that the protocol's decisions name, in its order, then others that were sent something."""
    found: dict[str, Recipient] = {}
    for paragraph in frozen.paragraphs:
        for name in dict.fromkeys(name for decision in paragraph.decisions for name in decision.recipients):
            found.setdefault(name, Recipient(name)).numbers.append(paragraph.number)
    for row in dispatches_of(protocol):
        found.setdefault(row.recipient, Recipient(row.recipient)).dispatches.append(row)
    addresses = _addresses(protocol, list(found), local_day(protocol.sealed_at))
    for recipient in found.values():
        recipient.address = addresses.get(recipient.name.casefold(), "")
    return list(found.values())


def dispatches_of(protocol: Protocol) -> Sequence[Dispatch]:
    """List the dispatches of a protocol, the latest first."""
    query = select(Dispatch).where(Dispatch.protocol_id == protocol.id)
    query = query.options(joinedload(Dispatch.letter), joinedload(Dispatch.extract), joinedload(Dispatch.by))
    return db.session.scalars(query.order_by(Dispatch.id.desc())).all()


def dispatch_by_id(dispatch_id: int) -> Dispatch | None:
    """Return a dispatch, or None."""
    return db.session.get(Dispatch, dispatch_id)


def _addresses(protocol: Protocol, names: Sequence[str], today: date) -> dict[str, str]:
    """Return the address of each name: the one last used, or a person's, a party's, or a forum's secretary's."""
    collaboration_id, wanted = protocol.forum.collaboration_id, [name.lower() for name in names]
    used = (
        select(Dispatch.recipient, Letter.recipient)
        .join(Letter, Letter.id == Dispatch.letter_id)
        .join(Protocol, Protocol.id == Dispatch.protocol_id)
        .where(func.lower(Dispatch.recipient).in_(wanted), Letter.state == LetterState.SENT)
        .order_by(Dispatch.id)
    )
    secretaries = (
        select(Forum.name, Person.email)
        .join(Seat, Seat.forum_id == Forum.id)
        .join(Person, Person.id == Seat.person_id)
        .where(Forum.collaboration_id == collaboration_id, func.lower(Forum.name).in_(wanted))
        .where(Seat.role == SeatRole.SECRETARY, Seat.held_on(today))
    )
    parties = select(Party.name, Party.email).where(Party.collaboration_id == collaboration_id)
    short = select(Party.short_name, Party.email).where(Party.collaboration_id == collaboration_id)
    people = select(Person.name, Person.email).where(func.lower(Person.name).in_(wanted))
    found: dict[str, str] = {}
    for query in (secretaries, short, parties, people):
        rows = [(name.casefold(), address) for name, address in db.session.execute(query) if address]
        names_found = Counter(name for name, _ in rows)
        found |= {name: address for name, address in rows if names_found[name] == 1}  # An ambiguous name has none.
    return found | {name.casefold(): address for name, address in db.session.execute(used)}


def parse_addresses(text: str) -> list[str]:
    """Return the addresses in a text, separated by commas, semicolons or white space, without duplicates."""
    return list(dict.fromkeys(part for part in re.split(r"[,;\s]+", text) if part))


def certify(
    protocol: Protocol, numbers: Collection[int], *, fresh_at: datetime, fresh_for: timedelta, by: Person, at: datetime
) -> Protocol:
    """Return the certified extract of these §§: an existing one, or a new one that `by` signs now.

    Raises:
        Refused: if others have reset the account, the sign-in is not fresh, a § is not in the protocol, or signatures
            are made by a remote service.
    """
    rows = extracts_of(protocol)
    found = certified(protocol, numbers, by=by, at=at, among=rows)
    if found is not None:
        return found
    events.refuse_held(by, at=at)
    enforce(refuse_certifying(fresh_at, at, fresh_for))
    begun = certified(protocol, numbers, by=by, at=at, among=rows, begun=True)
    made_id = (begun or make_extract(protocol, numbers, by=by, at=at)).id
    made = db.session.get_one(Protocol, made_id)
    commit_step()  # Keep the extract even if its signing fails.
    signing.sign(made.signatures[0], fresh_at=fresh_at, fresh_for=fresh_for, by=by, at=at)
    commit_step()  # Keep the signature even if the letter is refused.
    again = protocol_by_id(made_id)
    if again is None:
        raise LookupError(f"extract {made_id} is gone")
    return again


def check(
    protocol: Protocol,
    recipient: str,
    numbers: Collection[int],
    confirmed: Collection[int],
    addresses: Sequence[str] | None,
) -> None:
    """Check that an extract of these §§ may be sent to a recipient; without `addresses` it goes by hand.

    Raises:
        Refused: if it may not, with the form field concerned.
    """
    secret = secret_numbers(record.loads(protocol.record))
    refusal, blamed = refuse_dispatch(protocol, recipient, numbers, secret, confirmed)
    enforce(refusal, blamed)
    if addresses is not None:
        enforce(refuse_addresses(addresses), "addresses")


def certify_and_send(
    protocol_id: int,
    recipient: str,
    numbers: Collection[int],
    *,
    addresses: Sequence[str] | None,
    confirmed: Collection[int],
    fresh_at: datetime,
    fresh_for: timedelta,
    by: Person,
    at: datetime,
) -> list[Dispatch]:
    """Certify an extract of these §§ if there is none, and send it as `send` does.

    Raises:
        Refused: as for `certify` and `send`; a certified extract is kept although it may not be sent.
        LookupError: if there is no such protocol.
    """
    check(_minutes(protocol_id), recipient, numbers, confirmed, addresses)
    extract = certify(_minutes(protocol_id), numbers, fresh_at=fresh_at, fresh_for=fresh_for, by=by, at=at)
    return send(
        _minutes(protocol_id), extract, recipient, numbers, addresses=addresses, confirmed=confirmed, by=by, at=at
    )


def _minutes(protocol_id: int) -> Protocol:
    """Load the protocol, again for each step, since a signature ends the transaction in which it was loaded."""
    protocol = minutes_by_id(protocol_id)
    if protocol is None:
        raise LookupError(f"protocol {protocol_id} is gone")
    return protocol


def send(
    protocol: Protocol,
    extract: Protocol,
    recipient: str,
    numbers: Collection[int],
    *,
    addresses: Sequence[str] | None,
    confirmed: Collection[int],
    by: Person,
    at: datetime,
) -> list[Dispatch]:
    """Send a certified extract to each address, or, if `addresses` is None, record that it goes by hand.

    Raises:
        Refused: as for `check`, or if the extract is not certified.
    """
    pause()
    check(protocol, recipient, numbers, confirmed, addresses)
    enforce(None if extract.signatures[0].signed_at else Refusal.UNCERTIFIED)
    to = recipient.strip()
    made = {address: _letter(protocol, extract, to, address, sorted(numbers), at) for address in addresses or ()}
    written = {address: letters.written(letter, at=at) for address, letter in made.items()}
    lock_anew()
    check(protocol, recipient, numbers, confirmed, addresses)
    rows = []
    for address in addresses if addresses is not None else (None,):
        row = Dispatch(protocol=protocol, extract=extract, recipient=to, by=by, at=at)
        row.confirmed = bool(extract.has_secrets)
        if address is None:
            row.by_hand_at = at
        else:
            row.letter = letters.post(written[address], at=at)
        db.session.add(row)
        sha256 = row.letter.sha256 if row.letter else None
        audit.write(
            "decision.dispatched", row, by=by, at=at, paragraphs=sorted(numbers), confirmed=row.confirmed, letter=sha256
        )
        rows.append(row)
    commit_step()  # When sending to all, a later refusal must not undo this one.
    return rows


def _letter(
    protocol: Protocol, extract: Protocol, recipient: str, address: str, numbers: Sequence[int], at: datetime
) -> EmailMessage:
    """Compose the letter. Its subject and text name no heading, since that may be confidential."""
    settings, frozen, pdf = current_app.config["GOVERN"], record.loads(protocol.record), latest_file(extract).pdf
    forum, held, range_ = frozen.forum.name, long_date(frozen.meeting.date), paragraph_list(numbers)
    certifier = extract.signatures[0]
    secret = "Utdraget innehåller uppgifter som omfattas av sekretess.\n\n" if extract.has_secrets else ""
    text = (
        f"Till {recipient}\n\n{secret}Här kommer protokollsutdrag {range_} från {forum} den {held}.\n\n"
        f"Utdraget är bestyrkt av {certifier.name} med digital underskrift. Det kan prövas på "
        f"{settings.base_url.rstrip('/')}/verifiera.\n"
        f"Filens fingeravtryck (SHA-256): {hashlib.sha256(pdf).hexdigest()}\n\n{frozen.body.name}\n"
    )
    return mail.compose(
        settings,
        address,
        f"Protokollsutdrag {range_}, {forum} {held}",
        text,
        key=f"govern-dispatch-{secrets.token_hex(12)}",
        at=at,
        enclosures=[Enclosure(f"{filename(extract)}.pdf", "application/pdf", pdf)],
    )


def send_again(dispatch: Dispatch, *, by: Person, at: datetime) -> None:
    """Enqueue a letter again, with exactly the same bytes.

    Raises:
        Refused: if there is no letter, or it has been sent.
    """
    if dispatch.letter is None or dispatch.letter.state is LetterState.SENT:
        raise Refused(Refusal.SENT)
    letters.send_again(dispatch.letter, at=at)
    audit.write("decision.dispatched_again", dispatch, by=by, at=at)
    save_changes()


def note_sent(dispatch: Dispatch, *, by: Person, at: datetime) -> None:
    """Record that a letter that was not sent from here has been sent by other means.

    Raises:
        Refused: if it has been sent already.
    """
    if dispatch.by_hand_at or (dispatch.letter and dispatch.letter.state is LetterState.SENT):
        raise Refused(Refusal.SENT)
    dispatch.by_hand_at = at
    audit.write("decision.sent_by_hand", dispatch, by=by, at=at)
    save_changes()
