"""The organizers' pages."""

from consultation.organizing.views import (
    agenda,
    confirmations,
    contests,
    importing,
    jobs,
    members,
    overview,
    people,
    vocabularies,
)
from consultation.organizing.views.blueprint import bp

__all__ = [
    "agenda",
    "bp",
    "confirmations",
    "contests",
    "importing",
    "jobs",
    "members",
    "overview",
    "people",
    "vocabularies",
]
