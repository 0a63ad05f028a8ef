"""What organizers type."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from consultation.accounts.operations.granting import POWERFUL
from consultation.convening.rules import Unusable
from consultation.kernel.orm import LANGUAGES, Trilingual
from consultation.kernel.roles import Role
from consultation.organizing.wording import AFFILIATES, CONTEST_KINDS, KINDS, PEOPLE, PROBLEMS, SECRECIES
from consultation.portal.wording import ROLES
from consultation.voting.states import AffiliatesCount
from consultation.web.locale import LANGUAGE_NAMES

LOCAL = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")
NEEDED = _l("This is needed.")


def _needed() -> InputRequired:
    return InputRequired(NEEDED)


def _stripped(value: str | None) -> str | None:
    return value.strip() if value else value


def _one_line(value: str | None) -> str:
    return " ".join((value or "").split())


class OrganizersForm(FlaskForm):  # type: ignore[misc]
    """A form that can show what an operation refuses at the field that it is about."""

    def refuse(self, name: str, sentence: Any) -> None:
        """Add an error to a field, or to the form as a whole where it has no such field."""
        errors = self[name].errors if name in self else self.form_errors
        if name in self:
            self[name].errors = [*errors, sentence]
        else:
            errors.append(sentence)

    def refuse_unusable(self, error: Unusable) -> None:
        self.refuse(error.field, PROBLEMS.get(error.problem) or str(error))


class ConsultationForm(OrganizersForm):
    slug = StringField(
        _l("Short address"),
        [_needed(), Length(max=60)],
        [_stripped],
        description=_l("Small letters, digits and hyphens, as in national-gathering-2027."),
    )
    prefix = StringField(_l("Prefix of codes"), [_needed(), Length(max=8)], [_stripped], description=_l("As in NG27."))
    title_en = StringField(_l("Title in English"), [_needed(), Length(max=200)], [_stripped])
    title_fr = StringField(_l("Title in French"), [_needed(), Length(max=200)], [_stripped])
    title_es = StringField(_l("Title in Spanish"), [_needed(), Length(max=200)], [_stripped])
    zone = StringField(_l("Time zone"), [_needed(), Length(max=60)], [_stripped], default="America/Toronto")
    contact = StringField(_l("Contact address"), [Optional(), Length(max=254)], [_stripped])


class PhaseForm(OrganizersForm):
    """``opens`` and ``closes`` are times of the consultation's zone."""

    opens = DateTimeLocalField(_l("Opens"), [Optional()], format=list(LOCAL))
    closes = DateTimeLocalField(_l("Closes"), [Optional()], format=list(LOCAL))


class ContestForm(OrganizersForm):
    code = StringField(
        _l("Code"),
        [_needed(), Length(max=40), Regexp(r"^[A-Za-z0-9][A-Za-z0-9-]*$", message=_l("Use letters, digits, hyphens."))],
        [_stripped],
    )
    kind = SelectField(_l("Ballot"), choices=[SelectChoice(kind.value, label) for kind, label in CONTEST_KINDS.items()])
    secrecy = SelectField(_l("Secrecy"), choices=[SelectChoice(kind.value, label) for kind, label in SECRECIES.items()])
    affiliates_count = SelectField(
        _l("An umbrella and its affiliates"),
        choices=[SelectChoice(kind.value, label) for kind, label in AFFILIATES.items()],
        default=AffiliatesCount.EACH.value,
        description=_l("The umbrella casts a family’s ballot; failing that, the affiliate that was agreed first."),
    )
    places = IntegerField(_l("Places to fill"), [_needed(), NumberRange(min=1, max=1000)], default=10)
    minutes = IntegerField(_l("Minutes of the gathering"), [Optional(), NumberRange(min=1, max=10000)])
    beacon_source = StringField(
        _l("Beacon"),
        [Optional(), Length(max=300)],
        [_stripped],
        description=_l("A public value of a time after the close, which breaks ties."),
    )


class Boxes(SelectMultipleField):  # type: ignore[misc]
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _people(label: Any) -> Boxes:
    return Boxes(label, choices=[SelectChoice(kind.value, name) for kind, name in PEOPLE.items()])


class MemberRuleForm(OrganizersForm):
    """What people may do besides organizations, one question an act."""

    propose = _people(_l("Who brings proposals, besides organizations"))
    comment = _people(_l("Who comments, besides organizations"))
    endorse = _people(_l("Who endorses, besides organizations"))
    vote = _people(_l("Who votes in contests that are made from now on, besides organizations"))
    approvals = RadioField(
        _l("How many people verify somebody who joins in their own name"),
        [_needed()],
        choices=[SelectChoice("2", _l("Two, as for organizations")), SelectChoice("1", _l("One"))],
    )


def _reason() -> TextAreaField:
    return TextAreaField(_l("Why it is needed"), [_needed(), Length(max=1000)], [_stripped], render_kw={"rows": 3})


class ReasonForm(OrganizersForm):
    reason = _reason()


class RoleForm(OrganizersForm):
    email = StringField(_l("Email address"), [_needed(), Length(max=254)], [_stripped])
    role = SelectField(_l("Role"), choices=[SelectChoice(role.value, ROLES[role]) for role in sorted(POWERFUL)])
    reason = _reason()


class ElectorateForm(OrganizersForm):
    people = _people(_l("Who votes besides organizations"))
    affiliates_count = SelectField(
        _l("An umbrella and its affiliates"),
        choices=[SelectChoice(kind.value, label) for kind, label in AFFILIATES.items()],
    )
    reason = _reason()


class TallyForm(OrganizersForm):
    beacon = StringField(_l("Value of the beacon"), [Optional(), Length(max=300)], [_stripped])


class UploadForm(OrganizersForm):
    kind = SelectField(
        _l("What the rows are"), [_needed()], choices=[SelectChoice(kind.value, label) for kind, label in KINDS.items()]
    )
    file = FileField(
        _l("File"),
        [FileRequired(_l("Choose a file."))],
        description=_l(
            "CSV, JSON or XLSX, at most 50 MB. It is deleted after the import, or after a day; ballots after an hour."
        ),
    )


class OptionsForm(OrganizersForm):
    """How to read an uploaded file, besides its columns."""

    language = StringField(
        _l("Language of rows that name none"), [Optional(), Length(max=12)], [_stripped], description="en, fr, es"
    )
    publish = BooleanField(_l("Publish what has no other state"))
    states = TextAreaField(
        _l("What states mean"),
        [Optional(), Length(max=2000)],
        description=_l("One a line: a value of the column, an equals sign, then submitted, published or declined."),
        render_kw={"rows": 3},
    )
    unverified = BooleanField(_l("They have only applied; somebody verifies them later"))
    contest = SelectField(_l("Contest"), validate_choice=False)
    approve = TextAreaField(
        _l("Values that mean approval"),
        [Optional(), Length(max=500)],
        description=_l("One a line. Without any, values are ranks from 1 up."),
        render_kw={"rows": 2},
    )


class InvitationForm(OrganizersForm):
    email = StringField(_l("Email address"), [_needed(), Length(max=254)], [_stripped])
    name = StringField(_l("Name"), [Optional(), Length(max=120)], [_stripped])
    role = SelectField(_l("Role"), choices=[SelectChoice(role.value, ROLES[role]) for role in Role])
    organization = StringField(
        _l("Organization"),
        [Optional(), Length(max=40)],
        [_stripped],
        description=_l("Its code, for a delegate who speaks for it."),
    )
    reason = TextAreaField(
        _l("Why it is needed"),
        [Optional(), Length(max=1000)],
        [_stripped],
        description=_l("For the roles that a second person confirms: organizer and administrator."),
        render_kw={"rows": 2},
    )
    language = SelectField(_l("Language of messages"), choices=[SelectChoice(*one) for one in LANGUAGE_NAMES.items()])


class TermForm(OrganizersForm):
    """A term of a vocabulary in the three languages; ``code`` is asked for where there is none yet."""

    code = StringField(
        _l("Code"),
        [DataRequired(NEEDED), Length(max=40)],
        filters=[_stripped],
        description=_l("Short and lasting, since files and addresses name the term by it: letters, digits, hyphens."),
    )
    label_en = TextAreaField(_l("Name in English"), [DataRequired(NEEDED), Length(max=200)], filters=[_one_line])
    label_fr = TextAreaField(_l("Name in French"), [DataRequired(NEEDED), Length(max=200)], filters=[_one_line])
    label_es = TextAreaField(_l("Name in Spanish"), [DataRequired(NEEDED), Length(max=200)], filters=[_one_line])
    short_en = StringField(_l("Short name in English"), [Length(max=60)], filters=[_stripped])
    short_fr = StringField(_l("Short name in French"), [Length(max=60)], filters=[_stripped])
    short_es = StringField(_l("Short name in Spanish"), [Length(max=60)], filters=[_stripped])

    def label(self) -> Trilingual:
        return Trilingual(self.label_en.data, self.label_fr.data, self.label_es.data)

    def short(self) -> Trilingual:
        """The short names, each the full one where it is left out."""
        label = self.label()
        typed = (self.short_en.data, self.short_fr.data, self.short_es.data)
        return Trilingual(*(short or label[language] for short, language in zip(typed, LANGUAGES, strict=True)))
