"""Converting a scripted paragraph to the draft that the page would send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from govern.demo import script
from govern.demo.dates import working_day
from govern.demo.wording import fill, to_html
from govern.meetings.models import Meeting
from govern.paragraphs.attendance import Standings
from govern.paragraphs.drafting import draft


def draft_of(
    paragraph: script.Paragraph,
    meeting: Meeting,
    reference: str,
    standings: Standings,
    words: Mapping[str, Any],
    lead: str,
) -> draft.Draft:
    """Return the draft, with names replaced by presence ids and placeholders filled in.

    Raises:
        KeyError: if the script names someone who is not on the meeting's presence list.
    """
    ids = {presence.name: presence.id for presence in meeting.presences}
    taking_part = [p.id for p in meeting.presences if p.id in standings and standings[p.id].takes_part(p)]
    return draft.parse(
        {
            "heading": fill(paragraph.heading, words),
            "kind": paragraph.kind,
            "reference": reference,
            "confidential": paragraph.confidential,
            "sections": [_section(section, words) for section in _sections(paragraph)],
            "motions": [_motion(motion, ids, words) for motion in paragraph.motion],
            "ballots": [_ballot(ballot, ids, taking_part) for ballot in paragraph.ballot],
            "decisions": _decisions(paragraph, words, lead),
            "dissents": [
                {"kind": dissent.kind, "person": ids[dissent.person], "text": fill(dissent.text, words)}
                for dissent in paragraph.dissent
            ],
            "assignments": [_assignment(assignment, meeting, words) for assignment in paragraph.assignment],
        }
    )


def _sections(paragraph: script.Paragraph) -> Sequence[script.Section]:
    first = (script.Section(kind="text", text=paragraph.text),) if paragraph.text else ()
    return (*first, *paragraph.section)


def _section(section: script.Section, words: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": section.kind, "heading": section.heading, "html": to_html(fill(section.text, words))}


def _motion(motion: script.Motion, ids: Mapping[str, int], words: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "text": fill(motion.text, words),
        "mover": ids[motion.mover],
        "supporters": [ids[name] for name in motion.supporters],
        "put_order": motion.put_order,
        "withdrawn": motion.withdrawn,
        "carried": motion.carried,
    }


def _ballot(ballot: script.Ballot, ids: Mapping[str, int], taking_part: Sequence[int]) -> dict[str, Any]:
    no, abstain = ({ids[name] for name in names} for names in (ballot.no, ballot.abstain))
    choices = {person: "no" if person in no else "abstain" if person in abstain else "yes" for person in taking_part}
    counts = dict(zip(("yes", "no", "abstain"), ballot.counts, strict=False))
    votes = [{"presence": person, "choice": choice} for person, choice in choices.items()]
    return counts | {
        "method": ballot.method,
        "question": ballot.question,
        "yes_means": ballot.yes_means,
        "no_means": ballot.no_means,
        "votes": votes if ballot.method == "open" else [],
        "casting_vote_by": ids.get(ballot.casting_vote_by),
    }


def _decisions(paragraph: script.Paragraph, words: Mapping[str, Any], lead: str) -> list[dict[str, Any]]:
    if not paragraph.decide:
        return []
    return [
        {
            "outcome": paragraph.outcome,
            "lead": paragraph.lead or lead,
            "clauses": [fill(clause, words) for clause in paragraph.decide],
            "recipients": list(paragraph.to),
        }
    ]


def _assignment(assignment: script.Assignment, meeting: Meeting, words: Mapping[str, Any]) -> dict[str, Any]:
    due = None if assignment.due is None else working_day(meeting.day + timedelta(days=assignment.due))
    return {
        "text": fill(assignment.text, words),
        "assignee": assignment.assignee,
        "due": due.isoformat() if due else None,
        "report_to": fill(assignment.report_to, words),
        "alternatives": _alternatives(assignment.alternatives),
        "addendum": fill(assignment.addendum, words),
    }


def _alternatives(spec: Sequence[Any]) -> list[dict[str, Any]]:
    """Parse a list in which a nested list holds the sub-alternatives of the text before it."""
    found: list[dict[str, Any]] = []
    for part in spec:
        if isinstance(part, str):
            found.append({"text": part, "alternatives": []})
        else:
            found[-1]["alternatives"] = _alternatives(part)
    return found
