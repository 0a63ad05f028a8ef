"""The moderators' queue, what they decide in it and who decides what."""

from consultation.moderation.views import annotating, claiming, comments, deciding  # noqa: F401 - they add their addresses
from consultation.moderation.views.queue import bp

__all__ = ["bp"]
