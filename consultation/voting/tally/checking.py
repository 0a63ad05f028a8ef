"""Whether arrays are ballots: what `Profile.from_arrays` takes on trust from nobody."""

from __future__ import annotations

import numpy as np

from .ballots import InvalidBallot, check_total
from .packing import Anything, Ints, lengths, matrix_of, rows_by_length


def check_starts(starts: Ints, entries: int) -> None:
    """That each ballot's entries begin where those of the one before end, and the last one's end with them all. Raises
    InvalidBallot (`bad_arrays`).
    """
    if len(starts) < 1 or starts[0] != 0 or starts[-1] != entries:
        raise InvalidBallot("bad_arrays", "starts must go from 0 to the number of entries")
    if wrong := np.flatnonzero(starts[1:] < starts[:-1]).tolist():
        raise InvalidBallot("bad_arrays", "starts must not go down", wrong[0] + 1)


def check_arrays(
    starts: Ints, listed: Ints, ranks: Anything, places: Ints, supported: Ints, weights: Ints, width: int
) -> None:
    """Raises InvalidBallot with the code and the position of the first ballot that is wrong. `starts` are as
    `check_starts` wants them; `places` tell of each entry how far down its ballot it stands, from 1.
    """

    def refuse(code: str, detail: str, wrong: Anything) -> None:
        if wrong.any():
            raise InvalidBallot(code, detail, int(np.flatnonzero(wrong)[0]) + 1)

    rows = len(starts) - 1
    if len(ranks) != len(listed):
        raise InvalidBallot("bad_arrays", "each entry needs a rank")
    if len(supported) != rows or len(weights) != rows:
        raise InvalidBallot("bad_arrays", "supported and weights need one value a ballot")
    sizes = lengths(starts)
    owners = np.repeat(np.arange(rows), sizes)

    def owning(wrong_entries: Anything) -> Anything:
        return np.bincount(owners[wrong_entries], minlength=rows) > 0

    refuse("unknown_item", "an item is not in this contest", owning((listed < 0) | (listed >= width)))
    twice = np.zeros(rows, dtype=bool)
    for length, ballots in rows_by_length(starts):
        if length > 1:
            ordered = np.sort(matrix_of(starts, listed, ballots, length).astype(np.int16), axis=1)
            twice[ballots] = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)
    refuse("duplicate_item", "an item is listed twice", twice)
    tied = np.zeros(len(listed), dtype=bool)
    if len(listed):
        tied[1:] = (ranks[1:] == ranks[:-1]) & (owners[1:] == owners[:-1])
    refuse(
        "bad_arrays",
        "a rank must be one more than the number of items above it",
        owning(~tied & (ranks != places)),
    )
    refuse("bad_weight", "the weight must be a whole number from 1 up", weights < 1)
    check_total(int(weights.sum(dtype=object)))
    refuse("support_not_listed", "more items above the line than listed", (supported < 0) | (supported > sizes))
    inside = (supported > 0) & (supported < sizes)
    splits = np.zeros(rows, dtype=bool)
    splits[inside] = tied[(starts[:-1] + supported)[inside]]
    refuse("support_not_at_top", "the line must not cut through a tier", splits)
