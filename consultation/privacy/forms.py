"""What is typed about pages and privacy."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from consultation.kernel.orm import LANGUAGES, Trilingual
from consultation.privacy.rules import LONGEST_PSEUDONYM, MAXIMUM_TEXT
from consultation.privacy.wording import LETTERS, NAMINGS


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


class NamingForm(FlaskForm):  # type: ignore[misc]
    shown_as = RadioField(
        _l("How everybody sees you"),
        [InputRequired(_l("Choose one."))],
        choices=[SelectChoice(key.value, label) for key, label in NAMINGS.items()],
    )
    pseudonym = StringField(
        _l("Your pseudonym"),
        [Optional(), Length(max=4 * LONGEST_PSEUDONYM)],
        description=_l("Nobody else’s name or pseudonym, and no organization’s."),
        render_kw={"autocomplete": "nickname", "maxlength": LONGEST_PSEUDONYM},
    )


class LettersForm(FlaskForm):  # type: ignore[misc]
    wanted = SelectMultipleField(
        _l("Letters that you want"),
        choices=[SelectChoice(kind, label) for kind, label in LETTERS.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class ErasureForm(FlaskForm):  # type: ignore[misc]
    understood = BooleanField(
        _l("I have read what is erased and what stays, and I want it"), [DataRequired(_l("Tick the box to go on."))]
    )


class OrderedErasureForm(FlaskForm):  # type: ignore[misc]
    email = EmailField(
        _l("Email address"), [DataRequired(_l("Enter an email address."))], render_kw={"autocomplete": "off"}
    )
    asked = BooleanField(
        _l("The person has asked for it, and I am sure that it was them"), [DataRequired(_l("Tick the box to go on."))]
    )
    whatever_follows = BooleanField(
        _l("Also if an organization is left with nobody to speak for it"),
        description=_l("It can neither vote nor invite anybody then, until an administrator gives somebody a mandate."),
    )
