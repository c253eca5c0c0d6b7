"""Content that a page cannot render as written is reported on saving and in the checks, and rendered differently."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from govern.cases.rules import Refusal, refuse_proposal_ready
from govern.cases.states import ProposalState
from govern.documents.papers.files import protocol_files
from govern.paragraphs.models import Paragraph, Section
from govern.paragraphs.queries import paragraphs_of
from govern.paragraphs.states import SectionKind
from govern.protocols import checks
from govern.protocols.freeze import freeze
from govern.protocols.states import Severity
from govern.richtext import Block, to_json
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.documents.examples import para
from tests.documents.reading import pdf_pages
from tests.documents.test_anything import DEEP, HARD, table
from tests.paragraphs.test_drafting import draft_of, written
from tests.protocols.sealed import held

Browse = Callable[..., Browser]

__all__ = ["written"]  # A fixture, used by its name.


def pasted(columns: int) -> str:
    """Return a pasted table of one row."""
    return "<table><tr>" + "".join(f"<td>{x}</td>" for x in range(columns)) + "</tr></table>"


def saying(*blocks: Block) -> list[Section]:
    """Return the sections of a paragraph that holds these blocks."""
    return [Section(position=0, kind=SectionKind.TEXT, heading="", body=to_json(blocks))]


def test_the_save_tells_and_keeps_the_text(written: Paragraph, browse: Browse) -> None:
    cilla, page = browse("cilla"), f"/paragrafer/{written.id}"
    section = {"kind": "text", "heading": "", "html": pasted(300)}
    told = cilla.post_json(f"{page}/utkast", draft_of("") | {"sections": [section], "version": 1}).json
    assert told["version"] == 2
    (remark,) = told["remarks"]
    assert remark.startswith("Tabell 1 har 300 kolumner")
    shown = cilla.get(page)
    assert "Tabell 1 har 300 kolumner" in shown.text()
    assert "<td><p>299</p></td>" in str(shown.answer.text.encode().decode("unicode_escape", "ignore"))
    told = cilla.post_json(f"{page}/utkast", draft_of("kort") | {"version": 2}).json
    assert told["remarks"] == []
    assert "Tabell 1 har" not in cilla.get(page).text()


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ("0026-06-03", "Uppdrag 2: Året 0026 kan inte stämma."),
        ("2204-06-03", "Uppdrag 2: Året 2204 kan inte stämma."),
        ("2033-06-03", "Uppdrag 2 ska återrapporteras 3 juni 2033. Stämmer året?"),
        ("2023-06-03", "Uppdrag 2 ska återrapporteras 3 juni 2023, före mötet. Stämmer dagen?"),
        ("2024-06-03", ""),
        ("2024-04-22", ""),
        ("2024-04-21", "Uppdrag 2 ska återrapporteras 21 april 2024, före mötet. Stämmer dagen?"),
    ],
)
def test_an_odd_day_of_a_duty_is_told_where_it_is_typed(
    written: Paragraph, browse: Browse, due: str, said: str
) -> None:
    """The text is saved as typed, and the page shows the remark again when it is reopened."""
    cilla, page = browse("cilla"), f"/paragrafer/{written.id}"
    duties = [{"text": "räkna", "assignee": "Bo"}, {"text": "räkna om", "assignee": "Bo", "due": due}]
    told = cilla.post_json(f"{page}/utkast", draft_of("", assignments=duties) | {"version": 1}).json
    assert (told["remarks"][:1] or [""])[0].startswith(said)
    assert bool(told["remarks"]) == bool(said)
    assert said in cilla.get(page).text("[data-remarks]")


@pytest.mark.parametrize("name", DEEP)
def test_what_is_nested_too_deep_is_refused_and_nothing_changes(name: str, written: Paragraph, browse: Browse) -> None:
    section = {"kind": "text", "heading": "", "html": DEEP[name]}
    url = f"/paragrafer/{written.id}/utkast"
    told = browse("cilla").post_json(url, draft_of("") | {"sections": [section], "version": 1}, status=422).json
    assert "mer än 30 nivåer" in told["refusal"]
    assert written.version == 1


def test_the_checks_say_what_cannot_be_set(cast: Cast) -> None:
    first, second = held(cast)
    first.sections = saying(table(300))
    second.sections = saying(para("ord " * 600_000))
    make.commit()
    found = {f.check: f for f in checks.find(first.meeting, [first, second], today=first.meeting.day)}
    as_list, too_long = found["table_as_list"], found["too_long"]
    assert (as_list.severity, as_list.paragraph_id) == (Severity.WARNING, first.id)
    assert "sätts som en lista" in as_list.sentence
    assert (too_long.severity, too_long.paragraph_id) == (Severity.HINDER, second.id)
    assert "lägg det långa som bilaga" in too_long.sentence


def test_the_checks_are_silent_about_what_fits(cast: Cast) -> None:
    first, second = held(cast)
    first.sections = saying(HARD["merged over 45 rows"], HARD["28 columns"])
    make.commit()
    found = {f.check for f in checks.find(first.meeting, [first, second], today=first.meeting.day)}
    assert not found & {"table_as_list", "too_long", "protocol_too_long"}


def test_a_protocol_of_what_stopped_it_is_made(cast: Cast) -> None:
    first, second = held(cast)
    first.sections = saying(HARD["28 columns"], HARD["merged over 45 rows"])
    second.sections = saying(HARD["lists in 13 columns"])
    make.commit()
    frozen = freeze(first.meeting, paragraphs_of(first.meeting))
    files = protocol_files(frozen)
    read = " ".join(" ".join(pdf_pages(files.pdf)).split())
    assert "kolumn" in read
    assert "åtgärd 43" in read


def test_an_officers_paper_is_told_of_and_printed(cast: Cast, browse: Browse) -> None:
    proposal = make.proposal(cast.forum, "Växel", cast.cilla, matter=to_json((table(40), HARD["lists in 13 columns"])))
    make.commit()
    browser, page = browse("cilla"), f"/tjansteskrivelser/{proposal.id}"
    assert "Tabell 1 har 40 kolumner" in browser.get(page).text()
    assert browser.get(f"{page}.pdf").data.startswith(b"%PDF")
    assert browser.get(f"{page}.docx").data.startswith(b"PK")


def test_an_officers_paper_too_long_to_set_is_not_ready(cast: Cast) -> None:
    proposal = make.proposal(cast.forum, "Växel", cast.cilla, state=ProposalState.DRAFT, ready_at=None)
    proposal.matter = to_json((para("ord " * 600_000),))
    assert refuse_proposal_ready(proposal) is Refusal.TOO_LONG
    proposal.matter = to_json((table(40),))
    assert refuse_proposal_ready(proposal) is None
