"""What is detected as personal data, and what is not."""

import pytest

from govern.documents.papers.public import Text
from govern.notices.publishing.spotting import equal, spot, whole_words
from govern.notices.publishing.states import MaskKind

NUMBER, EMAIL, PHONE, ADDRESS, NAME, PERHAPS = (
    MaskKind.NUMBER,
    MaskKind.EMAIL,
    MaskKind.PHONE,
    MaskKind.ADDRESS,
    MaskKind.NAME,
    MaskKind.PERHAPS,
)
KNOWN = {"Anna Ask", "Bo Björk"}


def found(*texts: str) -> list[tuple[MaskKind, str]]:
    """Return what is found in some texts."""
    return [(one.kind, one.words) for one in spot([Text(str(i), t, None) for i, t in enumerate(texts)], KNOWN)]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("född 811228-9874.", (NUMBER, "811228-9874")),
        ("född 19811228-9874.", (NUMBER, "19811228-9874")),
        ("född 8112289874.", (NUMBER, "8112289874")),
        ("född 811228 – 9874.", (NUMBER, "811228 – 9874")),
        ("född 811228\u20119874.", (NUMBER, "811228\u20119874")),
        ("hundraårig 121212+1212.", (NUMBER, "121212+1212")),
        ("samordningsnummer 701063-2391", (NUMBER, "701063-2391")),
        ("född 811228/9874.", (NUMBER, "811228/9874")),
        ("född 811228 9874.", (NUMBER, "811228 9874")),
        ("född 811228.9874", (NUMBER, "811228.9874")),
        ("född 1981-12-28-9874", (NUMBER, "1981-12-28-9874")),
        ("född 1981-12-28 9874", (NUMBER, "1981-12-28 9874")),
        ("född 81 12 28 - 9874", (NUMBER, "81 12 28 - 9874")),
        ("född 19811228/9874", (NUMBER, "19811228/9874")),
        ("född 811228\u202f9874", (NUMBER, "811228\u202f9874")),
        ("skriv till eva.holm+a@post.example.", (EMAIL, "eva.holm+a@post.example")),
        ("ring 070-123 45 67.", (PHONE, "070-123 45 67")),
        ("ring 0701234567", (PHONE, "0701234567")),
        ("ring +46 70 123 45 67", (PHONE, "+46 70 123 45 67")),
        ("ring +46 (0)60 19 10 00", (PHONE, "+46 (0)60 19 10 00")),
        ("ring 0046-60-191000", (PHONE, "0046-60-191000")),
        ("ring 08/123 456 78", (PHONE, "08/123 456 78")),
        ("ring 0650\u201112345", (PHONE, "0650\u201112345")),
        ("ring 070.123 45 67", (PHONE, "070.123 45 67")),
        ("ring 070.123.45.67.", (PHONE, "070.123.45.67")),
        ("ring 08.123 456 78", (PHONE, "08.123 456 78")),
        ("ring (0650) 123 45", (PHONE, "0650) 123 45")),
        ("ring 070 – 123 45 67", (PHONE, "070 – 123 45 67")),
        ("ring 070/1234567", (PHONE, "070/1234567")),
        ("bor på Kungsgatan 3–5.", (ADDRESS, "Kungsgatan 3–5")),
        ("bor på Kungsgatan 3 A–5 B", (ADDRESS, "Kungsgatan 3 A–5 B")),
        ("bor på Kungsgatan 3/5", (ADDRESS, "Kungsgatan 3/5")),
        ("bor på Storg. 12", (ADDRESS, "Storg. 12")),
        ("bor på Björkv. 3 b", (ADDRESS, "Björkv. 3")),
        ("bor på S:t Eriksgatan 4", (ADDRESS, "S:t Eriksgatan 4")),
        ("bor på Karl Gustavs väg 3", (ADDRESS, "Karl Gustavs väg 3")),
        ("bor på Fridhemsplan 4", (ADDRESS, "Fridhemsplan 4")),
        ("bor på björkvägen 3", (ADDRESS, "björkvägen 3")),
        ("bor på Storgatan 1, 668 30 Dals-Ed", (ADDRESS, "Storgatan 1, 668 30 Dals-Ed")),
        ("bor på Storgatan 12.", (ADDRESS, "Storgatan 12")),
        ("bor på Norra Skolgatan 3 B, 871 30 Härnösand.", (ADDRESS, "Norra Skolgatan 3 B, 871 30 Härnösand")),
        ("bor på Björkstigen 14 i Delsbo", (ADDRESS, "Björkstigen 14")),
        ("bor på Björkstigen 14b i Delsbo", (ADDRESS, "Björkstigen 14b")),
        ("bor på Nya vägen 7 lgh 1102", (ADDRESS, "Nya vägen 7 lgh 1102")),
        ("Sökanden Eva Holm anför", (NAME, "Eva Holm")),
        ("sökanden Karl-Erik af Holm anför", (NAME, "Karl-Erik af Holm")),
        ("sökanden Eva Holm–Berg anför", (NAME, "Eva Holm–Berg")),
        ("sökanden Eva Malung-Sälen anför", (NAME, "Eva Malung-Sälen")),
        ("SÖKANDEN EVA HOLM", (NAME, "EVA HOLM")),
        ("enligt Xerxes Persson", (PERHAPS, "Xerxes Persson")),
        ("eleven Kevin får stöd", (PERHAPS, "Kevin")),
    ],
)
def test_it_is_proposed(words: str, wanted: tuple[MaskKind, str]) -> None:
    """Each is found once, and as a whole."""
    assert found(words) == [wanted]


@pytest.mark.parametrize(
    "words",
    [
        "född 811228-9875",  # Wrong check digit.
        "född 811328-9876",  # No such month.
        "organisation 212000-2411",
        "den 2024-05-06 kl. 09.00–12.00",
        "Dnr KS 2024/00126 och SLK-2024-00074",
        "bankgiro 5050-1055",
        "290 514 invånare, 6 309 722 kronor",
        "§§ 808–814",
        "kontot 1234567890123456",
        "Ordföranden Anna Ask och Bo Björk yttrar sig",
        "Annas förslag",
        "Region Västernorrland och Folkets Hus",
        "Gatan är 12 meter",
        "Verksamhetsplan 2027",
        "verksamhetsplan 2027–2029",
        "Översiktsplan 2030 och Detaljplan 12",
        "Handlingsplan 3, tidsplan 2, Plan 3 och plan 2",
        "Sveavägen 2027",
        "längs väg 83 och riksväg 50",
        "Arbetsplatsen 3",
        "Beredning. 3 ledamöter",
        "kl. 09.00–12.00, 08.30 och 01.02.2024",
        "08.30–10.15 12 och 09.00 - 12.00",
        "§ 10.1.2.3.4.5.6",
    ],
)
def test_it_is_left(words: str) -> None:
    """Other numbers, dates, sums, bodies, and people known to act in office are not proposed."""
    assert found(words) == []


def test_a_name_once_found_is_found_everywhere() -> None:
    """The full name and the surname are found in any case; a surname shared with a member is only a possible name."""
    assert found("Eva Holm söker.", "EVA  HOLM", "Holms ärende och Holmen", "i Evas ställe") == [
        (NAME, "Eva Holm"),
        (NAME, "EVA  HOLM"),
        (NAME, "Holm"),
    ]
    assert found("Kalle Ask söker.", "Ask anför. Anna Ask svarar.") == [(NAME, "Kalle Ask"), (PERHAPS, "Ask")]


@pytest.mark.parametrize(
    ("marked", "wanted"),
    [
        ("Hol", "Holm-Ask"),
        ("olm-A", "Holm-Ask"),
        ("1228-9874", "811228-9874"),
        ("-9874", "811228-9874"),
        ("eva.holm+", "eva.holm+a@post.example"),
        ("example", "eva.holm+a@post.example"),
        ("post.example.", "eva.holm+a@post.example."),
        ("va Perss", "Eva Persson"),
        ("Eva Persson", "Eva Persson"),
        ("’Arc", "d’Arc"),
        ("Berg", "Bergström"),
        ("Karls", "Karls"),
        ("Karl", "Karl"),
        (", bo", ", bor"),
        ("§ ", "§ "),
    ],
)
def test_a_span_within_a_word_is_widened_to_the_whole_of_it(marked: str, wanted: str) -> None:
    """Nothing is left of a word, a number or an address but a genitive s, which `equal` leaves outside too."""
    words = "Holm-Ask, 811228-9874, eva.holm+a@post.example. Eva Persson, d’Arc, Bergström, Karls, bor § 4."
    start = words.index(marked)
    first, last = whole_words(words, start, start + len(marked))
    assert words[first:last] == wanted


def test_what_is_found_within_a_word_is_the_whole_of_it() -> None:
    """A street's or a person's name is often a part of a longer word."""
    assert found("bor på Karl-Johansgatan 3 i", "bor på Storgatan 123456 i") == [
        (ADDRESS, "Karl-Johansgatan 3"),
        (ADDRESS, "Storgatan 123456"),
    ]
    assert found("Eva Holm söker.", "se Holm-ärendet, eller fraga.holm@x med Holms.") == [
        (NAME, "Eva Holm"),
        (NAME, "Holm-ärendet"),
        (NAME, "fraga.holm@x"),
        (NAME, "Holm"),
    ]


def test_equal_words() -> None:
    """Words match regardless of case, spaces and dashes, but never within a longer word."""
    texts = [Text("0", "A-B och a\u2011b, A–Bs, xA-B, A-Bx", None), Text("1", "två  ord\när Två ord", None)]
    assert [(t.place, a, b) for t, a, b in equal(texts, "A-B")] == [("0", 0, 3), ("0", 8, 11), ("0", 13, 16)]
    assert [(t.place, a, b) for t, a, b in equal(texts, "två ord")] == [("1", 0, 8), ("1", 12, 19)]
    assert [(t.place, a, b) for t, a, b in equal(texts, "ord")] == [("1", 5, 8), ("1", 16, 19)]
    assert [(a, b) for _, a, b in equal([Text("0", "A-B-A, A", None)], "A")] == [(0, 5), (7, 8)]
    assert list(equal(texts, " ")) == []
