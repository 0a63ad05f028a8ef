"""Letters out of the queue: written in a transaction, sent outside of any, and dropped once they are away."""

import logging
from email.message import EmailMessage
from uuid import UUID

from flask import Flask

from consultation.kernel import letters
from consultation.kernel.letters import LetterKind
from consultation.web.authorize import present
from consultation.web.mail import NotSent, Refused, Transport, write
from consultation.web.transactions import session, unit_of_work

log = logging.getLogger(__name__)


class Post:
    """Sends one letter a step. While the mail server is away, everything waits and nothing is lost."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._kinds: dict[str, LetterKind] = app.extensions["letters"]

    def step(self) -> int:
        """Send the letter that has waited longest; returns whether there was one (1 or 0). What cannot be written or
        sent now is tried again later, and says so in the log without naming anybody."""
        try:
            with self._app.app_context():
                return self._step()
        except Exception as error:  # noqa: BLE001 - a letter that cannot be written must not end the worker
            log.error("letter_failed", extra={"kind": type(error).__name__})
            return 0

    def _step(self) -> int:
        if not letters.stirring(session(), now=present()):
            return 0
        transport: Transport | None = self._app.extensions["mail"]
        with unit_of_work() as work:
            if gone := letters.purge(work, now=present()):
                log.warning("letters_expired", extra={"letters": gone})
        if transport is None:
            return 0
        found = self._next()
        if found is None:
            return 0
        letter_id, message = found
        if message is not None:
            try:
                transport.send(message)
            except NotSent as error:
                log.warning("mail_unavailable", extra={"kind": str(error)})
                with unit_of_work() as work:
                    letters.postpone(work, until=present() + letters.PATIENCE)
                return 0
            except Refused as error:
                log.warning("letter_refused", extra={"letter": str(letter_id), "kind": str(error)})
        with unit_of_work() as work:
            letters.drop(work, letter_id)
        return 1

    def _next(self) -> tuple[UUID, EmailMessage | None] | None:
        now = present()
        with unit_of_work() as work:
            letter = letters.take(work, now=now)
            if letter is None:
                return None
            letter_id = letter.id
        # Taken for good before it is written: one that cannot be written rests, and holds up none of the others.
        with unit_of_work() as work:
            letter = work.get_one(letters.Letter, letter_id)
            kind = self._kinds[letter.kind]
            reader = letter.user_id if kind.optional else None
            if reader is not None and kind.name in letters.refused(work, reader):
                return letter_id, None
            content = kind.compose(work, letter, now)
            message = None
            if content is not None:
                message = write(self._app, kind.name, letter_id, content, now=now, turned_off_by=reader)
        return letter_id, message
