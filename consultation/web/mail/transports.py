"""Ways for a message to leave: a mail server, or a folder that stands for one while trying things out."""

import smtplib
import ssl
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT_SECONDS = 10.0
MESSAGES_KEPT = 200


class NotSent(Exception):
    """The way is closed for now; what was to be sent can be sent later."""


class Refused(Exception):
    """The server takes everything but this message, and will not take it later either."""


class Transport(Protocol):
    def send(self, message: EmailMessage) -> None:
        """Raises NotSent when nothing can be sent now, Refused when this message never can."""


@dataclass(frozen=True, slots=True)
class Smtp:
    """``smtps://`` speaks TLS from the first byte (port 465). ``smtp://`` asks for STARTTLS (port 587), and goes on
    without it only where the address says ``?tls=off``, for a server on this machine."""

    host: str
    port: int
    user: str
    password: str
    implicit_tls: bool
    starttls: bool

    def send(self, message: EmailMessage) -> None:
        try:
            with self._connect() as server:
                if self.starttls:
                    server.starttls(context=ssl.create_default_context())
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            raise (Refused if _permanent(error) else NotSent)(type(error).__name__) from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(type(error).__name__) from error

    def _connect(self) -> smtplib.SMTP:
        if self.implicit_tls:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)


def _permanent(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> bool:
    """Replies from 500 on are final (RFC 5321, 4.2.1)."""
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return all(code >= 500 for code, _words in error.recipients.values())


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Keeps the newest messages in a folder, as files that any mail program opens."""

    folder: Path

    def send(self, message: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        beside = self.folder / f".{name}"
        beside.write_bytes(message.as_bytes(policy=policy.SMTP))
        beside.rename(self.folder / f"{name}.eml")
        for path in self._paths()[MESSAGES_KEPT:]:
            path.unlink(missing_ok=True)

    def messages(self) -> list[tuple[str, EmailMessage]]:
        """Names and messages, the newest first."""
        return [(path.stem, _read(path)) for path in self._paths()]

    def message(self, name: str) -> EmailMessage | None:
        return next((_read(path) for path in self._paths() if path.stem == name), None)

    def _paths(self) -> list[Path]:
        # Names are UUIDs of version 7, which sort by time.
        return sorted(self.folder.glob("*.eml"), reverse=True)


def _read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def transport(url: str, data_dir: Path) -> Transport | None:
    """By ``CONSULTATION_MAIL_URL``: ``smtp://[user:password@]host[:port]``, ``smtps://…`` or ``mailbox:``; none when
    it is empty.

    Raises:
        ValueError: for any other address.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme == "mailbox":
        return Mailbox(data_dir / "mailbox")
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("CONSULTATION_MAIL_URL must be smtp://host, smtps://host or mailbox:")
    implicit = parts.scheme == "smtps"
    return Smtp(
        host=parts.hostname,
        port=parts.port or (465 if implicit else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        implicit_tls=implicit,
        starttls=not implicit and parse_qs(parts.query).get("tls") != ["off"],
    )
