"""The Swedish analysis of the index, word by word."""

import pytest

from govern.search.references import find, normalise
from govern.search.rules import stem
from govern.search.terms import SWEDISH
from govern.search.tokens import fold, tokenise


@pytest.fixture(autouse=True)
def _dictionary(directory):
    SWEDISH.keep(directory)


@pytest.mark.parametrize(
    ("spelling", "key"),
    {
        "KS 2018/14": "ks-2018-14",
        "Ks 2018/014": "ks-2018-14",
        "ks2018/14": "ks-2018-14",
        "KS\u00a02018/14": "ks-2018-14",
        "KS-2014/742.912": "ks-2014-742-912",
        "IFN 2018/00256-1.6.1": "ifn-2018-256-1.6.1",
        "KU.2017.3": "ku-2017-3",
        "RJL 2016/1288": "rjl-2016-1288",
        "2013-KS0548/003": "ks-2013-548-3",
        "SLK-2024-00074": "slk-2024-74",
        "slk 2024-00074": "slk-2024-74",
        "1435/22": "2022-1435",
        "2024/72 -KS": "ks-2024-72",
        "2024/72-ks": "ks-2024-72",
        "22/00126": "2022-126",
        "KS 2023/128-808": "ks-2023-128-808",
        "Dnr 2018/00021": "2018-21",
        "dnr: KU.2017.3": "ku-2017-3",
        "Ärendenummer SLK-2024-00074": "slk-2024-74",
        "slk 2024-74": "slk-2024-74",
        "slk2024.74": "slk-2024-74",
        "A 17 b": "a-17-b",
        "": "",
    }.items(),
)
def test_a_reference_has_one_key_however_it_is_spelt(spelling, key):
    assert normalise(spelling) == key


@pytest.mark.parametrize(
    "text",
    ["den 2024-04-22", "åren 2020-2024", "24/7", "kl. 09:00-12:00", "5 kap. 69 §", "7 kr/invånare", "010-123 45 67",
     "tkr 2024-25", "mål 2024-26", "KF 2024.04.22"],
)  # fmt: skip
def test_what_only_looks_like_a_reference_is_none(text):
    assert not list(find(text))


@pytest.mark.parametrize(
    "forms",
    [
        "skola skolan skolor skolorna skolornas",
        "ärende ärendet ärenden ärendena",
        "kostnad kostnaden kostnader kostnadernas",
        "beslut beslutet besluten beslutade besluta beslutas",
        "ledamot ledamoten ledamöter ledamöterna",
        "verksamhet verksamheten verksamheter",
        "möte mötet möten mötena mötets",
        "gemensam gemensamt gemensamma",
        "informera informerade informerar informerat",
        "nämnd nämnden nämnder nämndernas",
        "budget budgeten budgetens",
        "insats insatser insatserna",
        "strategi strategin strategier",
        "kommitté kommittén kommittéer",
        "återläsa återläsningen",
        "delaktig delaktighet delaktigheten",
        "introducera introduktionen",
        "avgiftsfri avgiftsfrihet",
        "controller controllern controllrar controllrarna",
    ],
)
def test_the_forms_of_a_word_share_a_key(forms):
    keys = [set(SWEDISH.word(fold(form)).keys) for form in forms.split()]
    assert set.intersection(*keys), keys


@pytest.mark.parametrize(("verb", "deed"), [("webbsända", "webbsändningarna"), ("slutarkivera", "slutarkiveringen")])
def test_a_verb_that_no_dictionary_has_finds_its_deed_and_is_found_by_it(verb, deed):
    for typed, written in ((verb, deed), (deed, verb)):
        asked = SWEDISH.word(typed)
        assert not {f"b:{key}" for key in (*asked.keys, asked.canonical)}.isdisjoint(SWEDISH.word_terms(written))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ånge", "ange"), ("Ånge", "ånga"), ("nämnd", "nämna"), ("analys", "anal"), ("lager", "lag"), ("råd", "rad"),
     ("vård", "våra"), ("vind", "vin"), ("målbilder", "bil"), ("nämnderna", "nämns"), ("vitet", "vit"),
     ("myndighet", "myndig"), ("vårdnad", "vård")],
)  # fmt: skip
def test_different_words_share_no_key(one, other):
    assert set(SWEDISH.word(fold(one)).keys).isdisjoint(SWEDISH.word(fold(other)).keys)


@pytest.mark.parametrize(
    ("word", "parts"),
    {
        "samverkansavtalet": "samverkan avtal",
        "kommunstyrelsens": "kommun styrelse",
        "kommunchefgruppen": "kommun chef grupp",
        "medborgarförslag": "medborgare förslag",
        "vattenskyddsområden": "vatten skydd område",
        "äldreomsorg": "äldre omsorg",
        "itdriften": "it drift",
        "remissvaren": "remiss svar",
        "fibernätet": "fiber nät",
        "detaljplaner": "detalj plan",
        "uppdragsgivare": "uppdrag givare",
        "kvarnforsmodellen": "kvarnfor modell",
        "förvaltningschefer": "förvaltning chef",
        "elrullstolen": "el rull stol",
        "teckenspråkstolk": "tecken språk tolk",
        "trottoarkanterna": "trottoar kant",
        "kronofogden": "krono fogde",
        "arvsfonden": "arv fond",
        "författarbesök": "författare besök",
        "lekmannarevisorerna": "lekman revisor",
        "varulagret": "vara lager",
        "miljölagstiftning": "miljö lag stiftning",
        "trädrötterna": "träd rot",
        "handskriften": "hand skrift",
        "avgångsvederlag": "avgång vederlag",
        "vårdsängen": "vård säng",
        "livslängden": "liv längd",
        "timpriset": "timme pris",
        "handikapparkeringar": "handikapp parkering",
    }.items(),
)
def test_a_compound_comes_apart(word, parts):
    assert SWEDISH.word(word).parts == tuple(stem(part) for part in parts.split())


WHOLE = (
    "underlag ordförande verksamhet uppdrag förslag kommunala ekonomiska kommande samtliga överenskommelse sammanträde"
    " erfarenhet redovisning fastighet representant överlämnande göteborg söderhamn underskott ändamål framställan"
    " administration svenska granskas strategiska resultat statliga kontakt protokoll ställningstagande"
    " föremål föreställning bakslag scenarier betydelsefull begynnelse motsvarande vakant våldtäkt kontrollör"
)


@pytest.mark.parametrize("word", WHOLE.split())
def test_what_only_looks_like_a_compound_stays_whole(word):
    assert SWEDISH.word(word).parts == ()


def test_tokens_keep_their_place_in_the_text():
    text = "Enligt §§ 808–810 i KS 2018/14 sköts IT-driften av Idé & Co (S)."
    tokens = list(tokenise(text))
    assert [(token.text, token.position, text[token.start : token.end]) for token in tokens] == [
        ("enligt", 0, "Enligt"),
        ("§808", 1, "§§ 808–810"),
        ("§809", 1, "§§ 808–810"),
        ("§810", 1, "§§ 808–810"),
        ("i", 2, "i"),
        ("ks-2018-14", 3, "KS 2018/14"),
        ("ks", 3, "KS"),
        ("2018", 4, "2018"),
        ("14", 5, "14"),
        ("sköts", 6, "sköts"),
        ("itdriften", 7, "IT-driften"),
        ("it", 7, "IT"),
        ("driften", 8, "driften"),
        ("av", 9, "av"),
        ("ide", 10, "Idé"),
        ("co", 11, "Co"),
        ("(s)", 12, "(S)"),
    ]


def test_what_is_shortened_in_brackets_is_found_by_the_short_form():
    (token,) = tokenise("(PKV)")
    assert {"w:pkv", "b:pkv", "b:(pkv)"} <= set(SWEDISH.token_terms(token))
    (party,) = tokenise("(SD)")
    assert set(SWEDISH.token_terms(party)) == {"w:(sd)", "b:(sd)"}


def test_folding_keeps_the_swedish_letters():
    assert fold("ÅÄÖ É Ü Ñ Æ ß") == "åäö e u n ä ss"
    assert fold("A\u030angstro\u0308m") == "ångström"
