"""Phragmén's order after organizers take items out of order, or after some lines are already settled.

Israel and Brill, Dynamic proportional rankings, arXiv:2105.08043: an item that is placed out of turn still costs one
unit of load, which its supporters carry, so that nobody gains by it twice; what follows is ordered from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from .phragmen import Loads, Placement, described, placements_anew
from .profile import Profile
from .ties import TieBreaker


@dataclass(frozen=True)
class Reordered:
    """The whole order: first the items taken, as they were given, then the others. `rounds`: an entry for each line
    that somebody supports, as in a tally, and whether it was `taken`. `ties`: every use of the draw.
    """

    order: list[str]
    taken: list[str]
    rounds: list[dict[str, Any]]
    ties: list[dict[str, Any]]
    unsupported: list[str]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "order": self.order,
            "taken": self.taken,
            "rounds": self.rounds,
            "ties": self.ties,
            "unsupported": self.unsupported,
        }


def reorder(profile: Profile, taken: Sequence[str], *, contest: str = "", beacon: str = "") -> Reordered:
    """The order that begins with the items `taken`, each charged to its supporters when its turn comes.

    Taking what Phragmén places first, in its order, changes nothing. An item that nobody supports costs nobody
    anything. Raises ValueError when an item is not in the contest, or taken twice.
    """
    known = {item: position for position, item in enumerate(profile.items)}
    if unknown := [item for item in taken if item not in known]:
        raise ValueError(f"the item {unknown[0]!r} is not in this contest")
    if len(set(taken)) != len(taken):
        raise ValueError("an item is taken twice")
    ties = TieBreaker(contest, beacon, profile.items)
    loads = Loads(profile)
    rounds: list[dict[str, Any]] = []
    for place, item in enumerate((known[code] for code in taken), start=1):
        if profile.support[item]:
            bid = loads.bid(item)
            exact_load = loads.exactly(bid)
            load = Fraction(exact_load.top, exact_load.bottom)
            rounds.append(described(profile, Placement(item, load, bid.unserved, (item,)), place) | {"taken": True})
            loads.place(item, load)
    waiting = [item for item in range(len(profile.items)) if profile.items[item] not in taken]
    order = list(taken)
    for placement in placements_anew(loads, [item for item in waiting if profile.support[item]], ties.places):
        ties.order(placement.tied, "equal load", len(order) + 1)
        order.append(profile.items[placement.item])
        rounds.append(described(profile, placement, len(order)) | {"taken": False})
    left = [item for item in waiting if not profile.support[item]]
    nobody = [profile.items[item] for item in ties.order(left, "no supporters", len(order) + 1)]
    unsupported = {profile.items[item] for item in np.flatnonzero(profile.support == 0).tolist()}
    return Reordered(
        [*order, *nobody],
        list(taken),
        rounds,
        ties.log,
        [item for item in [*order, *nobody] if item in unsupported],
    )
