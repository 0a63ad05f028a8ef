"""How a form's field is described to a screen reader, for the templates' macros."""

from typing import Any

from flask import Flask
from wtforms import Field


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


def init_app(app: Flask) -> None:
    app.jinja_env.globals["described"] = described
