"""Rows for tests that do not depend on how they were created. The rows under test are made by the operations."""

from __future__ import annotations

import hashlib
import itertools
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from govern import audit, outbox
from govern.archive.abbreviations.models import Abbreviation
from govern.archive.states import Telling
from govern.archive.watching.models import SavedSearch, SearchNews
from govern.assignments.models import AssignmentClosing, Carried, Report
from govern.assignments.states import Closing
from govern.cases.models import Attachment, AttachmentText, Case, FileReading, Proposal, StoredFile
from govern.cases.states import ProposalState, TextState
from govern.db import Base, db
from govern.forums.house.models import House
from govern.forums.models import Forum, Seat, Series, StandingItem, Term
from govern.forums.states import ForumKind, Level, Numbering, ParagraphKind, Regime, SeatRole
from govern.letters import Letter
from govern.meetings.inviting.models import Invitation, InvitationLetter
from govern.meetings.models import (
    Adjuster,
    AgendaItem,
    AgendaPaper,
    Meeting,
    Presence,
    Summons,
    SummonsPackage,
    SummonsPaper,
)
from govern.meetings.states import InvitationMethod, MeetingState
from govern.notices.models import Notice, NoticeProof, Posting
from govern.notices.publishing.models import MaskSpan, PublicCopy
from govern.notices.publishing.states import MaskKind
from govern.paragraphs import models as p
from govern.paragraphs.drafting.models import ParagraphEditor, ParagraphVersion, Phrase
from govern.paragraphs.states import (
    BallotMethod,
    Change,
    Choice,
    DissentKind,
    Outcome,
    ParagraphState,
    PhraseTarget,
    Relation,
    SectionKind,
    Verdict,
)
from govern.paragraphs.superseding.models import Supersession
from govern.parties.models import Agreement, Collaboration, Party
from govern.people.models import (
    AccountEvent,
    Factor,
    KnownDevice,
    OneTimeLink,
    PasskeyChallenge,
    Person,
    RecoveryCode,
    SignInAttempt,
    SignInSession,
)
from govern.people.states import FactorKind, Happening
from govern.protocols.adjusting.models import Adjustment, Reminder
from govern.protocols.dispatching.models import Dispatch, MeetingBinder
from govern.protocols.models import (
    AcceptedWarning,
    Certificate,
    Protocol,
    ProtocolFile,
    Signature,
    SignerSubstitution,
    SigningJob,
    SigningRefusal,
    Verification,
)
from govern.protocols.states import Reading, SignerRole

AT = datetime(2024, 4, 22, 7, 0, tzinfo=UTC)
DAY = date(2024, 4, 22)

R = TypeVar("R", bound=Base)
_serial = itertools.count(1)


def add(row: R) -> R:
    """Add a row to the session, so that it has an id."""
    db.session.add(row)
    db.session.flush()
    return row


def commit() -> None:
    """Commit what was added: pages are read in separate sessions."""
    db.session.commit()


def collaboration(name: str) -> Collaboration:
    """Make a collaboration."""
    return add(Collaboration(slug=f"samverkan-{next(_serial)}", name=name))


def party(collaboration: Collaboration, name: str, *, host: bool = False) -> Party:
    """Make a party in a collaboration."""
    row = Party(
        collaboration=collaboration, name=name, short_name=name.split(maxsplit=1)[0], population=9000, host=host
    )
    return add(row)


def forum(collaboration: Collaboration, name: str, **values: Any) -> Forum:
    """Make a forum under an agreement, with continuous numbering."""
    usual = {
        "slug": f"forum-{next(_serial)}",
        "level": Level.STRATEGIC,
        "kind": ForumKind.STEERING_GROUP,
        "regime": Regime.AGREEMENT,
        "numbering": Numbering.CONTINUOUS,
        "mandate": "Leder samverkan.",
    }
    return add(Forum(collaboration=collaboration, name=name, **usual | values))


def seat(forum: Forum, person: Person | None, role: SeatRole, **values: Any) -> Seat:
    """Seat someone."""
    usual = {"starts_on": DAY - timedelta(days=400), "position": next(_serial)}
    return add(Seat(forum=forum, person=person, role=role, **usual | values))


def series(forum: Forum, next_number: int = 1, scope: str = "") -> Series:
    """Make a series of paragraph numbers."""
    return add(Series(forum=forum, scope=scope, next_number=next_number))


def case(collaboration: Collaboration, reference: str = "KS 2024/17", heading: str = "Gemensam växel") -> Case:
    """Open a case."""
    normalised = reference.lower().replace(" ", "")
    row = Case(collaboration=collaboration, reference=reference, normalised=normalised, heading=heading, opened_on=DAY)
    return add(row)


def attachment(title: str, by: Person, data: bytes = b"%PDF-1.7", case: Case | None = None) -> Attachment:
    """Make a row for a file whose bytes are not on disk."""
    sha256 = hashlib.sha256(data).hexdigest()
    file = db.session.get(StoredFile, sha256) or add(
        StoredFile(sha256=sha256, size=len(data), media_type="application/pdf")
    )
    return add(Attachment(file=file, case=case, title=title, filename="bilaga.pdf", added_at=AT, added_by=by))


def proposal(forum: Forum, heading: str, author: Person, **values: Any) -> Proposal:
    """Make a proposal that is ready."""
    usual: dict[str, Any] = {
        key: [] for key in ("clauses", "matter", "basis", "assessment", "consequences", "recipients")
    }
    usual |= {"written_at": AT, "ready_at": AT, "state": ProposalState.READY}
    return add(Proposal(forum=forum, heading=heading, author=author, **usual | values))


def meeting(forum: Forum, day: date = DAY, state: MeetingState = MeetingState.PLANNED, **values: Any) -> Meeting:
    """Make a meeting in a state, with the times that are evidence of the state."""
    order = [one for one in MeetingState if one is not MeetingState.CANCELLED]
    at = datetime.combine(day, time(7), UTC)
    evidence = {
        f"{name}_at": at + timedelta(hours=order.index(reached) - 2)
        for reached, name in zip(order[1:], ("called", "opened", "closed", "sealed"), strict=True)
        if order.index(reached) <= order.index(state)
    }
    usual = {"starts": time(9), "place": "Kommunhuset, Björkby"}
    return add(Meeting(forum=forum, day=day, state=state, **usual | evidence | values))


def presence(meeting: Meeting, person: Person | None, role: SeatRole = SeatRole.MEMBER, **values: Any) -> Presence:
    """Record a person's presence at a meeting."""
    usual = {"position": next(_serial), "name": person.name if person else "Gäst"}
    return add(Presence(meeting=meeting, person=person, role=role, **usual | values))


def paragraph(
    meeting: Meeting,
    series: Series,
    heading: str,
    by: Person,
    state: ParagraphState = ParagraphState.DRAFT,
    **values: Any,
) -> p.Paragraph:
    """Make a paragraph with its series' next number, in a state with its evidence."""
    number, series.next_number = series.next_number, series.next_number + 1
    evidence: dict[str, Any] = {}
    if state is not ParagraphState.DRAFT:
        evidence["ready_at"] = AT
    if state is ParagraphState.APPROVED:
        evidence |= {"approved_at": AT, "approved_by": by}
    usual = {"kind": ParagraphKind.DECISION, "opened_at": AT, "opened_by": by}
    given = usual | evidence | values
    return add(p.Paragraph(meeting=meeting, series=series, number=number, heading=heading, state=state, **given))


def assignment(paragraph: p.Paragraph, text: str, assignee: str, **values: Any) -> p.Assignment:
    """Make an assignment."""
    usual = {"position": len(paragraph.assignments), "addendum": "", "report_to": ""}
    return add(p.Assignment(paragraph=paragraph, text=text, assignee=assignee, **usual | values))


def everything(cast: Any) -> p.Paragraph:
    """Put at least one row in every table: one sealed meeting with one paragraph that has one of each. Commit."""
    forum, anna, bo, cilla = cast.forum, cast.anna, cast.bo, cast.cilla
    meeting_ = _a_meeting(cast)
    chair, adjuster = meeting_.presences[0], meeting_.presences[1]
    matter = case(cast.collaboration)
    paper = attachment("Tjänsteskrivelse", cilla, case=matter)
    item = add(AgendaItem(meeting=meeting_, position=1, heading="Gemensam växel", case=matter, note=""))
    add(AgendaPaper(item_id=item.id, attachment_id=paper.id))
    item.proposal = proposal(forum, "Gemensam växel", cilla, clauses=["införa en gemensam växel"], case=matter)
    add(Abbreviation(short="kcg", long="kommunchefsgruppen"))
    add(FileReading(sha256=paper.sha256, state=TextState.READ, at=AT))
    add(AttachmentText(sha256=paper.sha256, part=1, text="Fem kommuner har var sin växel."))
    _sent(meeting_.summonses[0], paper)
    written = paragraph(meeting_, series(forum, 17), "Gemensam växel", anna, ParagraphState.APPROVED)
    written.agenda_item, written.case = item, matter
    written.attachments.append(paper)
    _contents(written, chair, adjuster)
    add(p.Review(paragraph=written, version=1, by=anna, at=AT, verdict=Verdict.APPROVE))
    duty = assignment(written, "att räkna på två nivåer", "Arbetsgruppen", due=date(2024, 6, 3))
    add(p.Alternative(assignment_id=duty.id, position=0, text="En växel"))
    add(Report(assignment=duty, by=bo, at=AT, text="Klart."))
    add(AssignmentClosing(assignment=duty, why=Closing.DONE, by=anna, at=AT))
    add(Adjustment(paragraph=written, version=1, by=bo, at=AT, verdict=Reading.NO_REMARKS))
    add(Reminder(meeting=meeting_, person=bo, days_left=7, at=AT))
    add(Carried(item=item, meeting_id=meeting_.id, assignment=duty))
    protocol = _a_protocol(meeting_, cilla)
    _a_notice(protocol, cilla)
    _sent_and_published(protocol, bo, cilla)
    add(House(collaboration_id=cast.collaboration.id, accent="123456", strip="chair", name_columns=1, legend=False))
    _kept(cast, written)
    add(Factor(account=bo.account, kind=FactorKind.TOTP, name="Telefonen", secret=b"", counter=1, added_at=AT))
    add(RecoveryCode(account_id=bo.account.id, digest="d" * 64))
    add(PasskeyChallenge(value="c" * 43, at=AT))
    session = dict.fromkeys(("started_at", "seen_at", "fresh_at"), AT)
    signed_in = add(SignInSession(account=anna.account, token="t" * 64, **session))
    _a_desk(written, cilla, signed_in)
    add(SignInAttempt(key="k" * 64, count=1, since=AT))
    add(KnownDevice(account_id=bo.account.id, digest="d" * 64, seen_at=AT))
    add(OneTimeLink(account=bo.account, digest="l" * 64, made_at=AT, expires_at=AT, by_id=anna.id))
    add(AccountEvent(account=bo.account, kind=Happening.LINK_MADE, at=AT, by_id=anna.id, by_name=anna.name))
    add(outbox.LaneBeat(lane="index", owner="here", at=AT))
    outbox.enqueue("example", written.id, at=AT)
    audit.write("paragraph.saved", written, by=cilla, at=AT)
    commit()
    return written


def _kept(cast: Any, earlier: p.Paragraph) -> None:
    """Replace the decision by a later one, and save a search that has found it."""
    replacing = paragraph(meeting(cast.forum, date(2024, 9, 2)), earlier.series, "Växeln omprövas", cast.anna)
    supersession(replacing, earlier, cast.cilla)
    add(SearchNews(saved=saved_search(cast.anna, "växel"), paragraph=earlier, found_at=AT))


def supersession(later: p.Paragraph, earlier: p.Paragraph, by: Person, relation: Relation = Relation.REPLACES) -> Any:
    """Make a decision replace an earlier one."""
    return add(Supersession(paragraph=later, earlier=earlier, relation=relation, by_id=by.id, at=AT))


def saved_search(person: Person, words: str, telling: Telling = Telling.NEVER, **values: Any) -> SavedSearch:
    """Save a search for words."""
    usual = {"name": words.capitalize(), "asked": [["q", words]], "told_since": AT, "saved_at": AT}
    return add(SavedSearch(person=person, telling=telling, **usual | values))


def _a_meeting(cast: Any) -> Meeting:
    forum = cast.forum
    add(
        Agreement(
            collaboration=cast.collaboration, title="Samverkansavtal", in_force_from=date(2023, 1, 1), ends_on=None
        )
    )
    add(Term(forum=forum, name="2023–2026", starts_on=date(2023, 1, 1), ends_on=date(2026, 12, 31)))
    add(StandingItem(forum=forum, position=0, heading="Val av justerare"))
    row = meeting(forum, state=MeetingState.SEALED, chair=cast.anna, secretary=cast.cilla)
    presence(row, cast.anna, SeatRole.CHAIR)
    bo = presence(row, cast.bo)
    add(Adjuster(meeting=row, presence=bo, position=0))
    add(Summons(meeting=row, sent_at=AT, sent_by=cast.cilla, pdf=b"%PDF-1.7"))
    return row


def _sent(summons: Summons, paper: Attachment) -> None:
    add(SummonsPackage(summons=summons, confidential=False))
    add(
        SummonsPaper(
            summons_id=summons.id,
            position=1,
            item_number=1,
            item_heading="Gemensam växel",
            title=paper.title,
            filename=paper.filename,
            sha256=paper.sha256,
        )
    )


def _contents(paragraph: p.Paragraph, chair: Presence, member: Presence) -> None:
    body = [{"type": "para", "runs": [{"text": "Fem kommuner har var sin växel."}]}]
    paragraph.sections.append(p.Section(position=0, kind=SectionKind.MATTER, heading="", body=body))
    motion = p.Motion(position=0, text="att bifalla förslaget", mover=chair, supporters=[member])
    paragraph.motions.append(motion)
    ballot = p.Ballot(
        position=0,
        method=BallotMethod.OPEN,
        question="Bifall?",
        yes_means="Bifall",
        no_means="Avslag",
        yes=1,
        no=0,
        abstain=0,
    )
    ballot.votes.append(p.Vote(position=0, presence=chair, choice=Choice.YES))
    paragraph.ballots.append(ballot)
    decision = p.Decision(position=0, outcome=Outcome.APPROVAL, lead="Styrgruppen beslutar", recipients=["Björkby"])
    decision.clauses.append(p.DecisionClause(position=0, text="införa en gemensam växel"))
    paragraph.decisions.append(decision)
    paragraph.dissents.append(p.Dissent(position=0, kind=DissentKind.NOTE, presence=member, text="Kostnaden saknas."))
    paragraph.changes.append(p.PresenceChange(presence=member, change=Change.ARRIVES))
    paragraph.presiding = p.Presiding(presence=chair)
    paragraph.disqualifications.append(p.Disqualification(presence=member, reason="Anställd hos leverantören"))
    db.session.flush()


def letter(to: str, subject: str = "Protokollsutdrag", **values: Any) -> Letter:
    """Store a letter that has not been sent."""
    usual = {"message": b"To: x", "sha256": hashlib.sha256(b"To: x").hexdigest(), "made_at": AT, "tried_from": AT}
    return add(Letter(recipient=to, subject=subject, **usual | values))


def _sent_and_published(protocol: Protocol, to: Person, by: Person) -> None:
    meeting = protocol.meeting
    add(Invitation(meeting_id=meeting.id, uid="mote-1@alvsam.example"))
    called = {"meeting_id": meeting.id, "person": to, "method": InvitationMethod.REQUEST, "sequence": 0}
    add(InvitationLetter(letter=letter("bo@alvsam.example"), **called))
    expedited = letter("registrator@bjorkby.example")
    add(Dispatch(protocol=protocol, extract=protocol, letter=expedited, recipient="Björkby", by=by, at=AT))
    add(MeetingBinder(protocol=protocol, has_secrets=False, asked_at=AT, asked_by=by))
    copy = add(PublicCopy(protocol=protocol, prepared_at=AT, prepared_by=by, corrections=[]))
    where = {"place": "paragraphs.0.heading", "start": 0, "stop": 6, "words": "Gemens", "kind": MaskKind.MARKED}
    add(MaskSpan(copy=copy, proposed=False, masked=True, **where))


def _a_desk(paragraph: p.Paragraph, by: Person, session: SignInSession) -> None:
    add(ParagraphVersion(paragraph=paragraph, version=1, draft={"heading": "Växel"}, by=by, begun_at=AT, at=AT))
    add(ParagraphEditor(paragraph_id=paragraph.id, session_id=session.id, person=by, since=AT, seen_at=AT))
    phrase(paragraph.forum, "växel", "<p>Växeln är gemensam.</p>")


def phrase(forum: Forum | None, trigger: str, html: str, **values: Any) -> Phrase:
    """Make a phrase."""
    usual = {"position": next(_serial), "name": trigger.capitalize(), "kinds": [], "target": PhraseTarget.TEXT}
    return add(Phrase(forum=forum, trigger=trigger, html=html, **usual | values))


def _a_notice(protocol: Protocol, by: Person) -> Notice:
    """Post and remove a notice, with a proof that is not a real document: only for tests of tables."""
    notice = add(Notice(protocol=protocol, adjusted_on=DAY, kept_at="Kansliet", first=17, last=17, down_at=AT))
    days = {"posted_on": DAY, "posted_by": by, "removed_on": DAY + timedelta(days=22), "removed_by": by}
    add(Posting(notice=notice, position=0, board="Björkby kommun", **days))
    some = hashlib.sha256(b"%PDF-1.7").hexdigest()
    add(NoticeProof(notice=notice, pdf=b"%PDF-1.7", docx=b"PK", sha256=some, made_at=AT, made_by=by))
    return notice


def _a_protocol(meeting: Meeting, by: Person) -> Protocol:
    """Seal with bytes that are not a real protocol: only for tests of tables."""
    some = hashlib.sha256(b"{}").hexdigest()
    certificate = add(
        Certificate(person=by, serial="1", pem="", encrypted_key=b"", issued_at=AT, expires_at=AT + timedelta(days=365))
    )
    protocol = add(Protocol(meeting=meeting, record=b"{}", sha256=some, docx=b"PK", sealed_at=AT, sealed_by=by))
    file = add(ProtocolFile(protocol=protocol, revision=0, pdf=b"%PDF-1.7", sha256=some, made_at=AT))
    signature = add(
        Signature(
            protocol=protocol,
            position=0,
            role=SignerRole.SECRETARY,
            person=by,
            name=by.name,
            field="secretary",
            signed_at=AT,
            file_id=file.id,
            certificate=certificate,
        )
    )
    slot = Signature(protocol=protocol, position=1, role=SignerRole.ADJUSTER, person=by, name=by.name, field="adjuster")
    add(SigningRefusal(signature=add(slot), reason="Så sades det inte.", at=AT))
    job = dict.fromkeys(("digest", "signed_attributes", "prepared", "document_digest"), b"job")
    add(
        SigningJob(
            token="j" * 43,
            signature=signature,
            revision=0,
            maker="local",
            at=AT,
            expires_at=AT,
            field="secretary",
            certificates=[],
            region_start=0,
            region_end=1,
            state={},
            **job,
        )
    )
    add(Verification(token="v" * 43, asked_at=AT, name="protokoll.pdf", size=8, address="192.0.2.7", verdict={}))
    who = meeting.presences[1]
    add(SignerSubstitution(signature=signature, presence=who, name=who.name, reason="Sjuk", by=by, at=AT))
    add(AcceptedWarning(meeting_id=meeting.id, finding="year:1", reason="Rätt år", by=by, at=AT))
    return protocol
