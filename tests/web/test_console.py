"""How commands end: 0 done, 1 the answer is no, 2 wrong use; and that nothing is shown that was not saved."""

import click
import pytest
from click.testing import CliRunner
from flask.cli import ScriptInfo
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from consultation.__main__ import console
from consultation.accounts.models import SignInLink, User
from consultation.app import COMMANDS
from consultation.kernel.moves import WrongState
from consultation.kernel.orm import intending_to_write
from consultation.kernel.permissions import Decision, Denied, Permission, Reason
from consultation.proposals.states import PUBLICATION, ProposalState
from consultation.web.console import No, command_work, counted, fail_use
from tests.factories import NOW, make_user


def _too_large(work):
    work.session.execute(text("SELECT CAST(:n AS INTEGER)"), {"n": 2**70}).all()


def _conflict(work):
    for _ in range(2):
        work.session.add(User(email="twice@example.org", name="A", language="en", created_at=NOW))
    work.session.flush()


def _raise(error):
    raise error


ENDINGS = {
    "nothing": (lambda _work: None, 0, ""),
    "no": (lambda _work: _raise(No("It is full.")), 1, "It is full."),
    "use": (lambda _work: _raise(fail_use("Give a date.")), 2, "Give a date."),
    "denied": (
        lambda _work: _raise(Denied(Permission.CONTEST_CLOSE, Decision(Reason.NOT_OVER))),
        1,
        "Not allowed (contest:close): not_over. It is announced to end later",
    ),
    "state": (
        lambda _work: _raise(WrongState(PUBLICATION, ProposalState.DECLINED)),
        1,
        "Cannot do publication: it is declined, and would have to be submitted.",
    ),
    "conflict": (_conflict, 1, "It conflicts with something saved a moment ago."),
    "table": (lambda work: work.session.execute(text("SELECT 1 FROM nowhere")), 1, "Run 'consultation db upgrade'"),
    "large": (_too_large, 2, "A value is larger than the database can hold"),
}


@pytest.fixture
def ending(app, runner):
    """Runs a command that writes, then does what it is told."""

    def run(what):
        @click.command("ends")
        @command_work
        def ends(work):
            make_user(work.session, email="written@example.org")
            what(work)

        app.cli.add_command(ends)
        return runner.invoke(args=["ends"])

    return run


def users(session):
    session.rollback()
    return session.scalar(select(func.count()).select_from(User))


@pytest.mark.parametrize("name", ENDINGS)
def test_a_command_ends_with_its_status_and_saves_only_when_done(ending, session, name):
    what, status, said = ENDINGS[name]
    done = ending(what)
    assert (done.exit_code, done.stdout, said in done.stderr) == (status, "", True)
    assert users(session) == (status == 0)


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (["nonsense"], 2),
        (["users", "link"], 2),
        (["users", "link", "--as"], 2),
        (["users", "link", "nobody@example.org"], 1),
        (["users", "link", "a@example.org", "--as", "nobody@example.org"], 1),
        (["--help"], 0),
    ],
)
def test_wrong_use_is_two_and_no_is_one(runner, session, args, status):
    done = runner.invoke(args=args)
    assert (done.exit_code, done.stdout == "") == (status, status != 0)


def test_help_speaks_of_this_command_and_not_of_flask(app):
    told = CliRunner().invoke(console(lambda: app), ["--help"], obj=ScriptInfo(create_app=lambda: app))
    options = told.stdout.partition("Options:")[2].partition("Commands:")[0]
    assert (told.exit_code, options.split()) == (0, ["--help", "Show", "this", "message", "and", "exit."])


def test_one_is_singular():
    assert [counted(number, "item") for number in (0, 1, 2)] == ["0 items", "1 item", "2 items"]


@pytest.fixture
def breaking(engine):
    """Makes the next commit fail as the database would."""

    def arm(kind):
        def fail(_connection):
            event.remove(engine, "commit", fail)
            raise kind("COMMIT", {}, Exception("it broke"))

        event.listen(engine, "commit", fail)

    return arm


CREATE = ("users", "create", "new@example.org", "--role", "moderator")
LINK = ("users", "link", "amina@example.org")


@pytest.mark.parametrize("kind", [IntegrityError, OperationalError])
@pytest.mark.parametrize("args", [CREATE, LINK])
def test_a_link_that_was_not_saved_is_not_shown(runner, session, breaking, args, kind):
    make_user(session, email="amina@example.org")
    session.commit()
    breaking(kind)
    failed = runner.invoke(args=list(args))
    assert (failed.exit_code, failed.stdout, "This link signs" in failed.stderr) == (1, "", False)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(SignInLink)) == 0
    done = runner.invoke(args=list(args))
    assert (done.exit_code, "/en/sign-in/link/" in done.stdout, "This link signs" in done.stderr) == (0, True, True)


def test_what_takes_long_is_done_before_anybody_is_held_up_and_leaves_nothing_behind(app, runner, session):
    found = {}

    def look(work, name):
        found["before"] = work.session.scalar(select(func.count()).select_from(User))
        with intending_to_write():
            make_user(session, email="meanwhile@example.org")
            session.commit()
        return name * 2

    @click.command("looks")
    @click.argument("name")
    @command_work(beforehand=look)
    def looks(work, looked, name):
        found["after"] = work.session.scalar(select(func.count()).select_from(User))
        click.echo(f"{name} {looked}")

    app.cli.add_command(looks)
    done = runner.invoke(args=["looks", "ab"])
    assert (done.exit_code, done.stdout, found) == (0, "ab abab\n", {"before": 0, "after": 1})


def test_a_refusal_beforehand_is_the_answer(app, runner, session):
    @click.command("refuses")
    @command_work(beforehand=lambda _work: _raise(No("It is full.")))
    def refuses(work, _looked):
        make_user(work.session, email="written@example.org")

    app.cli.add_command(refuses)
    done = runner.invoke(args=["refuses"])
    assert (done.exit_code, "It is full." in done.stderr, users(session)) == (1, True, 0)


def test_the_commands_are_ours_alone(app):
    """Others' packages offer commands to every Flask application; to load them takes each start a tenth of its time."""
    group = console(lambda: app)
    with click.Context(group, obj=ScriptInfo(create_app=lambda: app, set_debug_flag=False)) as context:
        assert group.list_commands(context) == sorted(COMMANDS)
        assert group.get_command(context, "limiter") is None
