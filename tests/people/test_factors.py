"""Second factors: which codes are accepted, and how often."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pyotp
import pytest
from sqlalchemy import select, text

from govern import audit, secrets_box
from govern.db import db
from govern.errors import Refused
from govern.people import operations
from govern.people.access import NEVER, given_at, pending_account, pending_sign_in
from govern.people.accounts import operations as accounts
from govern.people.factors import operations as factors
from govern.people.factors import passkeys
from govern.people.models import Factor, SignInSession
from govern.people.rules import ATTEMPTS, SECOND_STEP, Refusal, needs_second
from govern.people.sessions.browsers import browser_name
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.usefixtures("each_database")

AT = datetime(2024, 4, 22, 7, 0, 10, tzinfo=UTC)
STEP = timedelta(seconds=30)
HERE = {"address": "192.0.2.7", "browser": "Prov"}


def enrol(cast: Cast, at: datetime = AT, name: str = "Telefonen") -> pyotp.TOTP:
    """Enrol Bo's code app; return the generator of its codes."""
    closed = factors.new_secret()
    app = pyotp.TOTP(factors.written(closed))
    factors.enrol_app(cast.bo.account, closed, name, app.at(at), by=cast.bo, at=at)
    return app


def sign_in(code: str, at: datetime, password: str = PASSWORD) -> SignInSession:
    """Sign Bo in with password and code."""
    return operations.sign_in("bo@alvsam.example", password, code, at=at, **HERE)[0]


def refused(refusal: Refusal, code: str, at: datetime, password: str = PASSWORD) -> None:
    """Expect a refusal when signing in."""
    with pytest.raises(Refused) as caught:
        sign_in(code, at, password)
    assert caught.value.sentence == refusal.value


@pytest.mark.parametrize(
    ("shown", "given", "holds"),
    [
        pytest.param(2, 2, True, id="now"),
        pytest.param(1, 2, True, id="the one before"),
        pytest.param(3, 2, True, id="the one after, of a fast clock"),
        pytest.param(1, 3, False, id="two before"),
        pytest.param(5, 3, False, id="two after"),
        pytest.param(0, 1, False, id="the one that enrolled, again"),
        pytest.param(0, 0, False, id="the same, at once"),
    ],
)
def test_a_code_holds_for_its_time(cast: Cast, shown: int, given: int, holds: bool) -> None:
    """`shown` is the 30-second step of the code, `given` the step of the attempt; enrolled at step 0."""
    app = enrol(cast)
    code, at = app.at(AT + shown * STEP), AT + given * STEP
    if holds:
        assert sign_in(code, at).strong_at == at
    else:
        refused(Refusal.WRONG_CODE, code, at)


def test_a_code_is_used_once(cast: Cast) -> None:
    """A code older than the last one used is refused as well, so an observed code is worthless."""
    app = enrol(cast)
    before, code, at = app.at(AT + 2 * STEP), app.at(AT + 3 * STEP), AT + 3 * STEP
    sign_in(code, at)
    refused(Refusal.WRONG_CODE, code, at)
    refused(Refusal.WRONG_CODE, before, at)
    assert sign_in(app.at(AT + 4 * STEP), AT + 4 * STEP)


def test_the_password_alone_opens_nothing(cast: Cast) -> None:
    """The code alone opens nothing either."""
    app = enrol(cast)
    refused(Refusal.WRONG_CODE, "", AT + STEP)
    refused(Refusal.WRONG, app.at(AT + STEP), AT + STEP, "fel lösenord, långt")
    assert db.session.scalars(select(SignInSession)).all() == []


def test_guessing_codes_is_stopped(cast: Cast) -> None:
    """A correct password does not reset the count; at the limit even a correct code is refused."""
    app = enrol(cast)
    for _ in range(ATTEMPTS):
        refused(Refusal.WRONG_CODE, "000000", AT + STEP)
    refused(Refusal.TOO_MANY, app.at(AT + STEP), AT + STEP)


def test_a_recovery_code_is_used_once(cast: Cast) -> None:
    """Hyphens and case do not matter; another account's codes are refused."""
    enrol(cast)
    codes = factors.renew_codes(cast.bo.account, by=cast.bo, at=AT)
    strangers = factors.renew_codes(cast.anna.account, by=cast.anna, at=AT)
    assert len(set(codes)) == 10
    assert sign_in(codes[0].upper().replace("-", " "), AT)
    refused(Refusal.WRONG_CODE, codes[0], AT)
    refused(Refusal.WRONG_CODE, strangers[0], AT)
    assert factors.codes_left(cast.bo.account) == 9
    factors.renew_codes(cast.bo.account, by=cast.bo, at=AT)
    refused(Refusal.WRONG_CODE, codes[1], AT)


def test_nothing_secret_rests_in_the_open(cast: Cast) -> None:
    """Neither the key nor a recovery code is readable in the database or the log."""
    app = enrol(cast)
    codes = factors.renew_codes(cast.bo.account, by=cast.bo, at=AT)
    kept = [db.session.execute(text(f"SELECT * FROM {table}")).all() for table in ("factors", "recovery_codes")]
    seen = str([bytes(v) if isinstance(v, memoryview) else v for rows in kept for row in rows for v in row])
    seen += str([entry.facts for entry in db.session.scalars(select(audit.AuditEntry))])
    assert app.secret not in seen
    assert not [code for code in codes if code in seen or code.replace("-", "") in seen]


def test_a_box_opens_for_its_own_purpose_only(cast: Cast) -> None:
    """A changed bit is detected too."""
    closed = secrets_box.close(b"hemligt", "one")
    assert secrets_box.open_(closed, "one") == b"hemligt"
    for wrong, purpose in ((closed, "other"), (closed[:-1] + bytes([closed[-1] ^ 1]), "one")):
        with pytest.raises(ValueError, match="not closed here"):
            secrets_box.open_(wrong, purpose)


@pytest.mark.parametrize(("name", "refusal"), [(" ", Refusal.NO_FACTOR_NAME), ("TELEFONEN", Refusal.FACTOR_NAME_TAKEN)])
def test_a_factor_has_a_name_of_its_own(cast: Cast, name: str, refusal: Refusal) -> None:
    """Otherwise the owner would not know which one to remove."""
    enrol(cast)
    with pytest.raises(Refused, match=refusal.value):
        enrol(cast, AT + STEP, name)


def test_an_app_shows_a_code_before_it_counts(cast: Cast) -> None:
    """Otherwise somebody who scanned the wrong key would be locked out."""
    with pytest.raises(Refused, match="hör inte till nyckeln"):
        factors.enrol_app(cast.bo.account, factors.new_secret(), "Telefonen", "123456", by=cast.bo, at=AT)
    assert db.session.scalars(select(Factor)).all() == []


def test_the_last_factor_takes_the_recovery_codes_with_it(cast: Cast) -> None:
    """Recovery codes replace a factor and are none themselves."""
    enrol(cast)
    enrol(cast, AT, "Surfplattan")
    factors.renew_codes(cast.bo.account, by=cast.bo, at=AT)
    for left in (10, 0):
        factors.remove(cast.bo.account.factors[0], by=cast.bo, at=AT)
        assert factors.codes_left(cast.bo.account) == left
    assert sign_in("", AT).strong_at is None


def test_an_administrator_resets_what_is_lost(cast: Cast) -> None:
    """All factors are removed, the sessions end, and the log names the administrator."""
    app = enrol(cast)
    session = sign_in(app.at(AT + STEP), AT + STEP)
    accounts.reset_factors(cast.bo.account, by=cast.ada, at=AT)
    assert (session.ended_at, cast.bo.account.factors) == (AT, [])
    entry = db.session.scalars(select(audit.AuditEntry).where(audit.AuditEntry.action == "factors.reset")).one()
    assert (entry.actor, entry.facts) == (cast.ada.name, {"names": ["Telefonen"]})


@pytest.mark.parametrize(
    ("setting", "has_factor", "fresh", "strong", "given"),
    [
        ("offered", False, 0, None, 0),
        ("offered", True, 0, None, None),
        ("offered", True, 0, -9, -9),
        ("offered", True, -9, 0, -9),
        ("required", False, 0, None, None),
        ("required", True, 0, 0, 0),
    ],
)
def test_what_signing_asks_for(
    setting: str, has_factor: bool, fresh: int, strong: int | None, given: int | None
) -> None:
    """Times are minutes relative to now; None means never."""
    at = {None: NEVER} | {minutes: AT + timedelta(minutes=minutes) for minutes in (0, -9)}
    account: Any = SimpleNamespace(factors=["one"] if has_factor else [])
    session: Any = SimpleNamespace(
        account=account, fresh_at=at[fresh], strong_at=None if strong is None else at[strong]
    )
    assert needs_second(account, setting) == (has_factor or setting == "required")
    assert given_at(session, setting) == at[given]


def test_half_a_sign_in_lapses(cast: Cast) -> None:
    """A pending sign-in is void after five minutes, after a new password, and when the account is closed."""
    account = cast.bo.account
    half = pending_sign_in(account, AT)
    assert pending_account(half, AT + SECOND_STEP) is account
    assert pending_account(half, AT + SECOND_STEP + timedelta(seconds=1)) is None
    assert pending_account(None, AT) is None
    link = accounts.find_link(accounts.new_link(account, mailed=False, by=cast.ada, at=AT), address="", at=AT)
    assert link
    accounts.use_link(link, "ett nytt lösenord", at=AT)
    assert pending_account(half, AT) is None


def test_a_changed_password_ends_the_other_browsers(cast: Cast) -> None:
    """The old password is required, and the current session remains."""
    here, there = sign_in("", AT), sign_in("", AT)
    with pytest.raises(Refused, match=Refusal.WRONG_OLD.value):
        operations.change_own_password(here, "fel lösenord, långt", "ett nytt lösenord", address="", at=AT)
    with pytest.raises(Refused, match=Refusal.SHORT.value):
        operations.change_own_password(here, PASSWORD, "kort", address="", at=AT)
    operations.change_own_password(here, PASSWORD, "ett nytt lösenord", address="", at=AT)
    assert (here.ended_at, there.ended_at) == (None, AT)
    assert sign_in("", AT, "ett nytt lösenord")


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0",
            "Edge på Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1", "Safari på iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox på Linux"),
        ("curl/8.0", "curl/8.0"),
        ("", "Okänd webbläsare"),
    ],
)
def test_a_browser_is_named(agent: str, name: str) -> None:
    """The name tells the owner which browser it is."""
    assert browser_name(agent) == name


def test_a_passkey_is_enrolled_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A credential id is public, so one that is already enrolled is refused, for any account."""
    made = SimpleNamespace(credential_id=b"en passkey", credential_public_key=b"nyckel", sign_count=0)
    monkeypatch.setattr(passkeys.webauthn, "verify_registration_response", lambda **_: made)
    monkeypatch.setattr(passkeys.webauthn.helpers, "parse_registration_credential_json", lambda _: None)
    monkeypatch.setattr(passkeys, "_asked", lambda *_: b"")
    monkeypatch.setattr(passkeys, "_answered", lambda *_: None)
    answer = '{"response": {}}'
    passkeys.enrol(cast.bo.account, "Min", answer, by=cast.bo, at=AT)
    for account, name in ((cast.bo.account, "Min andra"), (cast.david.account, "Min")):
        with pytest.raises(Refused, match="redan tillagd"):
            passkeys.enrol(account, name, answer, by=account.person, at=AT)
    assert len(db.session.scalars(select(Factor)).all()) == 1
