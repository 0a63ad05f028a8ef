"""How firm a result is: where items would stand if the ballots had come out a little differently.

B. Efron, Bootstrap methods: another look at the jackknife, The Annals of Statistics 7 (1979). A resample draws as many
units of weight as were cast, each from all of them, so that some ballots count twice and some not at all; the rule
counts it as it counted the ballots. Nothing here is chance: the draws come from `stream.py`, and the same input gives
the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from .packing import Ints
from .profile import Profile
from .registry import chosen, prepare
from .rule import RuleError
from .stream import LARGEST, Stream

SAMPLES = 200
MOST_SAMPLES = 10_000
OUTSIDE = 20
"""One twentieth of the resamples is left out at each end, so that nine in ten lie from `low` to `high`."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Where one item stands. `place`: in the result itself; `best`, `low`, `median`, `high`, `worst`: in the resamples,
    nine in ten of which lie from low to high. Tied items share the best of their places. `selected`: in how many of the
    resamples the item is among the selected.
    """

    item: str
    place: int
    best: int
    low: int
    median: int
    high: int
    worst: int
    selected: int


@dataclass(frozen=True, slots=True)
class Robustness:
    """The spreads of all items, in the order of the result. `seed`: what the draws were made of, beside the ballots."""

    rule: str
    samples: int
    seed: str
    spreads: tuple[Spread, ...]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"spreads": [asdict(spread) for spread in self.spreads]}


def bootstrap(
    profile: Profile,
    rule: str,
    *,
    seats: int | None,
    contest: str = "",
    beacon: str = "",
    samples: int = SAMPLES,
    **parameters: Any,
) -> Robustness:
    """Each item's place in `samples` resamples of the ballots, counted by `rule` as `tally` would.

    The seed is made of the rule, the digest of the ballots, the contest and the beacon. Raises RuleError as `tally`
    does, and `bad_samples` unless there are 1 to 10,000 samples of ballots that weigh at most 2^32.
    """
    weight = int(profile.weights.sum())
    if not 1 <= samples <= MOST_SAMPLES or weight > LARGEST:
        raise RuleError("bad_samples", f"resamples: 1 to {MOST_SAMPLES}, of ballots that weigh at most 2^32 together")
    seed = f"bootstrap/{rule}/{profile.input_sha256}/{contest}/{beacon}"
    places = np.zeros((samples, len(profile.items)), dtype=np.int64)
    times = np.zeros(len(profile.items), dtype=np.int64)
    found, line, _ = _count(profile, rule, seats, contest, beacon, parameters)
    for number, weights in enumerate(resamples(profile, seed, samples)):
        places[number], _, selected = _count(profile.reweighted(weights), rule, seats, contest, beacon, parameters)
        times[selected] += 1
    places.sort(axis=0)
    outside = samples // OUTSIDE

    def spread(item: int) -> Spread:
        column = places[:, item].tolist()
        kept = (column[0], column[outside], column[(samples - 1) // 2], column[-1 - outside], column[-1])
        return Spread(profile.items[item], int(found[item]), *kept, selected=int(times[item]))

    return Robustness(rule, samples, seed, tuple(spread(item) for item in line))


def resamples(profile: Profile, seed: str, samples: int) -> Iterator[Ints]:
    """The weights of the rows in each resample: as many units as were cast, drawn with replacement.

    Units are numbered in the canonical order of the rows, and drawn by the stream of the seed.
    """
    ends = np.cumsum(profile.weights)
    weight = int(ends[-1]) if len(ends) else 0
    stream = Stream(seed)
    for _ in range(samples):
        drawn = stream.below(weight, weight) if weight else np.zeros(0, dtype=np.int64)
        rows = np.searchsorted(ends, drawn, side="right")
        yield np.bincount(rows, minlength=len(ends)).astype(np.int64)


def _count(
    profile: Profile, rule: str, seats: int | None, contest: str, beacon: str, parameters: dict[str, Any]
) -> tuple[Ints, list[int], list[int]]:
    """Each item's place, the order read through, and the selected; items by their position."""
    entry, call = prepare(
        profile, rule, seats=seats, contest=contest, beacon=beacon, parameters=parameters, audited=False
    )
    outcome = entry.compute(profile, call)
    places = np.zeros(len(profile.items), dtype=np.int64)
    place = 1
    for tier in outcome.order:
        places[tier] = place
        place += len(tier)
    line = [item for tier in outcome.order for item in tier]
    return places, line, chosen(outcome, entry, call)
