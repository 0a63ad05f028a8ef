"""The tiers of packed ballots."""

from __future__ import annotations

import numpy as np

from .packing import Ints, words_of
from .profile import Profile


def tier_sizes(profile: Profile) -> Ints:
    """For each entry, how many items share its tier on its ballot."""
    opens = words_of(profile.starts, profile.listed, profile.ranks) & 1
    begins = np.flatnonzero(opens)
    sizes = np.diff(np.append(begins, len(opens)))
    return np.repeat(sizes, sizes)
