"""Posting the demo's protocols on every member's notice board, and taking them down when the time has passed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from govern.demo.dates import instant, working_day
from govern.demo.scene import Scene
from govern.forums.states import Regime
from govern.notices import operations
from govern.notices.models import Notice
from govern.notices.queries import notice_of
from govern.notices.terms import DAY, earliest_removal
from govern.protocols.queries import protocol_of
from govern.swedish import local_day

KEPT_AT = "Kommunkansliet, Norrmalmsgatan 4, Sundsvall"


def steps(scene: Scene) -> Iterator[tuple[datetime, Callable[[datetime], None]]]:
    """Yield the steps of the meeting's notice: posted here on the day of sealing, elsewhere the next working day."""
    if not Regime(scene.forum.regime).demands.posts:
        return
    posted = scene.day + timedelta(days=scene.spec.sealed_after)
    elsewhere = working_day(posted + DAY)
    yield instant(posted, "16:30"), partial(_post, scene)
    yield instant(elsewhere, "15:20"), partial(_note_posted, scene)
    if scene.spec.taken_down:
        yield instant(working_day(earliest_removal(elsewhere)), "09:05"), partial(_take_down, scene)


def _post(scene: Scene, at: datetime) -> None:
    protocol = protocol_of(scene.meeting)
    if protocol is None:
        raise LookupError(f"{scene.forum.name} {scene.day} is not sealed")
    operations.post(protocol, KEPT_AT, by=scene.secretary, at=at)


def _notice(scene: Scene) -> Notice:
    protocol = protocol_of(scene.meeting)
    notice = notice_of(protocol) if protocol else None
    if notice is None:
        raise LookupError(f"{scene.forum.name} {scene.day} is not posted")
    return notice


def _note_posted(scene: Scene, at: datetime) -> None:
    for posting in _notice(scene).postings[1:]:
        operations.note_posted(posting, local_day(at), by=scene.secretary, at=at)


def _take_down(scene: Scene, at: datetime) -> None:
    for posting in _notice(scene).postings:
        operations.take_down(posting, local_day(at), by=scene.secretary, at=at)
