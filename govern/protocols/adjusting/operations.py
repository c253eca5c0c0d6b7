"""The adjusters read between the chair's approval and the sealing: each paragraph, each version, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from govern import audit
from govern.db import db, save_changes
from govern.errors import enforce
from govern.meetings.models import Meeting
from govern.paragraphs.drafting import versions
from govern.paragraphs.models import Paragraph
from govern.people.events import refuse_held
from govern.people.models import Person
from govern.protocols.adjusting import rules
from govern.protocols.adjusting.models import Adjustment
from govern.protocols.adjusting.queries import Stage, readings
from govern.protocols.states import Reading


def say_nothing(paragraph: Paragraph, read: int, *, by: Person, at: datetime) -> None:
    """Say that there is nothing to remark on in the version that was read.

    Raises:
        Refused: when it is not an adjuster's to say now, others have reset their account, or the paragraph has
            changed since.
    """
    enforce(rules.refuse_reading(paragraph, by, read))
    refuse_held(by, at=at)
    _keep(paragraph, Reading.NO_REMARKS, "", by=by, at=at)
    save_changes()


def say_nothing_of_the_rest(meeting: Meeting, shown: Mapping[int, int], *, by: Person, at: datetime) -> int:
    """Return so of all that was shown and is not read; say how many. `shown` holds versions by paragraph id.

    Raises:
        Refused: as `say_nothing`.
    """
    refuse_held(by, at=at)
    left = [r.paragraph for r in readings(meeting, by) if r.stage in {Stage.UNREAD, Stage.CHANGED}]
    left = [paragraph for paragraph in left if shown.get(paragraph.id) == paragraph.version]
    for paragraph in left:
        enforce(rules.refuse_reading(paragraph, by, paragraph.version))
        _keep(paragraph, Reading.NO_REMARKS, "", by=by, at=at)
    save_changes()
    return len(left)


def comment(paragraph: Paragraph, text: str, read: int, *, by: Person, at: datetime) -> None:
    """Remark on a paragraph, for the secretary to see to.

    Raises:
        Refused: as `say_nothing`, or when nothing is said.
    """
    enforce(rules.refuse_comment(paragraph, by, read, text), "text")
    refuse_held(by, at=at)
    _keep(paragraph, Reading.COMMENT, text.strip(), by=by, at=at)
    save_changes()


def _keep(paragraph: Paragraph, verdict: Reading, text: str, *, by: Person, at: datetime) -> None:
    versions.secure(paragraph, by=by, at=at)
    row = Adjustment(paragraph=paragraph, version=paragraph.version, by=by, at=at, verdict=verdict, text=text)
    db.session.add(row)
    audit.write("paragraph.adjuster_read", paragraph, by=by, at=at, version=paragraph.version, verdict=verdict)


def answer(adjustment: Adjustment, *, by: Person, at: datetime) -> None:
    """Say that an adjuster's comment has been seen to.

    Raises:
        Refused: when it has been already, or the protocol is sealed.
    """
    enforce(rules.refuse_answering(adjustment))
    adjustment.answered_at = at
    audit.write("adjustment.answered", adjustment.paragraph, by=by, at=at, adjustment=adjustment.id)
    save_changes()
