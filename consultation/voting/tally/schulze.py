"""Schulze's method: an item stands above another when the strongest chain of majorities to it is stronger than back.

M. Schulze, A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner election
method, Social Choice and Welfare 36 (2011); arXiv:1804.02973. A chain is as strong as its weakest majority.
"""

from __future__ import annotations

import numpy as np

from .packing import Ints
from .profile import Profile
from .rule import Call, Outcome, Rule
from .strength import layers, majorities, outcome_of, read_strength


def strongest_chains(direct: Ints) -> Ints:
    """At [a, b] the strength of the strongest chain from a to b: Floyd and Warshall's algorithm, with min and max."""
    chains = direct.copy()
    for through in range(len(chains)):
        np.maximum(chains, np.minimum(chains[:, through, None], chains[None, through, :]), out=chains)
    np.fill_diagonal(chains, 0)
    return chains


def compute(profile: Profile, call: Call) -> Outcome:
    prefers = profile.prefers
    chains = strongest_chains(majorities(prefers, call.parameters["strength"]))
    above = chains > chains.T
    return outcome_of(
        profile, call, prefers, layers(above), {item: str(int(count)) for item, count in enumerate(above.sum(axis=1))}
    )


RULE = Rule(
    name="schulze",
    version="1",
    summary="An item stands above another when its strongest chain of majorities against it is the stronger one.",
    scores="how many items it stands above",
    compute=compute,
    seats="one",
    parameters={"strength": read_strength},
)
