"""Work in a process of its own, which may change, hang or end as it likes."""

import os
import resource
from collections.abc import Callable

MEMORY = 4 << 30
NICENESS = 10


def begin(work: Callable[[], str]) -> tuple[int, int]:
    """Begin it in a child, with little memory and behind everything else. Returns the child's number, and where to read
    what the work returns, or the error that ended it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    status = 1
    try:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        os.nice(NICENESS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        said = work()
        status = 0
    except BaseException as error:  # noqa: BLE001 - whatever a changed program does
        said = f"{type(error).__name__}: {error}"
    with os.fdopen(writing, "w") as answer:
        answer.write(said)
    os._exit(status)


def allow(seconds: float) -> None:
    """End this process when it has used so much more processor time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def end(child: int, reading: int) -> tuple[bool, str]:
    """Wait for a child. Whether it came to its end by itself, and what it said."""
    with os.fdopen(reading) as answer:
        said = answer.read()
    return os.WIFEXITED(os.waitpid(child, 0)[1]), said
