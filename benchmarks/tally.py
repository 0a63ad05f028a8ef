"""The part ``tally``: rules on generated profiles, each in a process of its own, with what libraries need beside them.

Run as a program, it counts once: ``python -m benchmarks.tally phragmen 10000 50`` prints one line of JSON.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.processes import output_of, python

SIZES = ((10_000, 50), (100_000, 100), (1_000_000, 200), (1_000_000, 500))
RULES = (
    *("phragmen", "equal_shares", "approval"),
    *("expanding_approvals", "borda", "condorcet", "schulze", "ranked_pairs", "irv", "stv"),
)
APPROVALS = frozenset(("phragmen", "equal_shares", "approval"))
PEERS = {
    "phragmen": ("abcvoting", "pabutools"),
    "equal_shares": ("abcvoting", "pabutools"),
    "approval": ("abcvoting",),
    **dict.fromkeys(("borda", "schulze", "ranked_pairs", "irv", "stv"), ("pref_voting", "votekit")),
}
SEATS = 20
BUDGET, MINUTES = 600, (5, 40)
SHORTEST, LONGEST = 3, 12
FEWEST, MOST = 2, 8
AT_ONCE, MANY = 20_000, 100_000
ORACLES = Path(__file__).resolve().parent.parent / ".tools" / "oracles" / "bin" / "python"
PATIENCE = 30
MINUTES_IN_ALL = 12.0
KEPT = Path(__file__).resolve().parent.parent / "var" / "bench"
Say = Callable[[str], None]


def measure(
    *, say: Say, sizes: tuple[tuple[int, int], ...] = SIZES, patience: int = PATIENCE, minutes: float = MINUTES_IN_ALL
) -> dict[str, Any]:
    """Each rule on each size: seconds to pack and merge the ballots, seconds and processor seconds to count, peak
    memory of the process. Then a stored contest of each kind, of the largest size. Last, in what is left of the
    minutes, each library where bin/oracles has installed it, for as long as ``patience`` allows, the smallest profiles
    first. A library that was too slow is not tried on larger ones. What does not fit into the memory is left out."""
    end = time.monotonic() + 60 * minutes
    rows: list[dict[str, Any]] = []
    for ballots, items in sizes:
        for rule in RULES:
            if room := _no_room(ballots):
                say(f"{rule}, {ballots} ballots on {items} items: left out, {room}")
                continue
            say(f"{rule}, {ballots} ballots on {items} items")
            row = json.loads(output_of(python("-m", "benchmarks.tally", rule, str(ballots), str(items))))
            rows.append(row | {"peers": {}})
    ballots, stored = max(ballots for ballots, _ in sizes), []
    for kind in () if _no_room(ballots) else ("shortlist", "ranking"):
        say(f"a stored {kind} contest of {ballots} ballots")
        stored.append(json.loads(output_of(python("-m", "benchmarks.stored", str(ballots), "200", kind))))
    given_up: set[tuple[str, str]] = set()
    for row in rows if ORACLES.exists() else ():
        for library in PEERS.get(row["rule"], ()):
            left = end - time.monotonic()
            if (row["rule"], library) in given_up or left < 1:
                continue
            say(f"{library}: {row['rule']}, {row['ballots']} ballots on {row['items']} items")
            taken = peer(row["rule"], library, row["ballots"], row["items"], min(patience, left))
            row["peers"][library] = taken
            if taken is None:
                given_up.add((row["rule"], library))
    lengths = {"list_lengths": [SHORTEST, LONGEST], "approval_lengths": [FEWEST, MOST]}
    return {"seats": SEATS, "budget": BUDGET, "patience": patience, **lengths, "rows": rows, "stored": stored}


def available_mb() -> int:
    """Memory that programs can still have."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable")) // 1024


def _no_room(ballots: int) -> str:
    """Why so many ballots are not counted here and now; empty where they are."""
    needed, left = 500 + ballots // 500, available_mb()
    return "" if left >= needed else f"since {needed} MB may be needed and {left} are left"


def peer(rule: str, library: str, ballots: int, items: int, patience: float) -> dict[str, Any] | None:
    """What a library needs for the same question, or None where it did not end in time, or failed."""
    command = [str(ORACLES), "-m", "benchmarks.peers", library, rule, str(ballots), str(items)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=patience, check=True)  # noqa: S603
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return None
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def ballots_of(ballots: int, items: int, shortest: int = SHORTEST, longest: int = LONGEST) -> tuple[Any, Any]:
    """Strict lists as flat arrays: where each begins, and the items listed. Earlier items are more popular, each list
    leans to one of five parts of them, and the same sizes give the same lists. Many are kept in var/bench, since making
    them takes longer than counting them."""
    import numpy as np

    path = KEPT / f"lists-{ballots}-{items}-{shortest}-{longest}.npz"
    if path.exists():
        kept = np.load(path)
        return kept["starts"], kept["listed"]
    source = np.random.default_rng(ballots + items)
    starts = np.concatenate([[0], np.cumsum(source.integers(shortest, longest + 1, ballots))])
    popularity = 1 / np.arange(1, items + 1) ** 0.5
    listed = []
    for begin in range(0, ballots, AT_ONCE):
        rows = min(AT_ONCE, ballots - begin)
        leaning = np.where(np.arange(items) % 5 == source.integers(0, 5, rows)[:, None], 4.0, 1.0)
        # The items with the smallest exponential draws are a weighted sample without replacement, in order
        # (Efraimidis and Spirakis, doi 10.1016/j.ipl.2005.11.003).
        draws = source.exponential(size=(rows, items)) / (popularity * leaning)
        first = np.argpartition(draws, longest, axis=1)[:, :longest]
        order = np.take_along_axis(first, np.argsort(np.take_along_axis(draws, first, 1), axis=1), 1)
        length = np.diff(starts[begin : begin + rows + 1])
        listed.append(order[np.arange(longest) < length[:, None]].astype(np.int32))
    found = np.concatenate(listed)
    if ballots >= MANY:
        KEPT.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".part.npz")
        np.savez(beside, starts=starts, listed=found)
        beside.replace(path)
    return starts, found


def question(rule: str, ballots: int, items: int) -> tuple[Any, Any, dict[str, Any]]:
    """The ballots of a rule, as arrays, and the parameters it needs: minutes for each item, and how many there are."""
    if rule not in APPROVALS:
        return *ballots_of(ballots, items), {}
    shape = ballots_of(ballots, items, FEWEST, MOST)
    shortest, longest = MINUTES
    costs = {f"i{number:03d}": shortest + 7 * number % (longest - shortest) for number in range(items)}
    return *shape, {"budget": BUDGET, "costs": costs} if rule == "equal_shares" else {}


def count(rule: str, ballots: int, items: int) -> dict[str, Any]:
    """One rule on one profile, in this process; equal shares without completion."""
    from consultation.voting.tally import Profile, tally

    starts, listed, parameters = question(rule, ballots, items)
    before = _peak_mb()
    began = time.perf_counter()
    profile = Profile.from_arrays([f"i{number:03d}" for number in range(items)], starts, listed)
    packed, used = time.perf_counter(), time.process_time()
    if rule == "equal_shares":
        parameters["step"] = 0
    tally(profile, rule, seats=SEATS, contest="bench", **parameters)
    return {
        "rule": rule,
        "ballots": ballots,
        "items": items,
        "packing_seconds": round(packed - began, 3),
        "counting_seconds": round(time.perf_counter() - packed, 3),
        "processor_seconds": round(time.process_time() - used, 3),
        "peak_mb": round(_peak_mb()),
        "peak_before_mb": round(before),
    }


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    sys.stdout.write(json.dumps(count(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))) + "\n")
