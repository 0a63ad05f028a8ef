"""What stands between a consultation and its next step. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """Something that an organizer does next, or that blocks what comes next."""

    DATE_PHASES = "date_phases"
    REVIEW_QUEUE = "review_queue"
    GATHER_PROPOSALS = "gather_proposals"
    ADMIT = "admit"
    CREATE_CONTEST = "create_contest"
    OPEN_CONTEST = "open_contest"
    CLOSE_CONTEST = "close_contest"
    TALLY = "tally"
    PUBLISH_RESULT = "publish_result"
    DRAFT = "draft"
    RELEASE = "release"
    FINAL_RELEASE = "final_release"


CONTEST_STEP = {
    "configured": Step.OPEN_CONTEST,
    "open": Step.CLOSE_CONTEST,
    "closed": Step.TALLY,
    "tallied": Step.PUBLISH_RESULT,
}


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a consultation stands. ``contest`` is the state of the newest contest, ``release`` the number of the newest
    release; each none where there is none."""

    any_phase_open: bool
    waiting: int
    published: int
    admissible: int
    items: int
    contest: str | None
    drafted: bool
    release: str | None
    final: bool


class Milestone(StrEnum):
    """What must be behind one before the agenda is final, in order."""

    PROPOSALS = "proposals"
    ITEMS = "items"
    CONTEST = "contest"
    RESULT = "result"
    DRAFT = "draft"
    RELEASE = "release"
    FINAL = "final"


def road(now: Situation) -> list[tuple[Milestone, bool]]:
    """Each milestone, and whether it is reached. The first that is not is where the consultation stands: what was
    reached beyond it, as when proposals still come in after an agenda was released, is not the end of the road."""
    reached = {
        Milestone.PROPOSALS: bool(now.published or now.items),
        Milestone.ITEMS: bool(now.items) and not now.admissible,
        Milestone.CONTEST: now.contest in ("open", "closed", "tallied", "published"),
        Milestone.RESULT: now.contest == "published",
        Milestone.DRAFT: now.drafted,
        Milestone.RELEASE: now.release is not None,
        Milestone.FINAL: now.final,
    }
    return [(milestone, reached[milestone]) for milestone in Milestone]


def next_steps(now: Situation) -> list[Step]:
    """What to do next, the most pressing first; empty when the agenda is final and nothing waits."""
    return list(_steps(now))


def _steps(now: Situation) -> Iterator[Step]:
    if not now.any_phase_open and now.release is None:
        yield Step.DATE_PHASES
    if now.waiting:
        yield Step.REVIEW_QUEUE
    if not now.published and not now.items:
        yield Step.GATHER_PROPOSALS
    if now.admissible:
        yield Step.ADMIT
    if not now.items:
        return
    if now.contest is None or now.contest == "void":
        yield Step.CREATE_CONTEST
    elif now.contest in CONTEST_STEP:
        yield CONTEST_STEP[now.contest]
    elif not now.drafted:
        yield Step.DRAFT
    elif now.release is None:
        yield Step.RELEASE
    elif not now.final:
        yield Step.FINAL_RELEASE
