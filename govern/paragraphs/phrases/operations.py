"""Phrases: the installation's defaults, each forum's own beside or instead of them, and filling in both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from govern import audit, markup, richtext
from govern.db import db, save_changes
from govern.documents.papers.procedure import listed
from govern.errors import Refused, enforce
from govern.forums.models import Forum
from govern.meetings.models import Meeting
from govern.paragraphs.attendance import Standings
from govern.paragraphs.drafting.models import Phrase
from govern.paragraphs.models import Paragraph
from govern.paragraphs.outcomes import said_by
from govern.paragraphs.phrases import rules as phrasing
from govern.paragraphs.rules import Refusal
from govern.paragraphs.states import COMES_BACK, PhraseTarget
from govern.people.models import Person
from govern.swedish import clock, long_date

WORD = re.compile(r"[^\s/]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseFacts:
    """A phrase as typed. `kinds` are paragraph codes, empty for any."""

    trigger: str
    name: str
    kinds: tuple[str, ...]
    target: PhraseTarget
    html: str


def phrases_of(forum: Forum | None) -> Sequence[Phrase]:
    """List a forum's own phrases, or the installation's (None), in their order."""
    own = Phrase.forum_id.is_(None) if forum is None else Phrase.forum_id == forum.id
    return db.session.scalars(select(Phrase).where(own).order_by(Phrase.position, Phrase.id)).all()


def phrases_for(forum: Forum) -> list[Phrase]:
    """List the phrases available to a forum: its own first, then the defaults whose triggers it does not use."""
    own = list(phrases_of(forum))
    taken = {phrase.trigger for phrase in own}
    return own + [phrase for phrase in phrases_of(None) if phrase.trigger not in taken]


def phrase_by_id(phrase_id: int, slug: str | None = None) -> Phrase | None:
    """Return a phrase if it belongs to the forum with this slug, or to the installation (None); else None."""
    phrase = db.session.get(Phrase, phrase_id)
    owner = phrase.forum.slug if phrase and phrase.forum else None
    return phrase if phrase and owner == slug else None


def save_phrase(forum: Forum | None, phrase: Phrase | None, facts: PhraseFacts, *, by: Person, at: datetime) -> Phrase:
    """Add a phrase last (if `phrase` is None) or change one.

    Raises:
        Refused: if the trigger is taken or not one word, or the text is empty, is more than one line in a phrase for a
            decision or a heading, has tables with too many cells, or has unknown placeholders, or the phrase is for
            decisions under code I.
    """
    markup.refuse_cells([facts.html])
    blocks = markup.from_html(facts.html)
    trigger = facts.trigger.strip().lower()
    if not WORD.fullmatch(trigger):
        raise Refused(Refusal.TRIGGER_SPACE, "trigger")
    if not richtext.text_of(blocks).strip():
        raise Refused(Refusal.NO_TEXT, "html")
    if facts.target is not PhraseTarget.TEXT and (len(blocks) != 1 or not isinstance(blocks[0], richtext.Para)):
        raise Refused(Refusal.ONE_LINE, "html")
    enforce(phrasing.refuse_codes(facts.target, facts.kinds), "kinds")
    unknown = phrasing.unknown_in(facts.html)
    if unknown:
        raise Refused(f"{{{unknown[0]}}} går inte att fylla i. Använd namnen i listan.", "html")
    if any(other.trigger == trigger and other is not phrase for other in phrases_of(forum)):
        raise Refused(Refusal.TRIGGER_TAKEN, "trigger")
    action = "phrase.changed" if phrase else "phrase.added"
    if phrase is None:
        own = Phrase.forum_id.is_(None) if forum is None else Phrase.forum_id == forum.id
        last = db.session.scalar(select(func.max(Phrase.position)).where(own))
        phrase = Phrase(forum=forum, position=(last if last is not None else -1) + 1)
        db.session.add(phrase)
    phrase.trigger, phrase.name, phrase.target = trigger, facts.name.strip(), facts.target
    phrase.kinds, phrase.html = list(facts.kinds), markup.to_html(blocks)
    audit.write(action, phrase, by=by, at=at, trigger=trigger)
    save_changes()
    return phrase


def remove_phrase(phrase: Phrase, *, by: Person, at: datetime) -> None:
    """Remove a phrase; text that was written with it is not affected."""
    audit.write("phrase.removed", phrase, by=by, at=at, trigger=phrase.trigger)
    db.session.delete(phrase)
    save_changes()


def filled(paragraph: Paragraph, standings: Standings) -> dict[str, Any]:
    """Return the phrases with this meeting's facts filled in, and the people that `{person}` may mean, for the page."""
    facts = _facts(paragraph)
    people = [p.distinct_name for p in paragraph.meeting.presences if standings[p.id].present]
    return {
        "modules": [_filled(phrase, facts) for phrase in phrases_for(paragraph.forum)],
        "people": people,
        "disqualified": listed([row.presence.distinct_name for row in paragraph.disqualifications]),
    }


def _filled(phrase: Phrase, facts: dict[str, str]) -> dict[str, Any]:
    html = phrasing.fill(phrase.html, facts)
    text = richtext.text_of(markup.from_html(html))
    said = said_by(text)
    return {
        "trigger": phrase.trigger,
        "name": phrase.name,
        "kinds": phrase.kinds,
        "not_for": phrasing.not_for(phrase.target),
        "target": phrase.target.value,
        "html": html,
        "text": text,
        "outcome": said if phrase.target is PhraseTarget.DECISION else None,
        "comes_back": said in COMES_BACK,
        "asks": "person" in phrasing.placeholders_in(html),
    }


def _facts(paragraph: Paragraph) -> dict[str, str]:
    meeting = paragraph.meeting
    before, after = _beside(meeting)
    return {
        "ordförande": meeting.chair.name if meeting.chair else "",
        "sekreterare": meeting.secretary.name if meeting.secretary else "",
        "justerare": listed([adjuster.presence.distinct_name for adjuster in meeting.adjusters]),
        "forum": meeting.forum.name,
        "datum": long_date(meeting.day),
        "börjar": clock(meeting.starts),
        "plats": meeting.place,
        "paragraf": paragraph.label,
        "ärende": paragraph.heading,
        "diarienummer": paragraph.reference,
        "förra mötet": long_date(before.day) if before else "",
        "nästa möte": f"{long_date(after.day)} klockan {clock(after.starts)}" if after else "",
    }


def _beside(meeting: Meeting) -> tuple[Meeting | None, Meeting | None]:
    """Return the forum's last meeting on an earlier day and its first on a later day, if any."""
    others = select(Meeting).where(Meeting.forum_id == meeting.forum_id)
    before = others.where(Meeting.day < meeting.day).order_by(Meeting.day.desc(), Meeting.starts.desc()).limit(1)
    after = others.where(Meeting.day > meeting.day).order_by(Meeting.day, Meeting.starts).limit(1)
    return db.session.scalar(before), db.session.scalar(after)
