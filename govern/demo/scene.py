"""The steps of one scripted meeting before and around its paragraphs: planning, calling, opening and closing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from govern.cases.models import Proposal
from govern.cases.proposals import operations as proposing
from govern.cases.proposals.operations import ProposalFacts
from govern.db import db
from govern.demo import papers, script
from govern.demo.dates import instant
from govern.demo.stage import Stage, open_case
from govern.demo.wording import Day, Year, fill, to_html
from govern.forums.states import ParagraphKind, SeatRole
from govern.meetings import operations as meetings
from govern.meetings.models import AgendaItem, Meeting, MeetingFacts, Presence
from govern.meetings.presence import operations as attendance
from govern.meetings.presence.operations import Attendance
from govern.meetings.queries import meeting_by_id
from govern.meetings.states import MeetingKind, MeetingMode
from govern.paragraphs import operations as paragraphs
from govern.people.models import Person
from govern.swedish import SWEDEN, clock, weekday


@dataclass(slots=True)
class Scene:
    """A scripted meeting on its day. `next_` is the forum's next ordinary meeting, if one is in the script."""

    stage: Stage
    forum: script.Forum
    spec: script.Meeting
    day: date
    starts: time
    ends: time | None
    next_: Scene | None = None
    meeting_id: int = 0

    @property
    def meeting(self) -> Meeting:
        """The meeting's row, with its agenda and presence list.

        Raises:
            LookupError: if it has not been planned yet.
        """
        meeting = meeting_by_id(self.meeting_id)
        if meeting is None:
            raise LookupError(f"{self.forum.name} {self.day} is not planned")
        return meeting

    @property
    def secretary(self) -> Person:
        """The forum's secretary."""
        name = next(seat.name for seat in self.forum.seat if seat.role == SeatRole.SECRETARY)
        return self.stage.person(name)

    def at(self, clock: str | time, *, days: int = 0, minutes: int = 0) -> datetime:
        """Return an instant `days` days from the meeting, plus `minutes`."""
        return instant(self.day + timedelta(days=days), clock, minutes)

    def words(self, meeting: Meeting | None = None) -> dict[str, Any]:
        """Return the values of the placeholders at this meeting."""
        words = self.stage.words() | {"day": Day(self.day), "year": Year(self.day.year)}
        if self.next_ is not None:
            name, _, rest = weekday(self.next_.day).partition(" ")
            words["next"] = f"{name}en den {rest} kl. {clock(self.next_.starts)}"
            words["next_place"] = self.next_.spec.place
        if meeting is not None:
            words["chair"] = meeting.chair.name if meeting.chair else ""
            words["adjuster"] = " och ".join(adjuster.presence.name for adjuster in meeting.adjusters)
        return words


def plan(scene: Scene, at: datetime) -> None:
    """Plan the meeting."""
    by = scene.secretary
    facts = MeetingFacts(
        day=scene.day,
        starts=scene.starts,
        ends=scene.ends,
        place=scene.spec.place,
        kind=MeetingKind(scene.spec.kind),
        mode=MeetingMode(scene.spec.mode),
    )
    meeting = meetings.plan_meeting(scene.stage.forum(scene.forum.key), facts, by=by, at=at)
    scene.meeting_id = meeting.id


def lay_out(scene: Scene, at: datetime) -> None:
    """Add the announced matters to the agenda, with their papers, and withdraw those that the script withdraws."""
    by, meeting = scene.secretary, scene.meeting
    standing = {item.heading for item in scene.forum.standing}
    for paragraph in scene.spec.paragraph:
        if not paragraph.announced or paragraph.heading in standing:
            continue
        item = meetings.save_item(
            meeting,
            None,
            heading=fill(paragraph.heading, scene.words()),
            kind=ParagraphKind(paragraph.kind) if paragraph.kind else None,
            reference=open_case(scene.stage, paragraph.case, at=at) if paragraph.case else "",
            note=paragraph.note,
            minutes=paragraph.minutes,
            proposal=_propose(scene, paragraph, at),
            by=by,
            at=at,
        )
        for paper in paragraph.paper:
            _add_paper(scene, item, paper, by, at)
        if paragraph.withdrawn:
            paragraphs.withdraw_item(item, by=by, at=at + timedelta(hours=2))


def _propose(scene: Scene, spec: script.Paragraph, at: datetime) -> Proposal | None:
    """Write the matter's proposal as its officer, if the script has one, and mark it ready."""
    row = None
    for paper in spec.proposal:
        by = scene.stage.person(paper.author)
        facts = ProposalFacts(
            heading=fill(spec.heading, scene.words()),
            reference=open_case(scene.stage, spec.case, at=at) if spec.case else "",
            clauses="\n".join(paper.clauses),
            matter=to_html(fill(paper.matter, scene.words())),
            assessment=to_html(fill(paper.assessment, scene.words())),
            recipients="\n".join(spec.to),
        )
        row = proposing.save_proposal(scene.stage.forum(scene.forum.key), None, facts, by=by, at=at)
        proposing.mark_ready(row, by=by, at=at)
    return row


def _add_paper(scene: Scene, item: AgendaItem, paper: script.Paper, by: Person, at: datetime) -> None:
    words = scene.words()
    data = papers.write(paper, scene.stage.spec.name, f"{words['day']}", words)
    confidential = paper.confidential or None
    meetings.add_paper(item, paper.file, data, paper.title, confidential=confidential, by=by, at=at)


def call(scene: Scene, at: datetime) -> None:
    """Send the summons."""
    meetings.call(scene.meeting, by=scene.secretary, at=at)


def open_(scene: Scene, at: datetime) -> None:
    """Open the meeting and record its guests, presence list, chair and adjuster."""
    by, spec = scene.secretary, scene.spec
    meetings.open_meeting(scene.meeting, by=by, at=at)
    for guest in spec.guests:
        attendance.add_guest(
            scene.meeting,
            None,
            guest["name"],
            role=SeatRole.CO_OPTED,
            title=guest.get("title", ""),
            party=guest.get("party", ""),
            by=by,
            at=at,
        )
    meeting = scene.meeting
    ids = {presence.name: presence.id for presence in meeting.presences}
    rows = [
        Attendance(
            presence_id=presence.id,
            present=presence.name not in spec.absent,
            remote=presence.name in spec.remote,
            serving_for_id=ids[spec.serving[presence.name]] if presence.name in spec.serving else None,
        )
        for presence in meeting.presences
    ]
    attendance.record_attendance(meeting, rows, by=by, at=at + timedelta(minutes=1))
    chair = scene.stage.person(spec.chair) if spec.chair else meeting.chair
    attendance.appoint(meeting, chair=chair, secretary=meeting.secretary, by=by, at=at + timedelta(minutes=1))
    if spec.adjuster:
        adjuster = next(presence for presence in meeting.presences if presence.name == spec.adjuster)
        attendance.choose_adjusters(meeting, [adjuster], by=by, at=at + timedelta(minutes=1))


def close(scene: Scene, at: datetime) -> None:
    """Close the meeting."""
    meetings.close_meeting(scene.meeting, at.astimezone(SWEDEN).time(), by=scene.secretary, at=at)


def presence_of(meeting: Meeting, name: str) -> Presence:
    """Return someone's row on the presence list.

    Raises:
        LookupError: if they are not on it.
    """
    for presence in meeting.presences:
        if presence.name == name:
            return presence
    raise LookupError(f"{name} is not on the presence list of {meeting.forum.name} {meeting.day}")


def person_by_id(person_id: int | None) -> Person:
    """Return a person that the meeting has named."""
    return db.session.get_one(Person, person_id)
