"""The user's own account: password, second factors, recovery codes and signed-in browsers."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from govern import secrets_box
from govern.db import in_turn, now
from govern.people import events
from govern.people import operations as people
from govern.people.access import OWN_FACTORS, OWNS, SIGNED_IN, allow, me, require_fresh
from govern.people.accounts import operations as accounts
from govern.people.events import event_by_id
from govern.people.factors import operations
from govern.people.forms import AddressForm, AppForm, PasskeyEnrolForm, PasswordForm
from govern.people.models import AccountEvent, Factor, SignInSession
from govern.people.queries import factor_by_id, live_sessions, session_by_id
from govern.people.sessions import operations as sessions
from govern.people.sessions.browsers import browser_name
from govern.web.errors import refused_answer
from govern.web.next import safe_next

pages = Blueprint("account", __name__, url_prefix="/konto")

SHOWN = "govern recovery codes shown"


@pages.get("")
@allow(SIGNED_IN)
def account() -> ResponseReturnValue:
    """Show the user's own account."""
    account = current_user.account
    page = render_template(
        "people/my_account.html",
        account=account,
        codes_left=operations.codes_left(account),
        happened=[(event, events.sentence(event)) for event in events.latest(account)],
        hold=events.hold_on(account, at=now()),
        link=accounts.open_link(account, at=now()),
    )
    return page, 200


@pages.post("/handelser/<int:event_id>/sedd")
@allow(OWNS, event_by_id)
def acknowledge(event: AccountEvent) -> ResponseReturnValue:
    """Mark an event of the user's own account as seen."""
    events.acknowledge(event, at=now())
    return redirect(url_for("archive.home"), 303)


@pages.post("/lank/aterkalla")
@allow(SIGNED_IN)
def revoke_link() -> ResponseReturnValue:
    """Revoke the link that somebody has made for the user's account."""
    accounts.revoke_link(current_user.account, by=me(), at=now())
    flash("Länken är återkallad.")
    return redirect(url_for(".account"), 303)


def _back(endpoint: str) -> Callable[..., str]:
    """Return a function giving the URL to return to after the factors have been given again, with its own `next`."""
    return lambda *_row: url_for(endpoint, next=_next() or None)


@pages.route("/adress", methods=["GET", "POST"])
@allow(SIGNED_IN)
@require_fresh(OWN_FACTORS, lambda: url_for("account.address", email=request.values.get("email")))
def address() -> ResponseReturnValue:
    """Change the user's own sign-in address."""
    form = AddressForm(email=request.args.get("email") or current_user.account.email)
    form.try_(lambda: people.change_own_address(current_user.session, form.email.data, at=now()))
    if form.done:
        flash("Adressen är ändrad. Du är utloggad från alla andra webbläsare.")
        return redirect(url_for(".account"), 303)
    return render_template("people/address.html", form=form), 422 if form.is_submitted() else 200


@pages.route("/losenord", methods=["GET", "POST"])
@allow(SIGNED_IN)
@require_fresh(OWN_FACTORS, _back("account.password"), unless=lambda: not current_user.account.factors)
def password() -> ResponseReturnValue:
    """Change the user's own password."""
    form = PasswordForm()
    form.try_(
        lambda: people.change_own_password(
            current_user.session, form.old.data, form.new.data, address=request.remote_addr or "", at=now()
        )
    )
    if form.done:
        flash("Lösenordet är bytt. Du är utloggad från alla andra webbläsare.")
        return redirect(url_for(".account"), 303)
    status, headers = refused_answer(form.refused)
    return render_template("people/password.html", form=form), 422 if form.errors and status == 200 else status, headers


@pages.get("/inloggningar")
@allow(SIGNED_IN)
def signed_in_at() -> ResponseReturnValue:
    """List the browsers in which the user is signed in."""
    lifetime = current_app.permanent_session_lifetime
    rows = live_sessions(current_user.account, at=now(), lifetime=lifetime)
    named = [(row, browser_name(row.browser)) for row in rows]
    return render_template("people/sessions.html", sessions=named, here=current_user.session), 200


@pages.post("/inloggningar/<int:session_id>/avsluta")
@allow(OWNS, session_by_id)
def end_session(ended: SignInSession) -> ResponseReturnValue:
    """Sign out of one browser."""
    sessions.sign_out(ended, at=now())
    flash("Inloggningen är avslutad.")
    return redirect(url_for(".signed_in_at"), 303)


@pages.post("/inloggningar/avsluta-andra")
@allow(SIGNED_IN)
def end_others() -> ResponseReturnValue:
    """Sign out of every browser except this one."""
    sessions.end_others(current_user.session, at=now())
    flash("Du är utloggad från alla andra webbläsare.")
    return redirect(url_for(".signed_in_at"), 303)


@pages.get("/andra-steg")
@allow(SIGNED_IN)
def factors() -> ResponseReturnValue:
    """List the user's second factors."""
    account = current_user.account
    page = render_template(
        "people/factors.html",
        account=account,
        codes_left=operations.codes_left(account),
        passkeys_offered=operations.passkeys_offered(),
        next=_next(),
    )
    return page, 200


@pages.route("/kodapp", methods=["GET", "POST"])
@allow(SIGNED_IN)
@require_fresh(OWN_FACTORS, _back("account.app"))
def app() -> ResponseReturnValue:
    """Enrol an authenticator app: show its key as a QR code and as text, and require a code from the app."""
    form, account, first = AppForm(), current_user.account, not current_user.account.factors
    if request.method == "GET" or "app" not in session:
        session["app"] = urlsafe_b64encode(operations.new_secret()).decode()
    closed = urlsafe_b64decode(session["app"])
    here = current_user.session
    form.try_(
        lambda: operations.enrol_app(account, closed, form.name.data, form.code.data, by=me(), at=now(), here=here)
    )
    if form.done:
        session.pop("app")
        return _enrolled(first=first, whole=False)
    key = operations.address(closed, account, _issuer())
    page = render_template(
        "people/enrol_app.html",
        form=form,
        picture=_picture(key),
        address=key,
        written=operations.written(closed),
        next=_next(),
    )
    return page, 422 if form.is_submitted() else 200


@pages.route("/passkey", methods=["GET", "POST"])
@allow(SIGNED_IN)
@require_fresh(OWN_FACTORS, _back("account.passkey"))
def passkey() -> ResponseReturnValue:
    """Enrol a passkey created by the browser."""
    from govern.people.factors import passkeys  # noqa: PLC0415 — loads webauthn.

    form, account, first = PasskeyEnrolForm(), current_user.account, not current_user.account.factors
    here = current_user.session
    form.try_(lambda: passkeys.enrol(account, form.name.data, form.credential.data, by=me(), at=now(), here=here))
    if form.done:
        return _enrolled(first=first, whole=True)
    page = render_template("people/enrol_passkey.html", form=form, offered=operations.passkeys_offered(), next=_next())
    return page, 422 if form.is_submitted() else 200


@pages.post("/passkey/fraga")
@allow(SIGNED_IN)
def passkey_question() -> ResponseReturnValue:
    """Return the options with which the browser creates a passkey."""
    from govern.people.factors import passkeys  # noqa: PLC0415 — loads webauthn.

    return passkeys.enrolment(current_user.account, at=now()), 200, {"Content-Type": "application/json"}


def _enrolled(*, first: bool, whole: bool) -> ResponseReturnValue:
    """Record that the factor was just given in this session, and show the recovery codes after the first one.

    A passkey is a `whole` sign-in; a code completes one that the password has just begun.
    """
    in_turn(lambda: sessions.freshen(current_user.session, first=whole, second=True, at=now()))
    flash("Ditt andra steg är tillagt.")
    if not first:
        return redirect(safe_next(_next(), url_for(".factors")), 303)
    _show_codes()
    return redirect(url_for(".codes", next=_next() or None), 303)


@pages.post("/andra-steg/<int:factor_id>/ta-bort")
@allow(OWNS, factor_by_id)
@require_fresh(OWN_FACTORS, _back("account.factors"))
def remove_factor(factor: Factor) -> ResponseReturnValue:
    """Remove a second factor."""
    operations.remove(factor, by=me(), at=now(), here=current_user.session)
    flash("Borttaget. Det går inte längre att logga in med det.")
    return redirect(url_for(".factors"), 303)


@pages.get("/aterstallningskoder")
@allow(SIGNED_IN)
def codes() -> ResponseReturnValue:
    """Show the recovery codes that were just created, until their owner confirms that they are saved."""
    closed = session.get("codes")
    shown = json.loads(secrets_box.open_(urlsafe_b64decode(closed), SHOWN)) if closed else []
    left = operations.codes_left(current_user.account)
    return render_template("people/recovery_codes.html", codes=shown, left=left, next=_next()), 200


@pages.post("/aterstallningskoder")
@allow(SIGNED_IN)
@require_fresh(OWN_FACTORS, _back("account.codes"))
def renew_codes() -> ResponseReturnValue:
    """Create new recovery codes."""
    _show_codes()
    return redirect(url_for(".codes"), 303)


@pages.post("/aterstallningskoder/sparade")
@allow(SIGNED_IN)
def kept_codes() -> ResponseReturnValue:
    """Stop showing the codes and continue."""
    session.pop("codes", None)
    return redirect(safe_next(request.form.get("next"), url_for(".account")), 303)


def _show_codes() -> None:
    made = in_turn(lambda: operations.renew_codes(current_user.account, by=me(), at=now(), here=current_user.session))
    session["codes"] = urlsafe_b64encode(secrets_box.close(json.dumps(made).encode(), SHOWN)).decode()


def _next() -> str:
    return request.args.get("next", "")


def _issuer() -> str:
    return f"Govern {current_app.config['GOVERN'].organisation}".replace("Govern Govern", "Govern")


def _picture(address: str) -> Markup:
    """Draw a URL as a QR code, dark on light in every theme, since cameras may not read it otherwise."""
    import segno  # noqa: PLC0415 — slow to import and used only here.

    drawn = segno.make(address, error="m")
    return Markup(  # noqa: S704 — segno generates the SVG, which has the URL only as modules of the code.
        drawn.svg_inline(omitsize=True, border=4, light="#fff", svgclass="qr", lineclass=None, title="QR-kod")
    )
