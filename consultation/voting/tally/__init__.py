"""Ballots in, an explained result out: pure, exact and repeatable. docs/tally.md is the guide.

What counts is loaded when it is asked for: it needs NumPy, and a server that only takes ballots does not.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .ballots import BallotRow, InvalidBallot

if TYPE_CHECKING:
    from .contents import profile_of_contents
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
    "profile_of_contents",
    "tally",
]

_LOADED_FROM = {
    "Profile": "profile",
    "RULES": "registry",
    "Result": "result",
    "Rule": "rule",
    "RuleError": "rule",
    "priority": "ties",
    "profile_of_contents": "contents",
    "tally": "registry",
}


def __getattr__(name: str) -> Any:
    if name not in _LOADED_FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_LOADED_FROM[name]}", __name__), name)
