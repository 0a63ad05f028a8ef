"""``consultation proposals``."""

import pytest
from sqlalchemy import select

from consultation.kernel.roles import Role
from consultation.moderation.models import ModerationAction
from consultation.moderation.states import ReasonCode
from consultation.proposals.models import Proposal
from consultation.proposals.states import ProposalState
from tests.factories import make_mandate, make_proposal, make_user


def states(session):
    session.rollback()
    return dict(session.execute(select(Proposal.code, Proposal.state)).all())


@pytest.fixture
def three(session, scene):
    for title in ("Second\tone", "Third\none"):
        make_proposal(session, scene.consultation, title=title, language="fr")
    session.commit()
    return scene


def test_publish_by_code(runner, session, three):
    done = runner.invoke(args=["proposals", "publish", "NG27-001", "NG27-003"])
    assert (done.exit_code, done.stdout) == (0, "NG27-001\nNG27-003\n")
    assert [code for code, state in states(session).items() if state is ProposalState.PUBLISHED] == [
        "NG27-001",
        "NG27-003",
    ]


def test_publish_all(runner, session, three):
    done = runner.invoke(args=["proposals", "publish", "--all", "--consultation", "sample"])
    assert (done.exit_code, done.stdout) == (0, "NG27-001\nNG27-002\nNG27-003\n")
    assert set(states(session).values()) == {ProposalState.PUBLISHED}
    again = runner.invoke(args=["proposals", "publish", "--all", "--consultation", "sample"])
    assert (again.exit_code, again.stdout) == (0, "")


def test_publish_all_leaves_ones_own_to_somebody_else(runner, session, three):
    colleague = make_user(session, Role.MODERATOR, email="m@example.org")
    make_mandate(session, colleague, three.organization)
    session.commit()
    done = runner.invoke(args=["proposals", "publish", "--all", "--consultation", "sample", "--as", "m@example.org"])
    assert (done.exit_code, done.stdout) == (0, "NG27-002\nNG27-003\n")
    assert "NG27-001 is your own organization's" in done.stderr


def test_one_that_cannot_be_published_stops_them_all(runner, session, three):
    assert runner.invoke(args=["proposals", "publish", "NG27-001"]).exit_code == 0
    assert runner.invoke(args=["proposals", "publish", "NG27-002", "NG27-001"]).exit_code == 1
    assert states(session)["NG27-002"] is ProposalState.SUBMITTED


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (["publish"], 2),
        (["publish", "NG27-001", "--all", "--consultation", "sample"], 2),
        (["publish", "--all"], 2),
        (["publish", "NG27-001", "--consultation", "sample"], 2),
        (["publish", "NG27-999"], 1),
        (["publish", "--all", "--consultation", "none"], 1),
        (["decline", "NG27-001"], 2),
        (["decline", "NG27-001", "--reason", "  "], 2),
        (["decline", "NG27-001", "--reason", "No", "--code", "whim"], 2),
        (["decline", "NG27-999", "--reason", "No"], 1),
        (["list", "--consultation", "none"], 1),
    ],
)
def test_what_cannot_be_done(runner, three, args, status):
    assert runner.invoke(args=["proposals", *args]).exit_code == status


def test_decline(runner, session, three):
    done = runner.invoke(args=["proposals", "decline", "NG27-002", "--reason", "Not about this."])
    assert (done.exit_code, done.stdout) == (0, "NG27-002\n")
    action = session.scalars(select(ModerationAction)).one()
    assert (action.reason_code, action.reason, action.moderator_id) == (
        ReasonCode.OUT_OF_SCOPE,
        "Not about this.",
        None,
    )
    assert states(session)["NG27-002"] is ProposalState.DECLINED


def test_list(runner, three):
    done = runner.invoke(args=["proposals", "list", "--consultation", "sample", "--state", "submitted"])
    assert done.stdout == (
        "NG27-001\tsubmitted\ten\tCount hate incidents alike everywhere\n"
        "NG27-002\tsubmitted\tfr\tSecond one\n"
        "NG27-003\tsubmitted\tfr\tThird one\n"
    )


def test_a_delegate_lists_nothing(runner, session, three):
    make_user(session, Role.DELEGATE, email="d@example.org")
    session.commit()
    assert runner.invoke(args=["proposals", "list", "--as", "d@example.org"]).exit_code == 1
