"""Who takes part: the directory, joining, verifying, and the people of an organization."""

from consultation.directory.views import (  # noqa: F401 - they add their addresses
    affiliating,
    confirming,
    joining,
    merging,
    pages,
    people,
    verifying,
)
from consultation.directory.views.blueprint import bp

__all__ = ["bp"]
