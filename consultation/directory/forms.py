"""What is typed to apply, to decide and to invite."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from consultation.accounts.rules import BadAddress, address
from consultation.convening.states import TermKind
from consultation.convening.vocabulary import Vocabulary
from consultation.directory.wording import KINDS, MANDATES
from consultation.kernel.orm import LANGUAGES
from consultation.kernel.roles import COLLECTIVE, MemberKind
from consultation.membership.rules import MAXIMUM_NAME, MAXIMUM_NOTE
from consultation.web.authorize import present
from consultation.web.locale import DEFAULT_ZONE, LANGUAGE_NAMES

LONG = Length(max=MAXIMUM_NOTE, message=_l("This is too long."))
NAME = Length(max=MAXIMUM_NAME, message=_l("This is too long."))


def is_address(_form: FlaskForm, field: EmailField) -> None:
    try:
        address(field.data)
    except BadAddress as error:
        raise ValidationError(_("Enter an email address like name@example.org.")) from error


def is_web_site(_form: FlaskForm, field: StringField) -> None:
    if not field.data.startswith(("https://", "http://")) or any(letter <= " " for letter in field.data):
        raise ValidationError(_("Enter an address that begins with https://"))


def agreement() -> BooleanField:
    return BooleanField(
        _l("I agree to the terms of taking part, and have read the privacy notice"),
        [DataRequired(_l("Tick the box to go on."))],
    )


class Boxes(SelectMultipleField):  # type: ignore[misc]
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ApplicationForm(FlaskForm):  # type: ignore[misc]
    name = StringField(_l("Name of the organization"), [DataRequired(_l("Enter its name.")), NAME])
    name_fr = StringField(_l("Its name in French"), [Optional(), NAME])
    name_es = StringField(_l("Its name in Spanish"), [Optional(), NAME])
    acronym = StringField(_l("Acronym"), [Optional(), Length(max=20, message=_l("This is too long."))])
    kind = RadioField(_l("What it is"), default="organization")
    sector = SelectField(_l("Sector"), [DataRequired(_l("Choose a sector."))])
    places = Boxes(_l("Where it works"), description=_l("Choose at least one."))
    languages = Boxes(_l("Languages in which it works"))
    communities = StringField(
        _l("Communities it serves"), [Optional(), LONG], description=_l("In your own words, as short as you like.")
    )
    website = StringField(_l("Web site"), [Optional(), NAME, is_web_site])
    existence = TextAreaField(
        _l("How can we see that it exists?"),
        [DataRequired(_l("Say in a sentence how we can see that it exists.")), LONG],
        description=_l(
            "A registration, a web page, an annual report, an event. No registration number is needed: two member"
            " organizations can vouch for it instead; then name them here."
        ),
        render_kw={"rows": 4},
    )
    listed = BooleanField(_l("Show it in the public directory"), default=True)
    protected = BooleanField(_l("Protect it: show a code in place of its name everywhere"))
    contact_name = StringField(_l("Your name"), [DataRequired(_l("Enter your name.")), NAME])
    contact_email = EmailField(
        _l("Your email address"),
        [DataRequired(_l("Enter your email address.")), is_address],
        description=_l("We write to it at once. Answering that message makes you its delegate."),
        render_kw={"autocomplete": "email"},
    )
    agreement = agreement()

    def offer(self, words: Vocabulary, language: str) -> "ApplicationForm":
        """Fill the choices, in the language of the page."""
        sectors, places = words.of(TermKind.SECTOR), words.of(TermKind.JURISDICTION)
        self.kind.choices = [SelectChoice(one.value, str(label)) for one, label in KINDS.items() if one in COLLECTIVE]
        self.sector.choices = [SelectChoice("", "–"), *(SelectChoice(one.code, one.label[language]) for one in sectors)]
        self.places.choices = [SelectChoice(place.code, place.label[language]) for place in places]
        self.languages.choices = [SelectChoice(code, LANGUAGE_NAMES[code]) for code in LANGUAGES]
        return self

    def validate_places(self, field: Boxes) -> None:
        if not field.data:
            raise ValidationError(_("Choose at least one place."))


class AcceptanceForm(FlaskForm):  # type: ignore[misc]
    agreement = agreement()


class PersonForm(FlaskForm):  # type: ignore[misc]
    """Somebody applies in their own name."""

    kind = RadioField(
        _l("How you take part"),
        choices=[
            SelectChoice(MemberKind.INDIVIDUAL.value, _l("As an individual: you bring and discuss")),
            SelectChoice(MemberKind.EXPERT.value, _l("As an expert: the same, and you say in what")),
            SelectChoice(MemberKind.OBSERVER.value, _l("As an observer: you read and follow")),
        ],
        default=MemberKind.INDIVIDUAL.value,
    )
    consultation = SelectField(_l("Consultation"), [DataRequired(_l("Choose a consultation."))])
    name = StringField(_l("Your name"), [DataRequired(_l("Enter your name.")), NAME])
    expertise = StringField(_l("Your field"), [LONG], description=_l("For experts: in what, in a sentence."))
    works_at = StringField(
        _l("Where you work, study or volunteer"), [Optional(), NAME], description=_l("If you want to say it.")
    )
    places = Boxes(_l("Where you live or work"))
    languages = Boxes(_l("Languages that you speak"))
    existence = TextAreaField(
        _l("Why you want to take part"),
        [DataRequired(_l("Say in a sentence why you want to take part.")), LONG],
        description=_l("What you have lived through or work on counts as much as a title."),
        render_kw={"rows": 4},
    )
    protected = BooleanField(_l("Protect me: show a code in place of my name everywhere"))
    email = EmailField(
        _l("Your email address"),
        [DataRequired(_l("Enter your email address.")), is_address],
        description=_l("We write to it at once. Your application counts once you have answered that message."),
        render_kw={"autocomplete": "email"},
    )
    agreement = agreement()

    def offer(self, words: Vocabulary, language: str, consultations: list[Any]) -> "PersonForm":
        """Fill the choices, in the language of the page."""
        self.consultation.choices = [SelectChoice(one.slug, one.title[language]) for one in consultations]
        if len(consultations) > 1:
            self.consultation.choices.insert(0, SelectChoice("", "–"))
        places = [place for place in words.of(TermKind.JURISDICTION) if place.parent_id is None]
        self.places.choices = [SelectChoice(place.code, place.label[language]) for place in places]
        self.languages.choices = [SelectChoice(code, LANGUAGE_NAMES[code]) for code in LANGUAGES]
        return self

    def validate_expertise(self, field: StringField) -> None:
        if self.kind.data == MemberKind.EXPERT and not (field.data or "").strip():
            raise ValidationError(_("Say in what you are an expert."))


class NoteForm(FlaskForm):  # type: ignore[misc]
    """A reason, a question or an answer."""

    note = TextAreaField(_l("In your words"), [DataRequired(_l("Write a sentence.")), LONG], render_kw={"rows": 4})

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(**options)
        self.note.label.text = label


def end_of(day: date | None) -> datetime | None:
    """The instant at which a day is over, by the clocks of the secretariat."""
    return None if day is None else datetime.combine(day + timedelta(days=1), time(), DEFAULT_ZONE)


def is_ahead(_form: FlaskForm, field: DateField) -> None:
    if field.data is not None and end_of(field.data) <= present():  # type: ignore[operator]
        raise ValidationError(_("Choose a day that lies ahead."))


class EndForm(FlaskForm):  # type: ignore[misc]
    """Until which day a mandate goes, that day included; nothing for no end."""

    ends_on = DateField(_l("Last day"), [Optional(), is_ahead])


class InviteForm(FlaskForm):  # type: ignore[misc]
    name = StringField(_l("Name"), [DataRequired(_l("Enter a name.")), NAME])
    email = EmailField(_l("Email address"), [DataRequired(_l("Enter an email address.")), is_address])
    kind = RadioField(
        _l("What they may do"),
        choices=[SelectChoice(kind.value, label) for kind, label in MANDATES.items()],
        default=next(iter(MANDATES)).value,
    )
    ends_on = DateField(
        _l("Last day of the mandate"), [Optional(), is_ahead], description=_l("Leave it empty where there is none.")
    )
    language = SelectField(_l("Language of the letter"), choices=[SelectChoice(*one) for one in LANGUAGE_NAMES.items()])


class VouchForm(FlaskForm):  # type: ignore[misc]
    by = SelectField(_l("Your organization"))
    note = TextAreaField(_l("How you know it"), [Optional(), LONG], render_kw={"rows": 3})


class AffiliationForm(FlaskForm):  # type: ignore[misc]
    side = RadioField(
        _l("Which is it?"),
        choices=[
            SelectChoice("affiliate", _l("We belong to it: it is our umbrella")),
            SelectChoice("umbrella", _l("It belongs to us: we are its umbrella")),
        ],
        default="affiliate",
    )
    other = StringField(
        _l("Code of the other organization"),
        [DataRequired(_l("Enter its code.")), NAME],
        description=_l("As on its page, for example ACL. It is asked, and has to agree."),
    )


class MergeForm(FlaskForm):  # type: ignore[misc]
    into = StringField(_l("Code of the one that stays"), [DataRequired(_l("Enter its code.")), NAME])
    reason = TextAreaField(_l("Your reason"), [DataRequired(_l("Write a sentence.")), LONG], render_kw={"rows": 3})
