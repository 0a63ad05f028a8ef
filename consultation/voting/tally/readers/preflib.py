"""PrefLib: orders (`.soc` strict and complete, `.soi` strict, `.toc` with ties and complete, `.toi` with
ties) and categories (`.cat`).

N. Mattei and T. Walsh, PrefLib: a library for preferences, ADT 2013. A header of lines `# KEY: VALUE`, then
lines
`count: order`, the items numbered from 1, tied ones in braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..ballots import MAX_ITEMS, BallotRow
from .source import Election, Source

_PART = re.compile(r"\s*(?:\{(?P<tied>[^{}]*)\}|(?P<alone>[^,{}]+))\s*(?:,|$)")
_NAME = "ALTERNATIVE NAME "


def read_orders(source: Source, kind: str) -> Election:
    """A file of orders; `kind` is one of soc, soi, toc, toi, and what it promises (strict, complete) is
    checked.
    """
    return _read(source, kind)


def read_categories(source: Source) -> Election:
    """A file of categories, best first: the first is the support, and the last stands at the bottom with what
    is not named.
    """
    return _read(source, "cat")


def _read(source: Source, kind: str) -> Election:
    header: dict[str, tuple[int, str]] = {}
    body: list[tuple[int, str]] = []
    for line, text in source.filled():
        if text.startswith("#"):
            key, colon, value = text[1:].partition(":")
            if not colon:
                raise source.wrong(line, "expected a header line such as # NUMBER ALTERNATIVES: 6")
            header[key.strip()] = (line, value.strip())
        else:
            body.append((line, text))
    width = _number(source, header, "NUMBER ALTERNATIVES")
    if not 1 <= width <= MAX_ITEMS:
        raise source.wrong(
            header["NUMBER ALTERNATIVES"][0], f"expected from 1 to {MAX_ITEMS} alternatives, not {width}"
        )
    categories = _number(source, header, "NUMBER CATEGORIES") if kind == "cat" else 0
    rows = [(line, _ballot(source, line, text, kind, width, categories)) for line, text in body]
    voters = sum(row.copies for _, row in rows)
    if "NUMBER VOTERS" in header and voters != (promised := _number(source, header, "NUMBER VOTERS")):
        raise source.wrong(
            header["NUMBER VOTERS"][0],
            f"the file promises {promised} voters, but its lines count {voters}: is it cut short?",
        )
    names = {key[len(_NAME) :].strip(): value for key, (_, value) in header.items() if key.startswith(_NAME) and value}
    items = [str(number) for number in range(1, width + 1)]
    return Election(source.profile(items, rows), source.sha256, {item: names[item] for item in items if item in names})


def _number(source: Source, header: dict[str, tuple[int, str]], key: str) -> int:
    if key not in header:
        raise source.wrong(None, f"expected a header line # {key}: with a number")
    line, value = header[key]
    return source.whole(value, line, key.lower())


def _ballot(source: Source, line: int, text: str, kind: str, width: int, categories: int) -> BallotRow:
    count, colon, order = text.partition(":")
    if not colon:
        raise source.wrong(line, "expected a count, a colon and an order, such as 12: 3,{1,2}")
    copies = source.whole(count, line, "the number of ballots", least=1)
    parts = list(_parts(source, line, order.strip()))
    if kind == "cat":
        if len(parts) != categories:
            raise source.wrong(line, f"expected {categories} categories, not {len(parts)}")
        tiers = tuple(tuple(part) for part in (parts[:-1] if categories > 1 else parts) if part)
        return BallotRow(tiers, frozenset(parts[0]), copies=copies)
    if not all(parts):
        raise source.wrong(line, "expected items between the braces")
    if kind in ("soc", "soi") and any(len(part) > 1 for part in parts):
        raise source.wrong(line, f"expected an order without ties in a .{kind} file")
    if kind in ("soc", "toc") and sum(map(len, parts)) != width:
        raise source.wrong(line, f"expected all {width} items in a .{kind} file")
    return BallotRow(tuple(tuple(part) for part in parts), copies=copies)


def _parts(source: Source, line: int, order: str) -> Iterator[list[str]]:
    """The tiers of an order, which may be empty, as lists of item numbers."""
    at = 0
    while at < len(order):
        match = _PART.match(order, at)
        if match is None:
            raise source.wrong(
                line,
                f"expected item numbers separated by commas, tied ones in braces, at {order[at : at + 20]!r}",
            )
        at = match.end()
        inside = match["tied"] if match["alone"] is None else match["alone"]
        texts = inside.split(",") if inside.strip() else []
        yield [str(source.whole(text, line, "the number of an item", least=1)) for text in texts]
    if order.endswith(","):
        raise source.wrong(line, "expected an item after the last comma")
