"""``consultation users`` and ``consultation organizations``, and what they print."""

import re

from sqlalchemy import select

from consultation.accounts.models import SignInLink, User
from consultation.accounts.operations import begin_authenticator, confirm_authenticator, renew_recovery_codes
from consultation.accounts.queries import SecondSteps, second_steps, user_by_email
from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.models import Mandate, MemberOrganization
from consultation.membership.states import OrganizationState
from tests.factories import make_organization, make_user, sign_in

LINK = re.compile(r"http://127\.0\.0\.1:8000/(en|fr|es)/sign-in/link/([\w-]{43})\n")


def test_create_prints_a_link_that_signs_in_for_a_day(runner, client, session, clock):
    done = runner.invoke(args=["users", "create", "Ana@example.org", "--role", "moderator", "--name", "Ana Roy"])
    assert done.exit_code == 0, done.output
    printed = LINK.fullmatch(done.stdout)
    assert printed is not None
    assert printed[1] == "en"
    user = user_by_email(session, "ana@example.org")
    assert (user.name, user.language, user.roles) == ("Ana Roy", "en", {Role.MODERATOR})
    clock.advance(hours=23, minutes=59)
    assert client.post(f"/en/sign-in/link/{printed[2]}").status_code == 303


def test_the_link_is_in_the_persons_language_and_ends_after_a_day(runner, client, clock):
    done = runner.invoke(args=["users", "create", "a@example.org", "--role", "auditor", "--language", "fr"])
    printed = LINK.fullmatch(done.stdout)
    assert printed[1] == "fr"
    clock.advance(hours=24)
    assert client.post(f"/fr/sign-in/link/{printed[2]}").status_code == 410


def test_a_delegate_gets_a_mandate(runner, session, clock):
    organization = make_organization(session, "ACME")
    session.commit()
    args = ["users", "create", "a@example.org", "--role", "delegate", "--role", "moderator", "--organization", "ACME"]
    assert runner.invoke(args=args).exit_code == 0
    mandate = session.scalars(select(Mandate)).one()
    assert (mandate.organization_id, mandate.kind, mandate.starts_at) == (
        organization.id,
        MandateKind.DELEGATE,
        clock.now(),
    )
    assert user_by_email(session, "a@example.org").roles == {Role.DELEGATE, Role.MODERATOR}


def test_an_unknown_organization_creates_nobody(runner, session):
    done = runner.invoke(args=["users", "create", "a@example.org", "--role", "delegate", "--organization", "NONE"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "No organization has the code NONE." in done.stderr
    assert session.scalars(select(User)).all() == []


def test_an_address_that_is_taken(runner, session):
    args = ["users", "create", "a@example.org", "--role", "delegate"]
    assert runner.invoke(args=args).exit_code == 0
    again = runner.invoke(args=args)
    assert (again.exit_code, again.stdout) == (1, "")
    assert "a@example.org has an account already." in again.stderr
    assert len(session.scalars(select(SignInLink)).all()) == 1


def test_wrong_use(runner):
    for args in (
        ["users", "create", "a@example.org"],
        ["users", "create", "a@example.org", "--role", "king"],
        ["users", "create", "not an address", "--role", "delegate"],
    ):
        assert runner.invoke(args=args).exit_code == 2, args


def test_a_password_from_standard_input(runner, client):
    args = ["users", "create", "a@example.org", "--role", "organizer", "--password-stdin"]
    assert runner.invoke(args=args, input="short\n").exit_code == 1
    assert runner.invoke(args=args, input="a long enough password\n").exit_code == 0
    data = {"email": "a@example.org", "password": "a long enough password"}
    assert client.post("/en/sign-in", data=data).status_code == 303


def test_link_prints_a_new_link_for_ten_minutes(runner, client, session, clock):
    make_user(session, email="a@example.org", language="es")
    session.commit()
    done = runner.invoke(args=["users", "link", "A@example.org"])
    printed = LINK.fullmatch(done.stdout)
    assert printed[1] == "es"
    clock.advance(minutes=9)
    assert client.get(f"/es/sign-in/link/{printed[2]}").status_code == 200
    clock.advance(minutes=1)
    assert client.get(f"/es/sign-in/link/{printed[2]}").status_code == 410
    assert runner.invoke(args=["users", "link", "nobody@example.org"]).exit_code == 1


def test_whoever_may_not_invite_gets_no_link(runner, session):
    make_user(session, Role.MODERATOR, email="m@example.org")
    make_user(session, Role.ADMINISTRATOR, email="a@example.org")
    session.commit()
    for args in (["users", "link", "a@example.org"], ["users", "create", "b@example.org", "--role", "moderator"]):
        refused = runner.invoke(args=[*args, "--as", "m@example.org"])
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert runner.invoke(args=[*args, "--as", "a@example.org"]).exit_code == 0


def test_a_powerful_role_takes_the_operator_or_two_people(runner, session):
    make_user(session, Role.ADMINISTRATOR, email="a@example.org")
    session.commit()
    args = ["users", "create", "b@example.org", "--role", "organizer"]
    assert runner.invoke(args=[*args, "--as", "a@example.org"]).exit_code == 1
    assert runner.invoke(args=args).exit_code == 0


def test_organizations_are_verified_by_code(runner, session):
    make_organization(session, "A1", verified=False)
    session.commit()
    assert runner.invoke(args=["organizations", "verify", "A1"]).exit_code == 0
    session.expire_all()
    assert session.scalars(select(MemberOrganization.state)).one() is OrganizationState.VERIFIED
    assert runner.invoke(args=["organizations", "verify", "A1"]).exit_code == 1
    assert runner.invoke(args=["organizations", "verify", "B1"]).exit_code == 1


def test_the_operator_lets_somebody_who_lost_everything_begin_anew(runner, app, client, session, clock):
    user = make_user(session, Role.DELEGATE, email="ana@example.org")
    sign_in(session, client, user)
    begin_authenticator(session, user, vault=app.extensions["vault"], now=clock.now())
    confirm_authenticator(session, user, actor=OPERATOR, now=clock.now())
    renew_recovery_codes(session, user, actor=OPERATOR, now=clock.now())
    make_user(session, Role.ADMINISTRATOR, email="admin@example.org")
    session.commit()
    alone = runner.invoke(args=["users", "forget-second-step", "ana@example.org", "--as", "admin@example.org"])
    assert alone.exit_code == 1
    assert client.get("/en/account").status_code == 200
    done = runner.invoke(args=["users", "forget-second-step", "ana@example.org"])
    assert (done.exit_code, done.stdout) == (0, "")
    assert client.get("/en/account").status_code == 303
    session.rollback()
    assert second_steps(session, user) == SecondSteps(authenticator=False, passkeys=0, recovery_codes=0)
    assert runner.invoke(args=["users", "forget-second-step", "no@example.org"]).exit_code == 1
