"""What is typed about pages and privacy."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, TextAreaField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import HiddenInput

from consultation.kernel.orm import LANGUAGES, Trilingual
from consultation.privacy.rules import MAXIMUM_TEXT


def _text(label: Any) -> TextAreaField:
    needed = DataRequired(_l("Write it in all three languages; none stands in for another."))
    return TextAreaField(label, [needed, Length(max=MAXIMUM_TEXT, message=_l("This is too long."))])


class PageForm(FlaskForm):  # type: ignore[misc]
    text_en = _text(_l("Text in English"))
    text_fr = _text(_l("Text in French"))
    text_es = _text(_l("Text in Spanish"))
    asks = BooleanField(
        _l("Ask everybody to agree anew"),
        description=_l(
            "For a change that matters to people. Each is asked once, before their next act; what they typed is kept."
        ),
    )
    based_on = IntegerField(widget=HiddenInput(), default=0)

    def value(self) -> Trilingual:
        return Trilingual(*(self[f"text_{language}"].data for language in LANGUAGES))
