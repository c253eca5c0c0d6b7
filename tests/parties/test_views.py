"""The pages of collaborations and parties."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from govern.db import db
from govern.parties.models import Collaboration, Party
from govern.parties.rules import Refusal
from tests.browse import Browser
from tests.cast import Cast

Browse = Callable[..., Browser]
SETTINGS = "/installningar/samverkan"


def test_a_collaboration_and_its_parties_are_laid_up(browse: Browse, cast: Cast) -> None:
    """A party's number is shown in its printed form."""
    browser = browse("ada")
    browser.get(SETTINGS)
    browser.click("Lägg upp samverkan")
    browser.submit("Spara", name="Kustsam", purpose="Gemensam räddningstjänst.")
    browser.click("Lägg till part")
    page = browser.submit(
        "Spara",
        name="Sundsvalls kommun",
        short_name="Sundsvall",
        org_number="2120002411",
        population="98850",
        host=True,
    )
    assert page.texts("tbody tr")[0] == "Sundsvalls kommun Värd 212000-2411 98 850"


def test_two_collaborations_need_no_number(browse: Browse, cast: Cast) -> None:
    """Two collaborations without organisation numbers do not clash."""
    browser = browse("ada")
    for name in ("Norrsam", "Sörsam"):
        browser.get(f"{SETTINGS}/ny")
        browser.submit("Spara", name=name)
    assert {"Norrsam", "Sörsam", "Älvsam"} <= set(db.session.scalars(select(Collaboration.name)))


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"org_number": "212000-2412"}, "org_number", Refusal.ORG_NUMBER),
        ({"name": "Granby kommun"}, "name", Refusal.NAME_TAKEN),
        ({"org_number": "212000-2411"}, "org_number", Refusal.NUMBER_TAKEN),
        ({"population": "-1"}, "population", "Skriv ett helt antal, 0 eller mer."),
        ({"name": " "}, "name", "Fyll i fältet."),
    ],
)
def test_a_refused_party_keeps_what_was_typed(
    browse: Browse, cast: Cast, typed: dict[str, str], field: str, sentence: str
) -> None:
    """Each refusal is shown at its field; the other fields keep their values and nothing is added."""
    cast.other.org_number = "212000-2411"
    db.session.commit()
    browser = browse("ada")
    browser.get(f"{SETTINGS}/{cast.collaboration.slug}/parter/ny")
    page = browser.submit("Spara", status=422, **{"name": "Näsby kommun", "short_name": "Näsby", **typed})
    assert sentence in page.text(f".field.wrong:has([name={field}])")
    assert page.find("[name=short_name]").attributes["value"] == "Näsby"
    assert len(db.session.scalars(select(Party)).all()) == 2


def test_a_name_taken_leaves_the_collaboration_as_it_was(browse: Browse, cast: Cast) -> None:
    """A refused change changes nothing."""
    browser = browse("ada")
    browser.get(f"{SETTINGS}/ny")
    browser.submit("Spara", name="Kustsam")
    browser.click("Ändra uppgifter")
    page = browser.submit("Spara", name="Älvsam", purpose="Nytt ändamål", status=422)
    assert Refusal.COLLABORATION_TAKEN in page.text(".form-errors")
    assert page.text("[name=purpose]") == "Nytt ändamål"
    assert db.session.scalar(select(Collaboration.purpose).where(Collaboration.name == "Kustsam")) == ""


@pytest.mark.parametrize("who", ["anna", "bo", "cilla", "david"])
def test_only_an_administrator_arranges_collaborations(browse: Browse, cast: Cast, who: str) -> None:
    """All its pages are closed to others."""
    here = f"{SETTINGS}/{cast.collaboration.slug}"
    browser = browse(who)
    for path in (
        SETTINGS,
        f"{SETTINGS}/ny",
        here,
        f"{here}/andra",
        f"{here}/parter/ny",
        f"{here}/parter/{cast.host.id}",
    ):
        browser.get(path, status=403)


def test_a_party_of_another_collaboration_is_not_found(browse: Browse, cast: Cast) -> None:
    """A URL with another collaboration's slug answers 404."""
    browse("ada").get(f"{SETTINGS}/finns-inte/parter/{cast.host.id}", status=404)
