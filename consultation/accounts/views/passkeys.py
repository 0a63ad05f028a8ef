"""Passkeys: made, named, removed, and used to sign in or to show that it is oneself.

A small script asks for the options and puts the browser's answer into an ordinary form.
"""

import uuid

from flask import Response, abort, current_app, flash, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import current_user

from consultation.accounts import operations, passkeys, queries, rules
from consultation.accounts.forms import LinkForm, PasskeyForm, SignInForm
from consultation.accounts.identity import begin_with_passkey, recently_authenticated
from consultation.accounts.models import Passkey
from consultation.accounts.views.authenticator import show_recovery_codes
from consultation.accounts.views.blueprint import bp
from consultation.accounts.views.entering import target
from consultation.accounts.views.limits import challenges_limited, tries_limited
from consultation.accounts.views.second_step import confirmation_page, confirmed
from consultation.accounts.views.security import security_page
from consultation.accounts.views.signing_in import sign_in_page
from consultation.kernel.permissions import Permission
from consultation.web.authorize import current_actor, present, public, requires
from consultation.web.render import see_other
from consultation.web.transactions import session, unit_of_work

CHALLENGE = "passkey"


@bp.post("/sign-in/passkey/options")
@public
@challenges_limited
def passkey_options() -> Response:
    """What the browser needs to use a passkey; the same for everybody."""
    return _json(passkeys.request_options(_site(), _challenge(None)))


@bp.post("/sign-in/passkey")
@public
@tries_limited
def sign_in_by_passkey() -> Response:
    """Both steps at once: the passkey is something one has, and it asks for a finger, a face or a PIN."""
    form = SignInForm(formdata=None)
    found = _used()
    if found is not None:
        user = queries.user_by_id(session(), found.user_id)
        if user is not None:
            operations.welcome(session(), user)
            begin_with_passkey(user)
            flash(_("You are signed in."), "success")
            return see_other(target(user.roles))
    form.form_errors.append(_("This passkey opens no account here, or it took too long. Try again."))
    return sign_in_page(form, LinkForm(formdata=None), status=422)


@bp.post("/account/confirmation/passkey")
@requires(Permission.ACCOUNT_USE)
@tries_limited
def confirm_by_passkey() -> Response:
    found = _used()
    if found is not None and found.user_id == current_user.user.id:
        return confirmed()
    return confirmation_page(refused=_("This passkey is not one of this account, or it took too long. Try again."))


@bp.post("/account/security/passkeys/options")
@requires(Permission.ACCOUNT_USE)
@recently_authenticated
@challenges_limited
def new_passkey_options() -> Response:
    user = current_user.user
    existing = queries.passkeys_of(session(), user)
    return _json(passkeys.creation_options(_site(), user, _challenge(user.id), existing))


@bp.post("/account/security/passkeys")
@requires(Permission.ACCOUNT_USE)
@recently_authenticated
@tries_limited
def add_passkey() -> Response:
    """Keep what the browser has made. Whoever needs a second step has one now, and recovery codes with the first."""
    user, form, now = current_user.user, PasskeyForm(), present()
    challenge = _taken(user.id)
    if not form.validate_on_submit() or challenge is None:
        form.form_errors.append(_("No passkey was added: it took too long, or the browser gave none. Try again."))
        return security_page(form, status=422)
    had_codes = queries.second_steps(session(), user).recovery_codes
    try:
        made = passkeys.registered(_site(), passkeys.parsed(form.credential.data), challenge)
        operations.add_passkey(
            session(),
            user,
            name=form.name.data,
            credential_id=made.credential_id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            actor=current_actor(),
            now=now,
        )
    except (passkeys.NotGenuine, operations.PasskeyTaken, operations.TooManyPasskeys):
        form.form_errors.append(_("This passkey could not be added. Try again, or with another device."))
        return security_page(form, status=422)
    operations.take_second_step(session(), current_user.kept, now=now)
    if user.roles & rules.NEED_SECOND_STEP and not had_codes:
        return show_recovery_codes(_("The passkey is added"))
    flash(_("The passkey is added. From now on you can sign in with it."), "success")
    return see_other(url_for("accounts.security", _anchor="passkeys"))


@bp.post("/account/security/passkeys/<uuid:passkey_id>/removal")
@requires(Permission.ACCOUNT_USE)
@recently_authenticated
def remove_passkey(passkey_id: uuid.UUID) -> Response:
    """Forget one of one's own; another person's is not found."""
    user = current_user.user
    if not operations.remove_passkey(session(), passkey_id, user, actor=current_actor(), now=present()):
        abort(404)
    flash(_("The passkey is removed. Delete it on your device as well."), "success")
    return see_other(url_for("accounts.security", _anchor="passkeys"))


def _site() -> passkeys.Site:
    return passkeys.Site.of(current_app.extensions["settings"].base_url)


def _challenge(user_id: uuid.UUID | None) -> str:
    """Kept in this browser's cookie, and by its digest in the database, where it is good for one answer."""
    challenge = cookie[CHALLENGE] = operations.give_challenge(session(), user_id=user_id, now=present())
    return challenge


def _taken(user_id: uuid.UUID | None) -> str | None:
    """This browser's challenge, used up in any case: a refusal does not give it back."""
    challenge = cookie.pop(CHALLENGE, None)
    if challenge is None:
        return None
    with unit_of_work() as own:
        good = operations.take_challenge(own, challenge, user_id=user_id, now=present())
    return challenge if good else None


def _used() -> Passkey | None:
    """The passkey with which the browser has answered its challenge."""
    challenge = _taken(None)
    try:
        credential = passkeys.parsed(request.form.get("credential", ""))
        passkey = queries.passkey_by_credential(session(), credential["id"])
        if challenge is None or passkey is None:
            return None
        count = passkeys.used(_site(), credential, challenge, passkey)
    except passkeys.NotGenuine:
        return None
    return passkey if operations.note_passkey_used(session(), passkey, count, now=present()) else None


def _json(text: str) -> Response:
    return Response(text, mimetype="application/json")
