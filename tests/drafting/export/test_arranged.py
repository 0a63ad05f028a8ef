"""The page's arrangement of the document: folded differently, the same blocks in the same order."""

import dataclasses

import pytest

from consultation.drafting.export.arranged import arrange
from consultation.drafting.export.outline import build
from tests.drafting.export.sample import snapshot
from tests.drafting.export.speaking import PLAIN

pytestmark = pytest.mark.sqlite


def flat(node):
    """The blocks of an arrangement from first to last: a dataclass that is no block gives way to what it holds."""
    if isinstance(node, tuple):
        return [block for member in node for block in flat(member)]
    if type(node).__module__.endswith("arranged"):
        held = [getattr(node, field.name) for field in dataclasses.fields(node)]
        return [block for member in held for block in flat(member)]
    return [] if isinstance(node, str) else [node]


def test_an_arrangement_holds_every_block_once_and_in_order():
    document = build(snapshot(), "en", PLAIN)
    parts = arrange(document.blocks)
    assert flat(parts) == list(document.blocks)


def test_parts_are_front_themes_and_annexes_in_that_order():
    sample = snapshot()
    parts = arrange(build(sample, "fr", PLAIN).blocks)
    kinds = [part.kind for part in parts]
    assert kinds == sorted(kinds, key=["front", "theme", "annex"].index)
    themes = [(part.code, [item.heading.anchor for item in part.items]) for part in parts if part.kind == "theme"]
    assert themes == [
        (section["id"], [f"item-{item['code']}" for item in section["items"]]) for section in sample["sections"]
    ]
    assert parts[-1].heading.anchor == "sign-off"


def test_an_agenda_without_items_still_keeps_its_annexes_apart():
    document = build(snapshot(), "en", PLAIN)
    blocks, inside = [], False
    for block in document.blocks:
        if getattr(block, "level", 0) == 1:
            inside = block.anchor.startswith("theme-")
        if not inside:
            blocks.append(block)
    assert [part.kind for part in arrange(blocks)] == ["front"] * 5 + ["annex"] * 12
