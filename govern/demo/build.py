"""Building the demo: every step of every meeting, in chronological order, through the operations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import select

from govern.archive.states import Telling
from govern.archive.watching import operations as watching
from govern.db import db
from govern.demo import emblem, following, minutes, posting, publishing, scene, script
from govern.demo.dates import instant, schedule, seat_days
from govern.demo.scene import Scene
from govern.demo.script import DEMO_SIGN_INS, SignIn
from govern.demo.stage import Stage, add_seat, end_seat, set_up
from govern.errors import Refusal, Refused
from govern.people.models import Person
from govern.protocols.queries import protocol_of
from govern.swedish import SWEDEN, local_day

RUNNING = timedelta(minutes=55)
"""The least time since the start of the meeting in progress."""

PLANNED_BEFORE = 35
"""How many days before its day a meeting is planned."""

STAGES = ("planned", "called", "open", "closed", "sealed", "signed")


class NotEmpty(Refusal):
    """Why the demo cannot be built."""

    PEOPLE = (
        "Databasen har redan personer. Demonstrationen byggs bara i en tom databas: ange en annan datamapp med "
        "GOVERN_DATA_DIR och försök igen."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoResult:
    """The demo's accounts, and the signed protocol to show first."""

    sign_ins: tuple[SignIn, ...]
    protocol_id: int


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """An event at an instant; `turn` orders events at the same instant."""

    at: datetime
    turn: int
    do: Callable[[datetime], None]


def build(at: datetime) -> DemoResult:
    """Build two years of meetings up to `at`, in the current application's database.

    Raises:
        Refused: if the database already has people.
    """
    if db.session.scalar(select(Person.id).limit(1)) is not None:
        raise Refused(NotEmpty.PEOPLE)
    today = _day_under_way(at)
    stage = Stage(today, script.collaboration())
    scenes = _scenes(stage, at)
    set_up(stage)
    emblem.set_house_style(stage)
    for step in sorted(_steps(stage, scenes, at)):
        step.do(step.at)
    _save_searches(stage, at)
    return DemoResult(sign_ins=DEMO_SIGN_INS, protocol_id=_shown(scenes))


def _save_searches(stage: Stage, at: datetime) -> None:
    """Save a search with a feed for the member, and another search for the secretary."""
    secretary, *_, member = (stage.person(sign_in.name) for sign_in in DEMO_SIGN_INS)
    followed = watching.save([["q", "nätverk"]], "Nätverksdriften", Telling.NEVER, by=member, at=at)
    watching.open_feed(followed, by=member, at=at)
    watching.save([["q", "kostnad"], ["typ", "b"]], "Beslut om kostnader", Telling.NEVER, by=secretary, at=at)


def _day_under_way(at: datetime) -> date:
    """Return the day of the meeting in progress, which just after midnight is the day before."""
    return local_day(at - RUNNING)


def _scenes(stage: Stage, at: datetime) -> list[Scene]:
    scenes = []
    for day, forum, spec in schedule(script.forums(), stage.today):
        starts: time = time.fromisoformat(spec.starts)
        ends: time | None = time.fromisoformat(spec.ends)
        if spec.until == "open":
            began = (at - RUNNING).astimezone(SWEDEN)
            starts, ends = time(began.hour, began.minute // 15 * 15), None
        scenes.append(Scene(stage, forum, spec, day, starts, ends))
    for index, one in enumerate(scenes):
        later = (other for other in scenes[index + 1 :] if other.forum is one.forum)
        one.next_ = next(
            (other for other in later if other.spec.kind == "ordinary"), None
        )  # Extra meetings are not announced at the meeting before.
    return scenes


def _steps(stage: Stage, scenes: list[Scene], at: datetime) -> list[Step]:
    spec = [*_seat_steps(stage), *(step for one in scenes for step in _meeting_steps(one, at))]
    return [Step(moment, turn, do) for turn, (moment, do) in enumerate(spec) if moment <= at]


Timed = tuple[datetime, Callable[[datetime], None]]


def _seat_steps(stage: Stage) -> list[Timed]:
    steps: list[Timed] = []
    for forum in script.forums():
        for seat in forum.seat:
            first, last = seat_days(seat, stage.today)
            if first is not None:
                steps.append((instant(first, "08:00"), partial(_call, add_seat, stage, forum, seat, first)))
            if last is not None:
                steps.append((instant(last, "08:00"), partial(_call, end_seat, stage, forum, seat, last)))
    return steps


def _call(operation: Callable[..., None], *arguments: object) -> None:
    *given, at = arguments
    operation(*given, at=at)


def _meeting_steps(one: Scene, now: datetime) -> list[Timed]:
    """List a meeting's steps, up to the stage in the script."""
    reached = STAGES.index(one.spec.until)
    planned = min(one.at("08:40", days=-PLANNED_BEFORE), now - timedelta(days=2, hours=1))
    steps: list[Timed] = [(planned, partial(scene.plan, one))]
    if reached >= 1:
        laid_out = min(one.at("10:15", days=-12), now - timedelta(days=1, hours=2))
        steps.append((laid_out, partial(scene.lay_out, one)))
        steps.append((min(one.at("13:30", days=-9), now - timedelta(days=1, hours=1)), partial(scene.call, one)))
    else:
        steps.append((planned + timedelta(minutes=20), partial(scene.lay_out, one)))
    if reached >= 2:
        opened = one.at(one.starts)
        order = minutes.running_order(one)
        lasts = one.at(one.ends) - opened if one.ends else now - opened - timedelta(minutes=4)
        pace = (lasts - timedelta(minutes=8)) / len(order)
        steps.append((opened, partial(scene.open_, one)))
        for place, paragraph in enumerate(order):
            steps.append((opened + timedelta(minutes=2) + place * pace, partial(minutes.write, one, paragraph)))
    if reached >= 3 and one.ends:
        steps.append((one.at(one.ends), partial(scene.close, one)))
    if reached >= 4:
        steps.append((one.at("09:20", days=1), partial(minutes.approve, one)))
        steps.append((one.at("08:30", days=one.spec.sealed_after), partial(minutes.seal, one)))
    if reached >= 5:
        for place in range(2 + one.forum.adjusters):  # The secretary, the chair and the adjusters.
            moment = one.at("10:05", days=one.spec.sealed_after, minutes=130 * place)
            steps.append((moment, partial(minutes.sign, one, place)))
        steps += posting.steps(one)
        if one.spec.published:
            after = one.spec.sealed_after + 1
            steps.append((one.at("08:45", days=after), partial(publishing.dispatch, one)))
            steps.append((one.at("09:10", days=after), partial(publishing.publish, one)))
    return steps + [(moment, do) for moment, do in following.steps(one) if reached >= 4]


def _shown(scenes: list[Scene]) -> int:
    """Return the id of the top forum's latest signed protocol."""
    signed = [one for one in scenes if one.spec.until == "signed" and one.forum.key == script.FORUMS[0]]
    protocol = protocol_of(signed[-1].meeting)
    if protocol is None:
        raise LookupError("the demo has no signed protocol")
    return protocol.id
