"""Creating accounts: who may, with which addresses and passwords."""

import pytest
from sqlalchemy import select

from consultation.accounts.operations import AddressTaken, create_user, set_password
from consultation.accounts.rules import BadAddress, WeakPassword, address
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR, Denied
from consultation.kernel.roles import Role
from tests.factories import NOW, actor_of, make_user


@pytest.mark.parametrize(
    "written",
    ["", "ana", "ana@", "@example.org", "ana@example", "a b@example.org", "a@b@example.org", "a@example.org\r\nBcc: x"],
)
def test_what_is_not_an_address(written):
    with pytest.raises(BadAddress):
        address(written)


@pytest.mark.parametrize("written", ["Ana.Roy+x@Example.ORG ", "é@exámple.org", "o'neil@example.org"])
def test_addresses_are_kept_in_small_letters(written):
    assert address(written) == written.strip().lower()


def test_an_account_and_its_event(session):
    user = make_user(session, Role.MODERATOR, Role.AUDITOR, email="Ana@Example.org", name="  Ana\r\nRoy ")
    assert (user.email, user.name, user.roles) == ("ana@example.org", "Ana Roy", {Role.MODERATOR, Role.AUDITOR})
    event = session.scalars(select(EventRecord)).one()
    assert (event.name, event.subject_id, event.payload) == (
        "UserCreated",
        user.id,
        {"roles": ["auditor", "moderator"], "language": "en"},
    )


def test_one_account_an_address(session):
    make_user(session, email="ana@example.org")
    with pytest.raises(AddressTaken):
        make_user(session, email="ANA@example.org")


def test_only_administrators_create_accounts(session):
    for role, may in [(Role.ADMINISTRATOR, True), (Role.ORGANIZER, False), (Role.DELEGATE, False)]:
        actor = actor_of(session, make_user(session, role))
        options = {"email": f"{role}@example.com", "name": "", "language": "fr", "roles": [Role.DELEGATE]}
        if may:
            assert create_user(session, **options, actor=actor, now=NOW).name == role.value
        else:
            with pytest.raises(Denied):
                create_user(session, **options, actor=actor, now=NOW)


def test_a_short_password_is_refused(app, session):
    with pytest.raises(WeakPassword):
        make_user(session, password="x" * 11, passwords=app.extensions["passwords"])


def test_a_new_password_ends_the_sessions(app, session):
    user = make_user(session)
    passwords = app.extensions["passwords"]
    set_password(session, user, "a long enough password", passwords=passwords, actor=actor_of(session, user), now=NOW)
    assert user.session_epoch == 1
    assert passwords.matches(user.password_hash, "a long enough password")
    stranger = actor_of(session, make_user(session))
    with pytest.raises(Denied):
        set_password(session, user, "a long enough password", passwords=passwords, actor=stranger, now=NOW)
    set_password(session, user, "another long password", passwords=passwords, actor=OPERATOR, now=NOW)
