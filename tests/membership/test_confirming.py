"""Once a year a member says that it still takes part; who does not answer is shown to the desk, and stays."""

from datetime import timedelta

import pytest

from consultation.commands.worker import Worker
from consultation.kernel.letters import Letter
from consultation.kernel.permissions import OPERATOR, Denied
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.models import MemberOrganization
from consultation.membership.operations import CONFIRMING, confirm_membership, suspend, unconfirmed
from consultation.membership.operations.verifying import verify_organization
from tests.factories import NOW, actor_of, make_mandate, make_organization, make_user, sign_in

YEAR = timedelta(days=365)
MOMENT = timedelta(microseconds=1)


def asked(session, now):
    for id_ in CONFIRMING.waiting(session, now):
        CONFIRMING.act(session, id_, now)
    session.flush()


def test_a_member_is_asked_after_a_year_and_once(session):
    member = make_organization(session)
    assert CONFIRMING.waiting(session, NOW + YEAR - MOMENT) == []
    asked(session, NOW + YEAR)
    assert member.confirmation_asked_at == NOW + YEAR
    assert CONFIRMING.waiting(session, NOW + 2 * YEAR) == []
    CONFIRMING.act(session, member.id, NOW + 2 * YEAR)
    assert member.confirmation_asked_at == NOW + YEAR


def test_whoever_answers_is_asked_again_in_a_year(session):
    member, delegate, editor = make_organization(session), make_user(session), make_user(session)
    make_mandate(session, delegate, member)
    make_mandate(session, editor, member, kind=MandateKind.EDITOR)
    asked(session, NOW + YEAR)
    with pytest.raises(Denied):
        confirm_membership(session, member, actor=actor_of(session, editor), now=NOW + YEAR)
    confirm_membership(session, member, actor=actor_of(session, delegate), now=NOW + YEAR)
    assert (member.confirmed_at, member.confirmation_asked_at) == (NOW + YEAR, None)
    assert CONFIRMING.waiting(session, NOW + 2 * YEAR - MOMENT) == []
    assert CONFIRMING.waiting(session, NOW + 2 * YEAR) == [member.id]


def test_whoever_is_silent_is_shown_to_the_desk_and_never_removed(session):
    member = make_organization(session)
    make_organization(session, verified=False)
    asked(session, NOW + YEAR)
    assert unconfirmed(session, NOW + YEAR + timedelta(days=60) - MOMENT) == []
    assert unconfirmed(session, NOW + YEAR + timedelta(days=60)) == [member]
    asked(session, NOW + 9 * YEAR)
    assert member.state == "verified"


def test_who_was_suspended_and_verified_again_begins_a_new_year(session):
    member = make_organization(session)
    asked(session, NOW + YEAR)
    suspend(session, member, note="Silent.", actor=OPERATOR, now=NOW + YEAR)
    assert unconfirmed(session, NOW + 2 * YEAR) == []
    verify_organization(session, member, actor=OPERATOR, now=NOW + YEAR)
    assert member.confirmation_asked_at is None
    assert CONFIRMING.waiting(session, NOW + 2 * YEAR - MOMENT) == []


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_worker_asks_by_mail_and_one_click_answers(app, session, clock, language):
    member, user = make_organization(session, "ORG"), make_user(session, language=language)
    make_mandate(session, user, member)
    desk = make_user(session, Role.ORGANIZER)
    session.commit()
    clock.advance(days=366)
    worker = Worker(app)
    while worker.step():
        continue
    session.rollback()
    told = [letter.details["event"] for letter in session.query(Letter).filter_by(kind="verification")]
    assert "ConfirmationAsked" in told
    client, page = app.test_client(), f"/{language}/organizations/ORG/confirmation"
    assert client.get(page).location.startswith(f"/{language}/sign-in?next=")
    sign_in(session, client, user, now=clock.now())
    assert client.get(page).status_code == 200
    organizers = app.test_client()
    sign_in(session, organizers, desk, now=clock.now())
    assert organizers.get(page).status_code == 404
    assert client.post(page).status_code == 303
    session.rollback()
    assert session.get_one(MemberOrganization, member.id, populate_existing=True).confirmed_at == clock.now()
