"""Administration of others' accounts; every change requires the administrator's second factor again."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from govern import mail, secrets_box
from govern.db import now
from govern.people import events
from govern.people.access import ADMINISTRATOR, SECOND_FACTOR, allow, me, require_fresh
from govern.people.accounts import operations as accounts
from govern.people.forms import AccountForm, AddressForm
from govern.people.models import Account, Person
from govern.people.queries import account_of, person_by_id
from govern.people.rules import Refusal

pages = Blueprint("accounts", __name__, url_prefix="/installningar/personer/<int:person_id>")

SHOWN = "govern one-time link shown"


def _account_url(whose: Person | Account, **kept: Any) -> str:
    """Return the URL of a person's account page, with the submitted values."""
    person_id = whose.id if isinstance(whose, Person) else whose.person_id
    return url_for("accounts.account", person_id=person_id, **kept)


def _kept_url(whose: Person | Account) -> str:
    typed = {name: request.form[name] for name in ("email", "administrator") if request.form.get(name)}
    return _account_url(whose, **typed)


@pages.get("/konto")
@allow(ADMINISTRATOR, person_by_id)
def account(person: Person) -> ResponseReturnValue:
    """Show a person's account and the operations on it, or the form for creating one."""
    return _account_page(person), 200


def _account_page(person: Person, form: AccountForm | AddressForm | None = None) -> str:
    held, at = person.account, now()
    email = request.args.get("email") or (held.email if held else person.email)
    if form is None:
        values = {"email": email, "administrator": "administrator" in request.args}
        form = AddressForm(formdata=None, email=email) if held else AccountForm(formdata=None, **values)
    hold = events.hold_on(held, at=at) if held else None
    return render_template(
        "people/account.html",
        form=form,
        person=person,
        account=held,
        own=person == me(),
        hold=hold,
        refuse_confirming=accounts.refuse_confirming_by(held, hold, by=me(), at=at) if hold and held else None,
        link=accounts.open_link(held, at=at) if held else None,
        latest_link=accounts.latest_link(held) if held else None,
        refuse_taking=accounts.refuse_taking(held) if held else None,
        happened=[(event, events.about(event)) for event in events.latest(held)] if held else [],
        mails=mail.configured(current_app.config["GOVERN"]),
    )


def _mailed() -> bool:
    """Return whether a link is to be mailed rather than shown."""
    return request.form.get("way") == "mail" and mail.configured(current_app.config["GOVERN"])


def _made_link(person: Person, token: str, *, mailed: bool, made: str) -> ResponseReturnValue:
    """Redirect to a new link, which is shown only once."""
    held = person.account
    if mailed:
        flash(f"{made} En länk skickas till {held.email if held else ''}.")
        return redirect(_account_url(person), 303)
    flash(made)
    session["link"] = urlsafe_b64encode(secrets_box.close(f"{person.id} {token}".encode(), SHOWN)).decode()
    return redirect(url_for(".link", person_id=person.id), 303)


@pages.get("/konto/lank")
@allow(ADMINISTRATOR, account_of)
def link(held: Account) -> ResponseReturnValue:
    """Show the link that was just made; on a second visit, explain that it is shown once and how to make another."""
    closed = session.pop("link", None)
    whose, token = secrets_box.open_(urlsafe_b64decode(closed), SHOWN).decode().split() if closed else ("", "")
    latest = accounts.latest_link(held)
    page = render_template(
        "people/one_time_link.html",
        person=held.person,
        address=accounts.address_of(token) if whose == str(held.person_id) else None,
        link=accounts.open_link(held, at=now()),
        used=latest.used_at if latest else None,
        mails=mail.configured(current_app.config["GOVERN"]),
    )
    return page, 200


@pages.post("/konto")
@allow(ADMINISTRATOR, person_by_id)
@require_fresh(SECOND_FACTOR, _kept_url)
def give_account(person: Person) -> ResponseReturnValue:
    """Create an account for a person, with a link for choosing a password."""
    form = AccountForm()
    mailed = _mailed()
    given = form.try_(
        lambda: accounts.give_account(
            person, form.email.data, administrator=form.administrator.data, mailed=mailed, by=me(), at=now()
        )
    )
    if given is None:
        if person.account:
            flash(Refusal.HAS_ACCOUNT, "error")
            return redirect(_account_url(person), 303)
        return _account_page(person, form), 422
    return _made_link(person, given[1], mailed=mailed, made=f"{person.name} har fått ett konto.")


@pages.post("/konto/lank")
@allow(ADMINISTRATOR, account_of)
@require_fresh(SECOND_FACTOR, _account_url)
def new_link(held: Account) -> ResponseReturnValue:
    """Create a one-time link for choosing a new password."""
    mailed = _mailed()
    token = accounts.new_link(held, mailed=mailed, by=me(), at=now())
    return _made_link(held.person, token, mailed=mailed, made="Länken är gjord.")


@pages.post("/konto/lank/aterkalla")
@allow(ADMINISTRATOR, account_of)
@require_fresh(SECOND_FACTOR, _account_url)
def revoke_link(held: Account) -> ResponseReturnValue:
    """Revoke an unused link."""
    accounts.revoke_link(held, by=me(), at=now())
    return _acted(held, "Länken är återkallad.")


@pages.post("/andra-steg/aterstall")
@allow(ADMINISTRATOR, account_of)
@require_fresh(SECOND_FACTOR, _account_url)
def reset_factors(held: Account) -> ResponseReturnValue:
    """Remove the second factors of an owner who has lost theirs."""
    accounts.reset_factors(held, by=me(), at=now())
    return _acted(
        held, f"{held.person.name} har inget andra steg längre, är utloggad överallt och loggar in med sitt lösenord."
    )


@pages.post("/konto/adress")
@allow(ADMINISTRATOR, account_of)
@require_fresh(SECOND_FACTOR, _kept_url)
def change_address(held: Account) -> ResponseReturnValue:
    """Change an account's sign-in address."""
    form = AddressForm()
    form.try_(lambda: accounts.change_address(held, form.email.data, by=me(), at=now()))
    if not form.done:
        return _account_page(held.person, form), 422
    return _acted(held, "Adressen är ändrad.")


@pages.post("/konto/administrator/<any(ge,ta):way>")
@allow(ADMINISTRATOR, account_of)
@require_fresh(SECOND_FACTOR, _account_url)
def set_administrator(held: Account, way: str) -> ResponseReturnValue:
    """Grant or revoke the right to administer."""
    given = way == "ge"
    accounts.set_administrator(held, given, by=me(), at=now())
    flash(f"{held.person.name} är {'nu' if given else 'inte längre'} administratör.")
    return redirect("/" if held.person == me() else _account_url(held), 303)


@pages.post("/konto/<any(stang,oppna):way>")
@allow(ADMINISTRATOR, account_of)
@require_fresh(SECOND_FACTOR, _account_url)
def set_disabled(held: Account, way: str) -> ResponseReturnValue:
    """Disable or enable an account."""
    disabled = way == "stang"
    accounts.set_disabled(held, disabled, by=me(), at=now())
    return _acted(held, "Kontot är avstängt." if disabled else "Kontot är öppet igen.")


@pages.post("/konto/logga-ut")
@allow(ADMINISTRATOR, account_of)
@require_fresh(SECOND_FACTOR, _account_url)
def end_sessions(held: Account) -> ResponseReturnValue:
    """Sign an account out everywhere."""
    accounts.end_sessions(held, by=me(), at=now())
    return _acted(held, f"{held.person.name} är utloggad överallt.")


@pages.post("/konto/bekrafta")
@allow(ADMINISTRATOR, account_of)
@require_fresh(SECOND_FACTOR, _account_url)
def confirm_reset(held: Account) -> ResponseReturnValue:
    """Confirm a reset as a second administrator."""
    accounts.confirm_reset(held, by=me(), at=now())
    return _acted(held, f"Det är bekräftat. {held.person.name} kan underteckna.")


def _acted(held: Account, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(_account_url(held), 303)
