"""Doing everything, and then nothing: how a dry run and a preview find out what an import would do."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from consultation.kernel.afterwards import take


@contextmanager
def rehearsal(session: Session) -> Iterator[None]:
    """What is written inside is taken back at the end, and what was to happen after the commit is forgotten.

    Objects that were changed inside are expired: load them again.
    """
    attempt = session.begin_nested()
    try:
        yield
    finally:
        attempt.rollback()
        take(session)
