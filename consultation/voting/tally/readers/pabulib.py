"""Pabulib: participatory budgets (`.pb`), sections META, PROJECTS and VOTES of semicolon-separated columns.

D. Stolicki, S. Szufa and N. Talmon, Pabulib: a participatory budgeting library, arXiv:2012.06539. Columns
about voters (age, sex, neighbourhood) are never read.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ..ballots import BallotRow
from .source import Election, Source

_SECTIONS = ("META", "PROJECTS", "VOTES")
_Table = tuple[list[str], list[tuple[int, list[str]]]]


def read_budget(source: Source) -> Election:
    """A `.pb` file of any vote type.

    approval, choose-1: the named projects share one tier; ordinal: they stand in the order given; cumulative,
    scoring: in tiers of falling points, with the line below the last project that has points.
    """
    tables = _tables(source)
    meta = _meta(source, tables["META"])
    items, names, costs = _projects(source, tables["PROJECTS"])
    head, votes = tables["VOTES"]
    vote = _column(source, head, "vote", "VOTES")
    vote_type = meta.get("vote_type", (0, "approval"))[1].lower()
    points = head.index("points") if "points" in head else None
    if vote_type not in ("approval", "choose-1", "ordinal", "cumulative", "scoring"):
        raise source.wrong(meta["vote_type"][0], f"the vote type {vote_type!r} is not known")
    for key, found in (("num_projects", len(items)), ("num_votes", len(votes))):
        if key in meta and (promised := source.whole(meta[key][1], meta[key][0], key)) != found:
            raise source.wrong(meta[key][0], f"{key} is {promised}, but the file holds {found}: is it cut short?")

    def ballots() -> Iterator[tuple[int, BallotRow]]:
        for line, row in votes:
            named = [code for text in row[vote].split(",") if (code := text.strip())]
            if vote_type in ("cumulative", "scoring"):
                if points is None:
                    raise source.wrong(line, f"expected a column points, since the vote type is {vote_type}")
                given = [source.amount(text, line, "points") for text in row[points].split(",") if text.strip()]
                yield line, _by_points(source, line, named, given)
            elif vote_type == "ordinal":
                yield line, BallotRow(tuple((code,) for code in named))
            else:
                yield line, BallotRow((tuple(named),) if named else ())

    budget = source.amount(meta["budget"][1], meta["budget"][0], "the budget") if "budget" in meta else None
    return Election(source.profile(items, ballots()), source.sha256, names, budget=budget, costs=costs)


def _by_points(source: Source, line: int, named: list[str], given: list[Fraction]) -> BallotRow:
    if len(named) != len(given):
        raise source.wrong(line, f"expected points for each project: {len(named)} projects, {len(given)} points")
    levels: dict[Fraction, list[str]] = {}
    for code, points in zip(named, given, strict=True):
        levels.setdefault(points, []).append(code)
    tiers = tuple(tuple(levels[points]) for points in sorted(levels, reverse=True))
    return BallotRow(tiers, frozenset(code for code, points in zip(named, given, strict=True) if points > 0))


def _tables(source: Source) -> dict[str, _Table]:
    tables: dict[str, _Table] = {}
    section: str | None = None
    for line, text in source.filled():
        if text.strip().upper() in _SECTIONS and text.strip().upper() not in tables:
            section = text.strip().upper()
            tables[section] = ([], [])
            continue
        if section is None:
            raise source.wrong(line, "expected the section META")
        head, rows = tables[section]
        row = source.cells(text, line, ";")
        if not head:
            head.extend(name.strip().lower() for name in row)
        elif len(row) < len(head) and section != "META":
            raise source.wrong(line, f"expected {len(head)} columns ({'; '.join(head)}), not {len(row)}")
        else:
            rows.append((line, row))
    for name in _SECTIONS:
        if not tables.get(name, ([], []))[0]:
            raise source.wrong(None, f"expected a section {name} with a line of column names")
    return tables


def _column(source: Source, head: list[str], name: str, section: str) -> int:
    if name not in head:
        raise source.wrong(None, f"expected a column {name} in the section {section}")
    return head.index(name)


def _meta(source: Source, table: _Table) -> dict[str, tuple[int, str]]:
    values: dict[str, tuple[int, str]] = {}
    for line, row in table[1]:
        key, *cells = row
        if not cells:
            raise source.wrong(line, "expected a key, a semicolon and a value")
        values[key.strip().lower()] = (line, cells[0].strip())
    return values


def _projects(source: Source, table: _Table) -> tuple[list[str], dict[str, str], dict[str, Fraction]]:
    head, rows = table
    code, cost = _column(source, head, "project_id", "PROJECTS"), _column(source, head, "cost", "PROJECTS")
    name = head.index("name") if "name" in head else None
    items: list[str] = []
    names: dict[str, str] = {}
    costs: dict[str, Fraction] = {}
    for line, row in rows:
        item = row[code].strip()
        if not item or item in costs:
            raise source.wrong(line, f"expected a project_id of its own, not {item!r}")
        items.append(item)
        costs[item] = source.amount(row[cost], line, "the cost")
        if name is not None and row[name].strip():
            names[item] = row[name].strip()
    return items, names, costs
