"""That the benchmarks can run: their data, their floor and their tables. Nothing here depends on how long it takes."""

import json
from itertools import pairwise

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from benchmarks import floor, report, stored, tally, verify
from benchmarks.__main__ import keep
from benchmarks.budgets import Budget
from benchmarks.data import PASSWORD, PREFIX, SEARCHED, SLUG, Size, database, email
from benchmarks.filler import LANGUAGES, filler
from consultation.discussion.models import Comment
from consultation.proposals.models import Proposal

pytestmark = pytest.mark.sqlite
SMALL = Size(proposals=6, comments=5, threads=3, organizations=4)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    said = []
    return database(tmp_path_factory.mktemp("bench"), SMALL, said.append), said


@pytest.fixture
def database_url(made):
    """The database that the benchmarks made, in the place of an empty one."""
    return f"sqlite:///{made[0]}"


def test_data_holds_published_proposals_with_comments_in_threads(made):
    with Session(create_engine(f"sqlite:///{made[0]}")) as session:
        proposals = session.execute(select(Proposal.state, Proposal.comment_count, Proposal.language)).all()
        replies = session.scalar(select(func.count()).where(Comment.thread_id.is_not(None)))
    assert [tuple(row) for row in proposals] == [("published", 5, language) for language in ("fr", "es", "en") * 2]
    assert replies == SMALL.proposals * (SMALL.comments - SMALL.threads)


def test_data_is_made_once_for_the_same_code(made):
    path, said = made
    written = path.stat().st_mtime_ns
    assert (database(path.parent, SMALL, said.append), path.stat().st_mtime_ns) == (path, written)
    assert len(said) == 1


def test_measured_pages_answer_on_the_data(client):
    paths = (f"/en/consultations/{SLUG}/proposals", f"/en/proposals/{PREFIX}-001", "/en/")
    assert [client.get(path).status_code for path in paths] == [200, 200, 200]


def test_searched_word_is_one_that_some_proposals_have(client, made):
    with Session(create_engine(f"sqlite:///{made[0]}")) as session:
        having = session.scalars(select(Proposal.code).where(Proposal.search_text.contains(SEARCHED))).all()
    page = client.get(f"/en/consultations/{SLUG}/proposals?q={SEARCHED}").text
    listed = {f"{PREFIX}-{number:03d}" for number in range(1, 7) if f"/en/proposals/{PREFIX}-{number:03d}" in page}
    assert listed == set(having)
    assert 0 < len(listed) < SMALL.proposals


def test_delegate_of_the_data_signs_in(client):
    answer = client.post("/en/sign-in", data={"email": email(0), "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/en/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_filler_is_the_same_for_the_same_number(language):
    assert filler(7, language).text(3, 6) == filler(7, language).text(3, 6)
    assert filler(7, language).text(3, 6) != filler(8, language).text(3, 6)


def test_floor_lists_twenty_rows(tmp_path):
    answer = floor.create_app(str(floor.make(tmp_path / "floor.sqlite", 30))).test_client().get("/")
    assert (answer.status_code, answer.text.count("<li>")) == (200, 20)


@pytest.mark.parametrize("rule", tally.RULES)
def test_tally_counts_a_generated_profile(rule):
    counted = tally.count(rule, 300, 25)
    assert (counted["rule"], counted["ballots"], counted["items"]) == (rule, 300, 25)


def test_generated_ballots_are_lists_without_repetition():
    starts, listed = tally.ballots_of(200, 25)
    ballots = [listed[begin:end].tolist() for begin, end in pairwise(starts)]
    assert all(len(set(ballot)) == len(ballot) for ballot in ballots)
    assert (min(map(len, ballots)), max(map(len, ballots))) == (tally.SHORTEST, tally.LONGEST)


def test_budgets_say_which_side_is_good():
    assert [Budget(10).met(10), Budget(10).met(11), Budget(0.5, least=True).met(0.5)] == [True, False, True]
    assert report.verdict({"ratio": False, "queries": True}) == "NOT MET: ratio"


def test_a_part_measured_again_leaves_the_others(tmp_path):
    path = tmp_path / "bench.json"
    keep(path, "tally", {"rows": 1})
    keep(path, "web", {"rows": 2})
    keep(path, "web", {"rows": 3})
    assert {part: found["rows"] for part, found in json.loads(path.read_text()).items()} == {"tally": 1, "web": 3}


def test_a_stored_contest_is_counted_from_its_file(tmp_path):
    for kind, rules in (("shortlist", 3), ("ranking", 9)):
        found = stored.main(200, 25, kind, tmp_path)
        assert (found["ballots"], found["items"], found["kind"]) == (200, 25, kind)
        assert list(found["parts"]) == list(found["processor"])
        assert len(found["parts"]) == rules + len(("reading", "explaining", "writing"))


def test_every_library_is_told_or_said_to_be_too_slow():
    row = {"rule": "irv", "ballots": 300, "items": 25, "packing_seconds": 0.1, "counting_seconds": 0.2}
    row |= {"processor_seconds": 0.2, "peak_mb": 90, "peers": {"votekit": None}}
    kept = {"kind": "ranking", "ballots": 300, "items": 25, "seconds": 1.0, "processor_seconds": 1.0}
    kept |= {"parts": {"reading": 0.3, "irv": 0.2}}
    shape = {"list_lengths": [3, 12], "approval_lengths": [2, 8], "seats": 20, "budget": 600, "patience": 60}
    lines = report.tally({"rows": [row], "stored": [kept], **shape}).splitlines()
    assert [line.split()[:6] for line in lines[3:5]] == [
        ["irv", "ours", "300", "25", "0.10", "0.20"],
        ["irv", "votekit", "300", "25", "-", "too"],
    ]
    about = "A stored ranking contest, 300 ballots on 25 items, every rule of its panel"
    assert lines[5] == f"{about}: 1.00 s (reading 0.30, irv 0.20; processor 1.00)"


def test_verify_checks_a_generated_bundle(tmp_path):
    path = tmp_path / "bundle.zip"
    path.write_bytes(verify.bundle(120, 25))
    found = verify.check(str(path))
    assert 0 <= found["reading_seconds"] <= found["seconds"]
    row = {"ballots": 120, "items": 25, "bundle_mb": 0.1, **found}
    assert "120" in report.verify({"seats": verify.SEATS, "rows": [row]})
