"""Two registrations become one: what follows, what is united, what is refused, and the trace that tells all of it."""

import pytest
from sqlalchemy import select

from consultation.directory.operations import CannotMerge, foresee, merge_organizations
from consultation.discussion.models import Comment
from consultation.discussion.operations import post
from consultation.exchange.queries import Directory
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR, Denied, Reason
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.models import Mandate, MemberOrganization, OrganizationMerge
from consultation.membership.operations import invite
from consultation.membership.queries import affiliations_in_force
from consultation.membership.states import OrganizationState
from consultation.proposals.models import Endorsement, Proposal
from consultation.proposals.operations import endorse
from consultation.voting.operations import close_contest
from consultation.voting.rolls import electorate
from tests.factories import (
    NOW,
    actor_of,
    make_consultation,
    make_mandate,
    make_organization,
    make_proposal,
    make_user,
    sign_in,
)
from tests.membership.test_affiliating import join
from tests.voting.factories import commit, make_contest

WHY = {"reason": "The same society, registered twice.", "actor": OPERATOR, "now": NOW}


@pytest.fixture
def pair(session):
    """The one that stays and the one that goes up in it, both with people, proposals, support and words."""
    consultation = make_consultation(session)
    kept, gone = make_organization(session, "KEPT", listed=True), make_organization(session, "GONE", listed=True)
    both, only = make_user(session), make_user(session)
    for user, organization in ((both, kept), (both, gone), (only, gone)):
        make_mandate(session, user, organization)
    own = make_proposal(session, consultation, organization_id=gone.id, title="Theirs", published=True)
    other = make_proposal(session, consultation, title="Another’s", published=True)
    for proposal, organizations in ((own, (kept,)), (other, (kept, gone))):
        for organization in organizations:
            endorse(session, proposal, organization_id=organization.id, actor=OPERATOR, now=NOW)
    third = make_proposal(session, consultation, title="A third", published=True)
    endorse(session, third, organization_id=gone.id, actor=OPERATOR, now=NOW)
    actor = actor_of(session, only)
    post(session, other, body="We know this.", language="en", organization_id=gone.id, actor=actor, now=NOW)
    letter = {"name": "", "language": "en", "kind": MandateKind.EDITOR, "actor": OPERATOR, "now": NOW}
    invite(session, kept, email="same@example.org", **letter)
    for address in ("same@example.org", "new@example.org"):
        invite(session, gone, email=address, **letter)
    session.commit()
    return kept, gone, consultation


def numbers(plan):
    return {name: len(value) for name, value in plan.to_dict().items()}


EXPECTED = {
    "mandates": 1, "mandates_united": 1, "invitations": 1, "invitations_united": 1, "affiliations": 0,
    "affiliations_ended": 0, "proposals": 1, "endorsements": 1, "endorsements_united": 1, "comments": 1,
    "past_rolls": 0,
}  # fmt: skip


def fresh(session, model, id_):
    return session.get_one(model, id_, populate_existing=True)


def test_what_is_foreseen_happens_and_the_trace_tells_it(session, pair):
    kept, gone, _consultation = pair
    plan = foresee(session, kept, gone)
    assert numbers(plan) == EXPECTED
    assert plan.endorsements_united == ["NG27-002"]
    assert session.scalars(select(OrganizationMerge)).all() == []
    merge = merge_organizations(session, kept, gone, **WHY)
    session.commit()
    assert merge.trace == plan.to_dict()
    gone = fresh(session, MemberOrganization, gone.id)
    assert (gone.state, gone.merged_into_id, gone.listed) == (OrganizationState.MERGED, kept.id, False)
    standing = session.scalars(select(Mandate.organization_id).where(Mandate.revoked_at.is_(None))).all()
    assert standing == [kept.id, kept.id]
    assert {row.organization_id for row in session.scalars(select(Comment))} == {kept.id}
    query = select(Proposal.code, Proposal.endorsement_count).order_by(Proposal.code)
    assert [tuple(row) for row in session.execute(query)] == [("NG27-001", 1), ("NG27-002", 1), ("NG27-003", 1)]
    assert session.scalars(select(Endorsement.organization_id)).all() == [kept.id] * 3
    event = session.scalars(select(EventRecord).where(EventRecord.name == "OrganizationsMerged")).one()
    assert (event.subject_id, event.payload) == (kept.id, {"merge_id": str(merge.id), "gone_id": str(gone.id)})
    assert Directory(session).id_of("GONE") == kept.id


def test_the_old_code_leads_to_the_new_one_for_good(app, session, pair):
    kept, gone, _consultation = pair
    last = make_organization(session, "LAST", listed=True)
    merge_organizations(session, kept, gone, **WHY)
    merge_organizations(session, last, kept, **WHY)
    session.commit()
    for code in ("GONE", "KEPT"):
        answer = app.test_client().get(f"/fr/organizations/{code}")
        assert (answer.status_code, answer.location) == (301, "/fr/organizations/LAST")
    last.listed = False
    session.commit()
    assert app.test_client().get("/fr/organizations/GONE").status_code == 404


def test_affiliations_follow_where_they_fit(session, pair):
    kept, gone, _consultation = pair
    above, below = make_organization(session, "ABOVE"), make_organization(session, "BELOW")
    join(session, above, kept)
    join(session, kept, gone)
    join(session, gone, below)
    merge = merge_organizations(session, kept, gone, **WHY)
    session.commit()
    assert (len(merge.trace["affiliations"]), len(merge.trace["affiliations_ended"])) == (1, 1)
    assert affiliations_in_force(session) == [(above.id, kept.id), (kept.id, below.id)]


def code_of(call):
    with pytest.raises(CannotMerge) as error:
        call()
    return error.value.code


def test_a_ballot_is_never_affected(session, clock, pair):
    kept, gone, consultation = pair
    from consultation.curation.operations import admit

    admit(session, session.scalars(select(Proposal).where(Proposal.code == "NG27-003")).one(), actor=OPERATOR, now=NOW)
    contest = make_contest(session, consultation, NOW, places=1)
    commit(session)
    assert code_of(lambda: merge_organizations(session, kept, gone, **WHY)) == "voting"
    close_contest(session, contest, actor=OPERATOR, now=NOW)
    commit(session)
    merge = merge_organizations(session, kept, gone, **WHY)
    assert merge.trace["past_rolls"] == ["MAIN"]
    later = make_contest(session, consultation, NOW, code="LATER", places=1, opened=False)
    assert [one.code for one in electorate(session, later)[0]] == ["KEPT"]


def test_what_cannot_be_merged(session, pair):
    kept, gone, _consultation = pair
    waiting = make_organization(session, "WAITS", verified=False)
    assert code_of(lambda: foresee(session, kept, kept)) == "itself"
    assert code_of(lambda: foresee(session, waiting, gone)) == "not_verified"
    merge_organizations(session, kept, gone, **WHY)
    assert code_of(lambda: foresee(session, kept, gone)) == "merged"
    with pytest.raises(ValueError, match="why"):
        merge_organizations(session, kept, waiting, reason=" ", actor=OPERATOR, now=NOW)


def test_nobody_merges_their_own(session, pair):
    kept, gone, _consultation = pair
    own = make_user(session, Role.ORGANIZER)
    make_mandate(session, own, kept)
    moderator = make_user(session, Role.MODERATOR)
    for person, reason in ((own, Reason.OWN_MATTER), (moderator, Reason.ROLE)):
        with pytest.raises(Denied) as error:
            merge_organizations(session, kept, gone, **{**WHY, "actor": actor_of(session, person)})
        assert error.value.decision.reason is reason


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_page_shows_what_will_happen_before_it_does(app, session, pair, language):
    client, address = app.test_client(), f"/{language}/verification/GONE/merging"
    sign_in(session, client, make_user(session, Role.ORGANIZER))
    assert client.get(address).status_code == 200
    assert client.get(f"{address}?into=NOBODY").status_code == 422
    shown = client.get(f"{address}?into=kept")
    assert shown.status_code == 200
    assert "NG27-002" in shown.text
    assert client.post(address, data={"into": "KEPT", "reason": ""}).status_code == 422
    assert session.scalars(select(OrganizationMerge)).all() == []
    done = client.post(address, data={"into": "KEPT", "reason": "Twice."})
    assert (done.status_code, done.location) == (303, f"/{language}/verification/KEPT")
    for code in ("KEPT", "GONE"):
        page = client.get(f"/{language}/verification/{code}").text
        assert "Twice." in page
        assert "NG27-002" in page
