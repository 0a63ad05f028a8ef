"""Counting a large contest as a job: the ballots are read and counted before the write lock, and stored under it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from consultation.kernel import jobs
from consultation.kernel.jobs import Job, JobKind, JobRefused, Task
from consultation.kernel.moves import WrongState
from consultation.kernel.permissions import Actor, Denied, Permission, require
from consultation.voting.locking import lock
from consultation.voting.models import Contest
from consultation.voting.operations import BeaconFixed, ContestNotReady, keep_counted
from consultation.voting.operations.counting import Counted, count_contest
from consultation.voting.operations.tallying import settled_beacon
from consultation.voting.queries import ballot_count, contest_by_code
from consultation.voting.states import TALLYING
from consultation.web.transactions import session as reading

LARGE = 2_000
"""From so many ballots on the desk does not wait for the count: a page is answered within seconds, or it is a job."""


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark a message for the catalogues; it is translated where it is shown."""
    return message


STORING = N_("Storing the results")
GONE = N_("The contest is not there any more, so nothing was counted.")
MOVED = N_("The contest has moved on meanwhile, so nothing was counted anew.")
FIXED = N_("It was tallied with another value meanwhile. The first one stands.")
NEEDED = N_("A source of the value that breaks ties was announced. Tally it again, and give the value.")
NOT_ALLOWED = N_("Your account may no longer tally, so nothing was. Ask an organizer to do it.")


def is_large(session: Session, contest: Contest) -> bool:
    """Whether counting it takes longer than a page may."""
    return ballot_count(session, contest.id) >= LARGE


def ask_for_tally(session: Session, contest: Contest, *, beacon: str | None, actor: Actor, now: datetime) -> Job:
    """Queue the count of a contest; while one waits or runs, asking again gives that one.

    Raises:
        Denied, WrongState, BeaconFixed, ContestNotReady: as for tallying at once.
    """
    require(actor, Permission.CONTEST_TALLY, contest, now=now)
    lock(session, contest)
    if contest.state not in TALLYING.sources:
        raise WrongState(TALLYING, contest.state)
    settled = settled_beacon(contest, beacon)
    active = jobs.active_on(session, [contest.id], (TALLY.name,))
    if contest.id in active:
        return active[contest.id]
    order = {"contest": contest.code, "beacon": settled}
    return jobs.enqueue(session, TALLY, subject_id=contest.id, parameters=order, actor=actor, now=now)


def _prepare(task: Task) -> Counted:
    contest = contest_by_code(reading(), task.parameters["contest"])
    if contest is None:
        raise JobRefused(GONE)
    if contest.state not in TALLYING.sources:
        raise JobRefused(MOVED)
    return count_contest(reading(), contest, task.parameters["beacon"], task.report)


def _perform(session: Session, task: Task, prepared: Counted, *, actor: Actor, now: datetime) -> dict[str, Any]:
    task.report(STORING)
    contest = contest_by_code(session, task.parameters["contest"])
    if contest is None:
        raise JobRefused(GONE)
    refusals: Mapping[type[Exception], str] = {
        Denied: NOT_ALLOWED,
        WrongState: MOVED,
        BeaconFixed: FIXED,
        ContestNotReady: NEEDED,
    }
    try:
        headline = keep_counted(session, contest, prepared, actor=actor, now=now)
    except tuple(refusals) as error:
        raise JobRefused(refusals[type(error)]) from error
    return {"ballots": headline.result["ballots"], "rules": list(prepared.results)}


TALLY = JobKind("tally", Permission.CONTEST_TALLY, prepare=_prepare, perform=_perform)
