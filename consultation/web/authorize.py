"""Deny by default: every endpoint says who may call it, and one that says nothing is refused."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_login import current_user

from consultation.kernel.clock import Clock
from consultation.kernel.permissions import (
    ANONYMOUS,
    Actor,
    Decision,
    Denied,
    Permission,
    Reason,
    granted,
    may,
    require,
)
from consultation.kernel.roles import Role
from consultation.web.transactions import SAFE_METHODS

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
#: The rooms in which people sign in and out, and see to their own account and data.
OWN_ACCOUNT = ("accounts", "privacy")


def requires(permission: Permission) -> Callable[[View], View]:
    """Only those whose role grants the permission reach the view; the view asks about the subject itself."""

    def mark(view: View) -> View:
        view.access = permission  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Anybody may call the view."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def access_of(view: Callable[..., Any]) -> Permission | str | None:
    """What an endpoint declares: a permission, ``"public"``, or nothing."""
    return getattr(view, "access", None)


def present() -> datetime:
    """The present instant by the application's clock."""
    clock: Clock = current_app.extensions["clock"]
    return clock.now()


def current_actor() -> Actor:
    """Who sends this request."""
    person = current_user._get_current_object()  # a proxy looks the person up again at each of its attributes
    return person.actor if person.is_authenticated else ANONYMOUS


def authorize(permission: Permission, subject: Any = None) -> None:
    """Raise ``Denied`` unless the current actor may do this to the subject now."""
    require(current_actor(), permission, subject, now=present())


def allows(permission: Permission, subject: Any = None) -> Decision:
    """For templates: may the current actor do this, and if not, why."""
    return may(current_actor(), permission, subject, now=present())


def init_app(app: Flask) -> None:
    app.before_request(_deny_by_default)
    app.jinja_env.globals.update(allows=allows, Permission=Permission, actor=current_actor)


def _deny_by_default() -> None:
    if request.endpoint is None:
        return
    access = access_of(current_app.view_functions[request.endpoint])
    if access == PUBLIC:
        _refuse_changes_by_auditors()
        return
    if not isinstance(access, Permission):
        raise PermissionError(f"The endpoint {request.endpoint} does not say who may call it.")
    decision = granted(current_actor(), access)
    if not decision:
        raise Denied(access, decision)


def _refuse_changes_by_auditors() -> None:
    """What anybody may send, an auditor may not: whoever checks the consultation changes nothing in it."""
    if request.method in SAFE_METHODS or request.blueprint in OWN_ACCOUNT:
        return
    if current_actor().roles == {Role.AUDITOR}:
        raise Denied(Permission.ACCOUNT_USE, Decision(Reason.ROLE))
