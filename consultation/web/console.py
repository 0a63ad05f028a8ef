"""What every command shares: the application, one transaction, who answers for it, and how it ends.

Exit status: 0 done, 1 the answer is no, 2 wrong use. Progress and errors go to stderr, data to stdout.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from consultation.kernel.afterwards import after_commit
from consultation.kernel.moves import WrongState
from consultation.kernel.permissions import OPERATOR, Actor, Denied
from consultation.web.authorize import present
from consultation.web.errors import why
from consultation.web.transactions import only_reading, unit_of_work


class Commands(AppGroup):
    """A group that knows where its commands are (``module:name`` within the package), and loads the one that is asked
    for."""

    def __init__(self, name: str, places: Mapping[str, str]) -> None:
        super().__init__(name)
        self._places = dict(places)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._places})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self._places:
            module, _, name = self._places.pop(cmd_name).partition(":")
            self.add_command(getattr(import_module(f"consultation.{module}"), name), cmd_name)
        return super().get_command(ctx, cmd_name)


@dataclass(frozen=True, slots=True)
class Work:
    """A command's session, actor and time; its transaction ends when the command does."""

    session: Session
    actor: Actor
    now: datetime

    def tell_once_saved(self, message: str, data: str) -> None:
        """Print a message and a line of data once the transaction is committed: what opens something, such as a
        sign-in link, is never shown where nothing was saved."""
        after_commit(self.session, lambda: say(message))
        after_commit(self.session, lambda: click.echo(data))


class No(click.ClickException):
    """The command understood and the answer is no (exit 1); what it did is rolled back."""

    exit_code = 1


def fail_use(message: str) -> click.UsageError:
    """Wrong use (exit 2)."""
    return click.UsageError(message)


as_option = click.option(
    "--as",
    "as_email",
    metavar="EMAIL",
    help="Act as this person, with their permissions (default: the operator).",
)


def command_work(
    function: Callable[..., Any] | None = None, *, beforehand: Callable[..., Any] | None = None
) -> Callable[..., Any]:
    """Give the command ``work`` (a ``Work``) inside one transaction, and the option ``--as``.

    The command decides nothing about commits: it returns, or raises ``No`` or ``click.UsageError``. What takes long and
    only reads is done by ``beforehand``, called alike before that transaction holds anybody up; the command gets what
    it returns after ``work``.
    """
    if function is None:
        return functools.partial(command_work, beforehand=beforehand)

    @as_option
    @with_appcontext
    @functools.wraps(function)
    def run(*args: Any, as_email: str | None, **options: Any) -> Any:
        try:
            prepared: tuple[Any, ...] = ()
            if beforehand is not None:
                with only_reading() as session:
                    work = Work(session, _actor(session, as_email), present())
                    prepared = (beforehand(work, *args, **options),)
            with unit_of_work() as session:
                work = Work(session, _actor(session, as_email), present())
                try:
                    return function(work, *prepared, *args, **options)
                except KeyboardInterrupt as error:  # before the commit, or it would not be in here
                    raise No("Stopped. Nothing was saved.") from error
        except Denied as error:
            said = why(error.decision.reason)
            raise No(f"Not allowed ({error.permission}): {error.decision.reason}. {said}") from error
        except WrongState as error:
            wanted = " or ".join(sorted(error.transition.sources))
            raise No(
                f"Cannot do {error.transition.name}: it is {error.state}, and would have to be {wanted}."
            ) from error
        except IntegrityError as error:
            raise No("It conflicts with something saved a moment ago. Nothing was saved; look again.") from error
        except (OperationalError, ProgrammingError) as error:
            said = str(error.orig).partition("\n")[0]
            raise No(f"The database cannot be used: {said}. Run 'consultation db upgrade' if it is new.") from error
        except (DataError, OverflowError) as error:
            raise fail_use(
                "A value is larger than the database can hold, or holds a character that it cannot."
            ) from error

    return run


def _actor(session: Session, email: str | None) -> Actor:
    if email is None:
        return OPERATOR
    actor: Actor | None = current_app.extensions["actor_by_email"](session, email, present())
    if actor is None:
        raise No(f"Nobody has the address {email}.")
    return actor


def counted(number: int, noun: str) -> str:
    """``1 item``, ``20 items``; of a noun that takes an s."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def say(message: str) -> None:
    """A line for the person, on stderr."""
    click.echo(message, err=True)
