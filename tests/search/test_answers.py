"""Queries and the documents that every engine must find."""

import pytest

from govern.search import parse
from tests.search.conftest import DOCUMENTS, INSIDERS, OUTSIDERS

EVERYTHING = {document.key for document in DOCUMENTS if document.readers & INSIDERS}

# The query, and everything that must be found; a list is in order, best first.
ANSWERS = {
    # Inflection
    "skola": {"skola", "lokal"},
    "skolans": {"skola", "lokal"},
    "skolor": {"skola", "lokal"},
    "lovdag": {"skola"},
    "ledamot": {"skola"},
    "ledamöterna": {"skola"},
    "ärenden": {"skola"},
    "analys": {"vatten"},
    "analysen": {"vatten"},
    "besluten": {"vatten"},
    "beslutade": {"vatten"},
    "yrkande": {"vatten"},
    "hög halt": {"vatten"},
    "skäl": {"ange"},
    "budgetens": {"budget"},
    "kostnad": {"budget", "drift"},
    "godkända": {"avtal"},
    "utredning av måltid": {"uppdrag"},
    "utreder": {"uppdrag"},
    "GODKÄNNA": {"avtal"},
    "gemensamt": {"skola", "uppdrag"},
    "mötena": {"nummer"},
    "kommuner": {"avtal", "drift", "uppdrag"},
    "kommunens": {"avtal", "drift", "uppdrag"},
    # Compounds, in both directions
    "avtal": {"avtal", "lokal"},
    "avtalen": {"avtal", "lokal"},
    "samverkan avtal": {"avtal"},
    "samverkansavtalet": {"avtal"},
    "hyresavtal": {"lokal"},
    "område": {"vatten"},
    "skyddsområde vatten": {"vatten"},
    "kommunchef": {"uppdrag"},
    "chef": {"uppdrag", "budget"},
    "räddningstjänst": {"budget"},
    "kostnader fördelning": {"budget"},
    "omsorg": {"arende"},
    "utbyggnad av bredband": {"arende"},
    "måltidsutredning": {"uppdrag"},
    "åter rapportera": {"uppdrag"},
    "it-drift": {"drift"},
    "IT-drift": {"drift"},
    "it drift": {"drift"},
    "itdrift": {"drift"},
    "itdriften": {"drift"},
    "Tallviksmodell": {"drift"},
    "Tallviks modell": {"drift"},
    "uppdraget direktörsgruppen": ["drift"],
    "uppdrag grupp": {"drift", "direkt"},
    # Abbreviations
    "KC måltider": {"uppdrag"},
    # Letters: å, ä and ö are separate letters; accents are ignored
    "Ånge": {"vatten"},
    "ange": {"ange"},
    "bergqvíst": {"drift"},
    "Odman": set(),
    # Numbers
    "812": ["nummer", "omnamnd", "budget"],
    "§ 812": ["nummer", "omnamnd"],
    "§812": ["nummer", "omnamnd"],
    "812 §": ["nummer", "omnamnd"],
    "paragraf:812": ["nummer", "omnamnd"],
    "§§ 812-813": {"nummer", "omnamnd"},
    "§ 102": ["lokal", "omnamnd"],
    "§ 9": set(),
    "5 kommuner": {"drift"},
    "åtta hundra tolv": set(),
    # References in every spelling
    "KS 2018/14": {"vatten"},
    "ks-2018/014": {"vatten"},
    "2018/14": {"vatten"},
    "2018/14 -KS": {"vatten"},
    "IFN 2018/14": set(),
    "1435/22": {"vatten"},
    "22/01435": {"vatten"},
    "SLK-2024-00074": {"skola"},
    "slk 2024-00074": {"skola"},
    "slk-2024-74": {"skola"},
    "2024/74": {"skola"},
    "KS 2024/72": {"arende"},
    "2024/72": {"arende"},
    "dnr:2023/128": {"arende"},
    "SLK": {"skola"},
    "IFN": set(),
    "KS 2023/128-808": {"arende"},
    "dnr: NR-2024-17": {"drift"},
    # Phrases
    '"gemensamma nämnden"': {"skola"},
    '"nämnden gemensamma"': set(),
    '"gemensam nämnd"': set(),
    '"i september"': {"uppdrag"},
    "”den gemensamma nämnden”": {"skola"},
    '"lovdagar Skolan"': set(),
    '"IT-drift i fem"': {"drift"},
    '"med Tallviks kommun': {"avtal"},
    # Names
    "Ylva Bergqvist": {"drift"},
    "bergqvists": {"drift"},
    "Nils Ödman (S)": {"vatten"},
    "Nils Ödman (M)": set(),
    "person:ödman": {"vatten"},
    'person:"Nils Ödman"': {"vatten"},
    'person:"Ödman Nils"': set(),
    # Negation, alternatives, brackets
    "avtal -hyra": {"avtal"},
    "avtal INTE snöröjning": {"lokal"},
    'avtal -"Tallviks kommun"': {"lokal"},
    "snöröjning ELLER bredband": {"avtal", "arende"},
    "(snöröjning ELLER bredband) -barnomsorg": {"avtal"},
    "avtal OCH kvarnskolan": {"lokal"},
    "-avtal": EVERYTHING - {"avtal", "lokal"},
    # Prefixes
    "bredb*": {"arende"},
    "tallvik*": {"avtal", "drift", "nummer", "omnamnd"},
    "it-dr*": {"drift"},
    # Fields
    "år:2022": {"ange", "budget"},
    "år:2022-2023": {"ange", "budget", "skola", "vatten"},
    "år:-2021": {"nummer"},
    "år:>2024": {"omnamnd"},
    "år:snart": set(),
    "typ:uppdrag": {"uppdrag"},
    "typ:assignment": {"uppdrag"},
    "typ:beslut": {"lokal", "budget"},
    "typ:I": {"drift"},
    "status:försenat": {"uppdrag"},
    "status:open": {"arende"},
    "forum:digitalisering": {"arende"},
    "forum:arbetsgruppen": {"arende"},
    'forum:"Nordrådet" budget': {"budget"},
    "upphandling status:open": set(),
    # Empty queries, and stop words
    "att och den": set(),
    "kommunen som avtalar": {"avtal"},
    "": EVERYTHING,
    "   ": EVERYTHING,
    # What only others may read
    "granfors": set(),
    "hemlig": set(),
    "forum:sydrådet": set(),
}


@pytest.mark.parametrize(("text", "expected"), ANSWERS.items(), ids=[text or "(empty)" for text in ANSWERS])
def test_a_query_finds_what_it_should(engine, text, expected):
    results = engine.search(parse(text), INSIDERS, limit=50)
    keys = [hit.key for hit in results.hits]
    assert (keys if isinstance(expected, list) else set(keys)) == expected
    assert results.total == len(keys)


def test_the_readers_terms_decide_hits_counts_and_facets(engine):
    outside = engine.search(parse("samverkansavtal"), OUTSIDERS)
    assert [hit.key for hit in outside.hits] == ["hemlig"]
    assert {facet: counts for facet, counts in outside.facets.items() if counts} == {
        "forum": {"sydradet": 1},
        "year": {"2020": 1},
        "kind": {"paragraph": 1},
        "state": {"secret": 1},
    }
    inside = engine.search(parse(""), INSIDERS)
    assert inside.total == len(EVERYTHING)
    assert "sydradet" not in inside.facets["forum"]
    assert "secret" not in inside.facets["state"]
    both = engine.search(parse("avtal"), INSIDERS | OUTSIDERS)
    assert {hit.key for hit in both.hits} == {"avtal", "lokal", "hemlig"}
    nobody = engine.search(parse("avtal"), ())
    assert (nobody.hits, nobody.total) == ((), 0)


def test_pages_and_order(engine):
    newest = [hit.key for hit in engine.search(parse("§ 812"), INSIDERS, sort="newest").hits]
    assert newest == ["omnamnd", "nummer"]
    whole = [hit.key for hit in engine.search(parse(""), INSIDERS, limit=50, sort="newest").hits]
    pages = [
        hit.key
        for offset in range(0, len(whole), 5)
        for hit in engine.search(parse(""), INSIDERS, limit=5, offset=offset, sort="newest").hits
    ]
    assert pages == whole
    assert engine.search(parse(""), INSIDERS, limit=0).total == len(whole)


def test_filters_narrow_hits_and_facets(engine):
    results = engine.search(parse(""), INSIDERS, filters={"year": ["2022", "2023"], "forum": ["nordradet"]})
    assert {hit.key for hit in results.hits} == {"ange", "budget", "skola", "vatten"}
    assert results.facets["year"] == {"2022": 2, "2023": 2}
    assert engine.search(parse(""), INSIDERS, filters={"kind": ["assignment"]}).facets["state"] == {"late": 1}


def test_a_heading_weighs_more_than_the_text(engine):
    hits = engine.search(parse("uppdrag gemensam ELLER upphandling"), INSIDERS).hits
    assert hits[0].key == "uppdrag"


def test_the_last_word_may_be_unfinished(engine):
    assert {hit.key for hit in engine.search(parse("snör", typing=True), INSIDERS).hits} == {"avtal"}
    assert engine.search(parse("snör"), INSIDERS).total == 0
    assert engine.search(parse("snör ", typing=True), INSIDERS).total == 0
