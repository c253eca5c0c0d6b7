"""A paragraph as search knows it: passages, each with the id at which a page shows it, and who may find it.

The ids are those that `templates/components/record.html` gives.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, scoped_session, selectinload
from sqlalchemy.sql.base import ExecutableOption

from govern import richtext
from govern.assignments.queries import duties
from govern.assignments.rules import state_of as state_of_duty
from govern.assignments.states import AssignmentState
from govern.cases.access import standings
from govern.cases.models import AttachmentText
from govern.meetings.models import Meeting
from govern.paragraphs.access import audience
from govern.paragraphs.facts import content
from govern.paragraphs.models import Ballot, Disqualification, Paragraph
from govern.paragraphs.queries import WHOLE
from govern.paragraphs.states import DissentKind, Outcome
from govern.record import WITHHELD
from govern.search import Document, Mark, Passage
from govern.swedish import long_date

TOLD = (Outcome.REJECTION, Outcome.REMISSION, Outcome.TABLING)
"""Outcomes that the clauses may tell in other words (att återremittera), and people ask for by name."""

SEALED = "sealed"
SEALED_NAME = "Förseglad"

_LETTERS = re.compile(r"\s*\(([^()\s]{1,4})\)\s*$")

LOADED: tuple[ExecutableOption, ...] = (
    *WHOLE,
    joinedload(Paragraph.meeting).joinedload(Meeting.forum),
    selectinload(Paragraph.disqualifications).joinedload(Disqualification.presence),
    selectinload(Paragraph.ballots).joinedload(Ballot.casting_vote_by),
)
"""What to load with paragraphs so that `document` asks the database for nothing more."""


def key_of(paragraph_id: int) -> str:
    """Name a paragraph in the index."""
    return f"paragraph:{paragraph_id}"


def papers_key(paragraph_id: int) -> str:
    """Name, in the index, the confidential papers of a paragraph that is open itself."""
    return f"papers:{paragraph_id}"


def id_of(key: str) -> int:
    """Read the paragraph's id out of its name in the index."""
    return int(key.partition(":")[2])


def readers_of(paragraph: Paragraph) -> frozenset[str]:
    """List the access terms of which a reader needs one."""
    return audience(paragraph).terms(paragraph.meeting.forum.collaboration_id)


def state_of(paragraph: Paragraph) -> tuple[str, str]:
    """Return how far a paragraph has come, as code and word."""
    if paragraph.meeting.sealed_at is not None:
        return SEALED, SEALED_NAME
    return paragraph.state.value, paragraph.state.label


Texts = Mapping[str, Sequence[str]]
"""What is written in files, by SHA-256: a string a page or part."""


def texts_of(paragraphs: Collection[Paragraph], session: Session | scoped_session[Session]) -> Texts:
    """Read what is written in the paragraphs' files, in one statement."""
    sums = {attachment.sha256 for paragraph in paragraphs for attachment in paragraph.attachments}
    query = select(AttachmentText).where(AttachmentText.sha256.in_(sums)).order_by(AttachmentText.part)
    texts: dict[str, list[str]] = {}
    for row in session.scalars(query) if sums else ():
        texts.setdefault(row.sha256, []).append(row.text)
    return texts


def secret_papers(
    paragraphs: Collection[Paragraph], session: Session | scoped_session[Any]
) -> dict[int, frozenset[str]]:
    """Say, in one statement, which of the paragraphs' files are secret, by id, and who may find each."""
    stand = standings([attachment for paragraph in paragraphs for attachment in paragraph.attachments], session)
    return {
        attachment.id: stand[attachment.id].readers(paragraph.meeting.forum.collaboration_id)
        for paragraph in paragraphs
        for attachment in paragraph.attachments
        if stand[attachment.id].secret
    }


def facts_of(paragraph: Paragraph, secret: Collection[int]) -> dict[str, Any]:
    """Write down a paragraph's facts, in which every secret file is marked as one, whatever made it secret."""
    facts = content(paragraph)
    for attachment, fact in zip(paragraph.attachments, facts["attachments"], strict=True):
        fact["confidential"] = fact["confidential"] or (WITHHELD if attachment.id in secret else None)
    return facts


def standing(
    paragraphs: Collection[Paragraph], session: Session | scoped_session[Any], today: date
) -> dict[int, AssignmentState]:
    """Return how the paragraphs' assignments stand, by the id of each, in two statements."""
    given = [assignment for paragraph in paragraphs for assignment in paragraph.assignments]
    return {duty.assignment.id: state_of_duty(duty, today=today) for duty in duties(given, session)}


def documents(
    paragraph: Paragraph,
    texts: Texts,
    secret: Mapping[int, frozenset[str]],
    standing: Mapping[int, AssignmentState] | None = None,
) -> Iterator[Document]:
    """Write down a paragraph with what is written in its files, for the index.

    A file may be more secret than the paragraph that lists it: what only those who sit may find stands beside it.
    """
    written, facts = document(paragraph, secret, standing), facts_of(paragraph, secret)
    closed = f"collaboration:{paragraph.meeting.forum.collaboration_id}" not in written.readers
    kept = {place for place, attachment in enumerate(paragraph.attachments, 1) if attachment.id in secret}
    others = set(range(1, len(paragraph.attachments) + 1)) - (set() if closed else kept)
    found = file_passages(facts, texts, others)
    yield replace(written, passages=(*written.passages, *found))
    if closed or not kept:
        return
    readers = [secret[attachment.id] for attachment in paragraph.attachments if attachment.id in secret]
    yield replace(
        written,
        key=papers_key(paragraph.id),
        passages=tuple(file_passages(facts, texts, kept)),
        readers=frozenset.intersection(*readers),
        number=None,
        **dict.fromkeys(("references", "people", "holds", "marks"), ()),  # type: ignore[arg-type]
    )


def file_passages(facts: Mapping[str, Any], texts: Texts, places: Collection[int]) -> Iterator[Passage]:
    """Take what is written in a paragraph's files apart, a passage a page; `places` are those of the list, from 1."""
    for place, attachment in enumerate(facts["attachments"], 1):
        if place in places:
            anchor = file_anchor(facts["number"], place)
            if attachment["confidential"]:
                yield Passage("attachment", anchor, attachment["title"])
            for text in texts.get(attachment["sha256"], ()):
                yield Passage("attachment", anchor, text)


def file_anchor(number: int, place: int) -> str:
    """Return where on its page a paragraph's file stands; `place` counts its files from 1."""
    return f"p{number}-bilaga{place}"


def document(
    paragraph: Paragraph, secret: Collection[int], standing: Mapping[int, AssignmentState] | None = None
) -> Document:
    """Write down a paragraph, loaded with `LOADED`, but for what is written in its files.

    `secret` are the ids of its secret files; `standing` says how its assignments stand, by the id of each.
    """
    facts = facts_of(paragraph, secret)
    forum, met = paragraph.meeting.forum, paragraph.meeting.day
    state, state_name = state_of(paragraph)
    kind = paragraph.kind
    return Document(
        key=key_of(paragraph.id),
        kind=kind.value.lower() if kind else "",
        kind_name=kind.label if kind else "",
        paragraph_kind=kind.value if kind else None,
        passages=tuple(passages(facts)),
        forum=forum.slug,
        forum_name=forum.name,
        date=met,
        year=met.year,
        readers=readers_of(paragraph),
        number=paragraph.number,
        state=state,
        state_name=state_name,
        references=tuple(dict.fromkeys(r for r in (facts["reference"], _reference_of_case(paragraph)) if r)),
        people=tuple(dict.fromkeys((*_people(facts), *(_with_party(*who) for who in _acting(paragraph))))),
        holds=tuple(dict.fromkeys(_holds(paragraph, secret))),
        marks=tuple(dict.fromkeys(_marks(paragraph, standing or {}))),
    )


def _acting(paragraph: Paragraph) -> Iterator[tuple[str, str]]:
    """Name those who act in the paragraph, each with the letters of a political party or none."""
    there = [motion.mover for motion in paragraph.motions]
    there += [supporter for motion in paragraph.motions for supporter in motion.supporters]
    there += [dissent.presence for dissent in paragraph.dissents]
    there += [row.presence for row in paragraph.disqualifications]
    for presence in filter(None, there):
        name, letters = presence.name, presence.political_party
        if match := _LETTERS.search(name):
            name, letters = name[: match.start()], letters or match[1]
        yield name.strip(), letters.strip("() ").upper()
    for assignment in paragraph.assignments:
        if assignment.assignee_person_id is not None:
            yield assignment.assignee, ""


def _with_party(name: str, letters: str) -> str:
    return f"{name} ({letters})" if letters else name


def _holds(paragraph: Paragraph, secret: Collection[int]) -> Iterator[str]:
    """Name what a paragraph is a case of, besides its kind, as `typ:` asks for it."""
    parts = {"yrkande": paragraph.motions, "omröstning": paragraph.ballots, "uppdrag": paragraph.assignments}
    parts |= {"bilaga": [a for a in paragraph.attachments if a.id not in secret], "jäv": paragraph.disqualifications}
    yield from (name for name, rows in parts.items() if rows)
    yield from (dissent.kind.label for dissent in paragraph.dissents)


def _marks(paragraph: Paragraph, standing: Mapping[int, AssignmentState]) -> Iterator[Mark]:
    """List what the facets beside the forum, year, kind and state count."""
    for decision in paragraph.decisions:
        yield Mark("outcome", decision.outcome.value, decision.outcome.label)
    for assignment in paragraph.assignments:
        if state := standing.get(assignment.id):
            yield Mark("duty", state.value, state.label)
    for name, letters in _acting(paragraph):
        yield Mark("person", name)
        if letters.strip("-"):
            yield Mark("party", letters, letters)


def _reference_of_case(paragraph: Paragraph) -> str | None:
    return paragraph.case.reference if paragraph.case else None


def passages(facts: Mapping[str, Any]) -> Iterator[Passage]:
    """Take a paragraph's facts, as the record's JSON, apart into passages in the order of its page."""
    here = f"p{facts['number']}"
    if facts["heading"]:
        yield Passage("heading", here, facts["heading"])
    if facts["reference"]:
        yield Passage("reference", f"{here}-dnr", facts["reference"])
    for place, section in enumerate(facts["sections"], 1):
        text = richtext.text_of(richtext.from_json(section["blocks"]))
        yield Passage("section", f"{here}-s{place}", _lines(section["heading"], text))
    for place, motion in enumerate(facts["motions"], 1):
        yield Passage("motion", f"{here}-y{place}", f"{motion['mover'] or 'Någon'} yrkar {motion['text']}")
    for place, ballot in enumerate(facts["ballots"], 1):
        yield Passage(
            "other",
            f"{here}-o{place}",
            _lines("Omröstning", *(ballot[n] for n in ("question", "yes_means", "no_means"))),
        )
    for place, decision in enumerate(facts["decisions"], 1):
        yield from _decision(f"{here}-b{place}", decision)
    for place, dissent in enumerate(facts["dissents"], 1):
        kind = DissentKind(dissent["kind"]).label
        yield Passage("dissent", f"{here}-r{place}", f"{kind}, {dissent['person']}: {dissent['text']}")
    for place, assignment in enumerate(facts["assignments"], 1):
        yield Passage("assignment", f"{here}-u{place}", _lines(*_assignment(assignment)))
    for row in facts["disqualified"]:
        yield Passage("other", here, f"Jäv: {row['name']}")
    for attachment in facts["attachments"]:
        if not attachment["confidential"]:  # A file may be more secret than the paragraph that lists it.
            yield Passage("attachment", f"{here}-bilagor", attachment["title"])


def _decision(here: str, decision: Mapping[str, Any]) -> Iterator[Passage]:
    if (outcome := Outcome(decision["outcome"])) in TOLD:
        yield Passage("decision", here, outcome.label)
    if decision["lead"]:
        yield Passage("decision", here, decision["lead"])
    for place, clause in enumerate(decision["clauses"], 1):
        yield Passage("decision", f"{here}-{place}", f"att {clause['text']}")
    if decision["recipients"]:
        yield Passage("other", here, f"Beslutet skickas till {', '.join(decision['recipients'])}")


def _assignment(assignment: Mapping[str, Any]) -> Iterator[str]:
    yield f"Uppdrag till {assignment['assignee']}" if assignment["assignee"] else "Uppdrag"
    yield assignment["text"]
    yield from _alternatives(assignment["alternatives"])
    yield assignment["addendum"]
    if assignment["due"]:
        yield f"Återrapport senast {long_date(date.fromisoformat(assignment['due']))}"
    if assignment["report_to"]:
        yield f"Återrapport till {assignment['report_to']}"


def _alternatives(alternatives: list[dict[str, Any]]) -> Iterator[str]:
    for alternative in alternatives:
        yield f"{alternative['label']}. {alternative['text']}"
        yield from _alternatives(alternative["alternatives"])


def _people(facts: Mapping[str, Any]) -> Iterator[str]:
    """Name those who act in the paragraph, not all who were present."""
    for motion in facts["motions"]:
        yield from filter(None, (motion["mover"], *motion["supporters"]))
    yield from (dissent["person"] for dissent in facts["dissents"])
    yield from (row["name"] for row in facts["disqualified"])
    yield from filter(None, (assignment["assignee"] for assignment in facts["assignments"]))


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)
