"""The shape of a comment."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from consultation.discussion.policy import IN_THEIR_OWN_NAME
from consultation.discussion.rules import MAXIMUM_BODY
from consultation.discussion.states import Stance
from consultation.kernel.permissions import Actor
from consultation.proposals.forms import language_choices
from consultation.proposals.queries import Voice
from consultation.proposals.rules import tidy
from consultation.web.locale import language

STANCES = {
    Stance.NONE: _l("Comment"),
    Stance.FOR: _l("For"),
    Stance.AGAINST: _l("Against"),
    Stance.QUESTION: _l("Question"),
    Stance.EVIDENCE: _l("Evidence"),
}


class CommentForm(FlaskForm):  # type: ignore[misc]
    body = TextAreaField(
        _l("Your comment"),
        validators=[DataRequired(_l("Write your comment first.")), Length(max=MAXIMUM_BODY)],
        filters=[lambda text: tidy(text or "")],
    )
    stance = SelectField(
        _l("It is"),
        validators=[InputRequired()],
        choices=[SelectChoice(stance.value, label) for stance, label in STANCES.items()],
    )
    organization = SelectField(_l("On behalf of"))
    language = SelectField(_l("Language of this text"), validators=[InputRequired()])
    answers = HiddenField()


def comment_form(actor: Actor, voices: Iterable[Voice]) -> CommentForm:
    """The form with the organizations for which the actor may comment; the empty choice is their own name."""
    form = CommentForm()
    form.organization.choices = [(voice.code, voice.name) for voice in voices if voice.verified]
    if actor.roles & IN_THEIR_OWN_NAME:
        form.organization.choices.append(("", _l("Myself, as part of the team")))
    form.language.choices = [SelectChoice(*one) for one in language_choices(language())]
    if form.language.data is None:
        form.language.data = language()
    return form
