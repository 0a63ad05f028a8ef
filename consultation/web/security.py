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


def init_app(app: Flask) -> None:
    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        if response.location:
            # Werkzeug writes the request's Host, which anybody may forge, into the redirects that it makes itself.
            parts = urlsplit(response.location)
            if parts.netloc == request.host:
                response.location = parts._replace(scheme="", netloc="").geturl()
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if app.config["SESSION_COOKIE_SECURE"]:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if request.endpoint != "static":
            private = current_user.is_authenticated or session.modified
            headers.setdefault("Cache-Control", "private, no-store" if private else "no-cache")
        return response
