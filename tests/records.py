"""A record in which every field differs from its default."""

from datetime import date, time

from govern.record import (
    Adjuster,
    Alternative,
    Assignment,
    Attachment,
    Ballot,
    Body,
    Clause,
    Decision,
    Disqualified,
    Dissent,
    Forum,
    Meeting,
    Motion,
    Numbering,
    Paragraph,
    Presence,
    ProtocolRecord,
    Section,
    Signature,
    Supersession,
    Vote,
)
from govern.richtext import Blocks, Cell, Head, Item, Lst, Para, Run, Table

RICH: Blocks = (
    Head(2, (Run("Kostnad"),)),
    Para(
        (Run("Fem "), Run("kommuner", ("bold", "italic")), Run(" delar\npå en "), Run("växel", (), "https://a.example"))
    ),
    Lst("decimal", (Item((Para((Run("en"),)), Lst("lower-alpha", (Item((Para((Run("två"),)),)),)))),), start=3),
    Table(
        (
            (Cell((Para((Run("Kommun"),)),), head=True, colspan=2),),
            (Cell((Para((Run("Björkby"),)),), rowspan=2), Cell(())),
        ),
        head_rows=1,
    ),
)

WHO = {"party": "Björkby", "political_party": "S", "title": "KSO"}


def full() -> ProtocolRecord:
    """Make the record."""
    paragraph = Paragraph(
        number=17,
        label="§ 17",
        heading="Gemensam växel",
        kind="B",
        reference="KS 2024/17",
        sections=(Section(kind="matter", heading="Ärendet", blocks=RICH), Section(kind="text", heading="", blocks=())),
        motions=(
            Motion(
                text="att avslå", mover="Bo Björk", supporters=("Anna Ask",), put_order=1, withdrawn=True, carried=False
            ),
        ),
        ballots=(
            Ballot(
                method="open",
                question="Bifall?",
                yes_means="Bifall",
                no_means="Avslag",
                yes=1,
                no=1,
                abstain=1,
                votes=(Vote(name="Anna Ask", choice="yes"),),
                casting_vote_by="Anna Ask",
                decided_by_lot=True,
            ),
        ),
        decisions=(
            Decision(
                outcome="approval",
                lead="Styrgruppen beslutar",
                clauses=(Clause(text="införa en gemensam växel"),),
                recipients=("Björkby",),
            ),
        ),
        dissents=(Dissent(kind="reservation", person="Bo Björk", text="Kostnaden saknas."),),
        assignments=(
            Assignment(
                text="att räkna",
                assignee="Arbetsgruppen",
                due=date(2024, 6, 3),
                report_to="Styrgruppen",
                alternatives=(
                    Alternative(label="1", text="En växel", alternatives=(Alternative(label="a", text="I norr"),)),
                ),
                addendum="Samt kostnaden.",
            ),
        ),
        attachments=(
            Attachment(
                title="Kalkyl",
                filename="kalkyl.pdf",
                sha256="0" * 64,
                size=9,
                media_type="application/pdf",
                confidential="OSL 19:3",
            ),
        ),
        disqualified=(Disqualified(name="Bo Björk", reason="Delägare"),),
        immediate=True,
        confidential="OSL 19:3",
        supersedes=(Supersession(relation="replaces", label="§ 640", forum="Direktionen", date=date(2019, 5, 6)),),
    )
    return ProtocolRecord(
        body=Body(name="Älvsam", org_number="212000-2411"),
        forum=Forum(name="Styrgruppen", level="strategic", kind="steering_group"),
        regime="agreement",
        meeting=Meeting(
            date=date(2024, 4, 22),
            start=time(9),
            end=time(11, 30),
            end_date=date(2024, 4, 23),
            place="Björkby",
            kind="extra",
            mode="hybrid",
            video_link="https://video.example/mote",
        ),
        numbering=Numbering(first=17, last=17, series="2024"),
        presence=(
            Presence(
                name="Anna Ask",
                role="chair",
                deciding=True,
                serving_for="Bo Björk",
                from_paragraph=17,
                to_paragraph=18,
                remote=True,
                **WHO,
            ),
        ),
        adjusters=(Adjuster(name="Bo Björk", **WHO),),
        paragraphs=(paragraph,),
        signatures=(
            Signature(role="secretary", name="Cilla Ceder", **WHO),
            Signature(role="chair", name="Bo Björk", paragraphs=(paragraph.number,), **WHO),
        ),
    )
