"""Letters about an account's address, and about its being deactivated, in their reader's language."""

import pytest

from consultation.accounts.operations import addressing, closing
from consultation.kernel.permissions import OPERATOR
from tests.factories import NOW, actor_of, make_user


def plain(message):
    return message.get_body(("plain",)).get_content()


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_letters_about_an_account(session, sent, language):
    user = make_user(session, email="ana@example.org", name="Ana", language=language)
    make_user(session, email="eva@example.org")
    actor = actor_of(session, user)
    for email in ("eva@example.org", "new@example.org"):
        addressing.ask_address_change(session, user, email, actor=actor, now=NOW)
        session.commit()
        told = {message["To"]: message for message in sent()}
    assert {message["Content-Language"] for message in told.values()} == {language}
    assert f"/{language}/account/security/address/" in plain(told["new@example.org"])
    assert "Ana" not in plain(told["new@example.org"])
    assert f"/{language}/sign-in" in plain(told["eva@example.org"])
    assert f"/{language}/account/security" in plain(told["ana@example.org"])
    token = plain(told["new@example.org"]).partition("/security/address/")[2].split()[0]
    session.expire_all()
    assert addressing.take_address_change(session, user, token, actor=actor, now=NOW)
    session.commit()
    changed = next(one for one in reversed(sent()) if one["To"] == "ana@example.org")
    assert f"/{language}/contact" in plain(changed)
    closing.deactivate(session, user, reason="They left.", actor=OPERATOR, now=NOW)
    session.commit()
    closed = next(one for one in reversed(sent()) if one["To"] == "new@example.org")
    assert (f"/{language}/contact" in plain(closed), "They left." in plain(closed)) == (True, False)
    closing.activate(session, user, actor=OPERATOR, now=NOW)
    session.commit()
    opened = next(one for one in reversed(sent()) if one["To"] == "new@example.org")
    assert f"/{language}/sign-in" in plain(opened)
