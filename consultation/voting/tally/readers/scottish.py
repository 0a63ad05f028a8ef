"""Ballots of Scottish council elections as comma-separated lines, the form in which researchers share them.

First the number of candidates and of seats; then `count, first choice, second choice, …`, candidates numbered
from 1; then
`"Candidate 1","name","party"` for each; last the name of the ward.
"""

from __future__ import annotations

import re

from ..ballots import MAX_ITEMS, BallotRow
from .source import Election, Source

_CANDIDATE = re.compile(r"Candidate (\d{1,6})")


def read_ward(source: Source) -> Election:
    """A ward: items are the candidates' numbers as text, and the file gives the number of seats."""
    lines = source.filled()
    line, text = next(lines, (1, ""))
    head = _cells(source, line, text)
    expected = ("the number of candidates", "the number of seats")
    if len(head) != len(expected):
        raise source.wrong(line, f"expected {expected[0]}, a comma and {expected[1]}")
    width, seats = (source.whole(cell, line, what, least=1) for cell, what in zip(head, expected, strict=True))
    if width > MAX_ITEMS or seats > width:
        raise source.wrong(line, f"expected at most {MAX_ITEMS} candidates, and no more seats than candidates")
    items = [str(number) for number in range(1, width + 1)]
    rows: list[tuple[int, BallotRow]] = []
    names: dict[str, str] = {}
    for line, text in lines:
        first, *others = _cells(source, line, text)
        if candidate := _CANDIDATE.fullmatch(first):
            if candidate[1] not in items or candidate[1] in names or not others:
                raise source.wrong(line, f"expected another candidate from 1 to {width}, and a name")
            names[candidate[1]] = others[0]
        elif not names:
            choices = [str(source.whole(cell, line, "the number of a candidate", least=1)) for cell in others]
            copies = source.whole(first, line, "the number of ballots", least=1)
            rows.append((line, BallotRow(tuple((choice,) for choice in choices), copies=copies)))
        elif len(names) < width:
            raise source.wrong(line, f"expected {width} lines of candidates after the ballots, found {len(names)}")
        elif first.isdigit():
            raise source.wrong(line, "expected the name of the ward in the last line")
    if len(names) != width:
        raise source.wrong(
            None,
            f"expected {width} lines of candidates after the ballots, found {len(names)}: is it cut short?",
        )
    return Election(source.profile(items, rows), source.sha256, names, seats=seats)


def _cells(source: Source, line: int, text: str) -> list[str]:
    """At least one cell; the empty ones that a comma at the end leaves are dropped."""
    cells = source.cells(text, line, ",")
    while len(cells) > 1 and not cells[-1]:
        cells.pop()
    return cells
