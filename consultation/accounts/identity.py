"""Who is signed in, as the session knows them, and what signing in still lacks."""

import functools
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, after_this_request, current_app, request, url_for
from flask import session as cookie
from flask_login import UserMixin, current_user, login_user, logout_user

from consultation.accounts import operations, queries, rules
from consultation.accounts.devices import device
from consultation.accounts.models import User, UserSession
from consultation.kernel.permissions import Actor
from consultation.web.authorize import View, current_actor, present
from consultation.web.render import see_other
from consultation.web.security import local_path
from consultation.web.transactions import SAFE_METHODS, session

HALF = "half"
LINKING = "linking"


class SignedIn(UserMixin):  # type: ignore[misc]
    """The user of this session with what they may do; ``name`` and ``language`` are for the page. ``may_owe``: whether
    they may have to agree to something before their next act, which is then looked at; unless it is known otherwise."""

    def __init__(self, user: User, actor: Actor, kept: UserSession, token: str, *, may_owe: bool = True) -> None:
        self.user = user
        self.actor = actor
        self.kept = kept
        self.may_owe = may_owe
        self._token = token
        if kept.second_step_at is None and _required():
            self.actor = actor.withholding(rules.NEED_SECOND_STEP)

    def get_id(self) -> str:
        """What the cookie holds: nothing but the secret that opens the session."""
        return self._token


@dataclass(frozen=True, slots=True)
class Half:
    """Somebody who has taken the first step of signing in, by ``method``, and owes the second."""

    user: User
    method: str


def begin_session(user: User, method: str, *, linking: tuple[str, str] | None = None) -> bool:
    """Sign the person in, or note that they owe the second step; whether they are in is told.

    Whoever has taken the first step only is not signed in: what is noted of it in the cookie opens nothing but the page
    of the second step, for ten minutes. ``linking`` is the account elsewhere, by issuer and subject, that vouched for
    them: it is linked once they are in, so that half a sign-in links nothing.
    """
    required = _required() and bool(user.roles & rules.NEED_SECOND_STEP)
    if not queries.second_steps(session(), user).asked_for(required=required):
        _begin(user, method, second_step=False, linking=linking)
        return True
    until = present() + rules.SECOND_STEP_WITHIN
    cookie.clear()
    cookie[HALF] = [str(user.id), user.session_epoch, method, int(until.timestamp())]
    if linking is not None:
        cookie[LINKING] = [str(user.id), *linking]
    return False


def half() -> Half | None:
    """Who owes the second step in this browser."""
    noted = cookie.get(HALF)
    if not noted:
        return None
    user_id, epoch, method, until = noted
    user = queries.user_by_id(session(), uuid.UUID(user_id)) if present().timestamp() < until else None
    return None if user is None or user.session_epoch != epoch else Half(user, method)


def begin_with_passkey(user: User) -> None:
    """A passkey is both steps at once."""
    _begin(user, "passkey", second_step=True)


def go_on_here() -> None:
    """After all sessions of the person have ended: this browser goes on, in a session made anew."""
    _begin(current_user.user, current_user.kept.method, second_step=current_user.kept.second_step_at is not None)


def complete(waiting: Half) -> None:
    """The second step is taken: the person is in."""
    _begin(waiting.user, waiting.method, second_step=True)


def _begin(user: User, method: str, *, second_step: bool, linking: tuple[str, str] | None = None) -> None:
    """In a session made anew: nothing of the one before lives on in it."""
    noted = cookie.get(LINKING)
    if noted and noted[0] == str(user.id) and half() is not None:
        linking = (noted[1], noted[2])
    if linking is not None:
        issuer, subject = linking
        operations.link_identity(session(), user, issuer=issuer, subject=subject, now=present())
    _leave()
    known_by = _device_cookie()
    begun = operations.begin_session(
        session(),
        user,
        method=method,
        second_step=second_step,
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


def recently_authenticated(view: View) -> View:
    """For what must not be done by whoever finds a browser signed in: the person has shown within the last ten minutes
    that it is them, or is asked to first. A form that comes too late is not carried over; its page is shown again."""

    @functools.wraps(view)
    def guarded(*arguments: Any, **named: Any) -> Any:
        if current_user.is_authenticated and not recent():
            return see_other(url_for("accounts.confirmation", next=_afterwards()))
        return view(*arguments, **named)

    return guarded  # type: ignore[return-value]


def recent() -> bool:
    """Whether the person at this session has shown lately that it is them."""
    return bool(present() - current_user.kept.confirmed_at < rules.RECENT)


def _afterwards() -> str:
    if request.method in SAFE_METHODS:
        return request.full_path if request.query_string else request.path
    return local_path(urlsplit(request.referrer or "").path, url_for("accounts.security"))


def _required() -> bool:
    return bool(current_app.extensions["settings"].second_step_required)


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
