"""What the portal's pages show, as rows of columns."""

from consultation.portal.queries.latest import LATEST, Latest, LatestItem, latest_items, latest_published
from consultation.portal.queries.participation import Participation, participation
from consultation.portal.queries.personal import (
    UNFINISHED,
    OwnBallot,
    brought,
    contests_of,
    has_notice,
    mandates_in_words,
    notices,
    own_ballots,
    submitted_count,
)
from consultation.portal.queries.situation import ContestFacts, Edition, Meeting, Situation, situation

__all__ = [
    "LATEST",
    "UNFINISHED",
    "ContestFacts",
    "Edition",
    "Latest",
    "LatestItem",
    "Meeting",
    "OwnBallot",
    "Participation",
    "Situation",
    "brought",
    "contests_of",
    "has_notice",
    "latest_items",
    "latest_published",
    "mandates_in_words",
    "notices",
    "own_ballots",
    "participation",
    "situation",
    "submitted_count",
]
