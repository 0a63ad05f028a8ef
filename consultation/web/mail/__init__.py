"""Mail as it leaves: how letters are written, and by what they travel."""

from consultation.web.mail.transports import Mailbox, NotSent, Refused, Smtp, Transport, transport
from consultation.web.mail.writing import init_app, write

__all__ = ["Mailbox", "NotSent", "Refused", "Smtp", "Transport", "init_app", "transport", "write"]
