"""A meeting with a secret in it, from its agenda to the archive, with a distinct word in every text that is typed.

Anna presides, Bo adjusts, Cilla keeps the minutes. One § is secret (Sekretessen), another is open with a secret file
(Bilagan). The secret is marked from the beginning, or later, when everyone has read its agenda.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from govern import outbox
from govern.assignments import operations as duties
from govern.assignments.queries import duty_by_id
from govern.assignments.states import Closing
from govern.cases.proposals import operations as proposing
from govern.db import db
from govern.forums.states import Regime, SeatRole
from govern.meetings import operations as meetings
from govern.meetings.models import AgendaItem, Meeting, MeetingFacts
from govern.meetings.presence import operations as presence
from govern.notices import operations as notices
from govern.notices.publishing import operations as publishing
from govern.paragraphs import movements
from govern.paragraphs import operations as paragraphs
from govern.paragraphs.drafting import draft as drafts
from govern.paragraphs.models import Paragraph
from govern.people import operations as people
from govern.protocols import operations
from govern.protocols.adjusting import operations as adjusting
from govern.protocols.adjusting import queries as adjusted
from govern.protocols.binding import operations as binding
from govern.protocols.checks import Finding
from govern.protocols.correcting import operations as correcting
from govern.protocols.dispatching import operations as dispatching
from govern.protocols.extracting import operations as extracting
from govern.protocols.models import Protocol
from govern.protocols.queries import accepted_of, findings_of, protocol_of
from govern.protocols.signing import operations as signing
from govern.swedish import local_day
from tests import make
from tests.cast import PASSWORD, Cast

AT = datetime(2024, 4, 22, 7, 0, tzinfo=UTC)
LAW = "OSL 19 kap. 3 §"
FRESH = timedelta(minutes=5)
PEOPLE = ("eva", "david", "disa", "gun", "anna", "cilla", "ada")
OUTSIDE = ("eva", "david", "disa", "gun")
"""Those for whom it is secret: the public, members of another forum and collaboration, and a former member."""


@dataclass
class Story:
    """The state so far, and what every planted word was typed into."""

    cast: Cast
    late: bool
    planted: dict[str, str] = field(default_factory=dict)
    allowed: set[str] = field(default_factory=set)
    at: datetime = AT
    letters = itertools.product("abcdefghijklmnopqrstuvwxyz", repeat=3)

    meeting_id: int = 0

    def word(self, place: str) -> str:
        """Make a word for one text."""
        made = "zqv" + "".join(next(self.letters))
        self.planted[made] = place
        return made

    def said(self, place: str) -> str:
        """Return a sentence with a new word."""
        return f"Om {self.word(place)} här"

    @property
    def secret(self) -> set[str]:
        """The words that outsiders may not read now."""
        return set(self.planted) - self.allowed

    @property
    def meeting(self) -> Meeting:
        """The meeting."""
        return db.session.get_one(Meeting, self.meeting_id)

    def paragraph(self, place: int) -> Paragraph:
        """Return the secret paragraph (0) or the public one (1)."""
        query = select(Paragraph).where(Paragraph.meeting_id == self.meeting_id).order_by(Paragraph.number)
        return db.session.scalars(query).all()[place]

    @property
    def protocol(self) -> Protocol:
        """The sealed protocol."""
        found = protocol_of(self.meeting)
        assert found is not None
        return found

    def by(self, who: str = "cilla") -> dict[str, Any]:
        """Return who acts, and when: a minute after the previous action."""
        self.at += timedelta(minutes=1)
        return {"by": db.session.merge(getattr(self.cast, who)), "at": self.at}


def others(cast: Cast) -> dict[str, str]:
    """Add outsiders: Disa sits in another collaboration, Gun is a former member. Return their addresses."""
    elsewhere = make.forum(make.collaboration("Dalsam"), "Dalrådet")
    for name, forum, ends in (("Disa Dalberg", elsewhere, None), ("Gun Gammal", cast.forum, date(2024, 2, 1))):
        address = f"{name.split()[0].lower()}@alvsam.example"
        person = people.add_person(name, address, by=None, at=AT)
        people.add_account(person, address, PASSWORD, administrator=False, by=None, at=AT)
        make.seat(forum, person, SeatRole.MEMBER, starts_on=date(2023, 1, 1), ends_on=ends)
    for name in ("Erik Ek", "Frida Falk"):  # They make up the quorum; Erik is disqualified at the secret paragraph.
        make.seat(
            cast.forum, people.add_person(name, None, by=None, at=AT), SeatRole.MEMBER, starts_on=date(2023, 1, 1)
        )
    cast.forum.regime = Regime.KL_BOARD
    make.commit()
    return {name: f"{name}@alvsam.example" for name in ("disa", "gun")}


def run_story(cast: Cast, *, late: bool) -> Iterator[tuple[str, Story]]:
    """Run the meeting step by step, yielding after each step for checks."""
    story = Story(cast, late)
    for step in (
        planned,
        called,
        under_way,
        hidden,
        detached,
        ready,
        sealed,
        signed,
        posted,
        published,
        sent,
        corrected,
    ):
        step(story)
        while outbox.drain():
            pass
        db.session.commit()
        db.session.expire_all()
        yield step.__name__, story


def planned(story: Story) -> None:
    """Plan the meeting: an officer's paper, a paper on the agenda, and content not yet open to others."""
    forum, said = story.cast.forum, story.said
    facts = MeetingFacts(day=date(2024, 4, 22), starts=time(9), ends=None, place="Björkby")
    story.meeting_id = meetings.plan_meeting(forum, facts, **story.by()).id
    before = set(story.planted)
    paper = proposing.save_proposal(
        forum,
        None,
        proposing.ProposalFacts(
            heading=said("tjänsteskrivelsens rubrik"),
            reference="KS 2024/17",
            clauses=said("tjänsteskrivelsens att-sats"),
            matter=f"<p>{said('tjänsteskrivelsens ärendebeskrivning')}</p>",
            basis=f"<p>{said('tjänsteskrivelsens underlag')}</p>",
            assessment=f"<p>{said('tjänsteskrivelsens bedömning')}</p>",
            consequences=f"<p>{said('tjänsteskrivelsens konsekvenser')}</p>",
            recipients=said("tjänsteskrivelsens mottagare"),
        ),
        **story.by(),
    )
    proposing.mark_ready(paper, **story.by())
    item = meetings.save_item(
        story.meeting,
        None,
        heading=said("ärendets rubrik"),
        kind=None,
        reference="KS 2024/17",
        note=said("ärendets anteckning"),
        proposal=paper,
        **story.by(),
    )
    name, title = story.word("handlingens filnamn"), story.said("handlingens titel")
    data = story.said("handlingens innehåll").encode()
    meetings.add_paper(item, f"{name}.txt", data, title, confidential=None, **story.by())
    if story.late:
        story.allowed |= set(story.planted) - before
    else:
        meetings.withhold_item(item, f"{LAW} ({said('ärendets skäl')})", **story.by())
        db.session.commit()
    open_item = meetings.save_item(story.meeting, None, heading="Öppet ärende", kind=None, **story.by())
    hidden_paper = (f"{story.word('hemlig handlings filnamn')}.txt", said("hemlig handlings innehåll").encode())
    reason = f"{LAW} ({said('hemlig handlings skäl')})"
    meetings.add_paper(open_item, *hidden_paper, said("hemlig handlings titel"), confidential=reason, **story.by())
    never = proposing.ProposalFacts(
        heading=said("utkastets rubrik"), reference="KS 2024/99", matter=f"<p>{said('utkastets text')}</p>"
    )
    proposing.save_proposal(forum, None, never, **story.by())
    secret = proposing.ProposalFacts(
        heading=said("hemlig skrivelses rubrik"),
        clauses=said("hemlig skrivelses att-sats"),
        confidential=f"{LAW} ({said('hemlig skrivelses skäl')})",
    )
    proposing.mark_ready(proposing.save_proposal(forum, None, secret, **story.by()), **story.by())


def called(story: Story) -> None:
    """Call the meeting, with its papers packed."""
    meetings.call(story.meeting, **story.by())


def under_way(story: Story) -> None:
    """Open it and write; the late secret is still open, but a draft is only for those who sit in the forum."""
    meetings.open_meeting(story.meeting, **story.by())
    for item in list(story.meeting.agenda):
        paragraphs.open_item(db.session.get_one(AgendaItem, item.id), **story.by())
    _write(story, None if story.late else _reason(story))


def hidden(story: Story) -> None:
    """Make it secret at the latest now: nothing typed is open to others any more."""
    _write(story, _reason(story))
    story.allowed.clear()
    file = (
        f"{story.word('bilagans filnamn')}.txt",
        story.said("bilagans innehåll").encode(),
        story.said("bilagans titel"),
    )
    paragraphs.add_attachment(story.paragraph(0), *file, confidential=None, **story.by())
    file = (f"{story.word('öppna §:s bilagas filnamn')}.txt", story.said("öppna §:s bilagas innehåll").encode())
    reason = f"annat: {story.said('öppna §:s bilagas skäl')}"
    title = story.said("öppna §:s bilagas titel")
    paragraphs.add_attachment(story.paragraph(1), *file, title, confidential=reason, **story.by())
    paragraphs.set_immediate(story.paragraph(0), False, **story.by())


def detached(story: Story) -> None:
    """Remove the papers from the secret §, open it and make it secret again: the papers stay secret throughout."""
    paragraph = story.paragraph(0)
    for paper in list(paragraph.attachments):
        paragraphs.remove_attachment(story.paragraph(0), paper, **story.by())
    item = db.session.get_one(AgendaItem, paragraph.agenda_item_id)
    meetings.save_item(
        story.meeting, item, heading=item.heading, kind=None, reference="KS 2024/17", note=item.note, **story.by()
    )
    _write(story, None)
    _write(story, _reason(story))


def ready(story: Story) -> None:
    """Complete it: it is sent back with a comment, adjusted and approved."""
    meeting = story.meeting
    adjuster = next(p for p in meeting.presences if p.person_id == story.cast.bo.id)
    presence.choose_adjusters(meeting, [adjuster], **story.by())
    erik = next(p for p in meeting.presences if p.name == "Erik Ek")
    movements.disqualify(story.paragraph(0), erik, story.said("jävets skäl"), **story.by())
    paragraphs.mark_ready(story.paragraph(0), **story.by())
    comment = story.said("ordförandens kommentar")
    quote = story.said("ordförandens citat")
    paragraphs.send_back(story.paragraph(0), comment, quote=quote, **story.by("anna"))
    for place in (0, 1):
        paragraphs.mark_ready(story.paragraph(place), **story.by())
    meetings.close_meeting(story.meeting, None, **story.by())
    for place in (0, 1):
        paragraphs.approve(story.paragraph(place), **story.by("anna"))
    read = story.paragraph(0).version
    adjusting.comment(story.paragraph(0), story.said("justerarens synpunkt"), read, **story.by("bo"))
    adjusting.answer(adjusted.adjustments_of(story.meeting)[0], **story.by())


def sealed(story: Story) -> None:
    """Seal the protocol."""
    while left := [f for f in _findings(story) if f.key not in accepted_of(story.meeting)]:
        operations.accept_warning(story.meeting, left[0].key, "Det stämmer.", **story.by())
    operations.seal(story.meeting, **story.by())


def _findings(story: Story) -> list[Finding]:
    return findings_of(story.meeting, today=local_day(story.at))


def signed(story: Story) -> None:
    """Sign it; report on the assignment of the secret §."""
    _sign(story, story.protocol.id)
    duty = duty_by_id(story.paragraph(0).assignments[0].id)
    assert duty is not None
    duties.report(duty, story.said("återrapporten"), **story.by())
    duties.close(duty, Closing.DONE, story.said("avslutets anteckning"), **story.by())


def posted(story: Story) -> None:
    """Post its notice on the board."""
    notices.post(story.protocol, "Kommunkansliet", **story.by())


def published(story: Story) -> None:
    """Publish the public copy."""
    copy = publishing.prepare(story.protocol, **story.by())
    publishing.confirm(copy, set(), **story.by())
    publishing.publish(db.session.get_one(type(copy), copy.id), **story.by())


def sent(story: Story) -> None:
    """Bind the meeting, and send extracts: the secret § to a recipient who may have it."""
    binding.ask(story.protocol, **story.by())
    for place in (0, 1):
        number = story.paragraph(place).number
        made = story.by()
        extract = dispatching.certify(story.protocol, [number], fresh_at=made["at"], fresh_for=FRESH, **made)
        dispatching.send(
            story.protocol,
            extract,
            "Björkby",
            [number],
            addresses=["r@bjorkby.example"],
            confirmed=[number],
            **story.by(),
        )
    extracting.make_extract(story.protocol, [story.paragraph(1).number], **story.by())


def corrected(story: Story) -> None:
    """Correct the secret §, and the open one where it names the secret file; sign both."""
    secret, other = story.paragraph(0), story.paragraph(1)
    quoted = secret.decisions[0].clauses[0].text
    title = next(file.title for file in other.attachments if file.confidential)
    for number, old in ((secret.number, quoted), (other.number, title)):
        made = correcting.correct(
            story.protocol, number, old=old, new=story.said("rättelsens nya ord"), reason=story.said("rättelsens skäl"),
            **story.by(),
        )  # fmt: skip
        _sign(story, made.id)


def _sign(story: Story, protocol_id: int) -> None:
    for place in range(len(db.session.get_one(Protocol, protocol_id).signatures)):
        signature = db.session.get_one(Protocol, protocol_id).signatures[place]
        when = story.by()["at"]
        signing.sign(signature, fresh_at=when, fresh_for=FRESH, by=signature.person, at=when)


def _reason(story: Story) -> str:
    return f"{LAW} ({story.said('paragrafens skäl')})"


def _write(story: Story, reason: str | None) -> None:
    """Save the secret § with a new word in every field, so that earlier words are in versions; save the open one."""
    paragraph, said = story.paragraph(0), story.said
    there = {p.name: p.id for p in story.meeting.presences}
    bo = there["Bo Björk"]
    voting = [there[name] for name in ("Anna Ask", "Bo Björk", "Frida Falk")]
    draft = {
        "heading": said("paragrafens rubrik"),
        "kind": "B",
        "reference": "KS 2024/17",
        "confidential": reason,
        "sections": [
            {"kind": "text", "heading": said("avsnittets rubrik"), "html": f"<p>{said('avsnittets text')}</p>"}
        ],
        "motions": [{"text": said("yrkandet"), "mover": bo, "supporters": [bo], "carried": True, "put_order": 1}],
        "ballots": [
            {
                "method": "open",
                "question": said("omröstningens fråga"),
                "yes_means": said("ja betyder"),
                "no_means": said("nej betyder"),
                "votes": [{"presence": one, "choice": "yes"} for one in voting],
            }
        ],
        "decisions": [
            {
                "outcome": "approval",
                "lead": said("beslutets inledning"),
                "clauses": [said("att-satsen")],
                "recipients": [said("beslutets mottagare")],
            }
        ],
        "dissents": [{"kind": "reservation", "person": bo, "text": said("reservationen")}],
        "assignments": [
            {
                "text": said("uppdraget"),
                "assignee": said("den som får uppdraget"),
                "due": "2024-06-03",
                "report_to": said("vem som hör resultatet"),
                "alternatives": [{"text": said("alternativet"), "alternatives": [{"text": said("underalternativet")}]}],
                "addendum": said("uppdragets tillägg"),
            }
        ],
    }
    paragraphs.save_draft(paragraph, drafts.parse(draft), version=paragraph.version, apart=True, **story.by())
    other = story.paragraph(1)
    body = {
        "heading": "Öppet ärende",
        "kind": "B",
        "sections": [{"kind": "text", "heading": "", "html": "<p>Den öppna texten.</p>"}],
        "decisions": [{"outcome": "approval", "lead": "Styrgruppen beslutar", "clauses": ["öppna den"]}],
    }
    paragraphs.save_draft(other, drafts.parse(body), version=other.version, **story.by())
