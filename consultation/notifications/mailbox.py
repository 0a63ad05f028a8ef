"""The local mailbox: what the sample would have mailed, to read in the browser. No real site has it: the settings
refuse it in production, and the application registers it only where mail goes to a folder."""

from email.message import EmailMessage

from flask import Response, abort, current_app, make_response

from consultation.web.authorize import public
from consultation.web.locale import room_blueprint
from consultation.web.mail import Mailbox
from consultation.web.render import page

bp = room_blueprint("mailbox", __name__)
#: A letter as mail programs show it: its own style, nothing else, and no way to reach this site's pages.
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups allow-top-navigation; base-uri 'none'"
)


def _mailbox() -> Mailbox:
    box: Mailbox = current_app.extensions["mail"]
    return box


def _message(name: str) -> EmailMessage:
    return _mailbox().message(name) or abort(404)


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content())


@bp.get("/mailbox")
@public
def index() -> Response:
    """All that was sent, the newest first."""
    return page("notifications/mailbox.html", messages=_mailbox().messages())


@bp.get("/mailbox/<name>")
@public
def message(name: str) -> Response:
    found = _message(name)
    return page("notifications/message.html", name=name, message=found, text=_part(found, "plain"))


@bp.get("/mailbox/<name>/html")
@public
def html(name: str) -> Response:
    """The letter's other side, as it is."""
    response = make_response(_part(_message(name), "html"))
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    return response
