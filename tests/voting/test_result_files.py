"""The files of a result: the order as a table, and the ballots in the forms of others."""

import csv
import io

import pytest

from consultation.kernel.permissions import OPERATOR
from consultation.voting import preflib
from consultation.voting.operations import (
    close_contest,
    import_ballots,
    publish_contest,
    tally_contest,
)
from consultation.voting.rules import to_content
from consultation.voting.states import ContestKind, Secrecy
from consultation.voting.tally import BallotRow
from consultation.voting.tally.readers import read
from tests.voting.counted import RESULTS, closed, marked, outside, published
from tests.voting.factories import commit, make_contest


def test_the_order_as_a_table_is_neutral_for_spreadsheets(session, client, scene, clock):
    contest = make_contest(session, scene.consultation, clock.now(), secrecy=Secrecy.NO_ROLL)
    contest.options[0].title = "=HYPERLINK(1)"
    import_ballots(session, contest, outside(scene.codes), actor=OPERATOR, now=clock.now())
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    published(session, contest, clock)
    file = client.get(f"{RESULTS}/MAIN/order.csv")
    rows = list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert rows[0]["item"] == scene.codes[0]
    assert rows[0]["title"] == "'=HYPERLINK(1)"
    assert (rows[0]["support"], rows[0]["place"], rows[0]["approval"]) == ("75", "1", "1")


@pytest.mark.parametrize("name", ["order.csv", "explanation.json", "ballots.toc", "tally-approval.json"])
def test_no_file_before_the_publication(session, client, scene, clock, name):
    contest = closed(session, scene, clock, outside(scene.codes), secrecy=Secrecy.NO_ROLL)
    assert client.get(f"{RESULTS}/MAIN/{name}").status_code == 404
    tally_contest(session, contest, beacon="", actor=OPERATOR, now=clock.now())
    commit(session)
    assert client.get(f"{RESULTS}/MAIN/{name}").status_code == 404
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    assert client.get(f"{RESULTS}/MAIN/{name}").status_code == 200


def test_ballots_of_few_voters_are_in_no_format(session, client, scene, clock):
    contest = closed(session, scene, clock, {"ALPHA": marked((scene.codes[0],))})
    published(session, contest, clock)
    names = ("ballots.jsonl", "ballots.toc", "ballots.cat")
    assert [client.get(f"{RESULTS}/MAIN/{name}").status_code for name in names] == [404] * 3


def test_preflib_files_are_read_by_our_own_reader(session, client, scene, clock, tmp_path):
    contest = closed(
        session, scene, clock, outside(scene.codes) | {"blank": marked()}, secrecy=Secrecy.NO_ROLL, max_essential=1
    )
    published(session, contest, clock)
    for name, order in (("toc", "1,2,{3,4,5}"), ("cat", "{1},{2},{3,4,5}")):
        text = client.get(f"{RESULTS}/MAIN/ballots.{name}").text
        assert f"50: {order}\n" in text
        (tmp_path / f"b.{name}").write_text(text)
        election = read(tmp_path / f"b.{name}")
        assert (election.profile.ballots, election.names["1"]) == (100, f"{scene.codes[0]} Proposal 1")
    assert client.get(f"{RESULTS}/MAIN/ballots.soc").status_code == 404


def test_complete_strict_orders_are_a_soc_file(session, client, scene, clock, tmp_path):
    rows = {f"p{n}": marked(*[(item,) for item in scene.codes[n % 5 :] + scene.codes[: n % 5]]) for n in range(100)}
    contest = closed(session, scene, clock, rows, secrecy=Secrecy.NO_ROLL, kind=ContestKind.RANKING)
    published(session, contest, clock)
    (tmp_path / "b.soc").write_text(client.get(f"{RESULTS}/MAIN/ballots.soc").text)
    assert read(tmp_path / "b.soc").profile.ballots == 100


def test_a_shortlist_is_chosen_or_not_and_weights_count():
    ballots = preflib.counted([to_content(BallotRow((("A", "B"),), weight=3)), b'{"tiers":[]}'])
    lines = list(preflib.written("cat", "f.cat", [("A", "a"), ("B", "b"), ("C", "c")], ballots))
    assert lines[-1] == "3: {1,2},{3}\n"
    assert "# NUMBER VOTERS: 3\n" in lines
