"""The part ``tally``: rules on generated profiles of three sizes, each in a process of its own.

Run as a program, it counts once: ``python -m benchmarks.tally phragmen 10000 50`` prints one line of JSON.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.processes import output_of, python

SIZES = ((10_000, 50), (100_000, 100), (1_000_000, 200))
RULES = ("phragmen", "expanding_approvals", "condorcet")
SEATS = 20
SHORTEST, LONGEST = 3, 12
Say = Callable[[str], None]


def measure(*, say: Say, sizes: tuple[tuple[int, int], ...] = SIZES) -> dict[str, Any]:
    """Each rule on each size: seconds to pack and merge the ballots, seconds to count, peak memory of the process."""
    rows = []
    for ballots, items in sizes:
        for rule in RULES:
            say(f"{rule}, {ballots} ballots on {items} items")
            rows.append(json.loads(output_of(python("-m", "benchmarks.tally", rule, str(ballots), str(items)))))
    return {"seats": SEATS, "list_lengths": [SHORTEST, LONGEST], "rows": rows}


def ballots_of(ballots: int, items: int) -> tuple[Any, Any]:
    """Strict lists as flat arrays: where each begins, and the items listed. Earlier items are more popular, each list
    leans to one of five parts of them, and the same sizes give the same lists."""
    import numpy as np

    source = np.random.default_rng(ballots + items)
    starts = np.concatenate([[0], np.cumsum(source.integers(SHORTEST, LONGEST + 1, ballots))])
    popularity = 1 / np.arange(1, items + 1) ** 0.5
    listed = []
    for begin in range(0, ballots, 50_000):
        rows = min(50_000, ballots - begin)
        leaning = np.where(np.arange(items) % 5 == source.integers(0, 5, rows)[:, None], 4.0, 1.0)
        # The items with the smallest exponential draws are a weighted sample without replacement, in order
        # (Efraimidis and Spirakis, doi 10.1016/j.ipl.2005.11.003).
        draws = source.exponential(size=(rows, items)) / (popularity * leaning)
        first = np.argpartition(draws, LONGEST, axis=1)[:, :LONGEST]
        order = np.take_along_axis(first, np.argsort(np.take_along_axis(draws, first, 1), axis=1), 1)
        length = np.diff(starts[begin : begin + rows + 1])
        listed.append(order[np.arange(LONGEST) < length[:, None]].astype(np.int32))
    return starts, np.concatenate(listed)


def count(rule: str, ballots: int, items: int) -> dict[str, Any]:
    """One rule on one profile, in this process."""
    from consultation.voting.tally import Profile, tally

    starts, listed = ballots_of(ballots, items)
    before = _peak_mb()
    began = time.perf_counter()
    profile = Profile.from_arrays([f"i{number:03d}" for number in range(items)], starts, listed)
    packed = time.perf_counter()
    tally(profile, rule, seats=SEATS, contest="bench")
    done = time.perf_counter()
    return {
        "rule": rule,
        "ballots": ballots,
        "items": items,
        "packing_seconds": round(packed - began, 3),
        "counting_seconds": round(done - packed, 3),
        "peak_mb": round(_peak_mb()),
        "peak_before_mb": round(before),
    }


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    sys.stdout.write(json.dumps(count(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))) + "\n")
