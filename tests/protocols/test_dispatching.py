"""Extracts are sent to those concerned and stored as sent, with receipts and failures; secrets need confirmation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP

import pytest

from govern import outbox, record
from govern.addresses import AddressRefusal
from govern.audit import AuditEntry
from govern.db import db
from govern.errors import Refused
from govern.forums.states import SeatRole
from govern.meetings.models import Meeting
from govern.paragraphs.queries import paragraphs_of
from govern.people.models import Person
from govern.protocols import operations
from govern.protocols.dispatching import operations as dispatching
from govern.protocols.dispatching.models import Dispatch
from govern.protocols.dispatching.operations import dispatches_of, parse_addresses, recipients_of
from govern.protocols.dispatching.rules import Refusal, refuse_addresses, refuse_dispatch
from govern.protocols.extracting import operations as extracting
from govern.protocols.extracting.operations import extracts_of
from govern.protocols.models import Protocol, Signature
from govern.protocols.states import ProtocolKind
from govern.protocols.verifying.judging import verify
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.postbox import Postbox
from tests.protocols.sealed import sealed
from tests.protocols.test_adjusting import AT, meeting  # noqa: F401 — a fixture
from tests.protocols.test_correcting import sign_all

Browse = Callable[..., Browser]
HEADING = "Budget"  # The heading of the confidential paragraph.


@pytest.fixture
def adjusted(cast: Cast, meeting: Meeting) -> Protocol:  # noqa: F811
    """Return a signed protocol: § 1 goes to four recipients, the confidential § 2 to one of them and another."""
    first, second = paragraphs_of(meeting)
    for paragraph, names in (
        (first, ["Granby kommun", "Referensgruppen", "Bo Björk", "Sökanden"]),
        (second, ["Granby kommun", "Advokaten"]),
    ):
        paragraph.decisions[0].recipients = names
    second.confidential = "OSL 19 kap. 3 § (upphandling)"
    cast.other.email = "registrator@granby.example"
    make.seat(cast.elsewhere, cast.cilla, cast.forum.seats[2].role)
    make.commit()
    protocol = operations.seal(meeting, by=cast.cilla, at=AT)
    sign_all(protocol)
    return protocol


@pytest.mark.parametrize(("days", "address"), [(0, "cilla@alvsam.example"), (1, "")])
def test_a_coming_secretary_gets_nothing_yet(cast: Cast, adjusted: Protocol, days: int, address: str) -> None:
    """A secretary's address is proposed from the first day of the seat, and no address before that."""
    seat = next(seat for seat in cast.elsewhere.seats if seat.person is cast.cilla)
    seat.starts_on = adjusted.sealed_at.date() + timedelta(days=days)
    make.commit()
    found = {r.name: r.address for r in recipients_of(adjusted, record.loads(adjusted.record))}
    assert found["Referensgruppen"] == address


def drain() -> None:
    """Drain the outbox."""
    while outbox.drain():
        pass
    db.session.expire_all()


@pytest.mark.parametrize(
    ("signed", "recipient", "numbers", "confirmed", "wanted"),
    [
        (True, "Granby", {1}, set(), None),
        (True, "Granby", {1, 2}, {2}, None),
        (False, "Granby", {1}, set(), Refusal.NOT_ADJUSTED),
        (True, " ", {1}, set(), Refusal.NO_RECIPIENT),
        (True, "Granby", set(), set(), Refusal.NOTHING_CHOSEN),
        (True, "Granby", {1, 2}, set(), Refusal.UNCONFIRMED),
        (True, "Granby", {2}, {1}, Refusal.UNCONFIRMED),
    ],
)
def test_what_may_be_sent(
    signed: bool, recipient: str, numbers: Collection[int], confirmed: Collection[int], wanted: Refusal | None
) -> None:
    """The confidential § 2 is sent only after confirmation."""
    signatures = [Signature(signed_at=AT if signed else None)]
    protocol = Protocol(kind=ProtocolKind.MAIN, imported=False, signatures=signatures)
    assert refuse_dispatch(protocol, recipient, numbers, {2}, confirmed)[0] == wanted


@pytest.mark.parametrize("addresses", [["registrator@granby.example"], None])
def test_no_extract_goes_uncertified(
    cast: Cast, adjusted: Protocol, postbox: Postbox, addresses: list[str] | None
) -> None:
    """It can be sent neither by mail nor by hand (practice), and no dispatch is recorded."""
    extract = extracting.make_extract(adjusted, [1], by=cast.cilla, at=AT)
    assert extract.signatures[0].signed_at is None
    with pytest.raises(Refused, match=Refusal.UNCERTIFIED.value):
        dispatching.send(adjusted, extract, "Granby", [1], addresses=addresses, confirmed=[], by=cast.cilla, at=AT)
    db.session.rollback()
    drain()
    assert db.session.scalar(db.select(db.func.count()).select_from(Dispatch)) == 0
    assert not postbox.taken


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", Refusal.NO_ADDRESS),
        (" ;, ", Refusal.NO_ADDRESS),
        ("a@b.example", None),
        ("a@b.example; c@d.example,e@f.example", None),
        ("a@b.example, granby", Refusal.BAD_ADDRESS),
        ("åke@b.example", AddressRefusal.LETTERS),
        ("a@b.example\r\nBcc: c@d.example", Refusal.BAD_ADDRESS),
    ],
)
def test_addresses(typed: str, wanted: Refusal | None) -> None:
    """Several addresses with the usual separators are accepted; a line break, which could add a header, is not."""
    assert refuse_addresses(parse_addresses(typed)) == wanted


@pytest.mark.usefixtures("each_database")
def test_whom_it_goes_to(adjusted: Protocol) -> None:
    """Recipients follow the decisions, with the address of the party, the forum's secretary or the person."""
    found = recipients_of(adjusted, record.loads(adjusted.record))
    assert [(r.name, r.numbers, r.address) for r in found] == [
        ("Granby kommun", [1, 2], "registrator@granby.example"),
        ("Referensgruppen", [1], "cilla@alvsam.example"),
        ("Bo Björk", [1], "bo@alvsam.example"),
        ("Sökanden", [1], ""),
        ("Advokaten", [2], ""),
    ]


def test_to_all_at_once(adjusted: Protocol, postbox: Postbox, browse: Browse) -> None:
    """Each recipient with an address gets its public paragraphs, certified; transient and permanent failures show."""
    postbox.later.add("registrator@granby.example")
    postbox.unknown.add("bo@alvsam.example")
    cilla = browse("cilla")
    cilla.get(f"/protokoll/{adjusted.id}")
    cilla.click("Expediering")
    cilla.submit("Bestyrk och skicka till alla 3")
    drain()
    page = cilla.get(f"/protokoll/{adjusted.id}/expediering")
    assert sorted(page.texts("#skickat .state")) == ["Misslyckades", "Skickat", "Väntar"]
    assert "550 5.1.1 No such user here" in page.text("#skickat")
    assert "451 later" in page.text("#skickat")
    ((to, letter, data),) = postbox.taken
    assert to == "cilla@alvsam.example"
    (file,) = letter.iter_attachments()
    assert file.get_filename() == "utdrag-styrgruppen-2024-04-22-paragraf-1.pdf"
    verdict = verify(file.get_content(), at=AT)
    assert verdict.genuine, verdict.sentences
    assert hashlib.sha256(file.get_content()).hexdigest() in letter.get_body().get_content()
    row = next(row for row in dispatches_of(adjusted) if row.recipient == "Referensgruppen")
    assert row.letter is not None
    assert row.letter.message.rstrip() == data.rstrip()
    assert row.letter.sha256 in page.text("#skickat")
    assert {row.extract_id for row in dispatches_of(adjusted)} == {extracts_of(adjusted)[0][0].id}
    eml = message_from_bytes(cilla.get(f"/expedieringar/{row.id}/brev.eml").data, policy=SMTP)
    assert eml["Subject"] == "Protokollsutdrag § 1, Styrgruppen 22 april 2024"
    postbox.unknown.clear()
    cilla.get(f"/protokoll/{adjusted.id}/expediering")
    cilla.submit("Skicka igen till bo@alvsam.example")
    drain()
    assert "bo@alvsam.example" in {to for to, _, _ in postbox.taken}
    for name in ("bo", "david"):
        browse(name).get(f"/protokoll/{adjusted.id}/expediering", status=403)
        browse(name).get(f"/expedieringar/{row.id}/brev.eml", status=403)


def test_what_is_secret_goes_only_where_it_is_confirmed(
    cast: Cast, adjusted: Protocol, postbox: Postbox, browse: Browse
) -> None:
    """A refused form keeps its input; neither the letter nor the file name contains the secret heading."""
    cilla, address = browse("cilla"), f"/protokoll/{adjusted.id}/expediering"
    page = cilla.get(address)
    place = page.texts("section.recipient h3").index("Advokaten")
    form = f"#m{place} form"
    assert "omfattas av sekretess (OSL 19 kap. 3 § (upphandling))" in page.text(f"#m{place}")
    typed = {f"m{place}-addresses": "advokat@byran.example", f"m{place}-numbers": [2]}
    page = cilla.submit(form, status=422, **typed)
    assert Refusal.UNCONFIRMED in page.text(f"#m{place}")
    assert page.form(form).values()[f"m{place}-addresses"] == ["advokat@byran.example"]
    assert page.form(form).values()[f"m{place}-numbers"] == ["2"]
    drain()
    assert postbox.taken == []
    page = cilla.submit(form, **{f"m{place}-confirmed": [2]})
    assert "Sekretess" in page.text("#skickat .state")
    drain()
    ((to, letter, data),) = postbox.taken
    assert to == "advokat@byran.example"
    assert HEADING.encode() not in data.partition(b"application/pdf")[0]
    assert HEADING not in str(letter["Subject"]) + letter.get_body().get_content()
    assert HEADING.lower() not in next(letter.iter_attachments()).get_filename()
    (row,) = dispatches_of(adjusted)
    assert row.confirmed
    facts = str([entry.facts for entry in db.session.scalars(db.select(AuditEntry))])
    assert HEADING not in facts
    page = cilla.get(address)
    place = page.texts("section.recipient h3").index("Granby kommun")
    assert page.form(f"#m{place} form").values()[f"m{place}-numbers"] == ["1"]


def test_without_a_mail_server(cast: Cast, adjusted: Protocol, browse: Browse) -> None:
    """The page says so; the letter is stored, and can be noted as sent; dispatch by post needs no address."""
    cilla, address = browse("cilla"), f"/protokoll/{adjusted.id}/expediering"
    page = cilla.get(address)
    assert "Ingen e-postserver är inställd" in page.text(".note")
    place = page.texts("section.recipient h3").index("Sökanden")
    assert Refusal.NO_ADDRESS in cilla.submit(f"#m{place} form", status=422).text(f"#m{place}")
    page = cilla.submit(f"#m{place} form", **{f"m{place}-addresses": "a@b.example, c@d.example"})
    assert "är skrivet, men inte skickat" in page.text(".flash")
    assert page.texts("#skickat .state") == ["Väntar", "Väntar"]
    drain()
    page = cilla.get(address)
    cilla.submit("Anteckna a@b.example som skickat")
    page = cilla.get(address)
    assert sorted(page.texts("#skickat .state")) == ["Skickat på annat sätt", "Väntar"]
    form = page.form(f"#m{place} form")
    by_post = next(b for b in form.buttons if b.attributes.get("formaction"))
    cilla.post(by_post.attributes["formaction"], {f"m{place}-known": "Sökanden", f"m{place}-numbers": 1})
    assert [bool(row.by_hand_at) for row in dispatches_of(adjusted)] == [True, False, True]


def test_somebody_else(cast: Cast, adjusted: Protocol, postbox: Postbox, browse: Browse) -> None:
    """A recipient not named in a decision can be added, and is then proposed with the address last used."""
    cilla = browse("cilla")
    page = cilla.get(f"/protokoll/{adjusted.id}/expediering")
    place = len(page.all("section.recipient")) - 1
    fields = {f"m{place}-addresses": "press@bladet.example", f"m{place}-numbers": [1]}
    assert Refusal.NO_RECIPIENT in cilla.submit(f"#m{place} form", status=422, **fields).text(f"#m{place}")
    cilla.submit(f"#m{place} form", **{f"m{place}-recipient": "Bladet"})
    drain()
    assert [to for to, _, _ in postbox.taken] == ["press@bladet.example"]
    found = {r.name: r for r in recipients_of(adjusted, record.loads(adjusted.record))}
    assert (found["Bladet"].address, found["Bladet"].done) == ("press@bladet.example", True)
    assert dispatching.dispatch_by_id(999) is None


def test_no_secretary_to_come_is_proposed(cast: Cast) -> None:
    """For another forum, a future secretary's address is used only from the day the seat starts."""
    today = make.DAY
    coming = make.add(Person(name="Kim Kommande", email="kim@alvsam.example"))
    make.seat(cast.elsewhere, coming, SeatRole.SECRETARY, starts_on=today + timedelta(days=30))
    protocol = sealed(cast)
    name = cast.elsewhere.name
    assert dispatching._addresses(protocol, [name], today) == {}
    assert dispatching._addresses(protocol, [name], today + timedelta(days=29)) == {}
    assert dispatching._addresses(protocol, [name], today + timedelta(days=30)) == {name.casefold(): coming.email}
