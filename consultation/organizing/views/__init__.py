"""The organizers' pages."""

from consultation.organizing.views import (
    accounts,
    agenda,
    confirmations,
    contests,
    importing,
    jobs,
    members,
    overview,
    people,
    rolls,
    vocabularies,
)
from consultation.organizing.views.blueprint import bp

__all__ = [
    "accounts",
    "agenda",
    "bp",
    "confirmations",
    "contests",
    "importing",
    "jobs",
    "members",
    "overview",
    "people",
    "rolls",
    "vocabularies",
]
