"""The paragraphs of a scripted meeting: written during it, then approved, sealed and signed."""

from __future__ import annotations

from datetime import datetime, timedelta

from govern.demo import script
from govern.demo.drafts import draft_of
from govern.demo.scene import Scene, person_by_id, presence_of
from govern.demo.stage import open_case
from govern.demo.wording import fill
from govern.forums.states import ParagraphKind
from govern.meetings.models import Meeting
from govern.paragraphs import movements, operations
from govern.paragraphs.models import Paragraph
from govern.paragraphs.queries import paragraphs_of
from govern.paragraphs.states import Change, Relation
from govern.paragraphs.superseding import operations as superseding
from govern.people.models import Person
from govern.protocols import operations as protocols
from govern.protocols.queries import findings_of, protocol_of
from govern.protocols.signing import operations as signing
from govern.protocols.states import Severity
from govern.swedish import local_day, long_date

UNTOUCHED = "unopened"
"""The state of a matter that the meeting has not reached."""


def running_order(scene: Scene) -> list[script.Paragraph]:
    """List what the meeting treats, in order: opening standing items, its own matters, closing standing items.

    One of its own matters with the heading of a standing item replaces it.
    """
    own = {paragraph.heading: paragraph for paragraph in scene.spec.paragraph}
    formal = {item.heading: own.get(item.heading) or _formal(scene, item) for item in scene.forum.standing}
    matters = [p for p in scene.spec.paragraph if p.heading not in formal and not p.withdrawn]
    first = [formal[item.heading] for item in scene.forum.standing if not item.closing]
    last = [formal[item.heading] for item in scene.forum.standing if item.closing]
    return [*first, *matters, *last]


def _formal(scene: Scene, item: script.StandingItem) -> script.Paragraph:
    state = UNTOUCHED if item.closing and scene.spec.until == "open" else "approved"
    return script.Paragraph(heading=item.heading, text=item.text, state=state)


def write(scene: Scene, spec: script.Paragraph, at: datetime) -> None:
    """Open a paragraph and write it during the meeting, unless the meeting has not reached it."""
    if spec.state == UNTOUCHED:
        return
    by, meeting = scene.secretary, scene.meeting
    words = scene.words(meeting)
    heading = fill(spec.heading, words)
    item = next((item for item in meeting.agenda if item.heading == heading and not item.withdrawn), None)
    if item is not None:
        paragraph = operations.open_item(item, by=by, at=at)
    else:
        kind = ParagraphKind(spec.kind) if spec.kind else None
        paragraph = operations.open_unannounced(meeting, heading, kind, by=by, at=at)
    if spec.key:
        scene.stage.references.places[spec.key] = f"{paragraph.label} den {long_date(scene.day)}"
        scene.stage.paragraphs[spec.key] = f"{paragraph.label} {scene.forum.name} {scene.day.isoformat()}"
    _move(spec, paragraph, meeting, by, at)
    reference = open_case(scene.stage, spec.case, at=at) if spec.case else ""
    judged = bool(spec.ballot or spec.dissent)  # Only then does it matter who took part, which is expensive to compute.
    standings = movements.standings_at(paragraph) if judged else {}
    draft = draft_of(spec, meeting, reference, standings, words, scene.forum.lead)
    operations.save_draft(paragraph, draft, version=paragraph.version, by=by, at=at + timedelta(minutes=1))
    for relation, keys in ((Relation.REPLACES, spec.replaces), (Relation.AMENDS, spec.amends)):
        for key in keys:
            superseding.relate(paragraph, relation, scene.stage.paragraphs[key], by=by, at=at + timedelta(minutes=1))
    if spec.state != "draft":
        operations.mark_ready(paragraph, by=by, at=at + timedelta(minutes=2))
    if scene.spec.until == "open":
        _review_in_the_room(spec, paragraph, meeting, at + timedelta(minutes=3))


def _move(spec: script.Paragraph, paragraph: Paragraph, meeting: Meeting, by: Person, at: datetime) -> None:
    for names, change in ((spec.leaves, Change.LEAVES), (spec.arrives, Change.ARRIVES)):
        for name in names:
            movements.change_presence(paragraph, presence_of(meeting, name), change, None, by=by, at=at)
    for name, served in spec.serves.items():
        serving, absent = presence_of(meeting, name), presence_of(meeting, served)
        movements.change_presence(paragraph, serving, Change.SERVES, absent, by=by, at=at)
    for name, reason in spec.disqualified.items():
        movements.disqualify(paragraph, presence_of(meeting, name), reason, by=by, at=at)


def _review_in_the_room(spec: script.Paragraph, paragraph: Paragraph, meeting: Meeting, at: datetime) -> None:
    """Approve or send back as the chair, during the meeting."""
    chair = person_by_id(meeting.chair_id)
    if spec.state == "approved":
        operations.approve(paragraph, by=chair, at=at)
    elif spec.state == "returned":
        operations.send_back(paragraph, spec.comment, by=chair, at=at)


def approve(scene: Scene, at: datetime) -> None:
    """Approve all paragraphs as the chair, one per minute."""
    meeting = scene.meeting
    chair = person_by_id(meeting.chair_id)
    for minutes, paragraph in enumerate(paragraphs_of(meeting)):
        operations.approve(paragraph, by=chair, at=at + timedelta(minutes=minutes))


def seal(scene: Scene, at: datetime) -> None:
    """Withdraw untreated agenda items, accept the warnings that the script accepts, and seal the protocol."""
    by = scene.secretary
    treated = {paragraph.agenda_item_id for paragraph in paragraphs_of(scene.meeting)}
    for item in scene.meeting.agenda:
        if item.id not in treated and not item.withdrawn:
            operations.withdraw_item(item, by=by, at=at)
    for finding in findings_of(scene.meeting, today=local_day(at)):
        if (finding.severity is Severity.WARNING or finding.answerable) and finding.check in scene.spec.accepts:
            reason = scene.spec.accepts[finding.check]
            protocols.accept_warning(scene.meeting, finding.key, reason, by=by, at=at)
    protocols.seal(scene.meeting, by=by, at=at + timedelta(minutes=5))


def sign(scene: Scene, place: int, at: datetime) -> None:
    """Sign as the signer at `place` in the order, counted from 0.

    Raises:
        LookupError: if the protocol is not sealed.
    """
    protocol = protocol_of(scene.meeting)
    if protocol is None:
        raise LookupError(f"{scene.forum.name} {scene.day} is not sealed")
    signature = protocol.signatures[place]
    signer = person_by_id(signature.person_id)
    signing.sign(signature, fresh_at=at, fresh_for=timedelta(minutes=5), by=signer, at=at)
