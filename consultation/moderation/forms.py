"""What a moderator types to send something back, to decline it or to hide it."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from consultation.moderation.labels import CHOICES
from consultation.proposals.forms import Checkboxes
from consultation.proposals.wording import NOTES

MAXIMUM_REASON_LENGTH = 4000


def _given(text: str | None) -> str:
    return (text or "").strip()


class AnnotationForm(FlaskForm):  # type: ignore[misc]
    """What a text speaks of, and words for its author."""

    notes = Checkboxes(
        _l("The text speaks of"),
        description=_l("It is covered until a reader opens it, and the cover names what you tick. Nothing: no cover."),
        choices=[SelectChoice(note.value, label) for note, label in NOTES.items()],
    )
    reason = TextAreaField(
        _l("In words, for the author"),
        [Length(max=MAXIMUM_REASON_LENGTH, message=_l("Use at most 4,000 characters."))],
        filters=[_given],
        render_kw={"rows": 3},
    )


class RefusalForm(FlaskForm):  # type: ignore[misc]
    """A reason to choose and a reason in words. A page holds one for each thing that waits, so that the ids of its
    fields end in the thing's code."""

    code = SelectField(
        _l("Reason, public"),
        [DataRequired(_l("Choose a reason."))],
        choices=[
            SelectChoice("", _l("Choose a reason")),
            *(SelectChoice(code.value, label) for code, label in CHOICES.items()),
        ],
        validate_choice=True,
    )
    reason = TextAreaField(
        _l("In words, for the author"),
        [
            DataRequired(_l("Say in a sentence or two what the author needs to know.")),
            Length(max=MAXIMUM_REASON_LENGTH, message=_l("Use at most 4,000 characters.")),
        ],
        filters=[_given],
        render_kw={"rows": 4},
    )

    def __init__(self, suffix: str, **options: Any) -> None:
        super().__init__(**options)
        for field in (self.code, self.reason):
            field.id = field.label.field_id = f"{field.name}-{suffix}"
