"""How far a job is, and the moves between. Pure.

What a move needs is the permission of the job's kind, so the table of moves becomes transitions when a kind asks.
"""

from collections.abc import Mapping
from enum import StrEnum

from consultation.kernel.permissions import Permission
from consultation.kernel.states import Transition


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE = frozenset({JobState.QUEUED, JobState.RUNNING})
ENDED = frozenset(JobState) - ACTIVE

MOVES: Mapping[str, tuple[JobState, JobState]] = {
    "start": (JobState.QUEUED, JobState.RUNNING),
    "completion": (JobState.RUNNING, JobState.DONE),
    "failure": (JobState.RUNNING, JobState.FAILED),
    "restart": (JobState.RUNNING, JobState.QUEUED),
    "cancellation": (JobState.QUEUED, JobState.CANCELLED),
}
"""Name of the move → from, to."""


def move(name: str, permission: Permission) -> Transition:
    """The transition of this name for jobs of a kind with this permission."""
    source, target = MOVES[name]
    return Transition(name, frozenset({source}), target, permission)
