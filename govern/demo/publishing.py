"""What follows the signatures in the demo: dispatching decisions and publishing the protocol."""

from __future__ import annotations

from datetime import datetime, timedelta

from govern import record
from govern.db import db
from govern.demo.scene import Scene
from govern.notices.publishing import operations as publishing
from govern.notices.publishing.models import PublicCopy
from govern.protocols.dispatching import operations as dispatching
from govern.protocols.models import Protocol
from govern.protocols.queries import protocol_of

FRESH = timedelta(minutes=5)


def _protocol(scene: Scene) -> Protocol:
    protocol = protocol_of(scene.meeting)
    if protocol is None:
        raise LookupError(f"{scene.forum.name} {scene.day} is not sealed")
    return protocol


def dispatch(scene: Scene, at: datetime) -> None:
    """Dispatch the decisions to the recipients that have an address, and mark only the first letter as sent."""
    protocol, by = _protocol(scene), scene.secretary
    secret = dispatching.secret_numbers(record.loads(protocol.record))
    todo = [
        (one.name, [number for number in one.numbers if number not in secret], [one.address])
        for one in dispatching.recipients_of(protocol, record.loads(protocol.record))
        if one.address
    ]
    for place, (name, numbers, addresses) in enumerate(todo):
        moment = at + timedelta(minutes=place)
        extract = dispatching.certify(_protocol(scene), numbers, fresh_at=moment, fresh_for=FRESH, by=by, at=moment)
        sent = dispatching.send(
            _protocol(scene), extract, name, numbers, addresses=addresses, confirmed=(), by=by, at=moment
        )
        if place == 0:
            dispatching.note_sent(sent[0], by=by, at=moment + timedelta(minutes=5))


def publish(scene: Scene, at: datetime) -> None:
    """Prepare the public copy, confirm the proposed masking, and publish it."""
    by = scene.secretary
    copy_id = publishing.prepare(_protocol(scene), by=by, at=at).id
    copy = db.session.get_one(PublicCopy, copy_id)
    ticked = {span.id for span in copy.spans if span.masked}
    publishing.confirm(copy, ticked, by=by, at=at + timedelta(minutes=8))
    publishing.publish(db.session.get_one(PublicCopy, copy_id), by=by, at=at + timedelta(minutes=9))
