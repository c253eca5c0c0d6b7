"""Removing a planned meeting, or moving it to another forum."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from govern import audit, hooks
from govern.cases.operations import inherit_secrecy
from govern.db import db, save_changes
from govern.errors import enforce
from govern.forums.models import Forum
from govern.meetings import rules
from govern.meetings.models import Adjuster, AgendaItem, Meeting, Presence
from govern.meetings.operations import insert_standing_items
from govern.people.models import Person


def remove_meeting(meeting: Meeting, *, by: Person, at: datetime) -> None:
    """Remove a planned meeting with its agenda; the files of its papers remain, as secret as they were on it.

    Raises:
        Refused: if it has been called, opened or called off.
    """
    enforce(rules.refuse_removing(meeting))
    hooks.announce(hooks.Event.MEETING_UNPLANNED, meeting, by=by, at=at)
    for item in list(meeting.agenda):
        take_item_away(item)
    for kind in (Adjuster, Presence):
        db.session.execute(delete(kind).where(kind.meeting_id == meeting.id))
    audit.write("meeting.removed", meeting, by=by, at=at, forum=meeting.forum_id, day=meeting.day.isoformat())
    db.session.expire(meeting, ["presences", "adjusters"])
    db.session.delete(meeting)
    save_changes()


def move_meeting(meeting: Meeting, forum: Forum, *, by: Person, at: datetime) -> None:
    """Move a planned meeting to another forum: what was typed comes along, what belongs to the old forum does not.

    The new forum's standing items come first and last, as in a new meeting, and what its earlier meetings left.

    Raises:
        Refused: if the meeting has been called, opened or called off, the forum is closed, the same or in another
            collaboration, or an item has a proposal to the old forum.
    """
    enforce(rules.refuse_moving(meeting, forum), "forum")
    hooks.announce(hooks.Event.MEETING_UNPLANNED, meeting, by=by, at=at)
    for item in [item for item in meeting.agenda if item.added_at is None]:
        take_item_away(item)
    db.session.flush()
    before = meeting.forum_id
    meeting.forum, meeting.chair, meeting.secretary = forum, None, None
    insert_standing_items(meeting)
    audit.write("meeting.moved", meeting, by=by, at=at, from_forum=before, to_forum=forum.id)
    hooks.announce(hooks.Event.MEETING_PLANNED, meeting, by=by, at=at)
    save_changes()


def take_item_away(item: AgendaItem) -> None:
    """Delete an item that nobody has been told of; its papers keep its secrecy. The caller commits."""
    for paper in item.papers:
        inherit_secrecy(paper, item.confidential)
    if item.proposal is not None:
        inherit_secrecy(item.proposal, item.confidential)
    item.meeting.agenda.remove(item)
    db.session.delete(item)
