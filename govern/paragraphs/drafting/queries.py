"""Reading a paragraph's rows as a draft, and finding its versions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from govern import markup, richtext
from govern.db import db
from govern.paragraphs.drafting import draft as d
from govern.paragraphs.drafting.models import ParagraphVersion
from govern.paragraphs.models import (
    Alternative,
    Paragraph,
)


def read(paragraph: Paragraph) -> d.Draft:
    """Return a paragraph's content as a draft."""
    return d.Draft(
        heading=paragraph.heading,
        kind=paragraph.kind,
        reference=paragraph.reference,
        confidential=paragraph.confidential,
        sections=tuple(
            d.SectionDraft(kind=s.kind, heading=s.heading, html=markup.to_html(richtext.from_json(s.body)))
            for s in paragraph.sections
        ),
        motions=tuple(
            d.MotionDraft(
                text=m.text,
                mover=m.mover_id,
                supporters=tuple(p.id for p in m.supporters),
                put_order=m.put_order,
                withdrawn=m.withdrawn,
                carried=m.carried,
            )
            for m in paragraph.motions
        ),
        ballots=tuple(
            d.BallotDraft(
                method=b.method,
                question=b.question,
                yes_means=b.yes_means,
                no_means=b.no_means,
                yes=b.yes,
                no=b.no,
                abstain=b.abstain,
                votes=tuple(d.VoteDraft(presence=v.presence_id, choice=v.choice) for v in b.votes),
                casting_vote_by=b.casting_vote_by_id,
                decided_by_lot=b.decided_by_lot,
            )
            for b in paragraph.ballots
        ),
        decisions=tuple(
            d.DecisionDraft(
                outcome=x.outcome,
                lead=x.lead,
                clauses=tuple(c.text for c in x.clauses),
                recipients=tuple(x.recipients),
            )
            for x in paragraph.decisions
        ),
        dissents=tuple(
            d.DissentDraft(kind=x.kind, person=x.presence_id, text=x.text, announced=x.announced)
            for x in paragraph.dissents
        ),
        assignments=tuple(
            d.AssignmentDraft(
                text=a.text,
                assignee=a.assignee,
                due=a.due,
                report_to=a.report_to,
                alternatives=_read_alternatives(a.alternatives),
                addendum=a.addendum,
            )
            for a in paragraph.assignments
        ),
    )


def _read_alternatives(alternatives: Sequence[Alternative]) -> tuple[d.AlternativeDraft, ...]:
    return tuple(d.AlternativeDraft(text=a.text, alternatives=_read_alternatives(a.alternatives)) for a in alternatives)


def versions_of(paragraph: Paragraph, limit: int = 200) -> Sequence[ParagraphVersion]:
    """List a paragraph's latest `limit` versions, the latest first."""
    query = select(ParagraphVersion).where(ParagraphVersion.paragraph_id == paragraph.id)
    query = query.options(joinedload(ParagraphVersion.by)).order_by(ParagraphVersion.version.desc())
    return db.session.scalars(query.limit(limit)).all()


def version_of(paragraph: Paragraph, version: int) -> ParagraphVersion | None:
    """Return one version, or None."""
    query = select(ParagraphVersion).where(ParagraphVersion.paragraph_id == paragraph.id)
    return db.session.scalar(query.where(ParagraphVersion.version == version))
