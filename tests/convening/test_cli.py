"""The commands for consultations: what they print, and how they end."""

import json

import pytest

from consultation.convening.queries import consultation_by_slug
from consultation.kernel.roles import Role
from tests.factories import make_user

CREATE = ("consultations", "create", "national-gathering-2027", "--title-en", "A", "--title-fr", "B", "--title-es", "C")


@pytest.fixture
def run(runner):
    return lambda *arguments: runner.invoke(args=[str(argument) for argument in arguments])


def windows(session, slug="national-gathering-2027"):
    session.rollback()
    return {
        phase.name.value: tuple(moment and moment.isoformat() for moment in (phase.opens_at, phase.closes_at))
        for phase in consultation_by_slug(session, slug).phases
        if phase.opens_at
    }


def test_create_makes_a_prefix_and_prints_what_it_made(run):
    made = run(*CREATE)
    assert (made.exit_code, made.stdout) == (0, "national-gathering-2027\tNG27\n")


def test_create_with_a_prefix_and_a_zone(run):
    assert run(*CREATE, "--prefix", "XY", "--zone", "America/Mexico_City").stdout == "national-gathering-2027\tXY\n"
    assert json.loads(run("consultations", "show", "national-gathering-2027", "--json").stdout)["zone"] == (
        "America/Mexico_City"
    )


def test_what_is_taken_is_a_no_and_a_wrong_shape_is_wrong_use(run):
    run(*CREATE)
    taken = run(*CREATE)
    assert (taken.exit_code, "short address" in taken.stderr) == (1, True)
    assert [
        run(*CREATE[:2], "other", *CREATE[3:], *more).exit_code
        for more in (("--prefix", "NG27"), ("--prefix", "ng"), ("--zone", "Mars/Base"))
    ] == [1, 2, 2]
    assert run(*CREATE[:2], "Not So", *CREATE[3:]).exit_code == 2
    assert run("consultations", "create", "other").exit_code == 2


def test_creating_obeys_the_permissions_of_the_person_named(run, session):
    make_user(session, Role.DELEGATE, email="delegate@example.org")
    make_user(session, Role.ORGANIZER, email="organizer@example.org")
    session.commit()
    assert run(*CREATE, "--as", "delegate@example.org").exit_code == 1
    assert run(*CREATE, "--as", "nobody@example.org").exit_code == 1
    assert run("consultations", "list").stdout == ""
    assert run(*CREATE, "--as", "organizer@example.org").exit_code == 0


def test_list_and_show_read_the_same_in_words_and_in_json(run):
    assert json.loads(run("consultations", "list", "--json").stdout) == []
    run(*CREATE)
    run("consultations", "phase", "national-gathering-2027", "discuss")
    assert run("consultations", "list").stdout == "national-gathering-2027\tNG27\tdiscuss\tA\n"
    listed = json.loads(run("consultations", "list", "--json").stdout)
    shown = json.loads(run("consultations", "show", "national-gathering-2027", "--json").stdout)
    assert listed == [shown]
    assert shown["title"] == {"en": "A", "fr": "B", "es": "C"}
    assert shown["counts"] == {"submitted": 0, "published": 0, "items": 0, "comments": 0}
    assert shown["phases"][1] == {
        "name": "discuss",
        "standing": "open",
        "opens": "2027-03-01T10:00-05:00",
        "closes": None,
    }
    words = run("consultations", "show", "national-gathering-2027").stdout
    assert "  discuss    open     2027-03-01T10:00-05:00 to -\n" in words


def test_show_of_what_is_not_there_is_a_no(run):
    shown = run("consultations", "show", "nowhere")
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert run("consultations", "phase", "nowhere", "rank").exit_code == 1


def test_phase_with_dates_reads_them_in_the_consultations_zone(run, session):
    run(*CREATE)
    phase = ("consultations", "phase", "national-gathering-2027", "rank")
    assert run(*phase, "--opens", "2027-05-01", "--closes", "2027-05-15T17:00").exit_code == 0
    assert windows(session) == {"rank": ("2027-05-01T04:00:00+00:00", "2027-05-15T21:00:00+00:00")}
    assert run(*phase, "--closes", "2027-05-20").exit_code == 0
    assert windows(session) == {"rank": ("2027-05-01T04:00:00+00:00", "2027-05-20T04:00:00+00:00")}


def test_phase_without_dates_enters_it_now(run, session, clock):
    run(*CREATE)
    run("consultations", "phase", "national-gathering-2027", "propose")
    clock.advance(days=1)
    assert run("consultations", "phase", "national-gathering-2027", "rank").exit_code == 0
    assert windows(session) == {
        "propose": ("2027-03-01T15:00:00+00:00", "2027-03-02T15:00:00+00:00"),
        "rank": ("2027-03-02T15:00:00+00:00", None),
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ("sing",),
        ("rank", "--opens", "soon"),
        ("rank", "--opens", "2027-05-02", "--closes", "2027-05-01"),
        ("rank", "--closes", "2027-05-01"),
        ("rank", "--opens", "2027-03-14T02:30"),
    ],
)
def test_wrong_use_of_phase_changes_nothing(run, session, arguments):
    run(*CREATE)
    assert run("consultations", "phase", "national-gathering-2027", *arguments).exit_code == 2
    assert windows(session) == {}


@pytest.mark.parametrize("name", ["create", "list", "show", "phase"])
def test_every_command_explains_itself(run, name):
    told = run("consultations", name, "--help")
    assert (told.exit_code, told.stdout.startswith("Usage: ")) == (0, True)
