"""Proposals, from the first word to the last: each verb checks, locks, writes and records."""

from consultation.proposals.operations.bringing import Outdated, amend, count_public, submit, withdraw
from consultation.proposals.operations.endorsing import endorse, withdraw_endorsement
from consultation.proposals.operations.translating import translate

__all__ = [
    "Outdated",
    "amend",
    "count_public",
    "endorse",
    "submit",
    "translate",
    "withdraw",
    "withdraw_endorsement",
]
