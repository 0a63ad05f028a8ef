"""Ballots in the formats of PrefLib, which other programs read. Pure.

N. Mattei and T. Walsh, PrefLib: a library for preferences, ADT 2013. A .toc file holds complete orders with ties: what
a ballot does not name stands tied in its last place, as our rules read it. A .cat file holds categories: what is
essential, what is marked (or chosen), and the rest. A .soc file holds complete orders without ties.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from consultation.voting.states import ContestKind

CATEGORIES = {2: ("chosen", "not chosen"), 3: ("essential", "marked", "not chosen")}


def formats(kind: ContestKind, *, strict: bool) -> tuple[str, ...]:
    """Which formats fit the ballots of a contest. ``strict``: each puts all items in an order without ties."""
    if kind is ContestKind.SHORTLIST:
        return ("toc", "cat")
    if kind is ContestKind.TIERS:
        return ("toc", "cat", "soc") if strict else ("toc", "cat")
    return ("toc", "soc") if strict else ("toc",)


def counted(contents: Iterable[bytes]) -> Counter[bytes]:
    """How many ballots say the same. Blank ones hold no preference, and are left out."""
    return Counter(content for content in map(bytes, contents) if json.loads(content)["tiers"])


def written(kind: str, name: str, options: Sequence[tuple[str, str]], ballots: Mapping[bytes, int]) -> Iterator[str]:
    """The lines of a file; items are numbered from 1 in the order of the ballot. A ballot that weighs w counts as w."""
    number = {code: place for place, (code, _title) in enumerate(options, start=1)}
    orders: Counter[str] = Counter()
    most = max((len(json.loads(content)["tiers"]) for content in ballots), default=1)
    width = most + 1
    for content, copies in ballots.items():
        value = json.loads(content)
        tiers = [sorted(number[item] for item in tier) for tier in value["tiers"]]
        named = {item for tier in tiers for item in tier}
        rest = [item for item in range(1, len(options) + 1) if item not in named]
        order = _categories(tiers, rest, width) if kind == "cat" else _order([*tiers, rest])
        orders[order] += copies * int(value.get("weight", 1))
    yield f"# FILE NAME: {name}\n"
    yield f"# DATA TYPE: {kind}\n"
    yield f"# NUMBER ALTERNATIVES: {len(options)}\n"
    yield f"# NUMBER VOTERS: {sum(orders.values())}\n"
    yield f"# NUMBER UNIQUE {'PREFERENCES' if kind == 'cat' else 'ORDERS'}: {len(orders)}\n"
    if kind == "cat":
        yield f"# NUMBER CATEGORIES: {width}\n"
        for place, category in enumerate(CATEGORIES[width], start=1):
            yield f"# CATEGORY NAME {place}: {category}\n"
    for code, title in options:
        yield f"# ALTERNATIVE NAME {number[code]}: {code} {' '.join(title.split())}\n"
    for order, copies in sorted(orders.items(), key=lambda one: (-one[1], one[0])):
        yield f"{copies}: {order}\n"


def _order(tiers: Sequence[Sequence[int]]) -> str:
    return ",".join(str(tier[0]) if len(tier) == 1 else _braces(tier) for tier in tiers if tier)


def _categories(tiers: Sequence[Sequence[int]], rest: Sequence[int], width: int) -> str:
    """A ballot with one tier alone draws no line: all that it names is merely marked where others draw one."""
    named = [list(tier) for tier in tiers]
    full: list[list[int]] = [[] for _ in range(width - 1 - len(named))] + named
    return ",".join(_braces(tier) for tier in [*full, rest])


def _braces(tier: Sequence[int]) -> str:
    return "{" + ",".join(map(str, tier)) + "}"
