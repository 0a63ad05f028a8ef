"""The organizers' pages."""

from consultation.organizing.views import (
    accounts,
    agenda,
    confirmations,
    contests,
    exploring,
    importing,
    jobs,
    members,
    overview,
    paper,
    people,
    rolls,
    tallying,
    vocabularies,
)
from consultation.organizing.views.blueprint import bp

__all__ = [
    "accounts",
    "agenda",
    "bp",
    "confirmations",
    "contests",
    "exploring",
    "importing",
    "jobs",
    "members",
    "overview",
    "paper",
    "people",
    "rolls",
    "tallying",
    "vocabularies",
]
