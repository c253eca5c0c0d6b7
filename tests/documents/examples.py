"""Records for tests: a fictional collaboration, with fictional names and sentences."""

from __future__ import annotations

from dataclasses import replace
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
    Regime,
    Section,
    Signature,
    Vote,
)
from govern.richtext import Block, Cell, Head, Item, Lst, Para, Run, Table

PLACES = ("Älvsby", "Norrvik", "Tallåsen", "Björkfors", "Sjöända", "Klockarbo")


def para(text: str) -> Para:
    """Return a text paragraph without markup."""
    return Para((Run(text),))


def cell(text: str, head: bool = False, colspan: int = 1, rowspan: int = 1) -> Cell:
    """Return a table cell of plain text."""
    return Cell((para(text),), head=head, colspan=colspan, rowspan=rowspan)


def member(name: str, place: str, party: str, title: str | None = None, **more: object) -> Presence:
    """Return the presence of somebody who takes part in decisions."""
    fields = {"role": "ledamot", "deciding": True} | more
    return Presence(name=name, party=place, political_party=party, title=title, **fields)  # type: ignore[arg-type]


def text(number: int, heading: str, *blocks: Block, **more: object) -> Paragraph:
    """Return a protocol paragraph with one section, without a heading."""
    sections = (Section(kind="text", heading="", blocks=blocks),) if blocks else ()
    fields = {"number": number, "label": f"§ {number}", "heading": heading, "sections": sections} | more
    return Paragraph(**fields)  # type: ignore[arg-type]


def presences() -> tuple[Presence, ...]:
    """Return deciding members, substitutes and officers, some of them present only for part of the meeting."""
    return (
        member("Anna Lindqvist", "Älvsby", "S", "KSO", role="ordförande"),
        member("Bo Åkerblom", "Norrvik", "M", "KSO"),
        member("David Östergren", "Tallåsen", "C", "KSO", to_paragraph=43),
        member("Ellen Nyhem", "Björkfors", "S", "KSO", remote=True),
        member("Fadumo Warsame", "Sjöända", "V", "Opp"),
        member("Göran Ek-Svensson", "Klockarbo", "KD", role="ersättare", serving_for="Hilda Strand"),
        Presence(name="Ivar Sund", role="ersättare", deciding=False, party="Norrvik", political_party="L"),
        Presence(name="Jasmin Öberg", role="ersättare", deciding=False, party="Älvsby", political_party="MP"),
        Presence(name="Cilla Berg", role="sekreterare", deciding=False, party="Älvsby"),
        Presence(name="Karl Nord", role="tjänsteperson", deciding=False, party="Tallåsen", title="KC"),
        Presence(
            name="Lovisa Hed", role="tjänsteperson", deciding=False, party="Björkfors", title="KC",
            from_paragraph=42, to_paragraph=43,
        ),
    )  # fmt: skip


def rich_paragraph() -> Paragraph:
    """Return a protocol paragraph that contains almost everything that one can."""
    steps = Lst(
        "bullet",
        (
            Item(
                (para("Kartlägg drift och stöd"), Lst("lower-alpha", (Item((para("servrar"),)), Item((para("nät"),)))))
            ),
            Item((para("Räkna på kostnaden"), para("med samma modell som förra året"))),
        ),
    )
    costs = Table(
        (
            (cell("Kommun", head=True), cell("Invånare", head=True), cell("Andel", head=True)),
            (cell("Älvsby", head=True), cell("18 210"), cell("41,5 %")),
            (cell("Norrvik", head=True), cell("25 668"), cell("58,5 %")),
            (cell("Summa 43 878 invånare", colspan=2), cell("100,0 %")),
        ),
        head_rows=1,
    )
    link = Para((Run("Underlaget finns på "), Run("samverkans sida", href="https://example.org/underlag"), Run(".")))
    marked = Para(
        (Run("Fet", ("bold",)), Run(" och "), Run("kursiv", ("italic",)), Run(" H"), Run("2", ("sub",)), Run("O"))
    )
    return Paragraph(
        number=42,
        label="§ 42",
        heading="Gemensam drift av servrar och nät för samverkande kommuner",
        kind="B",
        reference="2024/72",
        sections=(
            Section(
                kind="background",
                heading="Ärendebeskrivning",
                blocks=(para("Kommunerna har prövat gemensam drift sedan i fjol."), steps, link, marked),
            ),
            Section(kind="costs", heading="Kostnader", blocks=(Head(1, (Run("Fördelning"),)), costs)),
        ),
        motions=(
            Motion(
                text="bifall till förslaget",
                mover="Bo Åkerblom",
                supporters=("Ellen Nyhem",),
                put_order=1,
                carried=True,
            ),
            Motion(text="avslag", mover="Fadumo Warsame", put_order=2, carried=False),
            Motion(text="återremiss", mover="Ivar Sund", withdrawn=True),
        ),
        ballots=(
            Ballot(
                method="open",
                question="Ska förslaget bifallas?",
                yes_means="bifall till förslaget",
                no_means="avslag",
                yes=2,
                no=1,
                abstain=1,
                votes=(
                    Vote(name="Bo Åkerblom", choice="yes"),
                    Vote(name="Ellen Nyhem", choice="yes"),
                    Vote(name="Fadumo Warsame", choice="no"),
                    Vote(name="Anna Lindqvist", choice="abstain"),
                ),
            ),
        ),
        decisions=(
            Decision(
                outcome="approval",
                lead="Samverkansrådet beslutar",
                clauses=(
                    Clause(text="godkänna den gemensamma driften, och"),
                    Clause(text="fördela kostnaden efter antal invånare."),
                ),
                recipients=("Samtliga kommuner", "Ekonomiavdelningen i Älvsby"),
            ),
        ),
        dissents=(Dissent(kind="reservation", person="Fadumo Warsame", text="Underlaget räcker inte."),),
        assignments=(
            Assignment(
                text="Redovisa vad driften har kostat hittills\nTa fram alternativ med tydliga följder:",
                assignee="kommunchefgruppen",
                due=date(2024, 6, 10),
                report_to="ett extra digitalt råd",
                alternatives=(
                    Alternative(label="1)", text="Var och en för sig"),
                    Alternative(
                        label="2)",
                        text="En gemensam nämnd",
                        alternatives=(
                            Alternative(label="a.", text="med säte i Älvsby"),
                            Alternative(label="b.", text="med säte i Norrvik"),
                        ),
                    ),
                ),
                addendum="Värdera även nyttan för invånarna",
            ),
        ),
        attachments=(
            Attachment(
                title="Tjänsteskrivelse", filename="t.pdf", sha256="0" * 64, size=10, media_type="application/pdf"
            ),
        ),
        disqualified=(Disqualified(name="Göran Ek-Svensson", reason="Äger ett av bolagen."),),
    )


def record(regime: Regime = "association", *extra: Paragraph) -> ProtocolRecord:
    """Return the protocol of an ordinary meeting, §§ 40–44, and any `extra` paragraphs."""
    paragraphs = (
        text(40, "Mötets öppnande", para("Ordföranden Anna Lindqvist öppnar mötet.")),
        text(41, "Dagordning", para("Dagordningen godkänns."), kind="B"),
        rich_paragraph(),
        text(43, "Läget i avtalet (I)", para("Rådet tackar för informationen."), confidential="19 kap. 3 § OSL"),
        text(44, "Mötets avslutande", para("Ordföranden avslutar mötet.")),
        *extra,
    )
    return ProtocolRecord(
        body=Body(name="Samverkan Norra ekonomisk förening", org_number="769600-0004"),
        forum=Forum(name="Samverkansrådet", level="strategisk", kind="råd"),
        regime=regime,
        meeting=Meeting(
            date=date(2024, 4, 22), start=time(9), end=time(12), place="Folkets hus i Älvsby", kind="ordinary"
        ),
        numbering=Numbering(first=40, last=paragraphs[-1].number),
        presence=presences(),
        adjusters=(Adjuster(name="Bo Åkerblom", party="Norrvik", political_party="M"),),
        paragraphs=paragraphs,
        signatures=(
            Signature(role="secretary", name="Cilla Berg"),
            Signature(role="chair", name="Anna Lindqvist", party="Älvsby", political_party="S"),
            Signature(role="adjuster", name="Bo Åkerblom", party="Norrvik", political_party="M"),
        ),
    )


def empty() -> ProtocolRecord:
    """Return a protocol without paragraphs, presences or signatures."""
    return replace(
        record(), paragraphs=(), presence=(), adjusters=(), signatures=(), numbering=Numbering(first=None, last=None)
    )
