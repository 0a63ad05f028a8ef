"""How often anything may be tried that opens an account: by the visitor's address and in all. By account it is counted
in the database, where it holds for every process and whatever way is tried."""

from collections.abc import Callable
from typing import Any

from flask_login import current_user

from consultation.extensions import limiter

# Failures alone count: a room full of delegates may share one address.
FAILURES_BY_ADDRESS = "20 per minute; 100 per hour"
FAILURES_IN_ALL = "3000 per hour"


def _failed(response: Any) -> bool:
    return bool(response.status_code >= 400)


_by_address = limiter.shared_limit(FAILURES_BY_ADDRESS, scope="tries", methods=["POST"], deduct_when=_failed)
_in_all = limiter.shared_limit(
    FAILURES_IN_ALL, scope="all tries", key_func=lambda: "all", methods=["POST"], deduct_when=_failed
)


LETTERS_TO_ONESELF = "10 per hour"
letters_limited = limiter.limit(
    LETTERS_TO_ONESELF, key_func=lambda: str(current_user.actor.user_id) if current_user.is_authenticated else "nobody"
)
"""For letters that somebody who is signed in has sent to their own address."""

ADDRESSES_BY_PERSON = "5 per hour; 10 per day"
ADDRESSES_IN_ALL = "200 per hour"
_addresses_by_person = limiter.limit(
    ADDRESSES_BY_PERSON,
    methods=["POST"],
    key_func=lambda: str(current_user.actor.user_id) if current_user.is_authenticated else "nobody",
)
_addresses_in_all = limiter.limit(ADDRESSES_IN_ALL, methods=["POST"], key_func=lambda: "all")


def addresses_limited(view: Callable[..., Any]) -> Callable[..., Any]:
    """For letters that somebody has sent to any address that they type."""
    limited: Callable[..., Any] = _addresses_by_person(_addresses_in_all(view))
    return limited


CHALLENGES_BY_VISITOR = "60 per hour"
CHALLENGES_IN_ALL = "6000 per hour"
_challenges_by_visitor = limiter.shared_limit(CHALLENGES_BY_VISITOR, scope="challenges", methods=["POST"])
_challenges_in_all = limiter.shared_limit(
    CHALLENGES_IN_ALL, scope="all challenges", key_func=lambda: "all", methods=["POST"]
)


def challenges_limited(view: Callable[..., Any]) -> Callable[..., Any]:
    """For what is given to be signed by a passkey, each a row for some minutes."""
    limited: Callable[..., Any] = _challenges_by_visitor(_challenges_in_all(view))
    return limited


def tries_limited(view: Callable[..., Any]) -> Callable[..., Any]:
    """For each view that takes a password, a code or a link: they share one allowance."""
    limited: Callable[..., Any] = _by_address(_in_all(view))
    return limited
