"""Headers on every answer, and addresses that stay on this site."""

from urllib.parse import urlsplit

from flask import Flask, Response, request, session
from flask_login import current_user

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def local_path(target: str | None, otherwise: str) -> str:
    """``target`` when it is a path on this site, else ``otherwise``: no scheme, no host, no ``//`` or backslash, and
    no control character, since browsers read all of those as a way out."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return otherwise
    if any(character <= " " for character in target):
        return otherwise
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else otherwise


ALWAYS = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
WHERE_SECURE = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


def init_app(app: Flask) -> None:
    always = (*ALWAYS, WHERE_SECURE) if app.config["SESSION_COOKIE_SECURE"] else ALWAYS

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        if response.location:
            # Werkzeug writes the request's Host, which anybody may forge, into the redirects that it makes itself.
            parts = urlsplit(response.location)
            if parts.netloc == request.host:
                response.location = parts._replace(scheme="", netloc="").geturl()
        wanted = list(always)
        if request.endpoint != "static":
            private = current_user.is_authenticated or session.modified
            wanted.append(("Cache-Control", "private, no-store" if private else "no-cache"))
        # Each look at the headers by name reads them all, so they are read once.
        named = {name.lower() for name, _value in headers}
        headers.extend([(name, value) for name, value in wanted if name.lower() not in named])
        return response
