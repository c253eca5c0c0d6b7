"""Check that docs/asvs.md covers each requirement of OWASP ASVS 5.0.0, levels 1 and 2, and names only what exists."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "asvs.md").read_text("utf-8")

SECTIONS = """
1.1:2 1.2:9 1.3:11 1.4:3 1.5:2  2.1:3 2.2:3 2.3:4 2.4:1  3.2:2 3.3:4 3.4:6 3.5:5 3.7:2  4.1:3 4.2:1 4.3:2 4.4:4
5.1:1 5.2:3 5.3:2 5.4:3  6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4  7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2
8.1:2 8.2:3 8.3:1 8.4:1  9.1:3 9.2:4  10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3
11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1  12.1:3 12.2:2 12.3:4  13.1:1 13.2:5 13.3:2 13.4:5  14.1:2 14.2:4 14.3:3
15.1:3 15.2:3 15.3:7  16.1:1 16.2:5 16.3:4 16.4:3 16.5:3  17.1:1 17.2:4 17.3:2
"""
"""The number of level 1 and 2 requirements in each section; level 3 requirements follow them, with higher numbers."""

STATUSES = {"met", "partly", "by the operator", "not applicable", "not met"}
ROW = re.compile(r"^\| (\d+\.\d+\.\d+(?:–\d+\.\d+\.\d+)?) \|(.*)\|$", re.MULTILINE)
PLACE = re.compile(
    r"`((?:govern|tests|docs|templates|static|frontend|migrations)/[^`\s:]+|[\w.-]+\.(?:md|toml|txt))(?:::(\w+))?`"
)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")

ROWS = [(ids, [cell.strip() for cell in rest.split("|")]) for ids, rest in ROW.findall(TEXT)]


def covered(ids: str) -> list[str]:
    """Expand the ids of a row: a single id, or a range within one section."""
    first, _, last = ids.partition("–")
    section, _, start = first.rpartition(".")
    same, _, end = (last or first).rpartition(".")
    assert same == section, ids
    return [f"{section}.{number}" for number in range(int(start), int(end) + 1)]


def test_every_requirement_is_judged_once() -> None:
    """All 253 requirements are listed once, in the order of the standard."""
    wanted = []
    for section in SECTIONS.split():
        name, _, most = section.partition(":")
        wanted += [f"{name}.{number}" for number in range(1, int(most) + 1)]
    assert len(wanted) == 253
    assert [one for ids, _ in ROWS for one in covered(ids)] == wanted


def test_every_row_has_a_title_a_known_status_and_a_place_or_a_reason() -> None:
    """The counts at the top of the document agree with the rows."""
    counts: Counter[str] = Counter()
    for ids, cells in ROWS:
        assert len(cells) == 4, ids
        title, status, where, test = cells
        assert title, ids
        assert where, ids
        assert status in STATUSES, ids
        assert test == "—" or re.fullmatch(r"`tests/[\w/]+\.py::test_\w+`", test), ids
        counts[status] += len(covered(ids))
    said = dict(re.findall(r"^\| ([a-z ]+) \| (\d+) \|", TEXT, re.MULTILINE))
    assert {status: int(said[status]) for status in STATUSES} == {status: counts[status] for status in STATUSES}
    assert int(said["all"]) == sum(counts.values())


@pytest.mark.parametrize("place", sorted(set(PLACE.findall(TEXT))), ids="::".join)
def test_what_is_named_exists(place: tuple[str, str]) -> None:
    """A named file exists and defines the name that follows `::`."""
    path, name = place
    assert (ROOT / path).exists()
    if name:
        made = rf"^\s*(?:async def|def|class) {name}\b|^\s*{name}\b[^=\n]*="
        assert re.search(made, (ROOT / path).read_text("utf-8"), re.MULTILINE)


def test_every_place_is_read_as_one() -> None:
    """The test above skips nothing that looks like a path."""
    spans = set(re.findall(r"`([^`\n]+)`", TEXT))
    assert {span for span in spans if re.search(r"\.py\b|::", span)} <= {
        "path::name",
        "forms.py",
        "rules.py",
    } | {f"{path}::{name}" if name else path for path, name in PLACE.findall(TEXT)}


def test_links_lead_somewhere() -> None:
    """Links lead to documents in `docs/`."""
    assert [link for link in LINK.findall(TEXT) if not (ROOT / "docs" / link).exists()] == []
