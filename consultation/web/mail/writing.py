"""From a letter to a message: the same words as text and as HTML, in the recipient's language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask
from jinja2 import TemplateNotFound

from consultation.config import Config
from consultation.kernel.letters import Content
from consultation.kernel.look import colours, faces
from consultation.web.locale import speaking
from consultation.web.mail.transports import transport
from consultation.web.mail.unsubscribing import sign

SENDER_NAME = "CNERJ-RCEJR"
_ADDRESS = re.compile(r"https?://\S+")


class Verbatim(UnstructuredHeader, BaseHeader):
    """A header that is one long address. Python would fold it by encoding, and no mail program reads an address so."""

    def fold(self, *, policy: "Policy") -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", Verbatim)
_POLICY = policy.default.clone(header_factory=_HEADERS)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a quotation (lines that begin with ``> ``), or an address that stands alone."""

    kind: str
    text: str


def blocks(text: str) -> Iterator[Block]:
    """The paragraphs of a text, which empty lines divide."""
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = [line.rstrip() for line in paragraph.splitlines()]
        if all(line.startswith(">") for line in lines):
            yield Block("quote", "\n".join(line[1:].removeprefix(" ") for line in lines))
        elif len(lines) == 1 and _ADDRESS.fullmatch(lines[0]):
            yield Block("address", lines[0])
        else:
            yield Block("words", "\n".join(lines))


def quoted(text: str) -> str:
    """Somebody's words as mail quotes them."""
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


def write(
    app: Flask, kind: str, letter_id: UUID, content: Content, *, now: datetime, turned_off_by: UUID | None = None
) -> EmailMessage:
    """The message. Its id is the letter's, so that one sent twice by accident is known for the same.

    ``turned_off_by``: the person who can turn its kind off; the letter then says how, to people and to mail programs.

    Raises:
        LookupError: when the kind has no template.
    """
    settings: Config = app.extensions["settings"]
    site = urlsplit(settings.base_url)
    addresses = app.url_map.bind(site.netloc, url_scheme=site.scheme)

    def address(endpoint: str, **values: Any) -> str:
        return addresses.build(endpoint, {"lang": content.language, **values}, force_external=True)

    off = None
    if turned_off_by is not None:
        off = address("privacy.letters_off", kind=kind, token=sign(settings.secret_key, turned_off_by, kind))
    values = {**content.values, "address": address, "site": settings.base_url, "turned_off_at": off}
    with app.app_context(), speaking(content.language):
        try:
            template = app.jinja_env.get_template(f"mail/{kind}.txt")
        except TemplateNotFound as error:
            raise LookupError(f"There is no letter of the kind {kind}.") from error
        given = template.new_context(values)
        subject = " ".join("".join(template.blocks["subject"](given)).split())
        text = template.render(values).strip() + "\n"
        page = app.jinja_env.get_template("mail/layout.html")
        worn = {"look": colours(), "faces": faces()}
        html = page.render(subject=subject, blocks=list(blocks(text)), tongue=content.language, **worn)
    message = EmailMessage(_POLICY)
    message["Subject"] = subject
    message["From"] = Address(SENDER_NAME, addr_spec=settings.mail_from)
    message["To"] = Address(addr_spec=content.address)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter_id}@{site.hostname}>"
    # So that answering machines do not answer (RFC 3834, 5).
    message["Auto-Submitted"] = "auto-generated"
    if off is not None:
        message["List-Unsubscribe"] = f"<{off}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    # After the parts, which would take it along.
    message["Content-Language"] = content.language
    return message


def init_app(app: Flask) -> None:
    settings: Config = app.extensions["settings"]
    app.extensions["mail"] = transport(settings.mail_url, settings.data_dir)
    app.jinja_env.filters["quoted"] = quoted
