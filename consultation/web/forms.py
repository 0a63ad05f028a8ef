"""How a form's field is described to a screen reader, for the templates' macros."""

from typing import Any

from flask import Flask
from markupsafe import Markup, escape
from wtforms import Field, SelectChoice, SelectField
from wtforms.widgets import Select


def described(field: Field, **attributes: Any) -> dict[str, Any]:
    """Attributes that tie a field to its hint and its error."""
    names = []
    if field.description:
        names.append(f"{field.id}-hint")
    if field.errors:
        names.append(f"{field.id}-error")
        attributes["aria-invalid"] = "true"
    if names:
        attributes["aria-describedby"] = " ".join(names)
    return attributes


class PlainSelect(Select):  # type: ignore[misc]
    """WTForms' select, whose options it writes without sorting and escaping a dictionary for each of them."""

    @classmethod
    def render_option(cls, choice: SelectChoice, **attributes: Any) -> Markup:
        if attributes or choice.render_kw:
            return super().render_option(choice, **attributes)  # type: ignore[no-any-return]
        chosen = " selected" if choice.selected else ""
        label = escape(choice.label or choice.value)
        return Markup(f'<option{chosen} value="{escape(str(choice.value))}">{label}</option>')  # noqa: S704 - escaped


def init_app(app: Flask) -> None:
    app.jinja_env.globals["described"] = described
    SelectField.widget = PlainSelect()
