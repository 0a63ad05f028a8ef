"""Which counts by group may be shown, so that neither they nor their differences tell how few people voted. Pure.

What is known anyway: who voted, in which group each of them is, and how many chose an item in all. Shown of an item is
how many of a group chose it. Then

- neither that number nor the rest of the group may be below ``k``: "all eleven of them" says as much as "one of them";
- what is withheld may not follow by subtraction: where one group is withheld another is too, until the withheld ones
  together are ``k`` or more on either side, and no one of them can be narrowed down to fewer values than ``k`` or than
  it has members (complementary suppression);
- groups of two kinds (a sector and a country, say) may not nearly coincide, or the difference of their counts would
  tell how the few voted in whom they differ. The groups of two kinds form a graph, an edge for each pair weighing as
  many voters as are in both; how many voters separate a union of the one kind from a union of the other is the weight
  of a cut. So groups are merged until no cut weighs less than ``k``. Unions that coincide are merged too: what is
  withheld among the one kind would stand among the other.

What follows from three kinds together is not looked at.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations

K = 10

REST = "…"
"""All groups of a kind that are not shown on their own."""

Groups = Mapping[str, str]
"""The group of each voter."""


def offered(kinds: Mapping[str, Groups], k: int = K) -> dict[str, dict[str, str]]:
    """Each voter's group of every kind, with all groups that cannot be shown merged into ``REST``.

    Kinds that are given first keep more of their groups.
    """
    merged = {name: _large_enough(groups, k) for name, groups in kinds.items()}
    for first, second in combinations(merged, 2):
        while _close(merged[first], merged[second], k):
            sizes = Counter(merged[second].values())
            del sizes[REST]
            if not sizes:
                break
            _merge(merged[second], min(sizes, key=lambda name: (sizes[name], name)))
            _pad(merged[second], k)
    return merged


def _large_enough(groups: Groups, k: int) -> dict[str, str]:
    """Groups of fewer than twice ``k`` can show nothing: chosen or not chosen, one of the two is below ``k``."""
    sizes = Counter(groups.values())
    found = {voter: group if sizes[group] >= 2 * k else REST for voter, group in groups.items()}
    _pad(found, k)
    return found


def _pad(groups: dict[str, str], k: int) -> None:
    """Merge more groups into the rest while fewer than ``k`` are in it, since its count follows by subtraction."""
    while 0 < (sizes := Counter(groups.values()))[REST] < k and len(sizes) > 1:
        del sizes[REST]
        _merge(groups, min(sizes, key=lambda name: (sizes[name], name)))


def _merge(groups: dict[str, str], gone: str) -> None:
    for voter, group in groups.items():
        if group == gone:
            groups[voter] = REST


def _close(first: Groups, second: Groups, k: int) -> bool:
    shared: Counter[tuple[Hashable, Hashable]] = Counter()
    for voter, group in first.items():
        shared[(0, group), (1, second[voter])] += 1
    return bool(shared) and _least_cut(shared) < k


def _least_cut(edges: Mapping[tuple[Hashable, Hashable], int]) -> int:
    """The weight of the least cut, 0 where the parts are not joined (M. Stoer and F. Wagner, A simple min-cut
    algorithm, Journal of the ACM 44, 1997)."""
    beside: dict[Hashable, Counter[Hashable]] = {}
    for (one, other), weight in edges.items():
        beside.setdefault(one, Counter())[other] += weight
        beside.setdefault(other, Counter())[one] += weight
    least = None
    while len(beside) > 1:
        start = next(iter(beside))
        added, pull = [start], Counter(beside[start])
        while len(added) < len(beside):
            nearest = max((node for node in beside if node not in added), key=lambda node: pull[node])
            cut = pull[nearest]
            added.append(nearest)
            pull.update(beside[nearest])
        least = cut if least is None else min(least, cut)
        last, before = added[-1], added[-2]
        for node, weight in beside.pop(last).items():
            del beside[node][last]
            if node != before:
                beside[before][node] += weight
                beside[node][before] += weight
    return least or 0


def shown(sizes: Mapping[str, int], counts: Mapping[str, int], k: int = K) -> dict[str, int]:
    """Of one item: the counts that may be shown, by group. ``sizes`` are the voters of each group, ``REST`` among them,
    and ``counts`` how many of them chose the item."""
    hidden = {group for group, size in sizes.items() if group == REST or counts[group] < k or size - counts[group] < k}
    others = sorted(set(sizes) - hidden, key=lambda group: (sizes[group], group))
    while hidden and others and not _withheld(hidden, sizes, counts, k):
        hidden.add(others.pop(0))
    return {group: counts[group] for group in sorted(others)} if others else {}


def _withheld(hidden: set[str], sizes: Mapping[str, int], counts: Mapping[str, int], k: int) -> bool:
    """Whether the hidden counts stay hidden from who knows their sum and the size of each group."""
    voters, chose = sum(sizes[group] for group in hidden), sum(counts[group] for group in hidden)
    if min(chose, voters - chose) < k:
        return False
    if hidden == {REST}:
        return True
    return all(_open(sizes[group], voters, chose) >= min(sizes[group], k) for group in hidden)


def _open(size: int, voters: int, chose: int) -> int:
    """Between how many values a hidden count can lie, less one."""
    return min(size, chose) - max(0, chose - (voters - size))


def all_shown(
    kinds: Mapping[str, Groups], choices: Mapping[str, Sequence[str]], items: Sequence[str], k: int = K
) -> dict[str, dict[str, dict[str, object]]]:
    """For each kind: ``sizes``, the voters of each group that is offered, and ``counts``, those of each item that may
    be shown. ``choices``: what each voter chose."""
    found: dict[str, dict[str, dict[str, object]]] = {}
    for name, groups in offered(kinds, k).items():
        sizes = Counter(groups.values())
        chose: dict[str, Counter[str]] = {item: Counter() for item in items}
        for voter, chosen in choices.items():
            for item in chosen:
                chose[item][groups[voter]] += 1
        counts = {item: shown(sizes, chose[item], k) for item in items}
        found[name] = {
            "sizes": {group: size for group, size in sorted(sizes.items()) if group != REST},
            "counts": {item: kept for item, kept in counts.items() if kept},
        }
    return found
