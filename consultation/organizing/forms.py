"""What organizers type."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from consultation.accounts.operations.granting import POWERFUL
from consultation.convening.rules import Unusable
from consultation.kernel.one_line import one_line
from consultation.kernel.orm import LANGUAGES, Trilingual
from consultation.kernel.roles import Role
from consultation.organizing.wording import KINDS, PEOPLE, PROBLEMS
from consultation.portal.wording import ROLES
from consultation.web.locale import LANGUAGE_NAMES

LOCAL = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")
NEEDED = _l("This is needed.")


def needed() -> InputRequired:
    return InputRequired(NEEDED)


def stripped(value: str | None) -> str | None:
    return value.strip() if value else value


def _one_line(value: str | None) -> str:
    return one_line(value or "")


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
        [needed(), Length(max=60)],
        [stripped],
        description=_l("Small letters, digits and hyphens, as in national-gathering-2027."),
    )
    prefix = StringField(_l("Prefix of codes"), [needed(), Length(max=8)], [stripped], description=_l("As in NG27."))
    title_en = StringField(_l("Title in English"), [needed(), Length(max=200)], [stripped])
    title_fr = StringField(_l("Title in French"), [needed(), Length(max=200)], [stripped])
    title_es = StringField(_l("Title in Spanish"), [needed(), Length(max=200)], [stripped])
    zone = StringField(_l("Time zone"), [needed(), Length(max=60)], [stripped], default="America/Toronto")
    contact = StringField(_l("Contact address"), [Optional(), Length(max=254)], [stripped])


class PhaseForm(OrganizersForm):
    """``opens`` and ``closes`` are times of the consultation's zone."""

    opens = DateTimeLocalField(_l("Opens"), [Optional()], format=list(LOCAL))
    closes = DateTimeLocalField(_l("Closes"), [Optional()], format=list(LOCAL))


class Boxes(SelectMultipleField):  # type: ignore[misc]
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def people(label: Any) -> Boxes:
    return Boxes(label, choices=[SelectChoice(kind.value, name) for kind, name in PEOPLE.items()])


class MemberRuleForm(OrganizersForm):
    """What people may do besides organizations, one question an act."""

    propose = people(_l("Who brings proposals, besides organizations"))
    comment = people(_l("Who comments, besides organizations"))
    endorse = people(_l("Who endorses, besides organizations"))
    vote = people(_l("Who votes in contests that are made from now on, besides organizations"))
    approvals = RadioField(
        _l("How many people verify somebody who joins in their own name"),
        [needed()],
        choices=[SelectChoice("2", _l("Two, as for organizations")), SelectChoice("1", _l("One"))],
    )


def reason_field() -> TextAreaField:
    return TextAreaField(_l("Why it is needed"), [needed(), Length(max=1000)], [stripped], render_kw={"rows": 3})


class ReasonForm(OrganizersForm):
    reason = reason_field()


class RoleForm(OrganizersForm):
    email = StringField(_l("Email address"), [needed(), Length(max=254)], [stripped])
    role = SelectField(_l("Role"), choices=[SelectChoice(role.value, ROLES[role]) for role in sorted(POWERFUL)])
    reason = reason_field()


class UploadForm(OrganizersForm):
    kind = SelectField(
        _l("What the rows are"), [needed()], choices=[SelectChoice(kind.value, label) for kind, label in KINDS.items()]
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
        _l("Language of rows that name none"), [Optional(), Length(max=12)], [stripped], description="en, fr, es"
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
    email = StringField(_l("Email address"), [needed(), Length(max=254)], [stripped])
    name = StringField(_l("Name"), [Optional(), Length(max=120)], [stripped])
    role = SelectField(_l("Role"), choices=[SelectChoice(role.value, ROLES[role]) for role in Role])
    organization = StringField(
        _l("Organization"),
        [Optional(), Length(max=40)],
        [stripped],
        description=_l("Its code, for a delegate who speaks for it."),
    )
    reason = TextAreaField(
        _l("Why it is needed"),
        [Optional(), Length(max=1000)],
        [stripped],
        description=_l("For the roles that a second person confirms: organizer and administrator."),
        render_kw={"rows": 2},
    )
    language = SelectField(_l("Language of messages"), choices=[SelectChoice(*one) for one in LANGUAGE_NAMES.items()])


class TermForm(OrganizersForm):
    """A term of a vocabulary in the three languages; ``code`` is asked for where there is none yet."""

    code = StringField(
        _l("Code"),
        [DataRequired(NEEDED), Length(max=40)],
        filters=[stripped],
        description=_l("Short and lasting, since files and addresses name the term by it: letters, digits, hyphens."),
    )
    label_en = TextAreaField(_l("Name in English"), [DataRequired(NEEDED), Length(max=200)], filters=[_one_line])
    label_fr = TextAreaField(_l("Name in French"), [DataRequired(NEEDED), Length(max=200)], filters=[_one_line])
    label_es = TextAreaField(_l("Name in Spanish"), [DataRequired(NEEDED), Length(max=200)], filters=[_one_line])
    short_en = StringField(_l("Short name in English"), [Length(max=60)], filters=[stripped])
    short_fr = StringField(_l("Short name in French"), [Length(max=60)], filters=[stripped])
    short_es = StringField(_l("Short name in Spanish"), [Length(max=60)], filters=[stripped])

    def label(self) -> Trilingual:
        return Trilingual(self.label_en.data, self.label_fr.data, self.label_es.data)

    def short(self) -> Trilingual:
        """The short names, each the full one where it is left out."""
        label = self.label()
        typed = (self.short_en.data, self.short_fr.data, self.short_es.data)
        return Trilingual(*(short or label[language] for short, language in zip(typed, LANGUAGES, strict=True)))
