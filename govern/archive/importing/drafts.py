"""Convert a paragraph of a record to the draft from which its rows are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from govern import record
from govern.forums.states import ParagraphKind
from govern.paragraphs.drafting import draft as d
from govern.paragraphs.states import BallotMethod, Choice, DissentKind, Outcome
from govern.swedish import bare_clause


def draft_of(facts: record.Paragraph, ids: Mapping[str, int]) -> d.Draft:
    """Convert a record's paragraph to a draft.

    `ids` maps names to presence ids. Sections are left out, since a round trip through HTML could change them.
    """
    return d.Draft(
        heading=facts.heading,
        kind=ParagraphKind(facts.kind) if facts.kind else None,
        reference=facts.reference or "",
        confidential=facts.confidential,
        sections=(),
        motions=tuple(
            d.MotionDraft(
                text=motion.text,
                mover=ids[motion.mover] if motion.mover else None,
                supporters=tuple(ids[name] for name in motion.supporters),
                put_order=motion.put_order,
                withdrawn=motion.withdrawn,
                carried=motion.carried,
            )
            for motion in facts.motions
        ),
        ballots=tuple(_ballot(ballot, ids) for ballot in facts.ballots),
        decisions=tuple(
            d.DecisionDraft(
                outcome=Outcome(decision.outcome),
                lead=decision.lead,
                clauses=tuple(bare_clause(clause.text) for clause in decision.clauses),
                recipients=decision.recipients,
            )
            for decision in facts.decisions
        ),
        dissents=tuple(
            d.DissentDraft(kind=DissentKind(dissent.kind), person=ids[dissent.person], text=dissent.text)
            for dissent in facts.dissents
        ),
        assignments=tuple(
            d.AssignmentDraft(
                text=assignment.text,
                assignee=assignment.assignee,
                due=assignment.due,
                report_to=assignment.report_to or "",
                alternatives=tuple(_alternatives(assignment.alternatives)),
                addendum=assignment.addendum,
            )
            for assignment in facts.assignments
        ),
    )


def _ballot(ballot: record.Ballot, ids: Mapping[str, int]) -> d.BallotDraft:
    votes = tuple(d.VoteDraft(presence=ids[v.name], choice=Choice(v.choice)) for v in ballot.votes)
    return d.BallotDraft(
        method=BallotMethod(ballot.method),
        question=ballot.question,
        yes_means=ballot.yes_means,
        no_means=ballot.no_means,
        yes=ballot.yes,
        no=ballot.no,
        abstain=ballot.abstain,
        votes=votes,
        casting_vote_by=ids[ballot.casting_vote_by] if ballot.casting_vote_by else None,
        decided_by_lot=ballot.decided_by_lot,
    )


def _alternatives(alternatives: Iterable[record.Alternative]) -> Iterator[d.AlternativeDraft]:
    for alternative in alternatives:
        yield d.AlternativeDraft(text=alternative.text, alternatives=tuple(_alternatives(alternative.alternatives)))
