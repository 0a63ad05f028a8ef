"""Replies placed on two levels, and ballots assembled from marks."""

import io
import json

from hypothesis import given
from hypothesis import strategies as st

from consultation.exchange.reading import (
    KnownComment,
    Reason,
    assemble_ballots,
    count_latest,
    count_marks,
    map_columns,
    open_table,
    place_replies,
    read_rows,
)


def read(kind, text):
    data = text.encode() if isinstance(text, str) else json.dumps(text).encode()
    with open_table(io.BytesIO(data)) as table:
        return list(read_rows(table, map_columns(kind, table.columns)))


def codes(row):
    return [reason.value for reason in row.reasons]


def placed(*comments):
    """Rows from (ref, parent) or (ref, parent, text[, item])."""
    entries = [
        dict(zip(("ref", "parent_ref", "text", "item_ref"), (*comment, "x")[: max(3, len(comment))], strict=False))
        for comment in comments
    ]
    return {row.ref: row for row in place_replies(read("comments", entries))}


def refs(rows, ref):
    by_identity = {row.identity: row.ref for row in rows.values()}
    place = rows[ref].placement
    return by_identity[place.root], place.depth, by_identity.get(place.answers), place.distance


def test_replies_are_placed_on_two_levels_children_first():
    rows = placed(("c", "b"), ("b", "a"), ("a", "-1"), ("d", "c"))
    assert [refs(rows, ref) for ref in "abcd"] == [
        ("a", 0, None, 0),
        ("a", 1, "a", 1),
        ("a", 1, "b", 2),
        ("a", 1, "c", 3),
    ]
    assert [codes(rows[ref]) for ref in "abcd"] == [[], [], ["depth_flattened"], ["depth_flattened"]]


def test_absent_and_rejected_parents():
    rows = placed(("a", "zz"), ("r", "a", ""), ("s", "r", ""), ("b", "s"), ("t", "", ""), ("c", "t"), ("u", "zz", ""))
    assert (refs(rows, "a"), codes(rows["a"])) == (("a", 0, None, 0), ["parent_absent"])
    assert (refs(rows, "b"), codes(rows["b"])) == (("a", 1, "a", 1), ["parent_rejected"])
    assert (refs(rows, "c"), codes(rows["c"])) == (("c", 0, None, 0), ["parent_rejected"])
    assert (rows["u"].placement, codes(rows["u"])) == (None, ["empty", "parent_absent"])


def test_replies_to_what_the_database_rejects_move_up():
    rows = read("comments", "ref,parent_ref,item_ref,text\na,,P1,x\nb,a,,x\nc,,P9,x\nd,c,,x\n")
    known = place_replies(row.noting(Reason.ITEM_ABSENT) if row.item_ref == "P9" else row for row in rows)
    assert [codes(row) for row in known] == [[], [], ["item_absent"], ["parent_rejected"]]
    assert [row.placement and row.placement.item_ref for row in known] == ["P1", "P1", None, ""]


def test_circles_and_replies_across_proposals_stand_at_the_top():
    rows = placed(
        ("a", "b"), ("b", "a"), ("c", "a"), ("s", "s"), ("p", "", "x", "P1"), ("q", "p", "x", "P2"), ("i", "p")
    )
    assert [refs(rows, ref)[1] for ref in "abcsq"] == [0, 0, 1, 0, 0]
    assert [codes(rows[ref]) for ref in "absq"] == [["parent_cycle"]] * 3 + [["parent_elsewhere"]]
    assert rows["i"].placement.item_ref == "P1"


def test_replies_find_comments_of_earlier_imports():
    earlier = place_replies(read("comments", "ref,parent_ref,text\na,,x\nb,a,x\n"))
    known = {row.ref: KnownComment(row.identity, row.placement) for row in earlier}
    [row] = place_replies(read("comments", "ref,parent_ref,text\nc,b,x\n"), known)
    assert (row.placement.root, row.placement.answers) == (earlier[0].identity, earlier[1].identity)
    assert codes(row) == ["depth_flattened"]


def test_a_very_long_thread_is_placed_without_recursion():
    rows = place_replies(
        read("comments", [{"ref": str(n), "parent_ref": str(n + 1), "text": "x"} for n in range(20_000)])
    )
    assert {row.placement.root for row in rows} == {rows[-1].identity}


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*"abcdefgh", "", "-1"]), st.sampled_from(["x", ""]), st.sampled_from(["", "P", "Q"])
        ),
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_threads_lose_nothing_are_two_levels_deep_and_do_not_depend_on_order(rows, random):
    entries = [
        {"ref": ref, "parent_ref": parent, "text": text, "item_ref": item}
        for ref, (parent, text, item) in zip("abcdefgh", rows, strict=False)
    ]
    if not entries:
        return
    result = place_replies(read("comments", entries))
    assert [row.ref for row in result] == [entry["ref"] for entry in entries]
    by_identity = {row.identity: row for row in result}
    for row in result:
        assert (row.placement is None) == row.rejected
        if row.placement is None:
            continue
        root = by_identity[row.placement.root]
        assert root.placement.depth == 0
        assert row.placement.depth == min(row.placement.distance, 1)
        assert root.placement.item_ref == row.placement.item_ref
        if row.placement.depth:
            assert by_identity[row.placement.answers].placement.distance == row.placement.distance - 1
        else:
            assert root is row
    random.shuffle(entries)
    shuffled = {row.ref: row for row in place_replies(read("comments", entries))}
    for row in result:
        assert shuffled[row.ref].placement == row.placement
        assert shuffled[row.ref].reasons == row.reasons


def test_the_last_mark_counts_by_time_then_by_row():
    marks = read(
        "ballots",
        "voter,item,vote,time\nv,a,1,2026-01-02\nv,a,0,2026-01-01\nv,b,0,\nv,b,1,\nw,a,0,2026-01-01\nw,a,1,\n,a,1,\n",
    )
    ballots = assemble_ballots(marks, {"1"})
    assert ballots.approved == {"v": ("a", "b"), "w": ()}
    figures = ballots.figures
    assert (figures.events, figures.pairs, figures.repeated, figures.superseded, figures.rejected) == (6, 3, 3, 3, 1)
    assert assemble_ballots(marks).approved == {"v": ("a", "b"), "w": ("a",)}
    assert count_marks(marks)["a"] == {"1": 2, "0": 2}
    assert count_latest(ballots)["a"] == {"1": 1, "0": 1}
