"""The living page: every component in every state, for those who build pages. Only in debug mode and in its test."""

import json
from types import SimpleNamespace
from typing import Any

from flask import render_template
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from consultation.config import ROOT
from consultation.web.authorize import public
from consultation.web.locale import language, room_blueprint

bp = room_blueprint("design_page", __name__)
SAMPLE = ROOT / "templates" / "design" / "sample.json"
THEMES = ROOT / "consultation" / "convening" / "vocabularies" / "themes.json"


class _Boxes(SelectMultipleField):  # type: ignore[misc]
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def sample_form(words: dict[str, Any], *, wrong: bool) -> FlaskForm:
    """A form with one field of each kind; ``wrong`` has the errors that sending it empty gives."""
    labels, choices = words["fields"], [SelectChoice(str(at), word) for at, word in enumerate(words["choices"])]

    class Form(FlaskForm):  # type: ignore[misc]
        class Meta:
            csrf = False

        title = StringField(labels[0], [InputRequired(words["error"]), Length(max=200)], description=words["hint"])
        barrier = TextAreaField(labels[1], [InputRequired(words["error"])])
        theme = SelectField(labels[2], choices=[SelectChoice("", "–"), *choices])
        stance = SelectField(labels[3], choices=choices)
        date = DateField(labels[4])
        file = FileField(labels[5], description=words["hint"])
        one = RadioField(labels[6], choices=choices, default="0")
        several = _Boxes(labels[7], choices=choices, description=words["hint"])
        agreed = BooleanField(labels[8])

    form = Form(formdata=None, prefix="wrong-" if wrong else "right-")
    if wrong:
        form.form_errors = []
        form.title.errors = form.barrier.errors = form.several.errors = [words["error"]]
    return form


@bp.get("/design")
@public
def living() -> str:
    words = json.loads(SAMPLE.read_text("utf-8"))[language()]
    themes = [
        SimpleNamespace(code=term["code"], label=term["labels"], short=term["short"])
        for term in json.loads(THEMES.read_text("utf-8"))
    ]
    forms = {"right": sample_form(words, wrong=False), "wrong": sample_form(words, wrong=True)}
    return render_template("design/living.html", words=words, themes=themes, **forms)
