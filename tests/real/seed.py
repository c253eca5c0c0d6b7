"""Read the seed's protocol as its reader sees it: who was there, and what stands under each number."""

import re
from dataclasses import dataclass, field
from html import escape

from tests.real import read

NAME = "seeds/003_288e3749671f3342.txt"
FURNITURE = re.compile(r"^(Ordförande|Justerande|Utdragsbestyrkande|Hälsingerådet|SAMMANTRÄDESPROTOKOLL|-+|[*#\s])*$")
LETTERHEAD = re.compile("769602|ek för")
HEADING = re.compile(r"§\s?(?P<number>\d+) (?P<heading>.*?)(?: \((?P<kind>[BIPRU])\))?[* ]*$")
PERSON = re.compile(r"(?P<name>.+?)(?: (?P<title>KSO|KC|Opp|ers))? ?(?:\((?P<political>\w+)\))?, (?P<place>.+)$")


@dataclass
class Someone:
    """A line of the list of those present."""

    name: str
    title: str
    political: str
    place: str


@dataclass
class Point:
    """A bullet of a list, with those beneath it; `label` is its number or letter, where it has one."""

    text: str
    label: str = ""
    points: list["Point"] = field(default_factory=list)


@dataclass
class SeedParagraph:
    """A numbered paragraph: its body's lines as they stand, without the page's furniture."""

    number: int
    heading: str
    kind: str
    lines: list[str]

    @property
    def words(self) -> list[str]:
        """Every word under the number, the heading's first."""
        return words(" ".join([f"{self.number} {self.heading} {self.kind}", *self.lines]))


@dataclass
class Seed:
    """The protocol."""

    deciding: list[Someone]
    substitutes: list[Someone]
    officers: list[Someone]
    adjuster: str
    secretary: str
    chair: str
    paragraphs: list[SeedParagraph]


def words(text: str) -> list[str]:
    """Return the words of a text in order, letters and figures only, without soft hyphens."""
    text = re.sub("[\u00ad\u0002]\n?", "", text)
    return re.findall(r"[^\W_]+", text.lower())


def missing(wanted: list[str], text: str) -> str:
    """Return the first words that do not stand in the text in their order; empty when all do."""
    found = iter(words(text))
    for place, word in enumerate(wanted):
        if word not in found:  # An iterator: what was passed does not come again.
            return f"word {place}: … {' '.join(wanted[max(0, place - 5) : place + 3])} …"
    return ""


def load() -> Seed:
    """Read the seed."""
    text = read(NAME)
    before, after = text.split("**Utses att justera**", 1)
    everyone = [_someone(line) for line in _lines(before.split("**Beslutande**")[1]) if "," in line]
    return Seed(
        deciding=[s for s in everyone if s.title in {"KSO", "Opp"}],
        substitutes=[s for s in everyone if s.title == "ers"],
        officers=[s for s in everyone if s.title == "KC"],
        adjuster=_lines(after)[0].split(" (")[0],
        secretary=_signer(text, "sekreterare"),
        chair=_signer(text, "ordförande"),
        paragraphs=_paragraphs(text.split("## Innehåll")[1]),
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _someone(line: str) -> Someone:
    match = PERSON.match(line)
    assert match, line
    return Someone(match["name"], match["title"] or "", match["political"] or "", match["place"].strip())


def _signer(text: str, role: str) -> str:
    match = re.search(rf"^(.+?),? {role}, enligt digital underskrift", text, re.MULTILINE)
    assert match, role
    return match[1]


def _paragraphs(text: str) -> list[SeedParagraph]:
    paragraphs: list[SeedParagraph] = []
    for line in text.splitlines():
        match = None if re.search(r"\.{3,}", line) or "…" in line else HEADING.search(line)
        if match and ("##" in line or "**§" in line):
            paragraphs.append(SeedParagraph(int(match["number"]), match["heading"], match["kind"] or "", []))
        elif paragraphs and line.strip() and not FURNITURE.match(line) and not LETTERHEAD.search(line):
            paragraphs[-1].lines.append(line.rstrip())
    return paragraphs


def as_html(lines: list[str]) -> str:
    """Write lines as an editor would: paragraphs, and bullets as a list."""
    html, bullets = "", ""
    for line in [*lines, ""]:
        if line.startswith("- "):
            bullets += f"<li><p>{escape(line[2:], quote=False)}</p></li>"
            continue
        html += f"<ul>{bullets}</ul>" if bullets else ""
        bullets = ""
        html += f"<p>{escape(line, quote=False)}</p>" if line else ""
    return html


def assignment(paragraph: SeedParagraph) -> tuple[list[str], str, list[Point]]:
    """Part a paragraph into its text, who is given the duty, and the points of it."""
    start = next(i for i, line in enumerate(paragraph.lines) if line.startswith("*Uppdrag till"))
    doer = paragraph.lines[start].strip("*: ").removeprefix("Uppdrag till ")
    top: list[Point] = []
    path: list[tuple[int, list[Point]]] = [(-1, top)]
    for line in paragraph.lines[start + 1 :]:
        depth = len(line) - len(line.lstrip())
        match = re.match(r"- (?:(\d+|[a-z])[.)] )?(.*)", line.strip())
        assert match, line
        point = Point(match[2], match[1] or "")
        while path[-1][0] >= depth:
            path.pop()
        path[-1][1].append(point)
        path.append((depth, point.points))
    return paragraph.lines[:start], doer, top
