"""Threads from ``ref`` and ``parent_ref``, in whatever order the rows come: two levels, nothing lost.

A reply to a reply stands at the second level, and keeps what it answers. Whoever answers a comment that is not in the
file stands at the top (``parent_absent``, also noted of rows that are themselves rejected); whoever answers a rejected
one stands below the nearest ancestor that remains, or at the top (``parent_rejected``). Comments that answer one
another in a circle all stand at the top, and so does one that answers a comment on another proposal. Where several
rows share a ``ref``, the first that is not rejected is answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from consultation.exchange.reading.reasons import Reason
from consultation.exchange.reading.rows import CommentRow, Placement


@dataclass(frozen=True, slots=True)
class KnownComment:
    """A comment imported earlier, which rows of this file may answer."""

    identity: str
    placement: Placement


def place_replies(rows: Iterable[CommentRow], known: Mapping[str, KnownComment] | None = None) -> list[CommentRow]:
    """The same rows in the same order, with their placement and the reasons found; rejected rows get no placement.

    ``known``: comments of earlier imports by ``ref``; a ``ref`` in the file itself comes first.
    The result does not depend on the order of the rows, as long as each ``ref`` stands in one row.
    """
    return _Threads(list(rows), known or {}).placed()


class _Threads:
    def __init__(self, rows: list[CommentRow], known: Mapping[str, KnownComment]) -> None:
        self.rows = rows
        self.known = known
        self.notes: list[list[Reason]] = [[] for _ in rows]
        self.by_ref: dict[str, int] = {}
        for rejected in (False, True):
            for index, row in enumerate(rows):
                if row.ref and row.rejected is rejected:
                    self.by_ref.setdefault(row.ref, index)
        # The row, or the comment of an earlier import, that a row answers; after `_skip_rejected` a remaining one.
        self.parents: list[int | KnownComment | None] = [self._parent(index) for index in range(len(rows))]
        self.placements: list[Placement | None] = [None] * len(rows)

    def placed(self) -> list[CommentRow]:
        self._skip_rejected()
        for index, row in enumerate(self.rows):
            if not row.rejected and self.placements[index] is None:
                self._place_chain(index)
        return [
            replace(row, placement=placement, reasons=(*row.reasons, *notes)) if placement or notes else row
            for row, placement, notes in zip(self.rows, self.placements, self.notes, strict=True)
        ]

    def _parent(self, index: int) -> int | KnownComment | None:
        ref = self.rows[index].parent_ref
        if not ref:
            return None
        parent: int | KnownComment | None = self.by_ref.get(ref)
        if parent is None:
            parent = self.known.get(ref)
        if parent is None:
            self.notes[index].append(Reason.PARENT_ABSENT)
        return parent

    def _skip_rejected(self) -> None:
        """Let every row answer the nearest ancestor that is not rejected."""
        settled: set[int] = set()
        for index in range(len(self.rows)):
            path: list[int] = []
            parent = self.parents[index]
            on_path: set[int] = set()
            while isinstance(parent, int) and self.rows[parent].rejected and parent not in settled:
                if parent in on_path:
                    parent = None
                    break
                on_path.add(parent)
                path.append(parent)
                parent = self.parents[parent]
            if isinstance(parent, int) and self.rows[parent].rejected:
                parent = self.parents[parent]
            for step in path:
                self.parents[step] = parent
            settled.update(path)
        for index, row in enumerate(self.rows):
            answered = self.parents[index]
            if not row.rejected and isinstance(answered, int) and self.rows[answered].rejected:
                self.parents[index] = self.parents[answered]
                self.notes[index].append(Reason.PARENT_REJECTED)

    def _place_chain(self, index: int) -> None:
        """Place a row and all that it answers, from the top down; no recursion, since threads can be very long."""
        path: list[int] = []
        position: dict[int, int] = {}
        current: int | KnownComment | None = index
        while isinstance(current, int) and self.placements[current] is None:
            if current in position:
                for member in path[position[current] :]:
                    self.parents[member] = None
                    self.notes[member].append(Reason.PARENT_CYCLE)
                break
            position[current] = len(path)
            path.append(current)
            current = self.parents[current]
        for member in reversed(path):
            self.placements[member] = self._place(member)

    def _place(self, index: int) -> Placement:
        row = self.rows[index]
        parent = self.parents[index]
        above: Placement | None = None
        answers = ""
        if isinstance(parent, int):
            above, answers = self.placements[parent], self.rows[parent].identity
        elif parent is not None:
            above, answers = parent.placement, parent.identity
        if above is not None and row.item_ref and row.item_ref != above.item_ref:
            self.notes[index].append(Reason.PARENT_ELSEWHERE)
            above = None
        if above is None:
            return Placement(root=row.identity, depth=0, answers=None, distance=0, item_ref=row.item_ref)
        if above.distance:
            self.notes[index].append(Reason.DEPTH_FLATTENED)
        return Placement(
            root=above.root,
            depth=1,
            answers=answers,
            distance=above.distance + 1,
            item_ref=row.item_ref or above.item_ref,
        )
