"""Who is signed in, as the session knows them."""

from flask import Flask, Response, after_this_request, current_app, request
from flask import session as cookie
from flask_login import UserMixin, current_user, login_user, logout_user

from consultation.accounts import operations, rules
from consultation.accounts.devices import device
from consultation.accounts.models import User, UserSession
from consultation.kernel.permissions import Actor
from consultation.web.authorize import current_actor, present
from consultation.web.transactions import SAFE_METHODS, session


class SignedIn(UserMixin):  # type: ignore[misc]
    """The user of this session with what they may do; ``name`` and ``language`` are for the page."""

    def __init__(self, user: User, actor: Actor, kept: UserSession, token: str) -> None:
        self.user = user
        self.actor = actor
        self.kept = kept
        self._token = token

    def get_id(self) -> str:
        """What the cookie holds: nothing but the secret that opens the session."""
        return self._token


def begin_session(user: User, method: str) -> None:
    """Sign the person in, in a session made anew: nothing of the one before lives on in it."""
    _leave()
    known_by = _device_cookie()
    begun = operations.begin_session(
        session(),
        user,
        method=method,
        device=device(request.user_agent.string),
        device_token=request.cookies.get(known_by),
        now=present(),
    )
    cookie.clear()
    cookie.permanent = True
    login_user(SignedIn(user, Actor(user_id=user.id, roles=user.roles), begun.session, begun.token))
    secure = current_app.config["SESSION_COOKIE_SECURE"]

    @after_this_request
    def _remember(response: Response) -> Response:
        lifetime = int(rules.DEVICE_FORGOTTEN_AFTER.total_seconds())
        response.set_cookie(
            known_by, begun.device_token, max_age=lifetime, secure=secure, httponly=True, samesite="Lax"
        )
        return response


def end_this_session() -> None:
    """Sign out here. The browser stays known."""
    _leave()
    logout_user()
    cookie.clear()


def _leave() -> None:
    if current_user.is_authenticated:
        operations.end_session(session(), current_user.kept.id, actor=current_actor(), now=present())


def _device_cookie() -> str:
    return "__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"


def init_app(app: Flask) -> None:
    @app.before_request
    def _note_use() -> None:
        if request.method not in SAFE_METHODS and current_user.is_authenticated:
            operations.note_use(session(), current_user.kept, now=present())
