"""The real meeting, among about a hundred real headings: its decision must be found first."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from govern.search import Passage, highlight, parse
from govern.search.embedded.engine import WhooshEngine
from tests.search.conftest import INSIDERS, document

SHARED = Path(__file__).parents[2].parent / "shared"
SEED = SHARED / "seeds" / "003_288e3749671f3342.txt"
HEADINGS = SHARED / "corpus" / "goteborg-paragraphs.tsv"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not SEED.exists() or not HEADINGS.exists(), reason="the seeds lie beside the project only"),
]


def meeting():
    body = SEED.read_text("utf-8").split("## Innehåll")[1]
    parts = re.split(r"^.*?(?:\*\*|## )§(\d+) (.*)$", body, flags=re.MULTILINE)
    for number, heading, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        passages = (Passage("heading", f"p{number}", heading.strip("* ")), Passage("section", f"p{number}-s1", text))
        yield document(f"paragraph:{number}", "", "", passages=passages, number=int(number), day=date(2024, 4, 22))


def others():
    with HEADINGS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            key, number = f"{row['meeting']}:{row['paragraph']}", re.match(r"\d+", row["paragraph"])
            references = (row["dnr"],) if row["dnr"] else ()
            yield document(key, row["heading"], "", number=number and int(number[0]), references=references)


@pytest.fixture(scope="module")
def engine(tmp_path_factory, directory):
    engine = WhooshEngine(tmp_path_factory.mktemp("real"))
    documents = {document.key: document for document in (*meeting(), *others())}
    engine.rebuild(documents.values())
    return engine


@pytest.mark.parametrize(
    "query",
    [
        "uppdraget kommunchefgruppen", "Sundsvallsmodell", "§ 812", "812", "sundsvallsmodellen", "uppdrag kommunchef",
        "kollektiva digitaliseringar", "digital kommunsammanslagning", "it-drift hälsingland", "it drift", "itdrift",
        "ångemodell", "konsekvensbeskrivning alternativ", '"extra digitalt Hälsingeråd"', "robust infrastrukturen",
        "tjänstekatalog produktkatalog", "avtal samverkan sundsvall", "marcus matteby", "hälsingesamverkan",
        "studiebesöken kommunchefer",
    ],
)  # fmt: skip
def test_the_paragraph_is_found_first(engine, query):
    hits = engine.search(parse(query), INSIDERS).hits
    assert hits
    assert hits[0].key == "paragraph:812"


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("justerare löthstam", 809),
        ("val av justerare § 809", 809),
        ("varumärke", 811),
        ("öppna möte", 808),
        ("RUS", 811),
    ],
)
def test_its_neighbours_are_found_first(engine, query, key):
    assert engine.search(parse(query), INSIDERS).hits[0].key == f"paragraph:{key}"


def test_the_assignment_is_shown(engine):
    (text,) = (document.passages[1].text for document in meeting() if document.key == "paragraph:812")
    shown = highlight(text, parse("uppdraget kommunchefgruppen"), limit=1)
    assert "Uppdrag till kommunchefgruppen" in shown[0].text
