"""A contest where an umbrella and its affiliates cast one ballot."""

import pytest
from sqlalchemy import select

from consultation.kernel.permissions import OPERATOR, Denied, Reason
from consultation.membership.models import MemberOrganization
from consultation.membership.states import OrganizationState
from consultation.voting import chain
from consultation.voting.models import RollEntry
from consultation.voting.operations import cast, open_contest
from consultation.voting.states import AffiliatesCount
from tests.membership.test_affiliating import join
from tests.voting.factories import make_contest


@pytest.fixture
def members(session, scene):
    query = select(MemberOrganization).order_by(MemberOrganization.code)
    alpha, beta, gamma = session.scalars(query)
    join(session, alpha, beta)
    join(session, alpha, gamma)
    return alpha, beta, gamma


def roll(session, contest):
    query = (
        select(MemberOrganization.code)
        .join(RollEntry, RollEntry.organization_id == MemberOrganization.id)
        .where(RollEntry.contest_id == contest.id)
    )
    return sorted(session.scalars(query))


def opened(session, scene, clock, rule, code="MAIN"):
    return make_contest(session, scene.consultation, clock.now(), affiliates_count=rule, code=code)


def test_each_votes_unless_the_contest_says_otherwise(session, scene, clock, members):
    contest = make_contest(session, scene.consultation, clock.now())
    assert roll(session, contest) == ["ALPHA", "BETA", "GAMMA"]
    assert contest.frozen["affiliates_count"] == "each"
    assert (contest.frozen["roll"]["families"], contest.frozen["roll"]["represented"]) == (0, 0)


def test_a_family_casts_one_ballot(session, scene, clock, members, tmp_path):
    contest = opened(session, scene, clock, AffiliatesCount.FAMILY)
    assert roll(session, contest) == ["ALPHA"]
    assert contest.frozen["affiliates_count"] == "family"
    united = [["ALPHA", ["BETA", "GAMMA"]]]
    assert contest.frozen["roll"] == {
        "voters": 1,
        "sha256": chain.digest("contest/roll/2", chain.canonical(["ALPHA"])),
        "families": 1,
        "represented": 2,
        "families_sha256": chain.digest("contest/families/1", chain.canonical(united)),
    }
    assert contest.frozen_sha256 == chain.digest("contest/frozen/1", chain.canonical(contest.frozen))
    beta = scene.delegates[1]
    with pytest.raises(Denied) as error:
        cast(
            session,
            contest,
            organization_id=beta.organization.id,
            ballot=(),
            key="k",
            actor=beta.actor,
            clock=clock.now,
        )
    assert error.value.decision.reason is Reason.NOT_ON_ROLL


def test_the_first_affiliate_votes_where_the_umbrella_cannot(session, scene, clock, members):
    alpha, _beta, _gamma = members
    alpha.state, alpha.verified_at = OrganizationState.SUSPENDED, None
    assert roll(session, opened(session, scene, clock, AffiliatesCount.FAMILY)) == ["BETA"]


def test_the_rule_shapes_the_digest(session, scene, clock, members):
    contests = [
        make_contest(session, scene.consultation, clock.now(), code=code, opened=False, affiliates_count=rule)
        for code, rule in (("MAIN", AffiliatesCount.EACH), ("NEXT", AffiliatesCount.FAMILY))
    ]
    for contest in contests:
        open_contest(session, contest, actor=OPERATOR, now=clock.now())
    assert contests[0].frozen["roll"]["voters"], contests[1].frozen["roll"]["voters"] == (3, 1)
