"""Signing in and out, and the register of people."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from govern.db import now
from govern.people import factors, operations, passkeys
from govern.people.access import (
    ADMINISTRATOR,
    ANYONE,
    SIGNED_IN,
    SignedIn,
    allow,
    half_of,
    half_signed_in,
    me,
    someone,
)
from govern.people.forms import AccountForm, FreshForm, PasskeyForm, PersonForm, SecondStepForm, SignInForm
from govern.people.models import Account, Person
from govern.people.queries import has, people_page, person_by_id
from govern.people.rules import Refusal
from govern.people.states import FactorKind
from govern.web.next import safe_next
from govern.web.paging import asked_page

pages = Blueprint("people", __name__)


@pages.route("/logga-in", methods=["GET", "POST"])
@allow(ANYONE)
def sign_in() -> ResponseReturnValue:
    """Sign in, and go on to where one was going, or to the second step."""
    form = SignInForm(next=request.args.get("next", ""))
    if current_user.is_authenticated and request.method == "GET":
        return redirect(safe_next(form.next.data), 303)
    account = form.try_(
        lambda: operations.check_password(
            form.email.data, form.password.data, address=request.remote_addr or "", at=now()
        )
    )
    if account is None:
        return _sign_in_page(form), 422 if request.method == "POST" else 200
    if account.factors:
        session["half"] = half_of(account, now())
        return redirect(url_for(".second_step", next=form.next.data or None), 303)
    return _enter(account, strong=False, next_=form.next.data)


def _sign_in_page(form: SignInForm) -> str:
    passkey_form = PasskeyForm(formdata=None, next=form.next.data)
    return render_template(
        "people/sign_in.html", form=form, passkey_form=passkey_form, passkeys_offered=passkeys.offered()
    )


def _enter(account: Account, *, strong: bool, next_: str | None) -> ResponseReturnValue:
    started = operations.start_session(
        account, strong=strong, address=request.remote_addr or "", browser=request.user_agent.string, at=now()
    )
    session.clear()
    session.permanent = True
    login_user(SignedIn(*started))
    return redirect(safe_next(next_), 303)


@pages.route("/logga-in/andra-steget", methods=["GET", "POST"])
@allow(ANYONE)
def second_step() -> ResponseReturnValue:
    """Give a code after the password."""
    form = SecondStepForm(next=request.args.get("next", ""))
    account = half_signed_in(session.get("half"), now())
    if account is None:
        flash(Refusal.HALF_LAPSED, "warning")
        return redirect(url_for(".sign_in", next=form.next.data or None), 303)
    form.try_(lambda: factors.check_code(account, form.code.data, address=request.remote_addr or "", at=now()))
    if form.done:
        return _enter(account, strong=True, next_=form.next.data)
    page = render_template(
        "people/second_step.html",
        form=form,
        has_app=has(account, FactorKind.TOTP),
        passkey_form=PasskeyForm(formdata=None, next=form.next.data),
        passkeys_offered=passkeys.offered() and has(account, FactorKind.PASSKEY),
    )
    return page, 422 if request.method == "POST" else 200


@pages.post("/logga-in/passkey")
@allow(ANYONE)
def sign_in_by_passkey() -> ResponseReturnValue:
    """Sign in by a passkey, which knows its owner."""
    form = PasskeyForm()
    account = form.try_(lambda: passkeys.check(form.credential.data, address=request.remote_addr or "", at=now()))
    if account:
        return _enter(account, strong=True, next_=form.next.data)
    refused = SignInForm(formdata=None, next=form.next.data)
    refused.form_errors = [Refusal.WRONG_PASSKEY]
    return _sign_in_page(refused), 422


@pages.post("/logga-in/passkey/fraga")
@allow(ANYONE)
def passkey_question() -> ResponseReturnValue:
    """Ask the browser for a passkey, of whoever is signed in or of anyone."""
    person = someone()
    return passkeys.question(person.account if person else None, at=now()), 200, {"Content-Type": "application/json"}


@pages.route("/logga-in-igen", methods=["GET", "POST"])
@allow(SIGNED_IN)
def sign_in_afresh() -> ResponseReturnValue:
    """Give the password once more, and the second factor where there is one, before signing."""
    form = FreshForm(next=request.args.get("next", ""))
    form.try_(
        lambda: operations.refresh(
            current_user.session,
            form.password.data,
            form.code.data or "",
            address=request.remote_addr or "",
            at=now(),
        )
    )
    if form.done:
        return redirect(safe_next(form.next.data), 303)
    return _afresh_page(form), 422 if request.method == "POST" else 200


def _afresh_page(form: FreshForm) -> str:
    account = current_user.account
    return render_template(
        "people/sign_in_afresh.html",
        form=form,
        asks_code=bool(account.factors),
        passkey_form=PasskeyForm(formdata=None, next=form.next.data),
        passkeys_offered=passkeys.offered() and has(account, FactorKind.PASSKEY),
    )


@pages.post("/logga-in-igen/passkey")
@allow(SIGNED_IN)
def afresh_by_passkey() -> ResponseReturnValue:
    """Show by one's passkey that it is still oneself."""
    form, signed_in = PasskeyForm(), current_user.session
    account = form.try_(
        lambda: passkeys.check(
            form.credential.data, account=signed_in.account, address=request.remote_addr or "", at=now()
        )
    )
    if account:
        operations.freshen(signed_in, first=True, second=True, at=now())
        return redirect(safe_next(form.next.data), 303)
    refused = FreshForm(formdata=None, next=form.next.data)
    refused.form_errors = [Refusal.WRONG_PASSKEY]
    return _afresh_page(refused), 422


@pages.post("/logga-ut")
@allow(SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    """Sign out of this browser."""
    operations.sign_out(current_user.session, at=now())
    logout_user()
    session.clear()
    return redirect(url_for("people.sign_in"), 303)


@pages.get("/installningar/personer")
@allow(ADMINISTRATOR)
def people() -> ResponseReturnValue:
    """List the people."""
    words = request.args.get("q", "").strip()
    return render_template("people/people.html", page=people_page(words, asked_page()), words=words)


@pages.route("/installningar/personer/ny", methods=["GET", "POST"])
@allow(ADMINISTRATOR)
def new_person() -> ResponseReturnValue:
    """Add a person."""
    form = PersonForm()
    person = form.try_(
        lambda: operations.add_person(form.name.data, form.email.data, phone=form.phone.data or "", by=me(), at=now())
    )
    if person:
        flash(f"{person.name} är tillagd.")
        return redirect(url_for(".person", person_id=person.id), 303)
    return render_template("people/person_form.html", form=form, person=None), 422 if form.is_submitted() else 200


@pages.route("/installningar/personer/<int:person_id>", methods=["GET", "POST"])
@allow(ADMINISTRATOR, person_by_id)
def person(person: Person) -> ResponseReturnValue:
    """Change a person."""
    form = PersonForm(obj=person)
    form.try_(
        lambda: operations.change_person(
            person, form.name.data, form.email.data, form.phone.data or "", by=me(), at=now()
        )
    )
    if form.done:
        flash("Sparat.")
        return redirect(url_for(".person", person_id=person.id), 303)
    return render_template("people/person_form.html", form=form, person=person), 422 if form.is_submitted() else 200


@pages.route("/installningar/personer/<int:person_id>/konto", methods=["GET", "POST"])
@allow(ADMINISTRATOR, person_by_id)
def account(person: Person) -> ResponseReturnValue:
    """Give a person an account, or change it."""
    existing = person.account
    form = AccountForm(
        obj=existing,
        email=existing.email if existing else person.email,
        disabled=bool(existing and existing.disabled_at),
    )
    if existing:
        form.try_(
            lambda: operations.change_account(
                existing,
                administrator=form.administrator.data,
                disabled=form.disabled.data,
                password=form.password.data,
                by=me(),
                at=now(),
            )
        )
    else:
        form.try_(
            lambda: operations.add_account(
                person, form.email.data, form.password.data, administrator=form.administrator.data, by=me(), at=now()
            )
        )
    if form.done:
        flash("Kontot är sparat.")
        return redirect(url_for(".person", person_id=person.id), 303)
    return render_template("people/account.html", form=form, person=person), 422 if form.is_submitted() else 200


@pages.post("/installningar/personer/<int:person_id>/andra-steg/aterstall")
@allow(ADMINISTRATOR, person_by_id)
def reset_factors(person: Person) -> ResponseReturnValue:
    """Take away the second factors of somebody who has lost theirs."""
    if person.account:
        factors.reset(person.account, by=me(), at=now())
        flash(f"{person.name} har inget andra steg längre, är utloggad överallt och loggar in med sitt lösenord.")
    return redirect(url_for(".person", person_id=person.id), 303)
