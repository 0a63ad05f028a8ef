"""Who is signed in, as the session knows them."""

import uuid

from flask import session as cookie
from flask_login import UserMixin, login_user

from consultation.accounts.models import User
from consultation.kernel.permissions import Actor


class SignedIn(UserMixin):  # type: ignore[misc]
    """The user of this session with what they may do; ``name`` and ``language`` are for the page."""

    def __init__(self, user: User, actor: Actor) -> None:
        self.user = user
        self.actor = actor

    def get_id(self) -> str:
        """The session keeps the user's id and epoch, so that raising the epoch ends every session."""
        return f"{self.user.id}:{self.user.session_epoch}"


def parse_session_id(value: str) -> tuple[uuid.UUID, int] | None:
    """The id and epoch in a session, or nothing when it was not made by ``get_id``."""
    identifier, _, epoch = value.partition(":")
    try:
        return uuid.UUID(identifier), int(epoch)
    except ValueError:
        return None


def begin_session(user: User) -> None:
    """Sign the person in, in a session made anew: nothing of the one before lives on in it."""
    cookie.clear()
    cookie.permanent = True
    login_user(SignedIn(user, Actor(user_id=user.id, roles=user.roles)))
