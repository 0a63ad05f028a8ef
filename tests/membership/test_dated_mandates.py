"""Mandates have a first and, where it is set, a last day; those who answer for an organization set and end them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from consultation.accounts.devices import Device
from consultation.accounts.operations import begin_session
from consultation.kernel.permissions import Denied
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.models import Invitation, Mandate
from consultation.membership.operations import give_mandate, set_end
from consultation.membership.operations.inviting import accept_invitation
from consultation.membership.queries import signed_in
from tests.factories import NOW, OPERATOR, actor_of, make_mandate, make_organization, make_user, sign_in

DAY = timedelta(days=1)


@pytest.fixture
def people(session):
    """An organization with its delegate, a deputy, an editor, and a stranger."""
    organization = make_organization(session, "ORG")
    made = {"organization": organization, "stranger": make_user(session)}
    for kind in MandateKind:
        made[kind.value] = make_user(session)
        made[f"{kind.value} mandate"] = make_mandate(session, made[kind.value], organization, kind=kind)
    made["deputy mandate"].organization = organization
    return made


def test_whose_last_day_is_over_speaks_no_more(session, people):
    deputy, mandate = people["deputy"], people["deputy mandate"]
    set_end(session, mandate, ends_at=NOW + DAY, actor=actor_of(session, people["delegate"]), now=NOW)
    held = [bool(actor_of(session, deputy, at).mandates) for at in (NOW + DAY - timedelta(microseconds=1), NOW + DAY)]
    assert held == [True, False]


def test_who_sets_no_last_day(session, people):
    for name in ("editor", "stranger"):
        with pytest.raises(Denied):
            set_end(session, people["deputy mandate"], ends_at=None, actor=actor_of(session, people[name]), now=NOW)
    for wrong in (NOW, NOW - DAY):
        with pytest.raises(ValueError, match="later"):
            set_end(
                session, people["deputy mandate"], ends_at=wrong, actor=actor_of(session, people["delegate"]), now=NOW
            )
    administrator = actor_of(session, make_user(session, Role.ADMINISTRATOR))
    set_end(session, people["deputy mandate"], ends_at=NOW + DAY, actor=administrator, now=NOW)
    with pytest.raises(ValueError, match="later"):
        set_end(session, people["deputy mandate"], ends_at=None, actor=administrator, now=NOW + DAY)


def test_a_mandate_that_is_over_makes_room_for_a_new_one(session, people):
    organization, deputy = people["organization"], people["deputy"]
    set_end(session, people["deputy mandate"], ends_at=NOW + DAY, actor=OPERATOR, now=NOW)
    later = NOW + 2 * DAY
    again = give_mandate(session, deputy, organization, actor=OPERATOR, now=later)
    assert again.starts_at == later
    assert people["deputy mandate"].revoked_at == NOW + DAY


def test_the_organizations_own_people_set_it_on_the_page(app, session, clock, people):
    client, mandate = app.test_client(), people["deputy mandate"]
    sign_in(session, client, people["delegate"])
    address = f"/fr/organizations/ORG/mandates/{mandate.id}/end"
    field = f"{mandate.id}-ends_on"
    refused = client.post(address, data={field: "2027-02-28"})
    assert refused.status_code == 422
    assert 'value="2027-02-28"' in refused.text
    assert client.post(address, data={field: "2027-03-31"}).status_code == 303
    session.rollback()
    # The day ends at midnight in Ottawa, where summer time has begun by then.
    kept = session.get_one(Mandate, mandate.id, populate_existing=True)
    assert kept.ends_at == datetime(2027, 4, 1, 4, 0, tzinfo=UTC)
    assert "31 mars 2027" in client.get("/fr/organizations/ORG/people").text
    assert client.post(address, data={field: ""}).status_code == 303
    session.rollback()
    assert session.get_one(Mandate, mandate.id, populate_existing=True).ends_at is None


def test_an_invitation_can_say_until_when(app, session, people):
    import hashlib

    client = app.test_client()
    sign_in(session, client, people["delegate"])
    typed = {"name": "Nina", "email": "nina@example.org", "kind": "deputy", "language": "es"}
    assert client.post("/en/organizations/ORG/invitations", data={**typed, "ends_on": "2027-03-01"}).status_code == 303
    assert client.post("/en/organizations/ORG/invitations", data={**typed, "ends_on": "2020-01-01"}).status_code == 422
    session.rollback()
    invitation = session.scalars(select(Invitation)).one()
    invitation.token_sha256 = hashlib.sha256(b"token").hexdigest()
    session.flush()
    user = accept_invitation(session, "token", now=NOW)
    mandate = session.scalars(select(Mandate).where(Mandate.user_id == user.id)).one()
    assert mandate.ends_at == datetime(2027, 3, 2, 5, 0, tzinfo=UTC)


def test_who_is_signed_in_is_known_with_what_they_may_do_by_one_query(session, count_queries):
    """Several roles beside several mandates multiply the rows of that query, and nothing else."""
    user = make_user(session, Role.DELEGATE, Role.MODERATOR, Role.AUDITOR)
    held = [make_mandate(session, user, make_organization(session)).organization_id for _ in range(2)]
    over, later, revoked = (make_mandate(session, user, make_organization(session)) for _ in range(3))
    over.starts_at, over.ends_at = NOW - 2 * DAY, NOW
    later.starts_at = NOW + DAY
    revoked.revoked_at = NOW
    nowhere = Device("", "")
    begun = begin_session(session, user, method="link", second_step=False, device=nowhere, device_token=None, now=NOW)
    session.commit()
    with count_queries() as queries:
        kept, person, actor, _along = signed_in(session, begun.token, NOW)
    assert (len(queries), kept.id, person.id) == (1, begun.session.id, user.id)
    assert actor == actor_of(session, user)
    assert [mandate.organization_id for mandate in actor.mandates] == held
    assert signed_in(session, "another token", NOW) is None
