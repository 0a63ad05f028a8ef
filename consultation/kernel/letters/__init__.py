"""Mail that waits to be sent: queued with what it tells of, written and sent by the worker."""

from consultation.kernel.letters.kinds import Content, LetterKind
from consultation.kernel.letters.models import Letter, LetterRefusal
from consultation.kernel.letters.operations import PATIENCE, drop, post, post_blurred, postpone, purge, refuse, take
from consultation.kernel.letters.queries import refused, stirring

__all__ = [
    "PATIENCE",
    "Content",
    "Letter",
    "LetterKind",
    "LetterRefusal",
    "drop",
    "post",
    "post_blurred",
    "postpone",
    "purge",
    "refuse",
    "refused",
    "stirring",
    "take",
]
