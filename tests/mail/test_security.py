"""People are written to when something about their account changes, in their language."""

import re

import pytest

from consultation.accounts.devices import Device
from consultation.accounts.events import (
    AuthenticatorAdded,
    AuthenticatorRemoved,
    IdentityLinked,
    IdentityUnlinked,
    PasskeyAdded,
    PasskeyRemoved,
    RecoveryCodesRenewed,
    RecoveryCodeUsed,
)
from consultation.accounts.operations import begin_session
from consultation.commands.worker import Worker
from consultation.kernel.ids import uuid7
from consultation.kernel.outbox import record
from consultation.kernel.permissions import OPERATOR
from tests.factories import NOW, make_user

KINDS = {
    AuthenticatorAdded: {},
    AuthenticatorRemoved: {},
    PasskeyAdded: {"passkey_id": uuid7()},
    PasskeyRemoved: {"passkey_id": uuid7()},
    IdentityLinked: {"identity_id": uuid7()},
    IdentityUnlinked: {"identity_id": uuid7()},
    RecoveryCodesRenewed: {},
    RecoveryCodeUsed: {"left": 3},
}


def plain(message):
    return message.get_body(("plain",)).get_content()


@pytest.fixture
def letters(app, session, sent):
    def deliver():
        session.commit()
        Worker(app).step()
        return sent()

    return deliver


def enter(session, user, browser, device_token=None):
    return begin_session(
        session,
        user,
        method="link",
        second_step=False,
        device=Device(browser, "Android"),
        device_token=device_token,
        now=NOW,
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_each_change_is_told_to_the_person(session, letters, kind, language):
    user = make_user(session, email="ana@example.org", name="Ana", language=language)
    record(session, kind(subject_id=user.id, **KINDS[kind]), actor=OPERATOR, now=NOW)
    (message,) = letters()
    assert (message["To"], message["Content-Language"]) == ("ana@example.org", language)
    assert f"/{language}/account/security" in plain(message)
    assert "2027" in plain(message)
    assert bool(re.search(r"^(Queda?n )?3 ", plain(message), re.M)) == (kind is RecoveryCodeUsed)
    assert len(letters()) == 1


def test_a_new_device_is_told_and_a_known_one_is_not(session, letters):
    user = make_user(session, email="ana@example.org", language="fr")
    known = enter(session, user, "Firefox").device_token
    enter(session, user, "Firefox", known)
    assert letters() == []
    enter(session, user, "Opera")
    (message,) = letters()
    assert message["Subject"] == "Une session de votre compte s’est ouverte sur un nouvel appareil."
    assert "avec Opera sur Android." in plain(message)
