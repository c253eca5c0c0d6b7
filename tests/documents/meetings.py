"""Random meetings from a seed: of any size, with everything a § may contain, in invented Swedish."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass
from datetime import date, time, timedelta

from govern.record import (
    Adjuster,
    Alternative,
    Assignment,
    Attachment,
    Ballot,
    Body,
    Clause,
    Decision,
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
from govern.richtext import LIST_STYLES, Block, Cell, Head, Item, Lst, Para, Run, Table

FIRST = ("drift", "skol", "vatten", "miljö", "bygg", "trafik", "fritids", "närings", "personal", "bredbands", "avfalls")
LAST = ("planen", "avtalet", "utredningen", "taxan", "policyn", "budgeten", "uppföljningen", "strategin", "förstudien")
WHO = ("kommunerna", "nämnden", "rådet", "ägarna", "förvaltningen", "kommuncheferna", "parterna", "ledamöterna")
DOES = ("granskar", "förordar", "bereder", "finansierar", "samordnar", "återrapporterar", "förtydligar", "avgränsar")
HOW = ("under hösten", "i särskild ordning", "efter samråd", "utan dröjsmål", "inom ramen för uppdraget", "var för sig")
WHY = (
    "eftersom invånarnas behov förändras", "så att kostnaden fördelas rättvist", "för att resurserna ska räcka till",
    "då förutsättningarna skiljer sig åt mellan kommunerna", "vilket kräver ett gemensamt ställningstagande",
)  # fmt: skip
GIVEN = ("Asta", "Birger", "Cajsa", "Dag", "Embla", "Folke", "Gerd", "Halvar", "Idun", "Jorunn", "Knut", "Liv")
FAMILY = ("Almgren", "Björkdahl", "Dahlöf", "Ekeby", "Furumo", "Granås", "Hagelin", "Linåker", "Mosander", "Tallberg")
PLACES = ("Älvsby", "Norrvik", "Tallåsen", "Björkfors", "Sjöända", "Klockarbo")
PARTIES = ("S", "M", "C", "V", "L", "KD", "MP", "SD")
LATIN = tuple(
    c
    for c in map(chr, (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)))
    if c.isalpha() and unicodedata.name(c, "").startswith("LATIN")
)
"""Every accented and special Latin letter of the three Unicode blocks used in names."""

EMOJI = "🗳 🏘️ 👩‍👧 🇸🇪 ✅"
COMPOUND = "gymnasieskolesamverkansfinansieringsutredningsdirektivsförtydligande"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The size and content of a meeting. `fill` is the number of texts in a §; `odd` adds rarely typed content."""

    paragraphs: int = 12
    people: int = 12
    fill: int = 3
    tables: bool = True
    lists: bool = True
    odd: bool = False
    clauses: int = 3
    regime: Regime = "kl_board"


def meeting(seed: int, shape: Shape) -> ProtocolRecord:
    """Make the meeting of this seed and shape, deterministically."""
    return _Maker(random.Random(seed), shape).record()


class _Maker:
    """A generator that draws everything from one random stream."""

    def __init__(self, draw: random.Random, shape: Shape) -> None:
        self.draw, self.shape = draw, shape
        self.people = [self._person(i) for i in range(shape.people)]

    def _person(self, number: int) -> Presence:
        name = f"{self.draw.choice(GIVEN)} {self.draw.choice(FAMILY)}"
        if self.shape.odd:
            letters = LATIN[number * 8 : number * 8 + 8]
            name += "-" + "".join(letters).title()
        return Presence(
            name=name,
            role="ordförande" if number == 0 else "ledamot" if number % 3 else "ersättare",
            deciding=number % 3 > 0 or number == 0,
            party=self.draw.choice(PLACES),
            political_party=self.draw.choice(PARTIES),
            title=self.draw.choice((None, None, "KSO", "kommunalråd")),
            remote=self.draw.random() < 0.1,
        )

    def record(self) -> ProtocolRecord:
        """Return the whole record."""
        count, draw = self.shape.paragraphs, self.draw
        first = draw.randint(1, 900) if count else None
        facts = tuple(self._paragraph((first or 0) + i) for i in range(count))
        signers = self.people[:3]
        roles = ("chair", "adjuster", "adjuster")
        return ProtocolRecord(
            body=Body(name="Samverkan Norra ekonomisk förening", org_number="769600-0004"),
            forum=Forum(name="Samverkansrådet", level="strategisk", kind="råd"),
            regime=self.shape.regime,
            meeting=Meeting(
                date=date(2024, 1, 8) + timedelta(days=draw.randint(0, 700)),
                start=time(9),
                end=draw.choice((time(12, 15), None)),
                place="Folkets hus i Älvsby",
                kind=draw.choice(("ordinary", "extra")),  # type: ignore[arg-type]
                mode=draw.choice(("on_site", "hybrid")),  # type: ignore[arg-type]
            ),
            numbering=Numbering(first=first, last=(first or 0) + count - 1 if count else None),
            presence=tuple(self.people),
            adjusters=tuple(Adjuster(name=p.name, party=p.party) for p in signers[1:]),
            paragraphs=facts,
            signatures=tuple(Signature(role=r, name=p.name) for r, p in zip(roles, signers, strict=False)),  # type: ignore[arg-type]
        )

    def sentence(self) -> str:
        """Return a sentence that a protocol might contain."""
        pick = self.draw.choice
        word = f"{pick(FIRST)}{pick(LAST)}"
        start = pick((f"{word} berör fler än en part, och {pick(WHO)}", f"{pick(WHO)} {pick(DOES)} {word} och"))
        text = f"{start} {pick(DOES)} {pick(FIRST)}{pick(LAST)} {pick(HOW)}, {pick(WHY)} (KS 2024/{pick(range(999))})."
        return text[0].upper() + text[1:]

    def text(self, most: int = 6) -> str:
        """Return a few sentences, of an unexpected kind if the shape is odd."""
        text = " ".join(self.sentence() for _ in range(self.draw.randint(1, most)))
        if self.shape.odd and self.draw.random() < 0.3:
            text += self.draw.choice(
                (f" {EMOJI}", f" {COMPOUND * 2}", " 漢字 och ᚠᚢᚦ", "\nny rad\n", " a\u0301\u00ad\u200b")
            )
        return text

    def para(self, most: int = 6) -> Para:
        """Make a paragraph with some words marked."""
        if self.draw.random() > 0.25:
            return Para((Run(self.text(most)),))
        marks = self.draw.choice((("bold",), ("italic",), ("underline",), ("bold", "italic")))
        link = Run("underlaget", href="https://example.org/underlag")
        return Para((Run(f"{self.text(2)} "), Run(self.sentence(), marks), Run(" Se "), link, Run(".")))  # type: ignore[arg-type]

    def block(self) -> Block:
        """Make a paragraph, or sometimes a heading, a list or a table."""
        kind = self.draw.random()
        if kind < 0.12 and self.shape.lists:
            return self.list_()
        if kind < 0.2 and self.shape.tables:
            return self.table()
        if kind < 0.25:
            return Head(self.draw.randint(1, 3), (Run(f"{self.draw.choice(FIRST).title()} i korthet"),))
        return self.para()

    def list_(self, depth: int = 0) -> Lst:
        """Make a list, which may contain others down to four levels."""
        items = []
        for _ in range(self.draw.randint(1, 6)):
            blocks: tuple[Block, ...] = (self.para(1),)
            if depth < 3 and self.draw.random() < 0.25:
                blocks += (self.list_(depth + 1),)
            items.append(Item(blocks))
        return Lst(self.draw.choice(LIST_STYLES), tuple(items), self.draw.choice((1, 1, 1, 4)))

    def table(self) -> Table:
        """Make a table: a few rows as a rule, many if the shape is odd."""
        columns = self.draw.randint(2, 5)
        count = self.draw.choice((3, 8, 90)) if self.shape.odd else self.draw.randint(2, 14)
        head = tuple(_cell(f"{self.draw.choice(FIRST).title()} {i}", head=True) for i in range(columns))
        rows = [head]
        for _ in range(count):
            numbers = (_cell(f"{self.draw.randint(0, 9_999_999):,}".replace(",", " ")) for _ in range(columns - 1))
            rows.append((_cell(self.sentence() if self.draw.random() < 0.3 else self.draw.choice(PLACES)), *numbers))
        return Table(tuple(rows), head_rows=1)

    def _paragraph(self, number: int) -> Paragraph:
        draw, shape = self.draw, self.shape
        blocks = tuple(self.block() for _ in range(shape.fill))
        decides = draw.random() < 0.6
        heading = f"{draw.choice(FIRST).title()}{draw.choice(LAST)} för {draw.choice(PLACES)}"
        return Paragraph(
            number=number,
            label=f"§ {number}",
            heading=f"{heading} {COMPOUND}" if shape.odd and draw.random() < 0.1 else heading,
            kind="B" if decides else "I",
            reference=draw.choice((None, f"2024/{number}", "SLK-2024-00074")),
            sections=tuple(
                Section(kind=kind, heading=title, blocks=part)
                for kind, title, part in (
                    ("summary", "Sammanfattning", blocks[:1]),
                    ("background", "Ärendebeskrivning", blocks[1:]),
                )
                if part
            ),
            decisions=(self._decision(),) if decides else (),
            motions=self._motions() if decides else (),
            ballots=(self._ballot(),) if decides and self.people and draw.random() < 0.2 else (),
            dissents=self._dissents() if draw.random() < 0.2 else (),
            assignments=(self._assignment(),) if draw.random() < 0.2 else (),
            attachments=(
                Attachment(title="Underlag", filename="u.pdf", sha256="0" * 64, size=1, media_type="text/plain"),
            )
            if draw.random() < 0.2
            else (),
        )

    def _decision(self) -> Decision:
        clauses = tuple(Clause(text=self.sentence()) for _ in range(self.shape.clauses))
        return Decision(outcome="approval", lead="Rådet beslutar", clauses=clauses, recipients=("Samtliga kommuner",))

    def _motions(self) -> tuple[Motion, ...]:
        movers = self.people[: self.draw.randint(0, 3)]
        return tuple(Motion(text=self.sentence(), mover=p.name, put_order=i) for i, p in enumerate(movers, 1))

    def _dissents(self) -> tuple[Dissent, ...]:
        return tuple(Dissent(kind="reservation", person=p.name, text=self.text(3)) for p in self.people[:1])

    def _ballot(self) -> Ballot:
        votes = tuple(Vote(name=p.name, choice=self.draw.choice(("yes", "no", "abstain"))) for p in self.people)  # type: ignore[arg-type]
        counts = {key: sum(v.choice == key for v in votes) for key in ("yes", "no", "abstain")}
        return Ballot(
            method="open",
            question="Ska förslaget bifallas?",
            yes_means="bifall",
            no_means="avslag",
            votes=votes,
            **counts,
        )

    def _assignment(self) -> Assignment:
        inner = (Alternative(label="a.", text=self.sentence()), Alternative(label="b.", text=self.sentence()))
        return Assignment(
            text=self.sentence(),
            assignee=self.draw.choice(WHO),
            due=date(2026, 3, 1),
            alternatives=(
                Alternative(label="1)", text=self.sentence(), alternatives=inner),
                Alternative(label="2)", text=self.sentence()),
            ),
        )


def _cell(text: str, head: bool = False) -> Cell:
    return Cell((Para((Run(text),)),), head=head)
