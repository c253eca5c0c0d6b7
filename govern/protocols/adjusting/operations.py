"""The adjusters' verdicts, between the chair's approval and the sealing: one on each version of a paragraph."""

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


def record_no_remarks(paragraph: Paragraph, read: int, *, by: Person, at: datetime) -> None:
    """Record that an adjuster has no remarks on the version that they read.

    Raises:
        Refused: if they are not an adjuster, others have reset their account, the meeting is not closed, or the
            paragraph is not approved or has changed since.
    """
    enforce(rules.refuse_reading(paragraph, by, read))
    refuse_held(by, at=at)
    _keep(paragraph, Reading.NO_REMARKS, "", by=by, at=at)
    save_changes()


def record_no_remarks_on_the_rest(meeting: Meeting, shown: Mapping[int, int], *, by: Person, at: datetime) -> int:
    """Record no remarks on all shown paragraphs that are unread or changed since; return the number of them.

    `shown` has the version that was shown, by paragraph id.

    Raises:
        Refused: as for `record_no_remarks`.
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
    """Record an adjuster's comment on a paragraph, for the secretary to answer.

    Raises:
        Refused: as for `record_no_remarks`, or if the text is empty.
    """
    enforce(rules.refuse_comment(paragraph, by, read, text), "text")
    refuse_held(by, at=at)
    _keep(paragraph, Reading.COMMENT, text.strip(), by=by, at=at)
    save_changes()


def _keep(paragraph: Paragraph, verdict: Reading, text: str, *, by: Person, at: datetime) -> None:
    versions.ensure_stored(paragraph, by=by, at=at)
    row = Adjustment(paragraph=paragraph, version=paragraph.version, by=by, at=at, verdict=verdict, text=text)
    db.session.add(row)
    audit.write("paragraph.adjuster_read", paragraph, by=by, at=at, version=paragraph.version, verdict=verdict)


def answer(adjustment: Adjustment, *, by: Person, at: datetime) -> None:
    """Mark an adjuster's comment as answered.

    Raises:
        Refused: if it is already, or the protocol is sealed.
    """
    enforce(rules.refuse_answering(adjustment))
    adjustment.answered_at = at
    audit.write("adjustment.answered", adjustment.paragraph, by=by, at=at, adjustment=adjustment.id)
    save_changes()
