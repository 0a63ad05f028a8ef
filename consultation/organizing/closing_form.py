"""What is typed to deactivate an account."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from consultation.organizing.forms import NEEDED, OrganizersForm


def _stripped(value: str | None) -> str | None:
    return value.strip() if value else value


class DeactivationForm(OrganizersForm):
    email = StringField(
        _l("Email address"), [DataRequired(NEEDED), Length(max=254)], [_stripped], render_kw={"autocomplete": "off"}
    )
    reason = TextAreaField(
        _l("Why it is needed"),
        [DataRequired(NEEDED), Length(max=1000)],
        [_stripped],
        description=_l("Kept with the account. Administrators see it, and the person in the file of their own data."),
        render_kw={"rows": 3},
    )
