"""The field's libraries on the same ballots: ``bin/oracles [--profiles N] [NAME]…``.

Each comparison draws profiles from seeds and asks a library and this package the same question, until so many profiles
were compared. A profile on which a rule here used its draw is passed over and counted: libraries break ties otherwise.
docs/tally.md lists what each library cannot do, or does differently.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from fractions import Fraction
from importlib import import_module
from typing import Any

from consultation.voting.tally import BallotRow, Profile, Result, tally

PROFILES = 2_000
Rows = list[BallotRow]


def approvals(seed: str) -> tuple[list[str], Rows]:
    source = random.Random(seed)
    codes = [f"c{number}" for number in range(source.randint(2, 8))]
    return codes, [
        BallotRow((tuple(source.sample(codes, source.randint(1, len(codes) // 2 + 1))),), weight=source.randint(1, 3))
        for _ in range(source.randint(1, 14))
    ]


def orders(seed: str, *, ties: bool = False) -> tuple[list[str], Rows]:
    """Truncated orders, with tied items if wanted."""
    source = random.Random(seed)
    codes = [f"c{number}" for number in range(source.randint(2, 6))]
    rows = []
    for _ in range(source.randint(3, 30)):
        tiers: list[tuple[str, ...]] = []
        for item in source.sample(codes, source.randint(1, len(codes))):
            if tiers and ties and source.random() < 0.3:
                tiers[-1] += (item,)
            else:
                tiers.append((item,))
        rows.append(BallotRow(tuple(tiers), weight=source.randint(1, 5)))
    return codes, rows


def ours(codes: Sequence[str], rows: Rows, rule: str, seats: int | None = None, **parameters: Any) -> Result | None:
    """Our result, or None where it took a draw (items that nobody names do not matter)."""
    result = tally(Profile.from_ballots(codes, rows), rule, seats=seats, **parameters)
    return result if all(set(tie["items"]) <= set(result.unsupported) for tie in result.ties) else None


def abcvoting_profile(codes: Sequence[str], rows: Rows) -> Any:
    preferences = import_module("abcvoting.preferences")
    profile = preferences.Profile(len(codes))
    for row in rows:
        profile.add_voter(preferences.Voter([codes.index(item) for item in row.tiers[0]], weight=row.weight))
    return profile


def named(codes: Sequence[str], found: Any) -> set[str]:
    return {codes[number] for number in found}


def phragmen_abcvoting(seed: str) -> bool | None:
    """It has no order, only sets: every beginning is asked for."""
    rules = import_module("abcvoting.abcrules")
    codes, rows = approvals(seed)
    result = ours(codes, rows, "phragmen")
    if result is None:
        return None
    profile = abcvoting_profile(codes, rows)
    return all(
        named(codes, rules.compute_seqphragmen(profile, k, algorithm="standard-fractions")[0]) == set(result.line[:k])
        for k in range(1, len(codes) - len(result.unsupported) + 1)
    )


def approval_abcvoting(seed: str) -> bool | None:
    rules = import_module("abcvoting.abcrules")
    codes, rows = approvals(seed)
    seats = random.Random(seed).randint(1, len(codes))
    scores = tally(Profile.from_ballots(codes, rows), "approval", seats=None).scores
    line = sorted(codes, key=lambda item: -int(scores[item]))
    if seats < len(codes) and scores[line[seats - 1]] == scores[line[seats]]:
        return None
    return named(codes, rules.compute_av(abcvoting_profile(codes, rows), seats)[0]) == set(line[:seats])


def equal_shares_abcvoting(seed: str) -> bool | None:
    """Unit costs, without completion."""
    rules = import_module("abcvoting.abcrules")
    codes, rows = approvals(seed)
    seats = random.Random(seed).randint(1, len(codes))
    result = ours(codes, rows, "equal_shares", budget=seats, step=0)
    if result is None:
        return None
    found = rules.compute_equal_shares(
        abcvoting_profile(codes, rows), seats, algorithm="standard-fractions", completion=None
    )
    return named(codes, found[0]) == set(result.selected)


def equal_shares_pabutools(seed: str) -> bool | None:
    """Costs, and Add1: it stops at exhaustion, so that each run is asked of it with the budget of that step."""
    election = import_module("pabutools.election")
    mes = import_module("pabutools.rules").method_of_equal_shares
    codes, rows = approvals(seed)
    source = random.Random(seed)
    costs = {code: source.randint(1, 40) for code in codes}
    budget, n = source.randint(10, 100), sum(row.weight for row in rows)
    result = ours(codes, rows, "equal_shares", budget=budget, costs=costs, step=1)
    if result is None:
        return None
    projects = {code: election.Project(code, costs[code]) for code in codes}
    ballots = election.ApprovalProfile(
        [election.ApprovalBallot([projects[item] for item in row.tiers[0]]) for row in rows for _ in range(row.weight)]
    )
    kept: list[str] | None = None
    supported = {item for row in rows for item in row.tiers[0]}
    for step in range(10_000):
        instance = election.Instance(list(projects.values()), budget_limit=budget + step * n)
        bought = [project.name for project in mes(instance, ballots, sat_class=election.Cost_Sat)]
        if kept is not None and sum(costs[item] for item in bought) > budget:
            break
        kept = bought
        if set(bought) == supported:
            break
    return kept == result.selected


def phragmen_pabutools(seed: str) -> bool | None:
    """Unit costs; it sorts what it found by name, so that every beginning is asked for."""
    election = import_module("pabutools.election")
    rule = import_module("pabutools.rules").sequential_phragmen
    codes, rows = approvals(seed)
    result = ours(codes, rows, "phragmen")
    if result is None:
        return None
    projects = {code: election.Project(code, 1) for code in codes}
    ballots = election.ApprovalProfile(
        [election.ApprovalBallot([projects[item] for item in row.tiers[0]]) for row in rows for _ in range(row.weight)]
    )
    return all(
        {project.name for project in rule(election.Instance(list(projects.values()), budget_limit=k), ballots)}
        == set(result.line[:k])
        for k in range(1, len(codes) - len(result.unsupported) + 1)
    )


def pref_voting_profile(codes: Sequence[str], rows: Rows) -> Any:
    profile = import_module("pref_voting.profiles_with_ties").ProfileWithTies(
        [{codes.index(item): rank for rank, tier in enumerate(row.tiers, 1) for item in tier} for row in rows],
        rcounts=[row.weight for row in rows],
        candidates=list(range(len(codes))),
    )
    profile.use_extended_strict_preference()
    return profile


def condorcet_pref_voting(seed: str) -> bool | None:
    codes, rows = orders(seed, ties=True)
    result = tally(Profile.from_ballots(codes, rows), "condorcet", seats=None)
    profile = pref_voting_profile(codes, rows)
    winner = profile.condorcet_winner()
    table = {a: {b: profile.support(i, j) for j, b in enumerate(codes) if i != j} for i, a in enumerate(codes)}
    return result.selected == ([] if winner is None else [codes[winner]]) and result.extra["pairwise"] == table


def schulze_pref_voting(seed: str) -> bool | None:
    """Winners, all of the first tier; it gives no order."""
    rule = import_module("pref_voting.margin_based_methods").beat_path
    codes, rows = orders(seed, ties=True)
    profile = pref_voting_profile(codes, rows)
    own = [
        tally(Profile.from_ballots(codes, rows), "schulze", seats=None, strength=strength).order[0]
        for strength in ("margins", "winning_votes")
    ]
    found = [rule(profile), rule(profile, strength_function=profile.support)]
    return [set(tier) for tier in own] == [named(codes, winners) for winners in found]


def ranked_pairs_pref_voting(seed: str) -> bool | None:
    """Equally strong majorities are passed over: it tries every order of them, which takes long."""
    rule = import_module("pref_voting.margin_based_methods").ranked_pairs
    codes, rows = orders(seed, ties=True)
    result = tally(Profile.from_ballots(codes, rows), "ranked_pairs", seats=None)
    table = result.extra["pairwise"]
    leads = [table[a][b] - table[b][a] for a in codes for b in codes if a != b and table[a][b] >= table[b][a]]
    if len(set(leads)) < len(leads) or 0 in leads:
        return None
    return named(codes, rule(pref_voting_profile(codes, rows))) == set(result.selected)


def irv_pref_voting(seed: str) -> bool | None:
    """Without ties on ballots: it refuses them."""
    rule = import_module("pref_voting.iterative_methods").instant_runoff_for_truncated_linear_orders
    codes, rows = orders(seed)
    result = ours(codes, rows, "irv")
    return None if result is None else named(codes, rule(pref_voting_profile(codes, rows))) == set(result.selected)


def stv_pref_voting(seed: str) -> bool | None:
    """Without ties on ballots: it splits such ballots, and Scotland calls them void."""
    rule = import_module("pref_voting.proportional_methods").stv_scottish
    codes, rows = orders(seed)
    seats = random.Random(seed).randint(1, len(codes))
    result = ours(codes, rows, "stv", seats)
    if result is None or seats > len(codes) - len(result.unsupported):
        return None
    return named(codes, rule(pref_voting_profile(codes, rows), num_seats=seats)) == set(result.selected)


def votekit_profile(codes: Sequence[str], rows: Rows) -> Any:
    votekit = import_module("votekit")
    ballots = tuple(votekit.RankBallot(ranking=[set(tier) for tier in row.tiers], weight=row.weight) for row in rows)
    return votekit.RankProfile(ballots=ballots, candidates=tuple(codes), max_ranking_length=len(codes))


def borda_votekit(seed: str) -> bool | None:
    """Complete orders: it gives unlisted items other points."""
    codes, rows = orders(seed)
    rows = [row for row in rows if len(row.tiers) == len(codes)] or [BallotRow(tuple((code,) for code in codes))]
    scores = tally(Profile.from_ballots(codes, rows), "borda", seats=None).scores
    n = sum(row.weight for row in rows)  # it counts m points for a first place, and not m - 1
    election = import_module("votekit.elections").Borda(votekit_profile(codes, rows), n_seats=1, tiebreak="random")
    found = election.election_states[0].scores
    return {item: Fraction(found[item]) - n for item in codes} == {item: Fraction(scores[item]) for item in codes}


def positional_votekit(seed: str) -> bool | None:
    codes, rows = orders(seed)
    scores = tally(Profile.from_ballots(codes, rows), "positional", seats=None, points="1").scores
    found = (
        import_module("votekit.elections")
        .Plurality(votekit_profile(codes, rows), n_seats=1, tiebreak="random")
        .election_states[0]
        .scores
    )
    return {item: Fraction(found.get(item, 0)) for item in codes} == {item: Fraction(scores[item]) for item in codes}


Comparison = Callable[[str], bool | None]
COMPARISONS: dict[str, Comparison] = {
    function.__name__: function
    for function in (
        *(phragmen_abcvoting, phragmen_pabutools, approval_abcvoting, equal_shares_abcvoting, equal_shares_pabutools),
        *(condorcet_pref_voting, schulze_pref_voting, ranked_pairs_pref_voting, irv_pref_voting, stv_pref_voting),
        *(borda_votekit, positional_votekit),
    )
}


def compare(name: str, profiles: int) -> tuple[int, list[str]]:
    """How many profiles were passed over for their ties until so many were compared, and the seeds that disagree."""
    warnings.simplefilter("ignore")
    compared = passed = number = 0
    wrong = []
    while compared < profiles:
        seed = f"{name}-{number}"
        number += 1
        agrees = COMPARISONS[name](seed)
        if agrees is None:
            passed += 1
            continue
        compared += 1
        if not agrees:
            wrong.append(seed)
    return passed, wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/oracles", description="Compare the tally with the field's libraries.")
    parser.add_argument("names", nargs="*", choices=[*COMPARISONS, []], help="what to compare; default: everything")
    parser.add_argument("--profiles", type=int, default=PROFILES, help=f"profiles each (default {PROFILES})")
    asked = parser.parse_args()
    failed = 0
    for name in asked.names or COMPARISONS:
        began = time.perf_counter()
        passed, wrong = compare(name, asked.profiles)
        failed += bool(wrong)
        verdict = f"DISAGREES on {len(wrong)}: {', '.join(wrong[:5])}" if wrong else "agrees"
        print(
            f"{name:28} {verdict} ({asked.profiles} profiles; {passed} more passed over for ties; "
            f"{time.perf_counter() - began:.0f} s)",
            flush=True,
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
