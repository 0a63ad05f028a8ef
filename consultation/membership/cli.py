"""Commands for people and organizations."""

import sys

import click
from flask import current_app, url_for

from consultation.accounts.models import User
from consultation.accounts.operations import (
    INVITATION_LIFETIME,
    LINK_LIFETIME,
    AddressTaken,
    create_sign_in_link,
    create_user,
    forget_second_steps,
)
from consultation.accounts.operations.closing import LastAdministrator, activate, deactivate, person_by_email
from consultation.accounts.queries import user_by_email
from consultation.accounts.rules import MINIMUM_PASSWORD_LENGTH, BadAddress, WeakPassword
from consultation.kernel.orm import LANGUAGES
from consultation.kernel.permissions import Permission, require
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.models import MemberOrganization
from consultation.membership.operations import give_mandate, verify_organization
from consultation.membership.queries import organization_by_code
from consultation.web.console import No, Work, command_work, fail_use, say


@click.group()
def users() -> None:
    """People who sign in."""


@users.command()
@click.argument("email")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What they may do; repeat it for several.",
)
@click.option("--organization", metavar="CODE", help="Give them a mandate as this organization's delegate.")
@click.option("--name", default="", help="How they are called (default: what stands before the @).")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read a password from standard input.")
@command_work
def create(
    work: Work,
    email: str,
    roles: tuple[str, ...],
    organization: str | None,
    name: str,
    language: str,
    password_stdin: bool,
) -> None:
    """Create an account for EMAIL and print a sign-in link that works once, for 24 hours."""
    represented = None if organization is None else _organization(work, organization)
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    try:
        user = create_user(
            work.session,
            email=email,
            name=name,
            language=language,
            roles=[Role(role) for role in roles],
            password=password,
            passwords=current_app.extensions["passwords"],
            actor=work.actor,
            now=work.now,
        )
    except AddressTaken as error:
        raise No(f"{email} has an account already. For a new link: consultation users link {email}") from error
    except BadAddress as error:
        raise fail_use(f"{email} is not an e-mail address.") from error
    except WeakPassword as error:
        raise No(f"A password has at least {MINIMUM_PASSWORD_LENGTH} characters, and is not easily guessed.") from error
    if represented is not None:
        give_mandate(work.session, user, represented, kind=MandateKind.DELEGATE, actor=work.actor, now=work.now)
    token = create_sign_in_link(work.session, user, now=work.now, lifetime=INVITATION_LIFETIME)
    work.tell_once_saved(f"Created {user.email}. This link signs them in once, within 24 hours:", _address(user, token))


@users.command()
@click.argument("email")
@command_work
def link(work: Work, email: str) -> None:
    """Print a new sign-in link for EMAIL that works once, for ten minutes."""
    require(work.actor, Permission.USER_INVITE, now=work.now)
    user = user_by_email(work.session, email)
    if user is None:
        raise No(f"Nobody has the address {email}.")
    token = create_sign_in_link(work.session, user, now=work.now, lifetime=LINK_LIFETIME)
    work.tell_once_saved(f"This link signs {user.email} in once, within ten minutes:", _address(user, token))


@users.command("forget-second-step")
@click.argument("email")
@command_work
def forget_second_step(work: Work, email: str) -> None:
    """Let EMAIL, who has lost app, codes and passkeys, begin anew: all of them go, and every session ends. Make sure
    first that it is them who ask; they are told by mail."""
    user = user_by_email(work.session, email)
    if user is None:
        raise No(f"Nobody has the address {email}.")
    forget_second_steps(work.session, user, actor=work.actor, now=work.now)
    say(f"{user.email} signs in with one step now, and sets up another one where their role needs it.")


@users.command("deactivate")
@click.argument("email")
@click.option("--reason", required=True, help="Why; administrators see it, and the person in their own data.")
@command_work
def deactivate_account(work: Work, email: str, reason: str) -> None:
    """Keep EMAIL out: every session ends, and no way of signing in knows the account. The person is told by mail."""
    if not reason.strip():
        raise fail_use("Say why, with --reason.")
    try:
        done = deactivate(work.session, _person(work, email), reason=reason, actor=work.actor, now=work.now)
    except LastAdministrator as error:
        raise No(f"Nobody but {email} administers this site. Give somebody the role first.") from error
    if not done:
        raise No(f"{email} is deactivated already.")
    say(f"{email} is signed out everywhere and cannot sign in.")


@users.command("activate")
@click.argument("email")
@command_work
def activate_account(work: Work, email: str) -> None:
    """Let EMAIL, whose account is deactivated, sign in again."""
    if not activate(work.session, _person(work, email), actor=work.actor, now=work.now):
        raise No(f"{email} is active already.")
    say(f"{email} can sign in again.")


def _person(work: Work, email: str) -> User:
    """Also one who is deactivated. Asked by administrators alone: others learn of no address."""
    require(work.actor, Permission.USER_DEACTIVATE, now=work.now)
    found = person_by_email(work.session, email)
    if found is None:
        raise No(f"Nobody has the address {email}.")
    return found


@click.group()
def organizations() -> None:
    """Member organizations."""


@organizations.command()
@click.argument("codes", metavar="CODE…", nargs=-1, required=True)
@command_work
def verify(work: Work, codes: tuple[str, ...]) -> None:
    """Say that the organizations are what they claim to be, so that they may vote."""
    for code in codes:
        verify_organization(work.session, _organization(work, code), actor=work.actor, now=work.now)
        say(f"{code} is verified.")


def _organization(work: Work, code: str) -> MemberOrganization:
    found = organization_by_code(work.session, code)
    if found is None:
        raise No(f"No organization has the code {code}.")
    return found


def _address(user: User, token: str) -> str:
    """The link in full, at the public address of this installation and in the person's language."""
    base_url = current_app.extensions["settings"].base_url
    with current_app.test_request_context(base_url=base_url):
        return url_for("accounts.use_link", token=token, lang=user.language, _external=True)
