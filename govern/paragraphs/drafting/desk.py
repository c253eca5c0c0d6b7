"""The data of the paragraph editor: the draft, the people present, the choices, and the generated procedure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from govern import markup, record
from govern.cases import secrecy
from govern.documents.papers import procedure
from govern.forums.states import ParagraphKind
from govern.meetings.models import Presence
from govern.meetings.naming import distinct_names
from govern.paragraphs import rules
from govern.paragraphs.attendance import Standings
from govern.paragraphs.drafting import draft as drafts
from govern.paragraphs.drafting import queries as stored
from govern.paragraphs.drafting.draft import BallotDraft, Draft, MotionDraft
from govern.paragraphs.models import Paragraph
from govern.paragraphs.queries import names_offered
from govern.paragraphs.states import Outcome, SectionKind

LOOK_BACK = 50  # How many versions `written_by_hand` compares with.


def context(paragraph: Paragraph, standings: Standings) -> dict[str, Any]:
    """Return the template context of `draft_form` in `templates/components/draft.html`."""
    forum, meeting = paragraph.forum, paragraph.meeting
    draft = stored.read(paragraph)
    named = drafts.people_in(draft)
    voted = {vote.presence for ballot in draft.ballots for vote in ballot.votes}
    taking_part = {p.id for p in meeting.presences if standings[p.id].takes_part(p)}
    return {
        "fields": drafts.shape(),
        "draft": drafts.to_json(draft) | {"version": paragraph.version},
        "people": [_offered(p, standings) for p in meeting.presences if standings[p.id].present or p.id in named],
        "voters": [_offered(p, standings) for p in meeting.presences if p.id in taking_part | voted],
        "taking_part": len(taking_part),
        "kinds": ParagraphKind.choices(),
        "outcomes": Outcome.choices(),
        "doers": names_offered(forum, meeting.day),
        "headings": [kind.label for kind in SectionKind if kind.label and kind is not SectionKind.OTHER],
        "reasons": secrecy.offered(),
        "lead": f"{forum.name} beslutar",
        "closed": meeting.closed_at is not None,
    }


def _offered(presence: Presence, standings: Standings) -> dict[str, Any]:
    served = standings[presence.id].serving_for_id
    names = names_of_meeting(presence)
    role = f"tjänstgör för {names[served]}" if served in names else presence.role.label.lower()
    return {
        "id": presence.id,
        "name": names[presence.id],
        "more": ", ".join(part for part in (role, presence.party) if part),
    }


def names_of_meeting(row: Any) -> dict[int, str]:
    """Return the names on the presence list of a paragraph's or a presence's meeting, told apart, by presence id."""
    return distinct_names(row.meeting.presences)


def procedure_html(draft: Draft, names: Mapping[int, str], forum: str) -> str:
    """Write a draft's procedure section from its motions and ballots, as HTML; empty if there is nothing to say."""
    outcomes = {decision.outcome for decision in draft.decisions}
    blocks = procedure.write(
        [_motion(motion, names) for motion in draft.motions],
        [_ballot(ballot, names) for ballot in draft.ballots],
        forum=forum,
        decided=bool(draft.decisions) and outcomes != {Outcome.NOTING},
        election=Outcome.ELECTION in outcomes,
    )
    return markup.to_html(blocks)


def _motion(motion: MotionDraft, names: Mapping[int, str]) -> record.Motion:
    return record.Motion(
        text=motion.text,
        mover=names.get(motion.mover or 0),
        put_order=motion.put_order,
        withdrawn=motion.withdrawn,
        carried=motion.carried,
    )


def _ballot(ballot: BallotDraft, names: Mapping[int, str]) -> record.Ballot:
    return record.Ballot(
        method=ballot.method.value,  # type: ignore[arg-type]
        question=ballot.question,
        yes_means=ballot.yes_means,
        no_means=ballot.no_means,
        yes=ballot.yes,
        no=ballot.no,
        abstain=ballot.abstain,
        votes=tuple(
            record.Vote(name=names[vote.presence], choice=vote.choice.value)  # type: ignore[arg-type]
            for vote in ballot.votes
            if vote.presence in names
        ),
        casting_vote_by=names.get(ballot.casting_vote_by or 0),
        decided_by_lot=ballot.decided_by_lot,
    )


def written_by_hand(paragraph: Paragraph, draft: Draft) -> bool:
    """Return whether a draft's procedure section was not generated: from it, the paragraph or a recent version."""
    current = next((s.html for s in draft.sections if s.kind is SectionKind.PROCEDURE), "")
    if not current:
        return False
    names, forum = names_of_meeting(paragraph), paragraph.forum.name
    kept = (drafts.parse(row.draft) for row in stored.versions_of(paragraph, LOOK_BACK))
    known = (procedure_html(one, names, forum) for one in (draft, stored.read(paragraph), *kept))
    return current not in known


def procedure_faults(paragraph: Paragraph, draft: Draft) -> list[str]:
    """List what is missing or wrong in the data from which the procedure is generated, in Swedish sentences."""
    election = any(decision.outcome is Outcome.ELECTION for decision in draft.decisions)
    put = [motion for motion in draft.motions if not motion.withdrawn]
    found = []
    if put and not draft.ballots and any(motion.carried is None for motion in put):
        found.append("Ange utfallet för varje yrkande, så skrivs det in.")
    if len(put) > 1 and any(motion.put_order is None for motion in put):
        found.append("Ange i vilken ordning yrkandena prövades.")
    for ballot in draft.ballots:
        refusal = rules.refuse_outcome(
            ballot.yes,
            ballot.no,
            casting_vote=ballot.casting_vote_by is not None,
            by_lot=ballot.decided_by_lot,
            regime=paragraph.forum.regime,
            election=election,
        )
        found += [refusal.value] if refusal else []
    return found
