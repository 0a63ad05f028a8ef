"""What follows the first step of signing in, whichever it was."""

from collections.abc import Collection

from flask import Response, current_app, flash, request, url_for
from flask_babel import gettext as _

from consultation.accounts.identity import begin_session
from consultation.accounts.models import User
from consultation.accounts.passkeys import usable_at
from consultation.accounts.views.landing import landing
from consultation.kernel.roles import Role
from consultation.web.render import see_other
from consultation.web.security import local_path


def entered(user: User, method: str, *, linking: tuple[str, str] | None = None) -> Response:
    """To the page that was asked for, or to the second step where one is owed."""
    if not begin_session(user, method, linking=linking):
        return see_other(second_step_address())
    flash(_("You are signed in."), "success")
    return see_other(target(user.roles))


def passkeys_usable() -> bool:
    """Whether the browser stands at the address that passkeys are bound to. (What it says of its host decides only
    what is offered.)"""
    return usable_at(current_app.extensions["settings"].base_url, request.host)


def second_step_address() -> str:
    """The page of the second step, which goes on to where this one would have."""
    return url_for("accounts.second_step", next=wanted())


def wanted() -> str | None:
    """The page of this site that was asked for before signing in, if one was."""
    return local_path(request.args.get("next"), "") or None


def target(roles: Collection[Role]) -> str:
    """The page that was asked for before signing in, or the one where these roles find what they have to do."""
    return local_path(request.args.get("next"), url_for(landing(roles)))
