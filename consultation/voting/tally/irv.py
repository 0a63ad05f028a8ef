"""Instant run-off: the item with the fewest ballots leaves, and its ballots go on to what they name next.

Whoever has more than half of the ballots that lie with somebody wins; the count goes on to the last two, so that it
gives an order: who leaves later stands higher. A ballot that ties its first choices among those left counts for nobody
while it does (`waits`), or never again (`set_aside`, as the city of Burlington did).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .explain import coverage
from .papers import Papers
from .profile import Profile
from .rule import BLANK, Call, Outcome, Rule, RuleError

TIED_TOPS = ("waits", "set_aside")


def read_tied_top(given: Any) -> str:
    """What becomes of ballots that tie their first choices. Raises RuleError (`bad_tied_top`)."""
    if given is None:
        return TIED_TOPS[0]
    if given not in TIED_TOPS:
        raise RuleError("bad_tied_top", f"a ballot with a tied top {' or '.join(TIED_TOPS)}, not {given!r}")
    return str(given)


def compute(profile: Profile, call: Call) -> Outcome:
    width = len(profile.items)
    names = profile.items
    nobody = np.flatnonzero(profile.listing == 0).tolist()
    papers = Papers(profile, profile.weights, waits=call.parameters["tied_top"] == "waits")
    for item in nobody:
        papers.leave(item)
    standing = [item for item in range(width) if profile.listing[item]]
    left: list[int] = []
    votes: dict[int, int] = {}
    stages: list[dict[str, Any]] = []
    while standing:
        votes.update({item: int(papers.held[item]) for item in standing})
        totals = {names[item]: votes[item] for item in standing}
        waiting = int(profile.weights[papers.waiting()].sum())
        exhausted = profile.listing_weight - sum(totals.values()) - waiting
        fewest = min(totals.values())
        last = [item for item in standing if votes[item] == fewest]
        leaves = call.ties.order(last, "fewest ballots", len(standing) - len(last) + 1)[-1]
        stages.append({"totals": totals, "waiting": waiting, "exhausted": exhausted, "leaves": names[leaves]})
        left.append(leaves)
        standing.remove(leaves)
        if len(standing) == 1:  # the last two have been counted against one another
            left.append(standing.pop())
        papers.leave(leaves)
        papers.move(np.concatenate((papers.of(leaves), papers.waiting())))
    line = left[::-1]
    unlisted = call.ties.order(nobody, "not listed", len(line) + 1)
    return Outcome(
        order=[[item] for item in line] + ([unlisted] if unlisted else []),
        scores={item: str(votes[item]) for item in line},
        rounds=coverage(
            profile.lists, profile.weights, [[item] for item in line], names, lambda item: {"votes": votes[item]}
        ),
        weight=profile.listing_weight,
        unsupported=unlisted,
        extra={"stages": stages},
        said=BLANK,
    )


RULE = Rule(
    name="irv",
    version="1",
    summary="Round after round the item with the fewest ballots leaves, and its ballots go on to their next choice.",
    scores="the weight of the ballots that lay with the item when it left, or at the end",
    compute=compute,
    seats="one",
    parameters={"tied_top": read_tied_top},
)
