"""Converting a paragraph's rows to the record that its page shows and the protocol stores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from govern import record
from govern.meetings.naming import distinct_names

if TYPE_CHECKING:
    from govern.meetings.models import Presence
    from govern.paragraphs.models import Alternative, Assignment, Ballot, Motion, Paragraph


Names = Mapping[int, str]


def facts(paragraph: Paragraph, names: Names | None = None) -> record.Paragraph:
    """Return a paragraph as it would be recorded in the protocol if it were sealed now; `names` as in `content`.

    Raises:
        ValueError: if a record cannot represent the rows.
    """
    return record.read(record.Paragraph, content(paragraph, names))


def content(paragraph: Paragraph, names: Names | None = None) -> dict[str, Any]:
    """Return a paragraph's rows as the record's JSON, with people's `names` by presence id, else told apart."""
    names = distinct_names(paragraph.meeting.presences) if names is None else names
    return {
        "number": paragraph.number,
        "label": paragraph.label,
        "heading": paragraph.heading,
        "kind": paragraph.kind.value if paragraph.kind else None,
        "reference": paragraph.reference or None,
        "sections": [
            {"kind": section.kind.value, "heading": section.heading, "blocks": section.body}
            for section in paragraph.sections
            if section.body or section.heading
        ],
        "motions": [_motion(motion, names) for motion in paragraph.motions],
        "ballots": [_ballot(ballot, names) for ballot in paragraph.ballots],
        "decisions": [
            {
                "outcome": decision.outcome.value,
                "lead": decision.lead,
                "clauses": [{"text": clause.text} for clause in decision.clauses],
                "recipients": decision.recipients,
            }
            for decision in paragraph.decisions
        ],
        "dissents": [
            {"kind": dissent.kind.value, "person": _name(dissent.presence, names), "text": dissent.text}
            for dissent in paragraph.dissents
        ],
        "assignments": [_assignment(assignment) for assignment in paragraph.assignments],
        "attachments": [
            {
                "title": attachment.title,
                "filename": attachment.filename,
                "sha256": attachment.sha256,
                "size": attachment.file.size,
                "media_type": attachment.file.media_type,
                "confidential": attachment.confidential,
            }
            for attachment in paragraph.attachments
        ],
        "disqualified": [
            {"name": _name(row.presence, names), "reason": row.reason} for row in paragraph.disqualifications
        ],
        "immediate": paragraph.immediate,
        "confidential": paragraph.confidential,
        "supersedes": [
            {
                "relation": row.relation.value,
                "label": row.earlier.label,
                "forum": row.earlier.forum.name,
                "date": row.earlier.meeting.day.isoformat(),
            }
            for row in paragraph.supersedes
        ],
    }


def _name(presence: Presence, names: Names) -> str:
    return names.get(presence.id, presence.name)


def _motion(motion: Motion, names: Names) -> dict[str, Any]:
    return {
        "text": motion.text,
        "mover": _name(motion.mover, names) if motion.mover else None,
        "supporters": [_name(supporter, names) for supporter in motion.supporters],
        "put_order": motion.put_order,
        "withdrawn": motion.withdrawn,
        "carried": motion.carried,
    }


def _ballot(ballot: Ballot, names: Names) -> dict[str, Any]:
    return {
        "method": ballot.method.value,
        "question": ballot.question,
        "yes_means": ballot.yes_means,
        "no_means": ballot.no_means,
        "yes": ballot.yes,
        "no": ballot.no,
        "abstain": ballot.abstain,
        "votes": [{"name": _name(vote.presence, names), "choice": vote.choice.value} for vote in ballot.votes],
        "casting_vote_by": _name(ballot.casting_vote_by, names) if ballot.casting_vote_by else None,
        "decided_by_lot": ballot.decided_by_lot,
    }


def _assignment(assignment: Assignment) -> dict[str, Any]:
    return {
        "text": assignment.text,
        "assignee": assignment.assignee,
        "due": assignment.due.isoformat() if assignment.due else None,
        "report_to": assignment.report_to or None,
        "alternatives": _alternatives(assignment.alternatives),
        "addendum": assignment.addendum,
    }


def _alternatives(alternatives: Sequence[Alternative]) -> list[dict[str, Any]]:
    return [{"label": a.label, "text": a.text, "alternatives": _alternatives(a.alternatives)} for a in alternatives]
