"""Writing a draft to a paragraph's rows: only the parts that have changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from govern import markup, richtext
from govern.db import db
from govern.forums.models import Forum, Seat
from govern.meetings.models import Presence
from govern.paragraphs.drafting import draft as d
from govern.paragraphs.models import (
    Alternative,
    Assignment,
    Ballot,
    Decision,
    DecisionClause,
    Dissent,
    Motion,
    Paragraph,
    Section,
    Vote,
)
from govern.paragraphs.states import DissentKind
from govern.people.models import Person

PARTS = ("sections", "motions", "ballots", "decisions", "dissents", "assignments")
"""The parts of a paragraph that are stored in other tables; both `Paragraph` and `Draft` have these attributes."""


def bodies(before: Sequence[Any], after: Sequence[Any], sections: Sequence[d.SectionDraft]) -> Mapping[int, list[Any]]:
    """Return the parsed text of the changed sections, by position; done before writing, since parsing may be slow."""
    return {
        place: richtext.to_json(markup.from_html(section.html))
        for place, section in enumerate(sections)
        if place >= len(before) or before[place] != after[place]
    }


def write(
    paragraph: Paragraph,
    draft: d.Draft,
    at: datetime | None,
    *,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    bodies: Mapping[int, list[Any]],
) -> None:
    """Write the changed PARTS of a draft to a paragraph's rows, in the caller's transaction.

    `before` and `after` are the JSON of the rows and of the draft, and `bodies` the changed texts. A dissent keeps its
    `noted_at` as long as its kind and person are the same. `at` is None if the time when dissents were noted is
    unknown, as in an imported record.
    """
    writers: dict[str, Callable[[], Iterable[Any]]] = {
        "motions": lambda: _motions(draft.motions),
        "ballots": lambda: _ballots(draft.ballots),
        "decisions": lambda: map(_decision, range(len(draft.decisions)), draft.decisions),
        "dissents": lambda: _dissents(draft.dissents, _noted(paragraph), at),
        "assignments": lambda: _assignments(paragraph.forum, draft.assignments),
    }
    rows = {name: list(write()) for name, write in writers.items() if before.get(name) != after[name]}
    for name in rows:
        getattr(paragraph, name).clear()
    if rows:
        db.session.flush()  # Delete the old rows before the new ones take their positions.
    for name, new in rows.items():
        getattr(paragraph, name).extend(new)
    _write_sections(paragraph.id, before["sections"], draft.sections, bodies)


def people_of_other_meetings(
    paragraph: Paragraph, draft: d.Draft, before: Mapping[str, Any], after: Mapping[str, Any]
) -> set[int]:
    """Return the presences named in the changed parts of a draft that are not on its meeting's presence list."""
    same: dict[str, Any] = {part: () for part in ("motions", "ballots", "dissents") if before.get(part) == after[part]}
    strange = d.people_in(replace(draft, **same))
    return strange - {presence.id for presence in paragraph.meeting.presences} if strange else strange


def _noted(paragraph: Paragraph) -> dict[tuple[DissentKind, int], datetime | None]:
    return {(row.kind, row.presence_id): row.noted_at for row in paragraph.dissents}


def _write_sections(
    paragraph_id: int, before: Sequence[Any], sections: Sequence[d.SectionDraft], bodies: Mapping[int, list[Any]]
) -> None:
    """Write the changed sections as Core statements, one row per position: most saves change a single section."""
    connection = db.session.connection()
    for place, body in bodies.items():
        row = {"kind": sections[place].kind, "heading": sections[place].heading, "body": body}
        if place >= len(before):
            connection.execute(insert(Section), row | {"paragraph_id": paragraph_id, "position": place})
        else:
            connection.execute(_REPLACE, row | {"of": paragraph_id, "place": place})
    if len(sections) < len(before):
        beyond = Section.paragraph_id == paragraph_id, Section.position >= len(sections)
        connection.execute(delete(Section).where(*beyond))


_REPLACE = update(Section).where(Section.paragraph_id == bindparam("of"), Section.position == bindparam("place"))


def _motions(motions: Iterable[d.MotionDraft]) -> Iterable[Motion]:
    for position, motion in enumerate(motions):
        supporters = [db.session.get(Presence, person) for person in dict.fromkeys(motion.supporters)]
        yield Motion(
            position=position,
            text=motion.text,
            mover_id=motion.mover,
            supporters=supporters,
            put_order=motion.put_order,
            withdrawn=motion.withdrawn,
            carried=motion.carried,
        )


def _ballots(ballots: Iterable[d.BallotDraft]) -> Iterable[Ballot]:
    for position, ballot in enumerate(ballots):
        votes = {vote.presence: vote.choice for vote in ballot.votes}
        yield Ballot(
            position=position,
            method=ballot.method,
            question=ballot.question,
            yes_means=ballot.yes_means,
            no_means=ballot.no_means,
            yes=ballot.yes,
            no=ballot.no,
            abstain=ballot.abstain,
            casting_vote_by_id=ballot.casting_vote_by,
            decided_by_lot=ballot.decided_by_lot,
            votes=[
                Vote(position=place, presence_id=person, choice=choice)
                for place, (person, choice) in enumerate(votes.items())
            ],
        )


def _decision(position: int, decision: d.DecisionDraft) -> Decision:
    return Decision(
        position=position,
        outcome=decision.outcome,
        lead=decision.lead,
        recipients=list(decision.recipients),
        clauses=[DecisionClause(position=place, text=text) for place, text in enumerate(decision.clauses)],
    )


def _dissents(
    dissents: Iterable[d.DissentDraft],
    noted: dict[tuple[DissentKind, int], datetime | None],
    at: datetime | None,
) -> Iterable[Dissent]:
    for position, dissent in enumerate(dissents):
        yield Dissent(
            position=position,
            kind=dissent.kind,
            presence_id=dissent.person,
            text=dissent.text,
            noted_at=noted.get((dissent.kind, dissent.person), at),
            announced=dissent.announced,
        )


def _assignments(forum: Forum, assignments: Iterable[d.AssignmentDraft]) -> Iterable[Assignment]:
    for position, assignment in enumerate(assignments):
        person, doing_forum = _doer(forum, assignment.assignee)
        row = Assignment(
            position=position,
            text=assignment.text,
            addendum=assignment.addendum,
            assignee=assignment.assignee,
            assignee_person=person,
            assignee_forum=doing_forum,
            due=assignment.due,
            report_to=assignment.report_to,
        )
        _add_alternatives(row, None, assignment.alternatives)
        yield row


def _add_alternatives(
    assignment: Assignment, parent: Alternative | None, alternatives: Iterable[d.AlternativeDraft]
) -> None:
    for position, alternative in enumerate(alternatives):
        row = Alternative(position=position, text=alternative.text, parent=parent)
        assignment.every_alternative.append(row)
        _add_alternatives(assignment, row, alternative.alternatives)


def _doer(forum: Forum, name: str) -> tuple[Person | None, Forum | None]:
    """Find the assignee by name: a forum of the collaboration, else the only person with the name and a seat in one."""
    if not name:
        return None, None
    forums = select(Forum).where(Forum.collaboration_id == forum.collaboration_id, Forum.name == name)
    doing_forum = db.session.scalar(forums)
    if doing_forum is not None:
        return None, doing_forum
    people = (
        select(Person)
        .join(Seat, Seat.person_id == Person.id)
        .join(Forum, Forum.id == Seat.forum_id)
        .where(Forum.collaboration_id == forum.collaboration_id, Person.name == name)
        .distinct()
    )
    found = db.session.scalars(people).all()
    return (found[0] if len(found) == 1 else None), None
