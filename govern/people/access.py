"""Rights: a predicate and a sentence each, declared on every route.

A route that declares none is closed. A route is decorated with `@allow(right, load)`: `load` turns the URL into a row
(404 if there is none), the right tests the signed-in person against the row, and the view receives the row. Later
slices add rights.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from flask import Flask, abort, current_app, flash, g, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.attributes import set_committed_value

from govern.db import commit_step, db, now
from govern.people import events, noting
from govern.people.models import Account, Person, SignInSession
from govern.people.rules import SECOND_STEP, given_lately, needs_second

SEEN_EVERY = timedelta(minutes=5)
LONGEST = timedelta(days=30)
"""The absolute lifetime of a session, however much it is used (OWASP ASVS 5.0, 7.3.2)."""
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Right:
    """The right that a route requires.

    `sentence` is shown to those without it; `public` admits users who are not signed in.
    """

    name: str
    sentence: str
    test: Callable[[Person | None, Any], bool]
    public: bool = False

    def of(self, row_of: Callable[[Any], Any]) -> Right:
        """Return the same right for routes where the row to test is `row_of` what was loaded."""
        return replace(self, test=wraps(self.test)(lambda person, loaded: self.test(person, row_of(loaded))))


def anyone(_person: Person | None, _row: Any) -> bool:
    """The public, without signing in."""
    return True


def signed_in(person: Person | None, _row: Any) -> bool:
    """Everyone with an account."""
    return person is not None


def administers(person: Person | None, _row: Any) -> bool:
    """Administrators."""
    return person is not None and is_administrator(person)


ANYONE = Right("anyone", "", anyone, public=True)
SIGNED_IN = Right("signed_in", "Du behöver logga in.", signed_in)
ADMINISTRATOR = Right("administrator", "Du behöver vara administratör.", administers)


def is_administrator(person: Person) -> bool:
    """Return whether this person may manage forums, seats and accounts."""
    account = person.account
    return account is not None and account.administrator and account.disabled_at is None


class SignedIn:
    """The user object for Flask-Login: a person in a session."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, session: SignInSession, token: str) -> None:
        self.session = session
        self._token = token

    @property
    def account(self) -> Account:
        """The account that signed in."""
        return self.session.account

    @property
    def person(self) -> Person:
        """The person who signed in."""
        return self.session.account.person

    @property
    def administrator(self) -> bool:
        """Whether to show the settings."""
        return is_administrator(self.person)

    def get_id(self) -> str:
        """Return the content of the signed cookie: the token, of which the database stores only a digest."""
        return self._token


def me() -> Person:
    """Return the signed-in person, for views whose right requires one."""
    person = someone()
    if person is None:
        abort(401)
    return person


def someone() -> Person | None:
    """Return the signed-in person, or None."""
    return current_user.person if current_user.is_authenticated else None


def allow(right: Right, load: Callable[..., Any] | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare the right that a route requires, and load the row that its URL names.

    `load` and the view each receive the parts of the URL that they have as parameters; the view receives the row first.
    A part that is a parameter of neither is an error, found by `tests/test_routes.py`.
    """
    loads = _parameters(load) if load else frozenset()

    def declare(view: Callable[..., Any]) -> Callable[..., Any]:
        shows = _parameters(view)

        @wraps(view)
        def guarded(**address: Any) -> ResponseReturnValue:
            person = someone()
            if person is None and not right.public:
                return _sign_in()
            row = load(**{name: address[name] for name in address.keys() & loads}) if load else None
            if load and row is None:
                abort(404)
            if not right.test(person, row):
                if person is not None:
                    rule = str(request.url_rule)
                    noting.note_refused_access(person, row, asked_for=rule, right=right.sentence, at=now())
                abort(403, right.sentence)
            g.row = row  # The subject of the page, which the choice of colours depends on.
            rest = {name: address[name] for name in address.keys() & shows}
            answer: ResponseReturnValue = view(row, **rest) if load else view(**rest)
            if person is not None and request.method == "GET" and _shown(answer):
                noting.note_reading(person, row, at=now())
            return answer

        guarded.right = right  # type: ignore[attr-defined]
        guarded.address = loads | shows  # type: ignore[attr-defined]
        return guarded

    return declare


def _parameters(function: Callable[..., Any]) -> frozenset[str]:
    return frozenset(inspect.signature(function).parameters)


def _shown(answer: ResponseReturnValue) -> bool:
    """Return whether a response shows its page; a redirect or a 304 does not."""
    status = answer[1] if isinstance(answer, tuple) and isinstance(answer[1], int) else None
    return (status or getattr(answer, "status_code", 200)) == 200


def _sign_in() -> ResponseReturnValue:
    if request.method != "GET" or request.is_json:
        abort(401)
    return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")), 303)


def digest(token: str) -> str:
    """Return the digest of a session token that the database stores."""
    return hashlib.sha256(token.encode()).hexdigest()


_SESSION = select(SignInSession).where(SignInSession.token == bindparam("digest"))


def find_session(token: str, *, at: datetime, lifetime: timedelta) -> SignInSession | None:
    """Return the session that a cookie's token names, or None if it has ended or expired or its account is disabled."""
    session = db.session.scalar(_SESSION, {"digest": digest(token)})
    if session is None or session.ended_at or session.account.disabled_at or _over(session, lifetime, at):
        return None
    set_committed_value(session.account.person, "account", session.account)  # Already loaded; this avoids a query.
    return session


def _over(session: SignInSession, lifetime: timedelta, at: datetime) -> bool:
    return session.seen_at + lifetime < at or session.started_at + LONGEST < at


def credentials_of(account: Account) -> str:
    """Return a digest that changes with an account's password, its second factors and its being disabled."""
    factors = " ".join(str(factor.id) for factor in account.factors)
    return digest(f"{account.password_hash} {factors} {account.disabled_at or ''}")


def pending_sign_in(account: Account, at: datetime) -> dict[str, Any]:
    """Return what the signed cookie holds between the password and the second step; it gives no access."""
    return {"account": account.id, "at": at.isoformat(), "credentials": credentials_of(account)}


def pending_account(half: Any, at: datetime) -> Account | None:
    """Return the account whose password was given here within SECOND_STEP and is unchanged since, or None."""
    if not half or datetime.fromisoformat(half["at"]) + SECOND_STEP < at:
        return None
    account = db.session.get(Account, half["account"])
    if account is None or account.disabled_at or credentials_of(account) != half.get("credentials"):
        return None
    return account


def owns(person: Person | None, row: Any) -> bool:
    """The owner of the account that the factor, session or event belongs to."""
    return person is not None and row.account.person_id == person.id


OWNS = Right("owns", "Det tillhör någon annans konto.", owns)


def given_at(session: SignInSession, signing_factor: str) -> datetime:
    """Return when this browser last gave what signing requires of its account: the password and any second factor."""
    if needs_second(session.account, signing_factor):
        return min(session.fresh_at, session.strong_at or NEVER)
    return session.fresh_at


def freshening_url(session: SignInSession, signing_factor: str, back: str) -> str:
    """Return the URL for giving the factors again, or for enrolling a missing one, which then returns to `back`."""
    missing = needs_second(session.account, signing_factor) and not session.account.factors
    return url_for("account.factors" if missing else "people.sign_in_afresh", next=back)


def fresh_for() -> timedelta:
    """Return how long the factors count after they were given, as the settings say."""
    minutes: int = current_app.config["GOVERN"].fresh_minutes
    return timedelta(minutes=minutes)


def factor_for_signing() -> str:
    """Return whether signing requires a second factor of everyone, as the settings say: `required` or `offered`."""
    factor: str = current_app.config["GOVERN"].signing_factor
    return factor


OWN_FACTORS, SECOND_FACTOR = "offered", "required"
"""What changing an account requires: the factors that the user's account has, or always a second factor."""


def is_fresh(demand: str) -> bool:
    """Return whether this browser's user gave the factors that a change requires recently enough."""
    return given_lately(given_at(current_user.session, demand), now(), fresh_for())


def freshen(demand: str, back: str) -> ResponseReturnValue:
    """Redirect to where the factors are given again, which then returns to `back`."""
    flash("Bekräfta först att det är du. Sedan kan du fortsätta.")
    return redirect(freshening_url(current_user.session, demand, back), 303)


def require_fresh(
    demand: str, back: Callable[..., str], *, unless: Callable[[], bool] = bool
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare that a route requires recently given factors, as `demand` says, and then returns to `back` of the row.

    `unless` returns whether the page itself asks for all required factors.
    """

    def declare(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*row: Any, **address: Any) -> ResponseReturnValue:
            return view(*row, **address) if unless() or is_fresh(demand) else freshen(demand, back(*row))

        guarded.fresh = demand  # type: ignore[attr-defined]
        return guarded

    return declare


def init_app(app: Flask, manager: LoginManager) -> None:
    """Close every route that declares no right, and load the signed-in person from the cookie."""
    manager.session_protection = None  # It flags sessions whose IP address changes, a flag that nothing here uses.

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(token: str) -> SignedIn | None:
        at = now()
        session = find_session(token, at=at, lifetime=current_app.permanent_session_lifetime)
        if session is None:
            return None
        if session.seen_at + SEEN_EVERY < at:
            g.seen = session.id, at
            cookie.modified = True  # Send the cookie again, so that it lasts as long as the session.
        return SignedIn(session, token)

    @app.before_request
    def deny_by_default() -> None:
        if request.endpoint and request.endpoint != "static":
            view = current_app.view_functions[request.endpoint]
            if not isinstance(getattr(view, "right", None), Right):
                abort(403)

    app.teardown_request(_note_seen)

    @app.context_processor
    def add_template_globals() -> dict[str, Any]:
        return {"signed_in": current_user if current_user.is_authenticated else None, "held": _held_here}


def _held_here() -> str:
    """Return why the signed-in person may not sign now, or an empty string, for pages with a signing button."""
    person = someone()
    hold = events.held(person, at=now()) if person else None
    return hold.sentence if hold else ""


def _note_seen(_error: BaseException | None) -> None:
    """Update the session's `seen_at` after the request's own transaction; if that fails, the next request does it."""
    session_id, at = g.pop("seen", (None, None))
    if session_id is None:
        return
    db.session.rollback()
    try:
        db.session.execute(update(SignInSession).where(SignInSession.id == session_id).values(seen_at=at))
        commit_step()
    except OperationalError:
        db.session.rollback()
        current_app.logger.warning("a session could not be noted as seen: the database is busy or away")
