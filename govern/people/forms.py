"""Forms for people, accounts and sign-in."""

from __future__ import annotations

from wtforms import BooleanField, EmailField, HiddenField, PasswordField, StringField, TelField
from wtforms.validators import DataRequired, Optional

from govern.people.rules import Refusal
from govern.web.forms import REQUIRED, Form


class SignInForm(Form):
    """Address and password."""

    email = EmailField("E-post", [DataRequired(REQUIRED)], render_kw={"autocomplete": "username"})
    password = PasswordField("Lösenord", [DataRequired(REQUIRED)], render_kw={"autocomplete": "current-password"})
    next = HiddenField()


CODE = {"autocomplete": "one-time-code", "inputmode": "text", "autocapitalize": "none", "spellcheck": "false"}


class SecondStepForm(Form):
    """A code, after the password."""

    code = StringField("Kod", [DataRequired(REQUIRED)], render_kw=CODE)
    next = HiddenField()


class PasskeyForm(Form):
    """A passkey's response, filled in by the page's script."""

    credential = HiddenField(validators=[DataRequired(Refusal.WRONG_PASSKEY.value)])
    next = HiddenField()


class FreshForm(Form):
    """The password again, and a code if the account has a second factor, before signing for instance."""

    password = PasswordField("Lösenord", [DataRequired(REQUIRED)], render_kw={"autocomplete": "current-password"})
    code = StringField("Kod", render_kw=CODE)
    next = HiddenField()


class PasswordForm(Form):
    """A change of the user's own password."""

    old = PasswordField("Nuvarande lösenord", [DataRequired(REQUIRED)], render_kw={"autocomplete": "current-password"})
    new = PasswordField("Nytt lösenord", [DataRequired(REQUIRED)], render_kw={"autocomplete": "new-password"})


class AppForm(Form):
    """An authenticator app with its first code."""

    name = StringField("Namn", [DataRequired(Refusal.NO_FACTOR_NAME.value)], render_kw={"autocomplete": "off"})
    code = StringField("Kod från appen", [DataRequired(REQUIRED)], render_kw=CODE | {"inputmode": "numeric"})


class PasskeyEnrolForm(Form):
    """A passkey created by the browser."""

    name = StringField("Namn", [DataRequired(Refusal.NO_FACTOR_NAME.value)], render_kw={"autocomplete": "off"})
    credential = HiddenField(validators=[DataRequired(Refusal.WRONG_PASSKEY.value)])


class PersonForm(Form):
    """The fields of a person."""

    name = StringField("Namn", [DataRequired(REQUIRED)], render_kw={"autocomplete": "off"})
    email = EmailField("E-post", [Optional()])
    phone = TelField("Telefon")


class AccountForm(Form):
    """A new account for a person, who chooses the password."""

    email = EmailField("E-post att logga in med", [DataRequired(REQUIRED)])
    administrator = BooleanField("Administratör")


class AddressForm(Form):
    """A new sign-in address."""

    email = EmailField(
        "E-post att logga in med",
        [DataRequired(REQUIRED)],
        render_kw={"autocomplete": "username"},
    )


class ChosenPasswordForm(Form):
    """A password chosen through a one-time link."""

    password = PasswordField("Nytt lösenord", [DataRequired(REQUIRED)], render_kw={"autocomplete": "new-password"})
