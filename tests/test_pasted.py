"""What is copied from elsewhere into the server's fields: clauses, addresses, pictures, breaks. No database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from govern.archive.importing.drafts import draft_of
from govern.documents import remarks
from govern.markup import from_html, to_html
from govern.paragraphs.drafting import draft as drafts
from govern.record import Clause
from govern.richtext import safe_href
from govern.swedish import bare_clause
from tests.documents.examples import record as example

CLAUSES = {
    "att godkänna": "godkänna",
    "Att  godkänna": "godkänna",
    "att att godkänna": "godkänna",
    "1. att godkänna": "godkänna",
    "12) godkänna": "godkänna",
    "(2) att godkänna": "godkänna",
    "a) att godkänna": "godkänna",
    "iv. att godkänna": "godkänna",
    "– att godkänna": "godkänna",
    "-att godkänna": "godkänna",
    "•\tatt godkänna": "godkänna",
    "att\u00a0godkänna": "godkänna",
    "att": "",
    "1. att": "",
    "A. Ek utses": "A. Ek utses",
    "3 kap. gäller": "3 kap. gäller",
    "2027 års budget antas": "2027 års budget antas",
    "attestera fakturan": "attestera fakturan",
    "1.1 gäller": "1.1 gäller",
}


@pytest.mark.parametrize("given", CLAUSES)
def test_a_clause_is_without_number_and_att(given: str) -> None:
    assert bare_clause(given) == CLAUSES[given]


def test_a_saved_draft_and_an_imported_record_have_bare_clauses() -> None:
    sent = {"heading": "Budget", "decisions": [{"lead": "Rådet beslutar", "clauses": ["1. att anta budgeten", "att"]}]}
    assert drafts.parse_sent(sent).decisions[0].clauses == ("anta budgeten",)
    paragraph = next(p for p in example().paragraphs if p.decisions)
    numbered = tuple(Clause(text=f"{n}. att {c.text}") for n, c in enumerate(paragraph.decisions[0].clauses, 1))
    given = replace(paragraph, decisions=(replace(paragraph.decisions[0], clauses=numbered),), motions=(), ballots=())
    found = draft_of(replace(given, dissents=()), {})
    assert found.decisions[0].clauses == tuple(c.text for c in paragraph.decisions[0].clauses)


def test_what_stands_on_one_line_has_no_breaks() -> None:
    sent = {"heading": "Budget\vför\u20282027", "decisions": [{"lead": "Rådet\nbeslutar", "recipients": ["A\nB"]}]}
    draft = drafts.parse_sent(sent)
    assert (draft.heading, draft.decisions[0].lead) == ("Budget för 2027", "Rådet beslutar")
    assert draft.decisions[0].recipients == ("A B",)


ADDRESSES = {
    "https://a.se/x?y=1#z": "https://a.se/x?y=1#z",
    "https://a.se/%C3%A5": "https://a.se/%C3%A5",
    "https://räksmörgås.se": "https://xn--rksmrgs-5wao1o.se",
    "https://anna@räksmörgås.se:8443/å ä?q=ö#é": "https://anna@xn--rksmrgs-5wao1o.se:8443/%C3%A5%20%C3%A4?q=%C3%B6#%C3%A9",
    "mailto:anna.öberg@a.se": "mailto:anna.%C3%B6berg@a.se",
    "tel:08-123 45 67": "tel:08-1234567",
    "bilaga.docx": None,
    "/bilagor/1": None,
    "#_ftn1": None,
    "https://": None,
    "https:///a": None,
    "https://a.se:port/": None,
    "https://[a.se/": None,
    "file:///C:/bilaga.docx": None,
}


@pytest.mark.parametrize("given", ADDRESSES)
def test_an_address_is_whole_and_encoded_or_none(given: str) -> None:
    found = safe_href(given)
    assert found == ADDRESSES[given]
    assert safe_href(found) == found


def test_a_picture_is_not_lost_in_silence() -> None:
    blocks = from_html('<p>Se <img src="x.png" alt="Karta"> och <img src="y.png"></p>')
    assert to_html(blocks) == "<p>Se [Bild som inte följde med: Karta] och [Bild som inte följde med]</p>"
    assert remarks.remarks([blocks]) == [remarks.PICTURE_SENTENCE]
    assert remarks.remarks([from_html("<p>[Bild]</p>")]) == []
