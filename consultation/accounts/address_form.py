"""What is typed to change one's address."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField
from wtforms.validators import DataRequired

from consultation.accounts.forms import is_address


class NewAddressForm(FlaskForm):  # type: ignore[misc]
    email = EmailField(
        _l("New email address"),
        [DataRequired(_l("Enter your email address.")), is_address],
        render_kw={"autocomplete": "email"},
    )
