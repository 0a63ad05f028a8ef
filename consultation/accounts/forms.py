"""What is typed to sign in."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from consultation.accounts.operations import LONGEST_NAME
from consultation.accounts.rules import BadAddress, address


def is_address(_form: FlaskForm, field: EmailField) -> None:
    try:
        address(field.data)
    except BadAddress as error:
        raise ValidationError(_("Enter an email address like name@example.org.")) from error


class SignInForm(FlaskForm):  # type: ignore[misc]
    email = EmailField(
        _l("Email address"),
        [DataRequired(_l("Enter your email address.")), is_address],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Password"),
        [DataRequired(_l("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )


class LinkForm(FlaskForm):  # type: ignore[misc]
    """Stands beside the other on one page, hence its prefix."""

    email = EmailField(
        _l("Email address"),
        [DataRequired(_l("Enter your email address.")), is_address],
        render_kw={"autocomplete": "username"},
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(prefix="link-", **options)


class CodeForm(FlaskForm):  # type: ignore[misc]
    """A code, from the app or from the list of recovery codes."""

    code = StringField(
        _l("Code"),
        [DataRequired(_l("Enter the code.")), Length(max=40)],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"},
    )

    def refuse(self) -> None:
        self.code.errors = [
            _("This code is not right, was used already, or there were too many tries. Wait for the next one.")
        ]

    def refuse_mailed(self) -> None:
        self.code.errors = [
            _("This code is not right, was used already, or is too old. After five wrong ones, ask for a new letter.")
        ]


class MailedCodeForm(CodeForm):
    """Stands beside the other on one page, hence its prefix."""

    def __init__(self, **options: Any) -> None:
        super().__init__(prefix="mailed-", **options)


class OwnPasswordForm(FlaskForm):  # type: ignore[misc]
    """Stands beside the other on one page, hence its prefix."""

    password = PasswordField(
        _l("Your password"),
        [DataRequired(_l("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(prefix="own-", **options)

    def refuse(self) -> None:
        self.password.errors = [_("This is not your password, or there were too many tries.")]


class PasskeyForm(FlaskForm):  # type: ignore[misc]
    """What the person calls a new passkey, and what the browser answers."""

    name = StringField(
        _l("Name of the new passkey"),
        [DataRequired(_l("Give it a name by which you will know it.")), Length(max=LONGEST_NAME)],
        description=_l("For example: my phone, or the key on my key ring."),
        render_kw={"autocomplete": "off"},
    )
    credential = HiddenField(validators=[DataRequired()])


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """A password for the account. What is wrong with it is found out by the operation."""

    password = PasswordField(
        _l("New password"),
        [DataRequired(_l("Enter a password."))],
        description=_l("At least 12 characters. Several words that do not belong together are easy to remember."),
        render_kw={"autocomplete": "new-password"},
    )

    def refuse(self, *, guessable: bool) -> None:
        self.password.errors = [
            _("This is easily guessed: it is on lists of common passwords, or made of your name or address.")
            if guessable
            else _("A password has 12 characters at least, and 1,024 at most.")
        ]
