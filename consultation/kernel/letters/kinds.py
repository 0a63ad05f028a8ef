"""Kinds of letters: who gets them, and what they say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from consultation.kernel.letters.models import Letter


@dataclass(frozen=True, slots=True)
class Content:
    """What is needed to write a letter now: to whom, in which language, and what its template is given."""

    address: str
    language: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LetterKind:
    """One kind of letter, whose words stand in ``templates/mail/<name>.txt``.

    ``compose`` is asked when the letter is about to be sent, so that secrets such as one-time tokens are made then and
    never wait in the queue; nothing means that there is nothing to send any more. After ``lifetime`` a letter that
    could not be sent is news to nobody and goes. Whoever gets an ``optional`` one can turn its kind off.
    """

    name: str
    compose: Callable[[Session, "Letter", datetime], Content | None]
    lifetime: timedelta
    optional: bool = False
