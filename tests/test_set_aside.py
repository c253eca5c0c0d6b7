"""A page that waits for an outbox entry shows a failure once the entry has been set aside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from govern import outbox
from govern.cases.models import FileReading, StoredFile
from govern.cases.states import TextState
from govern.db import db, now
from govern.meetings.models import SummonsPackage
from govern.meetings.states import PackageState
from govern.outbox import OutboxEntry
from govern.protocols.dispatching.models import MeetingBinder
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("each_database")


def set_aside(topic: str, key: Any) -> None:
    """Let an entry's last attempt have been interrupted, so that it is set aside."""
    duty = outbox.duty_of(topic)
    assert duty is not None
    db.session.execute(delete(OutboxEntry))
    outbox.enqueue(topic, key, at=now() - timedelta(minutes=1))
    db.session.execute(update(OutboxEntry).values(attempts=duty.tries))
    db.session.commit()
    outbox.drain()
    db.session.expire_all()
    assert len(db.session.scalars(outbox.set_aside()).all()) == 1


def test_papers_that_are_packed_and_bound(cast: Cast) -> None:
    """A summons package and a binder are then in the state that offers a retry."""
    make.everything(cast)
    for topic, model in (("pack", SummonsPackage), ("bind", MeetingBinder)):
        row: Any = db.session.scalars(select(model)).first()
        assert row.state is PackageState.WAITING
        set_aside(topic, row.id)
        assert row.state is PackageState.FAILED


def test_a_file_that_is_read(cast: Cast) -> None:
    """The file is found by its SHA-256 and counts as unreadable."""
    make.everything(cast)
    file = db.session.scalars(select(StoredFile)).first()
    assert file is not None
    db.session.execute(delete(FileReading))
    db.session.commit()
    set_aside("read", file.sha256)
    assert file.text_state is TextState.UNREADABLE
