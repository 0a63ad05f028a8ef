"""How often one person may post: enough for anybody who writes, and too little to flood."""

from flask import request
from flask_login import current_user

from consultation.extensions import limiter

POSTS_BY_PERSON = "30 per minute; 300 per hour"


def _person() -> str:
    """Who posts: the account, since a room full of delegates may share an address."""
    return str(current_user.actor.user_id) if current_user.is_authenticated else (request.remote_addr or "")


posting_limited = limiter.shared_limit(POSTS_BY_PERSON, scope="posting", methods=["POST"], key_func=_person)
"""For views that take what people write; all of them share one allowance."""
