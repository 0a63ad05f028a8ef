"""The session's cookie."""

from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface


class Cookies(SecureCookieSessionInterface):
    """Flask's own, which reads and signs by one serializer for as long as the keys are the same, instead of making one
    for each cookie."""

    def __init__(self) -> None:
        self._made: tuple[object, Any] = (None, None)

    def get_signing_serializer(self, app: Flask) -> Any:
        keys = (app.secret_key, tuple(app.config["SECRET_KEY_FALLBACKS"] or ()))
        made = self._made
        if made[0] != keys:
            made = self._made = (keys, super().get_signing_serializer(app))
        return made[1]
