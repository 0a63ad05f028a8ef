"""The paper desk from the command line."""

import pytest
from sqlalchemy import select

from consultation.kernel.roles import Role
from consultation.voting.models import BallotContent
from consultation.voting.rules import from_content
from consultation.voting.states import ContestKind
from tests.voting.factories import commit, make_contest, make_user


@pytest.fixture
def desk(session, clock):
    for name in ("ana", "ben"):
        make_user(session, clock.now(), f"{name}@example.org", Role.ORGANIZER)
    commit(session)


def run(runner, who, *args, typed="", code=0):
    as_person = ("--as", f"{who}@example.org") if who else ()
    done = runner.invoke(args=["contests", "paper", *args, "MAIN", *as_person], input=typed)
    assert done.exit_code == code, (done.stdout, done.stderr)
    return done


def boxed(session):
    session.rollback()
    return [from_content(one).tiers for one in session.scalars(select(BallotContent.content))]


def test_two_people_enter_a_ranking(session, scene, desk, runner, clock):
    one, two = scene.codes[:2]
    make_contest(session, scene.consultation, clock.now(), kind=ContestKind.RANKING)
    commit(session)
    first = run(runner, "ana", "first", typed=f"alpha\n{two.lower()}\n{one}\n\n")
    assert first.stdout == "waits\n"
    assert run(runner, "ana", "waiting").stdout == "ALPHA\t1\tAna\n"
    assert run(runner, "ben", "second", typed="ALPHA\n2\n1\n\n").stdout == "in_the_box\n"
    assert boxed(session) == [((two,), (one,))]
    assert run(runner, "ben", "waiting").stdout == ""


def test_what_differs_is_told_and_can_begin_again(session, scene, desk, runner, clock):
    make_contest(session, scene.consultation, clock.now())
    commit(session)
    assert run(runner, "ana", "first", typed="ALPHA\n1\n2\n").stdout == "waits\n"
    assert run(runner, "ben", "second", typed="ALPHA\n\n\ny\n").stdout == "differs\n"
    assert run(runner, "ana", "waiting").stdout == "ALPHA\t2\tAna, Ben\n"
    assert "has read" not in run(runner, "ben", "again", typed="ALPHA\n").stderr
    assert "No first reading" in run(runner, "ben", "again", typed="ALPHA\n", code=1).stderr
    assert boxed(session) == []


def test_what_is_wrong_is_said(session, scene, desk, runner, clock):
    make_contest(session, scene.consultation, clock.now(), kind=ContestKind.SHORTLIST)
    commit(session)
    for typed, said in (
        ("NOBODY\n1\n", "Nobody on the roll has this code."),
        ("ALPHA\n1 1\n", "duplicate_item"),
        ("ALPHA\n\nn\n", "Nothing is typed"),
        ("\n1\n", "Say whose ballot it is"),
    ):
        assert said in run(runner, "ana", "first", typed=typed, code=1).stderr
    for command in ("first", "waiting"):
        assert "second_person" in run(runner, None, command, typed="ALPHA\n1\n", code=1).stderr
        assert "role" in run(runner, "alpha", command, typed="ALPHA\n1\n", code=1).stderr
