"""People at a meeting may share a name; signers are identified by person, never by name."""

import re
from collections.abc import Callable
from datetime import time, timedelta
from itertools import pairwise

import pytest

from govern import record
from govern.documents.papers.attendance import attendance_document
from govern.documents.papers.protocol import person_line
from govern.forums.states import SeatRole
from govern.meetings import operations as meetings
from govern.meetings.models import Adjuster, Meeting
from govern.meetings.states import MeetingState
from govern.paragraphs import operations
from govern.paragraphs.drafting import draft as drafts
from govern.paragraphs.facts import facts
from govern.paragraphs.queries import paragraphs_of
from govern.people.models import Person
from govern.protocols import operations as sealing
from govern.protocols.checks import find
from govern.protocols.correcting import operations as correcting
from govern.protocols.freeze import freeze
from govern.protocols.immediate import operations as immediate
from govern.protocols.models import Protocol
from govern.protocols.signing import substituting
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.paragraphs.test_reviewing import save
from tests.protocols.test_correcting import sign_all

AT = make.AT + timedelta(hours=3)
Browse = Callable[[str], Browser]


def held(cast: Cast, *, adjuster: Person, chair: Person) -> Meeting:
    """Hold a meeting at which everyone but the secretary is called Bo Björk."""
    for person in (cast.anna, cast.david, cast.ada):
        person.name = cast.bo.name
    row = make.meeting(cast.forum, state=MeetingState.OPEN, chair=chair, secretary=cast.cilla)
    for person in (cast.ada, cast.david, cast.bo, cast.anna):
        presence = make.presence(row, person, SeatRole.CHAIR if person is chair else SeatRole.MEMBER)
        if person is adjuster:
            make.add(Adjuster(meeting=row, presence=presence, position=0))
    paragraph = make.paragraph(row, make.series(cast.forum), "Växel", cast.cilla)
    make.commit()
    save(paragraph, cast.cilla, "Fem kommuner har var sin växel.")
    operations.mark_ready(paragraph, by=cast.cilla, at=AT)
    operations.approve(paragraph, by=chair, at=AT)
    return row


def signers(protocol: Protocol) -> list[Person | None]:
    """Return the signers in order."""
    return [signature.person for signature in protocol.signatures]


@pytest.mark.parametrize(("adjuster", "chair"), [("david", "anna"), ("bo", "ada"), ("ada", "bo")])
def test_the_one_who_was_chosen_signs(cast: Cast, adjuster: str, chair: str) -> None:
    """This holds for the protocol, an immediately adjusted paragraph, and a correction."""
    adjusts, presides = getattr(cast, adjuster), getattr(cast, chair)
    meeting = held(cast, adjuster=adjusts, chair=presides)
    (paragraph,) = paragraphs_of(meeting)
    operations.set_immediate(paragraph, True, by=cast.cilla, at=AT)
    alone = immediate.seal_immediately(paragraph, by=cast.cilla, at=AT)
    assert signers(alone) == [presides, adjusts]
    meetings.close_meeting(meeting, time(12), by=cast.cilla, at=AT)
    protocol = sealing.seal(meeting, by=cast.cilla, at=AT)
    assert signers(protocol) == [cast.cilla, presides, adjusts]
    sign_all(protocol)
    said = {"old": "Fem", "new": "Sju", "reason": "Skrivfel."}
    assert signers(correcting.correct(protocol, 1, **said, by=cast.cilla, at=AT)) == [presides, adjusts]


def test_pages_and_papers_tell_them_apart(cast: Cast, browse: Browse) -> None:
    """The editor, the presence list, the record and what is set from it; a § adjusted earlier is as it was signed."""
    meeting = held(cast, adjuster=cast.david, chair=cast.anna)
    for presence, party in zip(meeting.presences, ("Ådal", "Granby", "Björkby", "Dalby"), strict=True):
        presence.party = party
    make.commit()
    told = {"Bo Björk (Ådal)", "Bo Björk (Granby)", "Bo Björk (Björkby)", "Bo Björk (Dalby)"}
    page = browse("cilla").get(f"/moten/{meeting.id}/narvaro")
    assert told <= set(page.texts("#chair option"))
    (paragraph,) = paragraphs_of(meeting)
    page = browse("cilla").get(f"/paragrafer/{paragraph.id}")
    assert told == set(page.texts(".attending .name"))
    meetings.close_meeting(meeting, time(12), by=cast.cilla, at=AT)
    frozen = freeze(meeting, [paragraph])
    assert {presence.name for presence in frozen.presence} == told
    assert frozen.adjusters[0].name == "Bo Björk (Granby)"
    assert person_line(frozen.adjusters[0]) == "Bo Björk (Granby)"
    cells = re.findall(r"text='([^']*)'", repr(attendance_document(frozen)))
    assert ("Beslutande", "4") in pairwise(cells)


def test_a_paragraph_stands_as_signed_though_a_namesake_comes_later(cast: Cast) -> None:
    meeting = make.meeting(cast.forum, state=MeetingState.OPEN, chair=cast.anna, secretary=cast.cilla)
    make.presence(meeting, cast.anna, SeatRole.CHAIR)
    make.add(Adjuster(meeting=meeting, presence=make.presence(meeting, cast.bo, party="Granby"), position=0))
    paragraph = make.paragraph(meeting, make.series(cast.forum), "Växel", cast.cilla)
    make.commit()
    draft = drafts.parse({"heading": "Växel", "motions": [{"text": "bifall", "mover": meeting.presences[1].id}]})
    operations.save_draft(paragraph, draft, version=paragraph.version, by=cast.cilla, at=AT)
    operations.mark_ready(paragraph, by=cast.cilla, at=AT)
    operations.approve(paragraph, by=cast.anna, at=AT)
    operations.set_immediate(paragraph, True, by=cast.cilla, at=AT)
    alone = immediate.seal_immediately(paragraph, by=cast.cilla, at=AT)
    make.presence(meeting, None, SeatRole.CO_OPTED, name="Bo Björk", party="Dalby")
    make.commit()
    sealed = {paragraph.id: record.loads(alone.record).paragraphs[0]}
    assert facts(paragraph) != sealed[paragraph.id]
    found = find(meeting, [paragraph], today=meeting.day, sealed_immediately=sealed)
    assert "adjusted_at_once" not in {finding.check for finding in found}


def test_a_substitute_with_the_same_name(cast: Cast) -> None:
    """A substitute with the adjuster's name signs the corrections too."""
    meeting = held(cast, adjuster=cast.david, chair=cast.anna)
    meetings.close_meeting(meeting, time(12), by=cast.cilla, at=AT)
    protocol = sealing.seal(meeting, by=cast.cilla, at=AT)
    bo = next(p for p in meeting.presences if p.person is cast.bo)
    substituting.substitute(protocol.signatures[2], bo, "Sjuk", by=cast.cilla, at=AT)
    said = {"old": "Fem", "new": "Sju", "reason": "Skrivfel."}
    assert signers(correcting.correct(protocol, 1, **said, by=cast.cilla, at=AT)) == [cast.anna, cast.bo]
