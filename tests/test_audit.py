"""The audit log: a hash chain in which a changed or removed entry is found."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from govern import audit
from govern.audit import AuditEntry
from govern.db import db, lock
from govern.parties.models import Collaboration
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("each_database")


def entries() -> list[AuditEntry]:
    """Return all entries in order."""
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def unguard() -> None:
    """Disable the triggers, as somebody with the database password could."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
    else:
        db.session.execute(text("DROP TRIGGER audit_no_update"))
        db.session.execute(text("DROP TRIGGER audit_no_delete"))


def test_an_entry_says_who_what_and_when(cast: Cast) -> None:
    """An entry holds the actor, the action, the target, the time and further facts."""
    audit.write("forum.changed", cast.forum, by=cast.anna, at=make.AT, reason="to see")
    entry = entries()[-1]
    assert (entry.actor, entry.actor_id, entry.action) == ("Anna Ask", cast.anna.id, "forum.changed")
    assert (entry.target, entry.at, entry.facts) == (f"forums:{cast.forum.id}", make.AT, {"reason": "to see"})


def test_the_program_signs_with_its_own_name(cast: Cast) -> None:
    """An entry without an actor is written in the name of Govern."""
    audit.write("search.saved", cast.forum, by=None, at=make.AT)
    assert (entries()[-1].actor, entries()[-1].actor_id) == ("Govern", None)


def test_the_chain_holds(cast: Cast) -> None:
    """The chain is unbroken from the first entry, across commits and sessions."""
    for hour in range(3):
        audit.write(
            "forum.closed", cast.forum, by=cast.bo, at=make.AT + timedelta(hours=hour), number=hour, heading="åäö"
        )
        db.session.commit()
    db.session.remove()
    log = entries()
    assert log[0].previous == audit.FIRST
    assert [entry.previous for entry in log[1:]] == [entry.hash for entry in log[:-1]]
    assert list(audit.broken_links()) == []


def test_the_chain_holds_where_several_write_at_once(app: Flask, cast: Cast) -> None:
    """Concurrent writers wait for the head of the chain."""
    before, collaboration_id = len(entries()), cast.collaboration.id
    db.session.commit()

    def write(writer: int) -> None:
        with app.app_context():
            for number in range(8):
                lock()
                row = db.session.get(Collaboration, collaboration_id)
                audit.write("forum.closed", row, by=None, at=make.AT, item=writer, number=number)
                db.session.commit()

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(write, range(4)))
    assert len(entries()) == before + 32
    assert list(audit.breaks()) == []


def test_an_entry_goes_with_its_change(cast: Cast) -> None:
    """A rollback also removes the entry."""
    before = len(entries())
    audit.write("forum.closed", cast.forum, by=cast.bo, at=make.AT)
    db.session.rollback()
    assert len(entries()) == before


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET actor = 'Eva' WHERE id = {}",
        "UPDATE audit SET action = 'nothing' WHERE id = {}",
        "UPDATE audit SET facts = '{{}}' WHERE id = {}",
        "UPDATE audit SET at = '2020-01-01 00:00:00' WHERE id = {}",
        "UPDATE audit SET previous = hash WHERE id = {}",
    ],
)
def test_a_changed_entry_is_found(cast: Cast, change: str) -> None:
    """A change of any field is found."""
    victim = entries()[1].id
    audit.write("forum.closed", cast.forum, by=cast.bo, at=make.AT, number=1)
    unguard()
    db.session.execute(text(change.format(victim)))
    db.session.expire_all()
    assert victim in list(audit.broken_links())


def test_a_removed_entry_is_found(cast: Cast) -> None:
    """The next entry reveals the removal."""
    victim, after = entries()[1:3]
    unguard()
    db.session.execute(text(f"DELETE FROM audit WHERE id = {victim.id}"))
    db.session.expire_all()
    assert list(audit.broken_links()) == [after.id]


def test_a_request_leaves_its_address(app: Flask, cast: Cast) -> None:
    """An entry written during a request holds the client's address."""
    with app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.7"}):
        audit.write("forum.closed", db.session.merge(cast.forum), by=cast.bo, at=make.AT)
        assert entries()[-1].address == "192.0.2.7"
        db.session.rollback()


def test_a_removed_last_entry_is_found(cast: Cast) -> None:
    """The head, sealed with the installation's key, reveals a removal or its own forgery; a saved anchor does too."""
    audit.write("forum.closed", cast.forum, by=cast.anna, at=make.AT)
    db.session.commit()
    known = audit.anchor()
    last_id, previous = entries()[-1].id, entries()[-1].previous
    unguard()
    db.session.execute(text(f"DELETE FROM audit WHERE id = {last_id}"))
    db.session.expire_all()
    assert [broken.entry for broken in audit.breaks()] == [None]
    db.session.execute(text(f"UPDATE audit_head SET entries = entries - 1, last = '{previous}'"))
    db.session.expire_all()
    assert [b.sentence for b in audit.breaks()] == ["Loggens slutmärke är inte gjort med installationens nyckel."]
    assert len(list(audit.breaks([known]))) == 2, "an anchor kept elsewhere tells too"
