"""What each phase opens, and when to the second."""

from datetime import timedelta

import pytest

from consultation.convening.operations import set_phase
from consultation.convening.policy import phase_allows
from consultation.convening.states import OPENED_BY_PHASE, PHASE_ORDER, PhaseName
from consultation.kernel.permissions import OPERATOR, Permission, Reason
from tests.factories import NOW, make_consultation

SECOND = timedelta(seconds=1)
UNTIL = NOW + timedelta(hours=1)


@pytest.fixture
def consultation(session):
    return make_consultation(session, phases=())


def date(session, consultation, name, opens_at=NOW, closes_at=UNTIL):
    set_phase(session, consultation, name, opens_at=opens_at, closes_at=closes_at, actor=OPERATOR, now=NOW)


@pytest.mark.parametrize("name", PHASE_ORDER)
def test_each_phase_opens_exactly_its_permissions(session, consultation, name):
    date(session, consultation, name)
    opened = {permission for permission in Permission if phase_allows(consultation, permission, NOW)}
    assert opened == OPENED_BY_PHASE[name]


@pytest.mark.parametrize(
    ("at", "open_then"),
    [(NOW - SECOND, False), (NOW, True), (NOW + SECOND, True), (UNTIL - SECOND, True), (UNTIL, False)],
)
def test_a_phase_allows_from_its_first_instant_until_before_its_last(session, consultation, at, open_then):
    date(session, consultation, PhaseName.RANK)
    decision = phase_allows(consultation, Permission.BALLOT_CAST, at)
    assert (decision.allowed, decision.reason) == (open_then, None if open_then else Reason.PHASE)


def test_any_open_phase_is_enough(session, consultation):
    date(session, consultation, PhaseName.CURATE)
    date(session, consultation, PhaseName.DISCUSS)
    assert phase_allows(consultation, Permission.COMMENT_POST, NOW)


def test_an_undated_phase_allows_nothing(consultation):
    assert not any(phase_allows(consultation, permission, NOW) for permission in Permission)
