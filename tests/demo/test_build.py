"""The demo has the content that it promises, and its protocols are valid."""

import json
from collections import Counter
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from flask import current_app
from jsonschema import Draft202012Validator
from sqlalchemy import func, select

from govern import audit, record
from govern.archive.states import Event
from govern.archive.timeline import timeline
from govern.archive.watching import operations as watching
from govern.assignments.queries import duties
from govern.assignments.rules import state_of
from govern.assignments.states import AssignmentState
from govern.cases.models import Case
from govern.db import db, now
from govern.demo import DEMO_SIGN_INS, DemoResult, build
from govern.documents.papers import extract, public
from govern.errors import Refused
from govern.forums.models import Forum, Seat
from govern.forums.states import Level, Numbering, ParagraphKind
from govern.meetings.models import Meeting
from govern.meetings.states import MeetingState
from govern.notices.models import Notice
from govern.notices.publishing.models import PublicCopy
from govern.notices.rules import state_of as state_of_notice
from govern.notices.states import NoticeState
from govern.paragraphs.drafting import draft as drafts
from govern.paragraphs.drafting.models import ParagraphVersion
from govern.paragraphs.models import Assignment, Ballot, Disqualification, Dissent, Motion, Paragraph, PresenceChange
from govern.paragraphs.queries import waiting_for
from govern.paragraphs.states import BallotMethod, Change, ParagraphState
from govern.people import operations as people
from govern.people.access import is_administrator
from govern.people.models import Account, Person
from govern.protocols.dispatching.models import Dispatch
from govern.protocols.models import Protocol, Signature
from govern.protocols.queries import latest_file, protocol_by_id, waiting_signatures
from govern.protocols.states import ProtocolKind
from govern.protocols.verifying.judging import verify
from govern.swedish import local_day
from tests.demo.conftest import AT

pytestmark = pytest.mark.long

SCHEMA = Path(__file__).parents[2] / "docs" / "record.schema.json"


def person(role: str) -> Person:
    """Return the person of the sign-in whose role begins with the given word."""
    email = next(sign_in.email for sign_in in DEMO_SIGN_INS if sign_in.role.startswith(role))
    return db.session.scalars(select(Person).where(Person.email == email)).one()


def test_what_it_holds(demo: DemoResult) -> None:
    """Three levels, more than 700 days, at least 140 paragraphs, and a meeting in every state."""
    assert len({forum.level for forum in db.session.scalars(select(Forum))}) == 3
    assert {forum.numbering for forum in db.session.scalars(select(Forum))} >= {Numbering.CONTINUOUS, Numbering.YEARLY}
    assert db.session.scalar(select(func.count(Paragraph.id))) >= 140
    states = Counter(db.session.scalars(select(Meeting.state)))
    one_each = (MeetingState.PLANNED, MeetingState.CALLED, MeetingState.OPEN, MeetingState.CLOSED)
    assert [states[state] for state in one_each] == [1, 1, 1, 1]
    assert states[MeetingState.SEALED] >= 20
    first = db.session.scalars(select(func.min(Meeting.day))).one()
    assert (local_day(AT) - first).days > 700


def test_something_of_every_kind(demo: DemoResult) -> None:
    """Every kind of content occurs at least once."""
    assert set(db.session.scalars(select(Paragraph.kind))) == {*ParagraphKind, None}
    assert set(db.session.scalars(select(Ballot.method))) == set(BallotMethod)
    assert {Change.LEAVES, Change.SERVES} <= set(db.session.scalars(select(PresenceChange.change)))
    for model in (Motion, Dissent, Disqualification):
        assert db.session.scalar(select(func.count(model.id))), model
    assert db.session.scalar(select(func.count(Paragraph.id)).where(Paragraph.confidential.is_not(None))) == 1
    assert db.session.scalar(select(func.count(Seat.id)).where(Seat.person_id.is_(None))) == 1
    assert db.session.scalar(select(func.count(Seat.id)).where(Seat.ends_on.is_not(None))) == 1
    assert any(a.alternatives[1].alternatives for a in db.session.scalars(select(Assignment)) if len(a.alternatives))
    found = Counter(
        state_of(duty, today=local_day(AT)) for duty in duties(db.session.scalars(select(Assignment)).all())
    )
    assert set(found) == set(AssignmentState)


def test_everyone_has_something_to_do(demo: DemoResult) -> None:
    """The chair has paragraphs to approve, the secretary a protocol to sign, and the member an assignment."""
    assert len(waiting_for(person("Ordförande"))) > 5
    assert len(waiting_signatures(person("Sekreterare"))) == 1
    assert is_administrator(person("Sekreterare"))
    open_meeting = db.session.scalars(select(Meeting).where(Meeting.state == MeetingState.OPEN)).one()
    states = set(db.session.scalars(select(Paragraph.state).where(Paragraph.meeting_id == open_meeting.id)))
    assert states == set(ParagraphState)
    mine = select(Assignment.id).where(Assignment.assignee_person_id == person("Ledamot").id)
    assert db.session.scalars(mine).all()


@pytest.mark.parametrize("sign_in", DEMO_SIGN_INS, ids=lambda sign_in: sign_in.email)
def test_the_sign_ins_hold(demo: DemoResult, sign_in: object) -> None:
    """Each of the printed sign-ins opens a session."""
    session, _ = people.sign_in(sign_in.email, sign_in.password, address="", browser="", at=AT)  # type: ignore[attr-defined]
    assert isinstance(session.account, Account)


def test_sealed_records_are_sound(demo: DemoResult) -> None:
    """Every record validates against the published schema and survives a round trip through JSON."""
    validator = Draft202012Validator(json.loads(SCHEMA.read_text()))
    protocols = db.session.scalars(select(Protocol)).all()
    assert protocols
    for protocol in protocols:
        assert verify(protocol.record, at=now()).genuine
        if protocol.kind is ProtocolKind.EXTRACT:
            assert extract.canonical(extract.loads(protocol.record)) == protocol.record
            continue
        validator.validate(json.loads(protocol.record))
        read = record.loads(protocol.record)
        assert record.canonical(read) == protocol.record
        assert record.sha256_of(read) == protocol.sha256


def test_kept_drafts_and_public_copies_are_read_whole(demo: DemoResult) -> None:
    """Every version of a paragraph and every published record survives a round trip through JSON."""
    for version in db.session.scalars(select(ParagraphVersion)):
        assert drafts.to_json(drafts.parse(version.draft)) == version.draft
    copies = db.session.scalars(select(PublicCopy).where(PublicCopy.record.is_not(None))).all()
    assert copies
    for copy in copies:
        assert public.canonical(public.loads(copy.record or b"")) == copy.record


def test_one_is_published_and_its_decisions_sent(demo: DemoResult) -> None:
    """Personal data is masked, and one of three dispatches is recorded as sent by hand."""
    (copy,) = db.session.scalars(select(PublicCopy))
    assert copy.is_public
    assert "Valfridsson" not in (copy.record or b"").decode()
    sent = db.session.scalars(select(Dispatch.by_hand_at)).all()
    assert (len(sent), sum(one is not None for one in sent)) == (3, 1)


def test_signed_protocols_are_genuine(demo: DemoResult) -> None:
    """The protocol shown first has every signature and verifies; one other protocol awaits signatures."""
    shown = protocol_by_id(demo.protocol_id)
    assert shown is not None
    assert all(signature.signed_at for signature in shown.signatures)
    verdict = verify(latest_file(shown).pdf, at=now())
    assert verdict.genuine, verdict.sentences
    assert not verify(latest_file(shown).pdf.replace(b"%%EOF", b"%%EOE", 1), at=now()).genuine
    unsigned = set(db.session.scalars(select(Signature.protocol_id).where(Signature.signed_at.is_(None))))
    assert len(unsigned) == 1


def test_the_audit_log_is_whole(demo: DemoResult) -> None:
    """The chain is unbroken, and the entries before the demo's time are almost all in order of time."""
    assert list(audit.broken_links()) == []
    times: list[datetime] = list(db.session.scalars(select(audit.AuditEntry.at).order_by(audit.AuditEntry.id)))
    times = [time for time in times if time < AT]
    assert sum(later < earlier for earlier, later in pairwise(times)) <= len(times) // 100


def test_a_joint_board_posts_its_protocols(demo: DemoResult) -> None:
    """One notice is up, one is due to come down, and one is down with its proof; each on three boards."""
    notices = db.session.scalars(select(Notice).order_by(Notice.id)).all()
    assert [state_of_notice(notice, today=local_day(AT)) for notice in notices] == [
        NoticeState.DOWN,
        NoticeState.DUE,
        NoticeState.UP,
    ]
    assert [len(notice.postings) for notice in notices] == [3, 3, 3]
    assert [bool(notice.proof) for notice in notices] == [True, False, False]


def test_a_database_in_use_is_refused(demo: DemoResult) -> None:
    """The demo is never mixed with other data."""
    before = db.session.scalar(select(func.count(Person.id)))
    with pytest.raises(Refused, match="redan personer"):
        build(AT)
    assert db.session.scalar(select(func.count(Person.id))) == before


def test_levels_stand_under_each_other(demo: DemoResult) -> None:
    """The working groups are below the programme, and the programme below the steering group."""
    by_level = {forum.level: forum for forum in db.session.scalars(select(Forum))}
    programme = by_level[Level.STRATEGIC_TACTICAL]
    assert programme.parent is not None
    assert programme.parent.level is Level.STRATEGIC
    assert len(programme.children) == 2


def test_a_case_with_a_whole_way(demo: DemoResult) -> None:
    """The case goes from a proposal through remission and tabling to a decision, and to one that replaces it."""
    case = db.session.scalars(select(Case).where(Case.heading.contains("nätverk"))).one()
    with current_app.test_request_context():
        page = timeline(case, person("Ledamot"), local_day(AT), 1)
    assert {happening.event for happening in page.rows} >= set(Event) - {Event.CORRECTED, Event.POSTED}
    states = {happening.state[0] for happening in page.rows if happening.state}
    assert states >= {"Återremitterat", "Bordlagt", "Beslutat"}
    assert {tie.words for happening in page.rows for tie in happening.ties} == {"Ersätter", "Ersatt av"}


def test_saved_searches(demo: DemoResult) -> None:
    """The member follows a saved search as a feed."""
    (saved,) = watching.saved_by(person("Ledamot"))
    assert saved.feed_open
