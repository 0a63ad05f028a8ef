"""Ballots in, an explained result out: pure, exact and repeatable. README.md beside this file is the
guide.
"""

from .ballots import BallotRow, InvalidBallot
from .profile import Profile
from .registry import RULES, tally
from .result import Result
from .rule import Rule, RuleError
from .ties import priority

__all__ = [
    "RULES",
    "BallotRow",
    "InvalidBallot",
    "Profile",
    "Result",
    "Rule",
    "RuleError",
    "priority",
    "tally",
]
