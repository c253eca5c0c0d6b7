"""Sign-in and sign-out, and the register of people."""

from __future__ import annotations

from typing import Any, TypedDict, TypeVar

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from govern.db import now
from govern.errors import Refused
from govern.people import operations
from govern.people.access import (
    ADMINISTRATOR,
    ANYONE,
    SECOND_FACTOR,
    SIGNED_IN,
    SignedIn,
    allow,
    credentials_of,
    freshen,
    is_fresh,
    me,
    pending_account,
    pending_sign_in,
    someone,
)
from govern.people.accounts import operations as accounts
from govern.people.factors import operations as factors
from govern.people.forms import ChosenPasswordForm, FreshForm, PasskeyForm, PersonForm, SecondStepForm, SignInForm
from govern.people.models import Account, Person
from govern.people.queries import has, people_page, person_by_id
from govern.people.rules import Refusal
from govern.people.sessions import devices
from govern.people.sessions import operations as sessions
from govern.people.states import FactorKind
from govern.web.errors import refused_answer
from govern.web.forms import Form
from govern.web.next import safe_next
from govern.web.paging import asked_page

pages = Blueprint("people", __name__)


@pages.route("/logga-in", methods=["GET", "POST"])
@allow(ANYONE)
def sign_in() -> ResponseReturnValue:
    """Sign in by password, then continue to the requested page or to the second step."""
    form = SignInForm(next=request.args.get("next", ""))
    if current_user.is_authenticated and request.method == "GET":
        return redirect(safe_next(form.next.data), 303)
    answer = form.try_(lambda: _by_password(form))
    return _answer(_sign_in_page(form), form) if answer is None else answer


def _by_password(form: SignInForm) -> ResponseReturnValue:
    account = operations.check_password(form.email.data, form.password.data, **_here(), at=now())
    if account.factors:
        session["half"] = pending_sign_in(account, now())
        return redirect(url_for(".second_step", next=form.next.data or None), 303)
    return _enter(account, credentials_of(account), strong=False, next_=form.next.data)


class Here(TypedDict):
    """The origin of a sign-in attempt."""

    address: str
    device: str


def _here() -> Here:
    """Return the origin of an attempt: the network address, and the token of a browser that was signed in before."""
    return {"address": request.remote_addr or "", "device": devices.token()}


def _answer(page: str, form: Form) -> ResponseReturnValue:
    """Return a form's page with status 200, 422 if it has errors, or 429 after too many attempts."""
    status, headers = refused_answer(form.refused)
    return page, (422 if form.errors and status == 200 else status), headers


def _sign_in_page(form: SignInForm) -> str:
    passkey_form = PasskeyForm(formdata=None, next=form.next.data)
    return render_template(
        "people/sign_in.html", form=form, passkey_form=passkey_form, passkeys_offered=factors.passkeys_offered()
    )


def _enter(account: Account, credentials: str, *, strong: bool, next_: str | None) -> ResponseReturnValue:
    """Start a session for a user who has given these credentials.

    Raises:
        Refused: if the account has been changed since they were checked.
    """
    if current_user.is_authenticated:  # A new sign-in ends the browser's previous session.
        sessions.sign_out(current_user.session, at=now())
    started = sessions.start(
        account, credentials, strong=strong, **_here(), browser=request.user_agent.string, at=now()
    )
    session.clear()
    session.permanent = True
    login_user(SignedIn(*started))
    return redirect(safe_next(next_), 303)


@pages.route("/logga-in/andra-steget", methods=["GET", "POST"])
@allow(ANYONE)
def second_step() -> ResponseReturnValue:
    """Ask for a code after the password."""
    form = SecondStepForm(next=request.args.get("next", ""))
    half = session.get("half")
    answer = form.try_(lambda: _by_code(form, half))
    if answer is not None:
        return answer
    account = pending_account(half, now())  # Checked after the code too, as the account may have been reset meanwhile.
    if account is None:
        flash(Refusal.HALF_LAPSED, "warning")
        return redirect(url_for(".sign_in", next=form.next.data or None), 303)
    page = render_template(
        "people/second_step.html",
        form=form,
        has_app=has(account, FactorKind.TOTP),
        passkey_form=PasskeyForm(formdata=None, next=form.next.data),
        passkeys_offered=factors.passkeys_offered() and has(account, FactorKind.PASSKEY),
    )
    return _answer(page, form)


def _by_code(form: SecondStepForm, half: Any) -> ResponseReturnValue:
    account = pending_account(half, now())
    if account is None:
        raise Refused(Refusal.HALF_LAPSED)
    factors.check_code(account, form.code.data, **_here(), at=now())
    return _enter(account, half["credentials"], strong=True, next_=form.next.data)


@pages.post("/logga-in/passkey")
@allow(ANYONE)
def sign_in_by_passkey() -> ResponseReturnValue:
    """Sign in by a passkey."""
    form = PasskeyForm()
    answer = form.try_(lambda: _by_passkey(form))
    if answer is not None:
        return answer
    return _answer(_sign_in_page(_passed_on(form, SignInForm(formdata=None, next=form.next.data))), form)


def _by_passkey(form: PasskeyForm) -> ResponseReturnValue:
    from govern.people.factors import passkeys  # noqa: PLC0415 — loads webauthn.

    account = passkeys.check(form.credential.data, **_here(), at=now())
    return _enter(account, credentials_of(account), strong=True, next_=form.next.data)


F = TypeVar("F", bound=Form)


def _passed_on(passkey: PasskeyForm, form: F) -> F:
    """Show why a passkey was refused as an error of the form beside it."""
    form.form_errors = [passkey.refused.sentence if passkey.refused else Refusal.WRONG_PASSKEY]
    return form


@pages.post("/logga-in/passkey/fraga")
@allow(ANYONE)
def passkey_question() -> ResponseReturnValue:
    """Return the options for a passkey of the signed-in user, or of any user."""
    from govern.people.factors import passkeys  # noqa: PLC0415 — loads webauthn.

    person = someone()
    return passkeys.question(person.account if person else None, at=now()), 200, {"Content-Type": "application/json"}


@pages.route("/logga-in-igen", methods=["GET", "POST"])
@allow(SIGNED_IN)
def sign_in_afresh() -> ResponseReturnValue:
    """Ask for the password again, and for any second factor, before an important operation."""
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
    return _answer(_afresh_page(form), form)


def _afresh_page(form: FreshForm) -> str:
    account = current_user.account
    return render_template(
        "people/sign_in_afresh.html",
        form=form,
        asks_code=bool(account.factors),
        passkey_form=PasskeyForm(formdata=None, next=form.next.data),
        passkeys_offered=factors.passkeys_offered() and has(account, FactorKind.PASSKEY),
    )


@pages.post("/logga-in-igen/passkey")
@allow(SIGNED_IN)
def afresh_by_passkey() -> ResponseReturnValue:
    """Confirm the signed-in user by a passkey."""
    from govern.people.factors import passkeys  # noqa: PLC0415 — loads webauthn.

    form, signed_in = PasskeyForm(), current_user.session
    account = form.try_(
        lambda: passkeys.check(form.credential.data, within=signed_in, address=request.remote_addr or "", at=now())
    )
    if account:
        sessions.freshen(signed_in, first=True, second=True, at=now())
        return redirect(safe_next(form.next.data), 303)
    return _answer(_afresh_page(_passed_on(form, FreshForm(formdata=None, next=form.next.data))), form)


@pages.post("/logga-ut")
@allow(SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    """Sign out of this browser."""
    sessions.sign_out(current_user.session, at=now())
    logout_user()
    session.clear()
    answer = make_response(redirect(url_for("people.sign_in"), 303))
    answer.headers["Clear-Site-Data"] = '"cache"'  # Not "storage", which holds text that is not saved yet.
    return answer


@pages.route("/valj-losenord/<token>", methods=["GET", "POST"])
@allow(ANYONE)
def choose_password(token: str) -> ResponseReturnValue:
    """Choose a password through a one-time link; opening it does not use it up, since mail programs open links too."""
    link = accounts.find_link(token, address=request.remote_addr or "", at=now())
    if link is None:
        return render_template("people/link_gone.html"), 404
    form, account = ChosenPasswordForm(), link.account
    form.try_(lambda: accounts.use_link(link, form.password.data, at=now()))
    if not form.done:
        page = render_template("people/choose_password.html", form=form, account=account, expires_at=link.expires_at)
        return _answer(page, form)
    half = pending_sign_in(account, now())
    logout_user()
    session.clear()
    if account.factors:
        session["half"] = half
        flash("Lösenordet är valt. Visa nu att det är du med ditt andra steg.")
        return redirect(url_for(".second_step"), 303)
    _enter(account, half["credentials"], strong=False, next_=None)
    flash("Lösenordet är valt, och du är inloggad.")
    return redirect(url_for("account.factors", next="/"), 303)


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
    """Change a person; for one with an account, a new name or address requires a fresh second factor."""
    kept = {name: request.args.get(name, getattr(person, name)) for name in ("name", "email", "phone")}
    form = PersonForm(**kept)
    given = " ".join((form.name.data or "").split()), form.email.data or None
    changed = form.is_submitted() and person.account and given != (person.name, person.email)
    if changed and not is_fresh(SECOND_FACTOR):
        typed = {name: form[name].data for name in kept}
        return freshen(SECOND_FACTOR, url_for(".person", person_id=person.id, **typed))
    form.try_(
        lambda: operations.change_person(
            person, form.name.data, form.email.data, form.phone.data or "", by=me(), at=now()
        )
    )
    if form.done:
        flash("Sparat.")
        return redirect(url_for(".person", person_id=person.id), 303)
    return render_template("people/person_form.html", form=form, person=person), 422 if form.is_submitted() else 200
