"""Umbrellas and affiliates: agreed by both sides, never in a circle, and what they mean for a roll."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR, Denied, Reason
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.models import Affiliation
from consultation.membership.operations import (
    NoAffiliation,
    agree_affiliation,
    end_affiliation,
    propose_affiliation,
)
from consultation.membership.queries import affiliation_of, affiliations_in_force
from consultation.membership.rules import family_voters, would_circle
from tests.factories import NOW, actor_of, make_mandate, make_organization, make_user


@pytest.fixture
def side(session):
    """A verified organization and its delegate."""

    def make(code, **more):
        organization = make_organization(session, code, **more)
        user = make_user(session)
        make_mandate(session, user, organization)
        return organization, actor_of(session, user)

    return make


def join(session, umbrella, affiliate, now=NOW):
    """As the operator: proposed and agreed at once."""
    sides = {"umbrella": umbrella, "affiliate": affiliate, "by": affiliate}
    made = propose_affiliation(session, **sides, actor=OPERATOR, now=now)
    agree_affiliation(session, affiliation_of(session, umbrella.id, made.id), actor=OPERATOR, now=now)
    return affiliation_of(session, umbrella.id, made.id)


def refused(call, *args, **options):
    with pytest.raises(NoAffiliation) as error:
        call(*args, **options)
    return error.value.code


def test_one_side_proposes_and_the_other_agrees(session, side):
    umbrella, above = side("ABOVE")
    affiliate, below = side("BELOW")
    made = propose_affiliation(session, umbrella=umbrella, affiliate=affiliate, by=affiliate, actor=below, now=NOW)
    made = affiliation_of(session, umbrella.id, made.id)
    with pytest.raises(Denied) as error:
        agree_affiliation(session, made, actor=below, now=NOW)
    assert error.value.decision.reason is Reason.NO_MANDATE
    assert affiliations_in_force(session) == []
    later = NOW + timedelta(days=1)
    agree_affiliation(session, made, actor=above, now=later)
    assert affiliations_in_force(session) == [(umbrella.id, affiliate.id)]
    end_affiliation(session, made, actor=above, now=later)
    assert affiliations_in_force(session) == []
    names = session.scalars(
        select(EventRecord.name).where(EventRecord.name.startswith("Affiliation")).order_by(EventRecord.position)
    )
    assert list(names) == ["AffiliationProposed", "AffiliationAgreed", "AffiliationEnded"]


def test_an_editor_and_a_stranger_decide_nothing(session, side):
    umbrella, _above = side("ABOVE")
    affiliate, below = side("BELOW")
    _stranger, stranger = side("OTHER")
    editor = make_user(session)
    make_mandate(session, editor, umbrella, kind=MandateKind.EDITOR)
    sides = {"umbrella": umbrella, "affiliate": affiliate}
    with pytest.raises(Denied):
        propose_affiliation(session, **sides, by=umbrella, actor=stranger, now=NOW)
    with pytest.raises(Denied):
        propose_affiliation(session, **sides, by=umbrella, actor=actor_of(session, editor), now=NOW)
    made = propose_affiliation(session, **sides, by=affiliate, actor=below, now=NOW)
    made = affiliation_of(session, umbrella.id, made.id)
    for verb in (agree_affiliation, end_affiliation):
        for actor in (stranger, actor_of(session, editor)):
            with pytest.raises(Denied):
                verb(session, made, actor=actor, now=NOW)


def test_the_desk_agrees_but_not_to_its_own(session, side):
    umbrella, _above = side("ABOVE")
    affiliate, below = side("BELOW")
    made = propose_affiliation(session, umbrella=umbrella, affiliate=affiliate, by=affiliate, actor=below, now=NOW)
    made = affiliation_of(session, umbrella.id, made.id)
    desk, own, auditor = (make_user(session, role) for role in (Role.ORGANIZER, Role.ORGANIZER, Role.AUDITOR))
    make_mandate(session, own, affiliate)
    for person in (own, auditor):
        with pytest.raises(Denied):
            agree_affiliation(session, made, actor=actor_of(session, person), now=NOW)
    agree_affiliation(session, made, actor=actor_of(session, desk), now=NOW)
    assert affiliations_in_force(session) == [(umbrella.id, affiliate.id)]


def test_no_circle_no_second_umbrella_no_strangers(session):
    one, two, three = (make_organization(session, code) for code in ("ONE", "TWO", "THREE"))
    waiting = make_organization(session, "WAITS", verified=False)
    join(session, one, two)
    join(session, two, three)
    propose = {"by": one, "actor": OPERATOR, "now": NOW}
    assert refused(propose_affiliation, session, umbrella=one, affiliate=one, **propose) == "itself"
    assert refused(propose_affiliation, session, umbrella=three, affiliate=one, **propose) == "circle"
    assert refused(propose_affiliation, session, umbrella=one, affiliate=two, **propose) == "stands"
    assert refused(propose_affiliation, session, umbrella=one, affiliate=three, **propose) == "has_umbrella"
    assert refused(propose_affiliation, session, umbrella=one, affiliate=waiting, **propose) == "not_verified"


def test_what_became_a_circle_meanwhile_is_not_agreed(session):
    one, two = (make_organization(session, code) for code in ("ONE", "TWO"))
    asked = [
        propose_affiliation(session, umbrella=above, affiliate=below, by=above, actor=OPERATOR, now=NOW)
        for above, below in ((one, two), (two, one))
    ]
    first, second = (affiliation_of(session, one.id, each.id) for each in asked)
    agree_affiliation(session, first, actor=OPERATOR, now=NOW)
    assert refused(agree_affiliation, session, second, actor=OPERATOR, now=NOW) == "circle"
    end_affiliation(session, first, actor=OPERATOR, now=NOW)
    assert refused(agree_affiliation, session, first, actor=OPERATOR, now=NOW) == "over"


def test_the_database_refuses_a_second_umbrella(session):
    one, two, three = (make_organization(session, code) for code in ("ONE", "TWO", "THREE"))
    for umbrella in (one, two):
        session.add(
            Affiliation(
                umbrella_id=umbrella.id, affiliate_id=three.id, proposed_by_id=three.id, proposed_at=NOW, agreed_at=NOW
            )
        )
    with pytest.raises(IntegrityError):
        session.flush()


def test_who_votes_for_a_family():
    pairs = [("top", "mid"), ("mid", "low"), ("gone", "late"), ("gone", "last")]
    eligible = ["top", "mid", "low", "alone", "late", "last"]
    assert family_voters(pairs, eligible) == {
        "top": "top", "mid": "top", "low": "top", "alone": "alone", "late": "late", "last": "late",
    }  # fmt: skip
    assert family_voters(pairs, ["low", "mid"]) == {"low": "mid", "mid": "mid"}
    assert would_circle({"low": "mid", "mid": "top"}, "low", "top")
    assert not would_circle({"low": "mid", "mid": "top"}, "low", "other")
