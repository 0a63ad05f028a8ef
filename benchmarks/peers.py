"""The field's libraries on the same ballots: ``python -m benchmarks.peers LIBRARY RULE BALLOTS ITEMS``.

Runs in the environment of ``bin/oracles``, which has NumPy and the libraries, and nothing of this program. What a
library needs to take the ballots in is told apart from what it needs to count them; K places are asked for, since a
full order is more than most of them can do.
"""

import itertools
import json
import resource
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from benchmarks.tally import BUDGET, SEATS, available_mb, question

Ballots = list[list[int]]
MODULES = {
    "abcvoting": ("abcvoting.abcrules", "abcvoting.preferences"),
    "pabutools": ("pabutools.election", "pabutools.rules"),
    "pref_voting": ("pref_voting.profiles_with_ties", "pref_voting.voting_methods"),
    "votekit": ("votekit", "votekit.elections"),
}


def abcvoting(rule: str, ballots: Ballots, items: int, parameters: dict[str, Any]) -> Callable[[], Any]:
    rules, preferences = import_module("abcvoting.abcrules"), import_module("abcvoting.preferences")
    profile = preferences.Profile(items)
    profile.add_voters(ballots)
    if rule == "phragmen":
        return lambda: rules.compute_seqphragmen(profile, SEATS, algorithm="float-fractions")
    if rule == "equal_shares":  # unit costs: it knows no others
        return lambda: rules.compute_equal_shares(profile, SEATS, algorithm="float-fractions", completion=None)
    return lambda: rules.compute_av(profile, SEATS)


def pabutools(rule: str, ballots: Ballots, items: int, parameters: dict[str, Any]) -> Callable[[], Any]:
    election, rules = import_module("pabutools.election"), import_module("pabutools.rules")
    costs = parameters.get("costs") or {f"i{number:03d}": 1 for number in range(items)}
    projects = [election.Project(name, cost) for name, cost in costs.items()]
    instance = election.Instance(projects, budget_limit=BUDGET if "costs" in parameters else SEATS)
    profile = election.ApprovalProfile(
        [election.ApprovalBallot([projects[item] for item in ballot]) for ballot in ballots]
    )
    if rule == "phragmen":
        return lambda: rules.sequential_phragmen(instance, profile)
    return lambda: rules.method_of_equal_shares(instance, profile, sat_class=election.Cost_Sat)


def pref_voting(rule: str, ballots: Ballots, items: int, parameters: dict[str, Any]) -> Callable[[], Any]:
    module = {"schulze": "margin_based_methods", "ranked_pairs": "margin_based_methods", "borda": "scoring_methods"}
    name = {"schulze": "beat_path", "ranked_pairs": "ranked_pairs", "borda": "borda_for_profile_with_ties"}
    name |= {"irv": "instant_runoff_for_truncated_linear_orders", "stv": "stv_scottish"}
    module |= {"irv": "iterative_methods", "stv": "proportional_methods"}
    method = getattr(import_module(f"pref_voting.{module[rule]}"), name[rule])
    profile = import_module("pref_voting.profiles_with_ties").ProfileWithTies(
        [{item: rank for rank, item in enumerate(ballot, 1)} for ballot in ballots], candidates=list(range(items))
    )
    profile.use_extended_strict_preference()
    more = {"num_seats": SEATS} if rule == "stv" else {}
    return lambda: method(profile, **more)


def votekit(rule: str, ballots: Ballots, items: int, parameters: dict[str, Any]) -> Callable[[], Any]:
    library, elections = import_module("votekit"), import_module("votekit.elections")
    names = [f"i{number:03d}" for number in range(items)]
    profile = library.RankProfile(
        ballots=tuple(library.RankBallot(ranking=[{names[item]} for item in ballot]) for ballot in ballots),
        candidates=tuple(names),
    )
    if rule == "borda":
        return lambda: elections.Borda(profile, n_seats=SEATS, tiebreak="random")
    if rule == "irv":
        return lambda: elections.IRV(profile, tiebreak="random")
    if rule == "stv":
        return lambda: elections.STV(profile, n_seats=SEATS, tiebreak="random")
    return lambda: {"schulze": elections.Schulze, "ranked_pairs": elections.RankedPairs}[rule](profile, n_seats=SEATS)


def main(library: str, rule: str, count: int, items: int) -> None:
    room = available_mb() * 3 // 4 << 20  # a library that asks for more ends, and nothing else does
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    starts, listed, parameters = question(rule, count, items)
    ends, flat = starts.tolist(), listed.tolist()
    ballots = [flat[begin:end] for begin, end in itertools.pairwise(ends)]
    for name in MODULES[library]:  # what the import takes is nobody's question
        import_module(name)
    began = time.perf_counter()
    run = {"abcvoting": abcvoting, "pabutools": pabutools, "pref_voting": pref_voting, "votekit": votekit}[library](
        rule, ballots, items, parameters
    )
    taken_in, used = time.perf_counter(), time.process_time()
    run()
    figures = {
        "packing_seconds": round(taken_in - began, 3),
        "counting_seconds": round(time.perf_counter() - taken_in, 3),
        "processor_seconds": round(time.process_time() - used, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
