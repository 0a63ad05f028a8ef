"""The real collections, against the figures that their publishers and their notices give."""

import csv
import tracemalloc
from collections import Counter

import pytest

from consultation.exchange.reading import (
    ImportReport,
    Options,
    Reason,
    assemble_ballots,
    count_latest,
    count_marks,
    map_columns,
    open_table,
    parse_states,
    place_replies,
    read_rows,
)


def read(path, kind, *maps, options=None, with_states=False):
    with open_table(path) as table:
        columns = map_columns(kind, table.columns, maps, with_states=with_states)
        return list(read_rows(table, columns, options)), ImportReport.of(table, columns)


def test_decide_madrid_comments(shared_data):
    rows, report = read(shared_data / "decide-madrid-2019" / "comments.csv", "comments")
    rows = place_replies(rows)
    for row in rows:
        report.add(row)
    counts = report.counts
    assert (counts["read"], counts["rejected"]) == (5633, 62)
    assert counts["imported"] + counts["flagged"] == 5633 - 62
    reasons = report.reasons
    assert (reasons[Reason.EMPTY], reasons[Reason.PARENT_ABSENT], reasons[Reason.PARENT_REJECTED]) == (62, 268, 8)
    assert len({row.identity for row in rows}) == 5633
    assert {row.placement.depth for row in rows if row.placement} == {0, 1}
    assert all(row.created_at for row in rows)
    assert report.unmapped == (
        "column_1",
        "page",
        "userType",
        "time",
        "numVotes",
        "numPositiveVotes",
        "numNegativeVotes",
    )
    assert rows[0].original["time"] == "0 days 10:50:19"


def test_decide_madrid_times_when_they_are_mapped(shared_data):
    rows, _ = read(
        shared_data / "decide-madrid-2019" / "comments.csv", "comments", "date=created_at", "time=created_at"
    )
    assert rows[0].created_at.isoformat() == "2015-09-15T10:50:19+00:00"
    assert not any(Reason.DATE_UNREADABLE in row.reasons for row in rows)


def test_decide_madrid_proposals_need_no_mapping(shared_data):
    rows, report = read(
        shared_data / "decide-madrid-2019" / "proposals.csv", "proposals", options=Options(language="es")
    )
    assert len(rows) == 80
    assert Counter(reason for row in rows for reason in row.reasons) == {}
    assert (sum(not row.remedy for row in rows), sum(not row.barrier for row in rows)) == (34, 0)
    assert {row.language for row in rows} == {"es"}
    comments, _ = read(shared_data / "decide-madrid-2019" / "comments.csv", "comments")
    assert {row.item_ref for row in comments} <= {row.ref for row in rows}
    assert "url" in report.unmapped


def test_polis_statements_and_their_moderation(shared_data):
    path = shared_data / "polis-canadian-electoral-reform" / "comments.csv"
    options = Options(language="en", states=parse_states(["1=published", "-1=declined"]))
    rows, report = read(path, "proposals", options=options, with_states=True)
    assert Counter(row.state for row in rows) == {"published": 152, "declined": 22}
    assert Counter(reason for row in rows for reason in row.reasons) == {Reason.TITLE_DERIVED: 174}
    assert all(row.created_at and row.title and row.remedy == row.remedy.strip() for row in rows)
    assert report.unmapped == ("datetime", "agrees", "disagrees")
    flagged, _ = read(path, "proposals", "datetime=created_at")
    assert all(Reason.DATE_UNREADABLE in row.reasons and "WIB" in row.original["datetime"] for row in flagged)


@pytest.mark.parametrize(
    ("folder", "events", "pairs", "superseded", "last_vote_agrees", "statements"),
    [
        ("polis-canadian-electoral-reform", 12018, 11950, 68, 130, 174),
        ("polis-london-youth-policing", 640, 638, 2, 37, 39),
    ],
)
def test_polis_votes(shared_data, folder, events, pairs, superseded, last_vote_agrees, statements):
    marks, _ = read(shared_data / folder / "votes.csv", "ballots")
    ballots = assemble_ballots(marks, {"1"})
    assert (ballots.figures.events, ballots.figures.pairs, ballots.figures.superseded) == (events, pairs, superseded)
    if events == 12018:
        assert (ballots.figures.repeated, len(ballots.approved)) == (61, 448)
    with (shared_data / folder / "comments.csv").open(newline="", encoding="utf-8") as file:
        published = {row["comment-id"]: (int(row["agrees"]), int(row["disagrees"])) for row in csv.DictReader(file)}

    def matching(counts):
        return sum(
            published[item] == (counts.get(item, Counter())["1"], counts.get(item, Counter())["-1"])
            for item in published
        )

    assert matching(count_marks(marks)) == len(published) == statements
    assert matching(count_latest(ballots)) == last_vote_agrees


def test_calls_to_action_from_csv_and_json_agree(shared_data):
    folder = shared_data / "trc-calls-to-action-en"
    maps = ("text=remedy", "sub_items=remedy")
    from_json, _ = read(folder / "calls-to-action.json", "proposals", *maps)
    from_csv, _ = read(folder / "calls-to-action.csv", "proposals")
    assert [row.title for row in from_json] == [row.title for row in from_csv]
    assert (len(from_json), from_json[0].remedy.count("\n- "), from_json[0].theme) == (94, 5, "Child welfare")
    assert [row.identity for row in from_json] == [row.identity for row in from_csv]


def test_forty_megabytes_stream_in_little_memory(shared_data, tmp_path):
    with (shared_data / "decide-madrid-2019" / "comments.csv").open(encoding="utf-8") as file:
        header, body = file.readline(), file.read()
    path = tmp_path / "large.csv"
    with path.open("w", encoding="utf-8") as out:
        out.write(header)
        out.writelines(body for _ in range(20))
    assert path.stat().st_size > 40_000_000
    tracemalloc.start()
    with open_table(path) as table:
        count = sum(1 for _ in table)
        peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 20 * 5633
    assert peak < 10_000_000
