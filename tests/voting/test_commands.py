"""The life of a contest from the command line."""

import pytest

from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import Role
from consultation.voting.models import Contest
from consultation.voting.operations import import_ballots
from consultation.voting.tally import BallotRow
from tests.voting.factories import commit, make_user


@pytest.fixture
def run(runner):
    def invoke(*args, code=0):
        done = runner.invoke(args=list(args))
        assert done.exit_code == code, done.stderr
        return done

    return invoke


def test_a_contest_from_creation_to_publication(run, session, scene, clock):
    made = run(
        *("contests", "create", "gathering", "--code", "PAPER", "--kind", "ranking", "--places", "2"),
        *("--minutes", "90", "--no-roll", "--closes", "2027-04-01"),
    )
    assert made.stdout == "PAPER\n"
    assert len(run("contests", "open", "PAPER").stdout.strip()) == 64
    contest = session.query(Contest).one()
    import_ballots(
        session, contest, {"p": BallotRow(((scene.codes[1],), (scene.codes[0],)))}, actor=OPERATOR, now=clock.now()
    )
    commit(session)
    shown = run("contests", "show", "PAPER").stdout
    assert "ballots\tat least 0\n" in shown
    assert scene.codes[1] not in shown
    clock.set(contest.closes_at)
    run("contests", "close", "PAPER")
    counted = run("contests", "tally", "PAPER")
    assert "No beacon given" in counted.stderr
    assert "which stands" in run("contests", "tally", "PAPER", "--beacon", "other", code=1).stderr
    assert scene.codes[1] not in run("contests", "show", "PAPER").stdout
    run("contests", "publish", "PAPER")
    assert f"expanding_approvals\t{scene.codes[1]} > {scene.codes[0]} > " in run("contests", "show", "PAPER").stdout


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("contests", "create", "nowhere", "--code", "X", "--kind", "tiers", "--places", "1"), 1),
        (("contests", "create", "gathering", "--code", "X Y", "--kind", "tiers", "--places", "1"), 2),
        (("contests", "create", "gathering", "--code", "X", "--kind", "lottery", "--places", "1"), 2),
        (("contests", "create", "gathering", "--code", "X", "--kind", "tiers", "--places", "0"), 2),
        (
            ("contests", "create", "gathering", "--code", "X", "--kind", "tiers", "--places", "1", "--closes", "soon"),
            2,
        ),
        (
            (
                *("contests", "create", "gathering", "--code", "X", "--kind", "tiers", "--places", "1"),
                *("--question-en", "What first?"),
            ),
            2,
        ),
        (("contests", "open", "NONE"), 1),
        (("contests", "close", "NONE"), 1),
    ],
)
def test_wrong_use_and_the_answer_no(run, scene, args, code):
    run(*args, code=code)


def test_the_same_code_twice_and_too_early_moves_are_refused(run, scene):
    create = ("contests", "create", "gathering", "--code", "X", "--kind", "tiers", "--places", "1", "--secret")
    run(*create)
    assert "There is a contest X already" in run(*create, code=1).stderr
    for verb in ("close", "tally", "publish"):
        run("contests", verb, "X", code=1)


def test_who_acts_needs_the_role(run, session, scene, clock):
    make_user(session, clock.now(), "delegate@example.org", Role.DELEGATE)
    make_user(session, clock.now(), "organizer@example.org", Role.ORGANIZER)
    commit(session)
    create = ("contests", "create", "gathering", "--code", "X", "--kind", "tiers", "--places", "1", "--as")
    run(*create, "delegate@example.org", code=1)
    run(*create, "organizer@example.org")
