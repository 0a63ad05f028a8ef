"""Mail that waits to be sent: queued with what it tells of, written and sent by the worker."""

from consultation.kernel.letters.kinds import Content, LetterKind
from consultation.kernel.letters.models import Letter
from consultation.kernel.letters.operations import PATIENCE, drop, post, postpone, purge, take
from consultation.kernel.letters.queries import stirring

__all__ = ["PATIENCE", "Content", "Letter", "LetterKind", "drop", "post", "postpone", "purge", "stirring", "take"]
