"""People who are members in their own name: how they come in, and what the consultation's rule lets them do."""

import pytest

from consultation.accounts.queries import user_by_id
from consultation.convening.operations import set_member_rule
from consultation.convening.policy import voice_in
from consultation.convening.rules import members_who_may
from consultation.convening.states import Act
from consultation.discussion.operations import post
from consultation.kernel.permissions import ANONYMOUS, OPERATOR, Denied, Permission, Reason, may
from consultation.kernel.roles import MandateKind, MemberKind, Role
from consultation.membership.models import MemberOrganization
from consultation.membership.operations import (
    NoAffiliation,
    apply_for_membership,
    approve,
    invite,
    propose_affiliation,
    vouch,
)
from consultation.membership.states import OrganizationState
from consultation.proposals.operations import endorse, submit
from consultation.proposals.rules import ProposalText
from consultation.voting.rolls import electorate
from tests.factories import (
    NOW,
    actor_of,
    make_consultation,
    make_mandate,
    make_organization,
    make_proposal,
    make_user,
)
from tests.voting.factories import make_contest

TEXT = ProposalText(title="Name what happened", barrier="It is not named.", evidence="", remedy="Name it.")


def make_person(session, kind, *, verified=True, approvals_needed=2):
    """A member in their own name, and what they may do."""
    member = apply_for_membership(
        session,
        name="Amina Roy",
        kind=kind,
        expertise="Housing",
        existence="I have lived it.",
        approvals_needed=approvals_needed,
        contact_name="Amina Roy",
        contact_email=f"{kind}@example.org",
        contact_language="fr",
        actor=ANONYMOUS,
        now=NOW,
    )
    user = make_user(session)
    make_mandate(session, user, member)
    if verified:
        approve(session, member, actor=OPERATOR, now=NOW)
    return member, actor_of(session, user)


def reason(call, *args, **options):
    with pytest.raises(Denied) as error:
        call(*args, **options)
    return error.value.decision.reason


def test_a_persons_code_does_not_say_who_it_is(session):
    first, _actor = make_person(session, MemberKind.INDIVIDUAL)
    second, _actor = make_person(session, MemberKind.EXPERT)
    assert (first.code, second.code) == ("MEMBER", "MEMBER-2")
    assert (second.expertise, second.listed) == ("Housing", False)


@pytest.mark.parametrize(("needed", "expected"), [(2, [False, True]), (1, [True])])
def test_one_or_two_people_verify_a_person(session, needed, expected):
    member, _actor = make_person(session, MemberKind.INDIVIDUAL, verified=False, approvals_needed=needed)
    desk = [actor_of(session, make_user(session, Role.ORGANIZER)) for _ in expected]
    assert [approve(session, member, actor=actor, now=NOW) for actor in desk] == expected
    assert member.state is OrganizationState.VERIFIED


def test_an_organization_always_takes_two(session):
    made = apply_for_membership(
        session, name="A", existence="B", approvals_needed=1, contact_name="C", contact_email="c@example.org",
        contact_language="en", actor=ANONYMOUS, now=NOW,
    )  # fmt: skip
    assert made.approvals_needed == 2


def test_what_each_kind_does_by_default(session):
    consultation = make_consultation(session)
    proposal = make_proposal(session, consultation, published=True)
    done = {}
    for kind in (MemberKind.INDIVIDUAL, MemberKind.EXPERT, MemberKind.OBSERVER):
        member, actor = make_person(session, kind)
        done[kind] = {act: voice_in(actor, consultation, act, member.id).reason for act in Act}
        own = {"organization_id": member.id, "actor": actor, "now": NOW}
        assert reason(endorse, session, proposal, **own) is Reason.MEMBER_KIND
        if kind is MemberKind.OBSERVER:
            assert reason(submit, session, consultation, text=TEXT, language="en", **own) is Reason.MEMBER_KIND
            assert reason(post, session, proposal, body="Yes", language="en", **own) is Reason.MEMBER_KIND
        else:
            assert submit(session, consultation, text=TEXT, language="en", **own).organization_id == member.id
            assert post(session, proposal, body="Yes", language="en", **own).organization_id == member.id
    no = Reason.MEMBER_KIND
    people = {Act.PROPOSE: None, Act.COMMENT: None, Act.ENDORSE: no, Act.VOTE: no}
    assert done == {
        MemberKind.INDIVIDUAL: people,
        MemberKind.EXPERT: people,
        MemberKind.OBSERVER: dict.fromkeys(Act, no),
    }


def test_the_consultations_rule_opens_and_closes_acts(session):
    consultation = make_consultation(session)
    proposal = make_proposal(session, consultation, published=True)
    (person, one), (expert, two) = (make_person(session, kind) for kind in (MemberKind.INDIVIDUAL, MemberKind.EXPERT))
    rule = {Act.PROPOSE: [], Act.ENDORSE: [MemberKind.EXPERT]}
    set_member_rule(session, consultation, rule=rule, personal_approvals=1, actor=OPERATOR, now=NOW)
    assert endorse(session, proposal, organization_id=expert.id, actor=two, now=NOW)
    own = {"organization_id": person.id, "actor": one, "now": NOW}
    assert reason(endorse, session, proposal, **own) is Reason.MEMBER_KIND
    assert reason(submit, session, consultation, text=TEXT, language="en", **own) is Reason.MEMBER_KIND
    assert members_who_may(consultation.member_rule, Act.COMMENT) >= {MemberKind.INDIVIDUAL}


def test_nobody_speaks_for_a_person_through_an_organization_that_may(session):
    """Somebody with two mandates endorses for the organization, and not for themselves."""
    consultation = make_consultation(session)
    proposal = make_proposal(session, consultation, published=True)
    member, actor = make_person(session, MemberKind.INDIVIDUAL)
    organization = make_organization(session)
    user = user_by_id(session, actor.user_id)
    make_mandate(session, user, organization)
    both = actor_of(session, user)
    assert may(both, Permission.PROPOSAL_ENDORSE, proposal, now=NOW)
    assert endorse(session, proposal, organization_id=organization.id, actor=both, now=NOW)
    refused = reason(endorse, session, proposal, organization_id=member.id, actor=both, now=NOW)
    assert refused is Reason.MEMBER_KIND


def test_a_rule_names_no_observers_and_no_third_number(session):
    consultation = make_consultation(session)
    how = {"actor": OPERATOR, "now": NOW}
    with pytest.raises(ValueError, match="names"):
        set_member_rule(session, consultation, rule={Act.VOTE: ["observer"]}, personal_approvals=2, **how)
    with pytest.raises(ValueError, match="names"):
        set_member_rule(session, consultation, rule={}, personal_approvals=0, **how)
    moderator = actor_of(session, make_user(session, Role.MODERATOR))
    assert (
        reason(set_member_rule, session, consultation, rule={}, personal_approvals=1, actor=moderator, now=NOW)
        is Reason.ROLE
    )


def test_people_vote_only_where_the_rule_said_so_when_the_contest_was_made(session):
    consultation = make_consultation(session)
    make_organization(session, "ORG")
    person, _actor = make_person(session, MemberKind.INDIVIDUAL)
    before = make_contest(session, consultation, NOW, code="BEFORE", opened=False)
    rule = {Act.VOTE: [MemberKind.INDIVIDUAL]}
    set_member_rule(session, consultation, rule=rule, personal_approvals=2, actor=OPERATOR, now=NOW)
    after = make_contest(session, consultation, NOW, code="AFTER", opened=False)
    codes = [[one.code for one in electorate(session, contest)[0]] for contest in (before, after)]
    assert codes == [["ORG"], [person.code, "ORG"]]


def test_nobody_is_invited_to_speak_for_a_person_and_a_person_vouches_for_nobody(session):
    member, actor = make_person(session, MemberKind.EXPERT)
    letter = {"email": "x@example.org", "name": "", "language": "en", "kind": MandateKind.DEPUTY}
    assert reason(invite, session, member, **letter, actor=actor, now=NOW) is Reason.MEMBER_KIND
    applied = make_organization(session, verified=False)
    assert reason(vouch, session, applied, by=member.id, actor=actor, now=NOW) is Reason.NO_MANDATE
    other = make_organization(session)
    with pytest.raises(NoAffiliation, match="person"):
        propose_affiliation(session, umbrella=other, affiliate=member, by=member, actor=actor, now=NOW)


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_a_person_applies_by_the_page(app, session, language):
    consultation = make_consultation(session)
    set_member_rule(session, consultation, rule={}, personal_approvals=1, actor=OPERATOR, now=NOW)
    session.commit()
    client, address = app.test_client(), f"/{language}/register/person"
    typed = {"kind": "expert", "consultation": "sample", "name": "Amina Roy", "existence": "Because.", "agreement": "y"}
    refused = client.post(address, data={**typed, "email": "a"})
    assert refused.status_code == 422
    assert all(f'href="#{name}"' in refused.text for name in ("email", "expertise"))
    assert 'value="Amina Roy"' in refused.text
    forged = {"approvals_needed": "0", "state": "verified", "listed": "y", "code": "ADMIN"}
    sent = client.post(address, data={**typed, **forged, "expertise": "Housing", "email": "a@example.org"})
    assert (sent.status_code, sent.location) == (303, f"/{language}/register/sent")
    kept = session.query(MemberOrganization).one()
    assert (kept.code, kept.kind, kept.state, kept.listed, kept.approvals_needed) == (
        "MEMBER",
        MemberKind.EXPERT,
        OrganizationState.APPLIED,
        False,
        1,
    )
    assert client.post(address, data={**typed, "kind": "nation", "email": "b@example.org"}).status_code == 422
