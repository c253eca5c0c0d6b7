"""Reporting on and closing the demo's assignments, some days after the meeting that gave them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import select

from govern.assignments import operations as assignments
from govern.assignments.queries import duty_by_id
from govern.assignments.states import Closing
from govern.db import db
from govern.demo import script
from govern.demo.scene import Scene
from govern.demo.wording import fill
from govern.paragraphs.models import Assignment, Paragraph


def steps(scene: Scene) -> Iterator[tuple[datetime, Callable[[datetime], None]]]:
    """Yield the reports and closings of a meeting's assignments, with their instants."""
    for paragraph in scene.spec.paragraph:
        for place, assignment in enumerate(paragraph.assignment):
            for follow in assignment.follow:
                moment = scene.at("14:20", days=follow.days)
                yield moment, partial(_follow, scene, paragraph.heading, place, follow)


def _follow(scene: Scene, heading: str, place: int, follow: script.Follow, at: datetime) -> None:
    words = scene.words()
    paragraph = Paragraph.meeting_id == scene.meeting_id, Paragraph.heading == fill(heading, words)
    query = select(Assignment.id).join(Paragraph).where(*paragraph, Assignment.position == place)
    duty = duty_by_id(db.session.scalars(query).one())
    if duty is None:
        raise LookupError(f"§ {heading} gives no assignment {place}")
    by, text = scene.stage.person(follow.by), fill(follow.text, words)
    if follow.why:
        assignments.close(duty, Closing(follow.why), text, by=by, at=at)
    else:
        assignments.report(duty, text, by=by, at=at)
