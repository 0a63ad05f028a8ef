"""Who takes part: the directory, joining, verifying, and the people of an organization."""

from consultation.directory.views import joining, pages, people, verifying  # noqa: F401 - they add their addresses
from consultation.directory.views.blueprint import bp

__all__ = ["bp"]
