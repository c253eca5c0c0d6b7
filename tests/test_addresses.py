"""E-mail addresses with å, ä and ö: the domain is written as IDN, the part before @ is refused wherever it is taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

import pytest

from govern import mail
from govern.addresses import AddressRefusal, refuse_address, spellings, written
from govern.config import Settings
from govern.db import save_changes
from govern.errors import Refused
from govern.meetings.inviting.calendars import CalendarFacts, write_calendar
from govern.meetings.inviting.models import InvitationMethod
from govern.parties import operations as parties
from govern.people import operations as people
from govern.people.accounts import operations as accounts
from tests.cast import Cast
from tests.make import AT

IDN = "anna@björkby.example"
WRITTEN = "anna@xn--bjrkby-xxa.example"


@pytest.mark.parametrize(
    ("address", "refusal"),
    [
        ("anna@bjorkby.example", None),
        (" anna@bjorkby.example ", None),
        (IDN, None),
        ("åsa@bjorkby.example", AddressRefusal.LETTERS),
        ("åsa@björkby.example", AddressRefusal.LETTERS),
        ("anna", AddressRefusal.BAD),
        ("anna@", AddressRefusal.BAD),
        ("@bjorkby.example", AddressRefusal.BAD),
        ("anna@bjork by.example", AddressRefusal.BAD),
        ("anna@bjorkby.example, bo@bjorkby.example", AddressRefusal.BAD),
        ("", AddressRefusal.BAD),
    ],
)
def test_which_addresses_are_taken(address: str, refusal: AddressRefusal | None) -> None:
    assert refuse_address(address) == refusal


@pytest.mark.parametrize(
    ("address", "wanted"), [(IDN, WRITTEN), (WRITTEN, WRITTEN), ("a@b.se", "a@b.se"), ("ö@..", "ö@.."), ("", "")]
)
def test_how_an_address_is_written(address: str, wanted: str) -> None:
    assert written(address) == wanted


def test_how_an_address_may_be_stored() -> None:
    assert set(spellings(IDN)) == set(spellings(WRITTEN)) == {IDN, WRITTEN}
    assert spellings("a@b.se") == ("a@b.se",)
    assert spellings("a@xn--\xff.se") == ("a@xn--\xff.se",)


def test_a_letter_and_an_invitation_are_addressed_in_idn() -> None:
    settings = Settings(mail_from="Govern <moten@björkby.example>")
    letter = mail.compose(settings, f"{IDN}, bo@granby.example", "Kallelse", "Hej!", key="k", at=AT)
    assert letter["To"] == f"{WRITTEN}, bo@granby.example"
    assert "xn--bjrkby-xxa.example" in letter["From"]
    assert letter["Message-ID"] == "<k@xn--bjrkby-xxa.example>"
    letter.as_bytes().decode("ascii")
    facts = CalendarFacts(
        uid="1", sequence=0, forum="Rådet", day=date(2027, 1, 15), starts=time(9), ends=None, place="", description="",
        organiser=IDN, organiser_name="Anna",
    )  # fmt: skip
    calendar = write_calendar(facts, InvitationMethod.REQUEST, AT, [("Anna", IDN)]).decode().replace("\r\n ", "")
    assert calendar.count(f"mailto:{WRITTEN}") == 2
    assert "björkby.example" not in calendar


TAKEN: dict[str, Callable[[Cast, str], object]] = {
    "a new person": lambda cast, email: people.add_person("Åsa Ö", email, by=cast.bo, at=AT),
    "a changed person": lambda cast, email: people.change_person(cast.david, "David D", email, "", by=cast.bo, at=AT),
    "someone who takes a seat": lambda cast, email: people.named_person("Åsa Ö", email, by=cast.bo, at=AT),
    "someone written with an address": lambda cast, email: people.named_person(f"Å Ö ({email})", by=cast.bo, at=AT),
    "a new account": lambda cast, email: accounts.give_account(
        people.add_person("Åsa Ö", by=cast.bo, at=AT), email, administrator=False, mailed=False, by=cast.bo, at=AT
    ),
    "a changed account": lambda cast, email: accounts.change_address(cast.cilla.account, email, by=cast.bo, at=AT),
    "a party": lambda cast, email: parties.save_party(
        cast.forum.collaboration, None, name="Ny", short_name="", org_number=None, population=None, host=False,
        email=email, by=cast.bo, at=AT,
    ),
}  # fmt: skip


@pytest.mark.parametrize("taker", TAKEN)
def test_every_taker_of_addresses_refuses_what_no_letter_reaches(taker: str, cast: Cast) -> None:
    """One with such a domain is taken."""
    for email, refusal in (("åsa@bjorkby.example", AddressRefusal.LETTERS), ("åsa", AddressRefusal.BAD)):
        if "written" in taker and refusal is AddressRefusal.BAD:
            continue  # Without @ it is a part of the name.
        with pytest.raises(Refused) as refused:
            TAKEN[taker](cast, email)
        assert refused.value.sentence == refusal
    TAKEN[taker](cast, "asa@björkby.example")


def test_a_browser_sends_the_domain_in_either_form(cast: Cast) -> None:
    """The address is stored as IDN and found in both forms, also if it was stored in letters once."""
    person = people.add_person("Åsa Ö", f" {IDN.upper()} ", by=cast.bo, at=AT)
    account, _ = accounts.give_account(person, IDN, administrator=False, mailed=False, by=cast.bo, at=AT)
    assert (person.email, account.email) == (WRITTEN, WRITTEN)
    for stored in (WRITTEN, IDN):
        person.email = account.email = stored
        save_changes()
        for sent in (WRITTEN, IDN):
            assert people.account_by_email(people.normalise_email(sent) or "") is account
            assert people.named_person("Åsa Ö", sent, by=cast.bo, at=AT) is person
            with pytest.raises(Refused):
                people.add_person("Åse Ö", sent, by=cast.bo, at=AT)
