"""The explained result: computed once at the tally, the same each time, and read without a ballot."""

import csv
import io
import json

import pytest
from sqlalchemy import select

from consultation.kernel.permissions import OPERATOR
from consultation.membership.operations.affiliating import agree_affiliation, propose_affiliation
from consultation.voting import preflib
from consultation.voting.chain import canonical
from consultation.voting.models import Explanation, StoredTally
from consultation.voting.operations import (
    close_contest,
    import_ballots,
    publish_contest,
    tally_contest,
    void_contest,
)
from consultation.voting.operations.counting import count_contest
from consultation.voting.rules import to_content
from consultation.voting.states import ContestKind, Secrecy
from consultation.voting.tally import BallotRow
from consultation.voting.tally.readers import read
from tests.voting.factories import commit, make_contest, make_delegate

RESULTS = "/en/consultations/gathering/results"


def marked(*tiers):
    return BallotRow(tuple(map(tuple, tiers)))


@pytest.fixture
def timed(session, scene):
    """Items that ask for minutes, 30 each."""
    from consultation.curation.queries import items

    for item in items(session, scene.consultation.id):
        item.minutes = 30
    session.flush()
    return scene


def closed(session, scene, clock, ballots, **changes):
    contest = make_contest(session, scene.consultation, clock.now(), **changes)
    import_ballots(session, contest, ballots, actor=OPERATOR, now=clock.now())
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    return contest


def outside(codes, count=100):
    """Ballots of a contest without a roll: three groups, one of them large."""
    picks = [(codes[0], codes[1]), (codes[0], codes[1]), (codes[2],), (codes[3], codes[0])]
    return {f"p{number}": marked(*[(item,) for item in picks[number % 4]]) for number in range(count)}


def published(session, contest, clock, beacon="noon"):
    tally_contest(session, contest, beacon=beacon, actor=OPERATOR, now=clock.now())
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)


def stored(session, contest):
    session.expire_all()
    rows = session.scalars(select(StoredTally).where(StoredTally.contest_id == contest.id).order_by(StoredTally.rule))
    kept = [(row.rule, row.version, row.input_sha256, canonical(row.result), row.computed_at) for row in rows]
    why = session.get(Explanation, contest.id)
    return kept, (why.version, why.input_sha256, canonical(why.content), why.computed_at)


def test_counting_again_gives_the_same_bytes_and_keeps_their_date(session, timed, clock):
    contest = closed(
        session, timed, clock, outside(timed.codes), secrecy=Secrecy.NO_ROLL, kind=ContestKind.RANKING, minutes=90
    )
    tally_contest(session, contest, beacon="noon", actor=OPERATOR, now=clock.now())
    commit(session)
    first = stored(session, contest)
    clock.advance(minutes=5)
    tally_contest(session, contest, beacon=None, actor=OPERATOR, now=clock.now())
    commit(session)
    assert stored(session, contest) == first
    assert "equal_shares" in [row[0] for row in first[0]]
    again = count_contest(session, contest, "noon")
    assert canonical(again.explanation) == first[1][2]


def test_an_explanation_that_was_changed_is_made_anew(session, scene, clock):
    contest = closed(session, scene, clock, outside(scene.codes), secrecy=Secrecy.NO_ROLL)
    tally_contest(session, contest, beacon="", actor=OPERATOR, now=clock.now())
    before = stored(session, contest)[1][2]
    session.get(Explanation, contest.id).content = {"version": "0"}
    session.flush()
    tally_contest(session, contest, beacon=None, actor=OPERATOR, now=clock.now())
    assert stored(session, contest)[1][2] == before


def test_the_set_that_fits_the_minutes_of_the_opening(session, timed, clock):
    contest = closed(session, timed, clock, outside(timed.codes), secrecy=Secrecy.NO_ROLL, minutes=70)
    for option in contest.options:
        assert option.code in timed.codes
    tally_contest(session, contest, beacon="", actor=OPERATOR, now=clock.now())
    fit = session.get(Explanation, contest.id).content["set"]
    a, b, c, d = timed.codes[:4]
    assert [option["minutes"] for option in contest.frozen["options"]] == [30] * 5
    assert (fit["minutes"], fit["spent"]) == (70, 60)
    assert [one["item"] for one in fit["inside"]] == [a, b]
    assert fit["inside"][0] == {"item": a, "minutes": 30, "supporters": 75}
    assert {one["item"] for one in fit["missed"]} == {c, d}
    assert [(one["minutes"], len(one["comes"]), one["goes"]) for one in fit["more"]] == [
        (80, 0, []),
        (90, 1, []),
        (100, 1, []),
    ]


def test_without_the_minutes_of_each_item_there_is_no_set(session, scene, clock):
    contest = closed(session, scene, clock, outside(scene.codes), secrecy=Secrecy.NO_ROLL, minutes=70)
    tally_contest(session, contest, beacon="", actor=OPERATOR, now=clock.now())
    assert session.get(Explanation, contest.id).content["set"] is None
    assert "equal_shares" not in [row[0] for row in stored(session, contest)[0]]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Counting first choices alone", "What fits into 70 minutes", "The count, step by step")),
        ("fr", ("En ne comptant que les premiers choix", "Ce qui tient en 70", "Le dépouillement, étape par étape")),
        ("es", ("Contando solo las primeras elecciones", "Lo que cabe en 70", "El cómputo, paso a paso")),
    ],
)
def test_the_page_tells_why_each_line_stands_where_it_does(session, client, timed, clock, language, said):
    published(session, closed(session, timed, clock, outside(timed.codes), secrecy=Secrecy.NO_ROLL, minutes=70), clock)
    html = client.get(f"/{language}/consultations/gathering/results").text
    assert [sentence for sentence in said if sentence not in html] == []


def test_the_page_is_read_in_few_queries_and_counts_nothing(session, client, timed, clock, count_queries):
    contest = closed(session, timed, clock, outside(timed.codes, 400), secrecy=Secrecy.NO_ROLL, minutes=70)
    published(session, contest, clock)
    client.get(RESULTS)
    session.execute(select(StoredTally)).all()
    with count_queries() as queries:
        assert client.get(f"{RESULTS}?contest=MAIN").status_code == 200
    assert len(queries) <= 8, queries
    assert not [one for one in queries if "ballot_content" in str(one) or " tally" in str(one)]


def test_a_result_of_before_explanations_were_kept_is_shown_all_the_same(session, client, scene, clock):
    contest = closed(session, scene, clock, outside(scene.codes), secrecy=Secrecy.NO_ROLL)
    published(session, contest, clock)
    session.delete(session.get(Explanation, contest.id))
    commit(session)
    html = client.get(RESULTS).text
    assert scene.codes[0] in html
    assert "Whom the first lines serve" not in html


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


def crowd(session, clock, count):
    """Organizations of two languages, by code."""
    made = []
    for number in range(count):
        one = make_delegate(session, clock.now(), f"ORG{number:02d}").organization
        one.languages = ["en"] if number % 2 else ["fr"]
        made.append(one)
    return made


def test_groups_are_counted_at_the_close_and_shown_with_the_result(session, client, scene, clock):
    organizations = crowd(session, clock, 60)
    rows = {one.code: marked((scene.codes[number // 2 % 2],)) for number, one in enumerate(organizations)}
    rows["ALPHA"] = marked((scene.codes[2],))
    contest = closed(session, scene, clock, rows)
    found = contest.record["groups"]
    a, b = scene.codes[:2]
    assert found["kinds"]["language"] == {
        "sizes": {"en": 31, "fr": 30},
        "counts": {a: {"en": 15, "fr": 15}, b: {"en": 15, "fr": 15}},
    }
    assert "supporters" not in found
    assert scene.codes[2] not in json.dumps(found["kinds"]["language"]["counts"])
    published(session, contest, clock)
    html = client.get(RESULTS).text
    assert "By language" in html
    assert "English (31)" in html


def test_a_family_is_counted_as_one_at_the_close_without_telling_numbers(session, client, scene, clock):
    organizations = crowd(session, clock, 30)
    for one in organizations[1:15]:
        joined = propose_affiliation(
            session,
            umbrella=organizations[0],
            affiliate=one,
            by=organizations[0],
            actor=OPERATOR,
            now=clock.now(),
        )
        agree_affiliation(session, joined, actor=OPERATOR, now=clock.now())
    a, b = scene.codes[:2]
    rows = {one.code: marked((a if number < 15 else b,)) for number, one in enumerate(organizations)}
    rows |= {"ALPHA": marked((a,)), "BETA": marked((a,))}
    contest = closed(session, scene, clock, rows, kind=ContestKind.SHORTLIST)
    families = contest.record["groups"]["families"]
    assert (families["families"], families["organizations"]) == (1, 15)
    assert families["order"][0] == [b]
    assert set(families) == {"withheld", "families", "organizations", "rule", "order"}
    published(session, contest, clock)
    html = client.get(RESULTS).text
    assert f"{a}: place 2 instead of 1" in html


def test_small_families_are_withheld(session, scene, clock):
    first, second = (one.organization for one in scene.delegates[:2])
    joined = propose_affiliation(session, umbrella=first, affiliate=second, by=first, actor=OPERATOR, now=clock.now())
    agree_affiliation(session, joined, actor=OPERATOR, now=clock.now())
    rows = {code: marked((scene.codes[0],)) for code in ("ALPHA", "BETA", "GAMMA")}
    contest = closed(session, scene, clock, rows)
    assert contest.record["groups"]["families"] == {"withheld": True}


def test_names_stand_with_the_result_of_a_named_contest_alone(session, client, scene, clock):
    rows = {"ALPHA": marked((scene.codes[0],)), "BETA": marked((scene.codes[0],), (scene.codes[1],))}
    scene.delegates[1].organization.protected = True
    contest = closed(session, scene, clock, rows, secrecy=Secrecy.NAMED)
    assert contest.record["groups"]["supporters"][scene.codes[0]] == ["ALPHA", "BETA"]
    published(session, contest, clock)
    html = client.get(RESULTS).text
    assert "Chosen by: Organization ALPHA, BETA." in " ".join(html.split())
    assert "Organization BETA" not in html


def test_a_void_contest_keeps_no_explanation(session, scene, clock):
    contest = closed(session, scene, clock, outside(scene.codes), secrecy=Secrecy.NO_ROLL)
    tally_contest(session, contest, beacon="", actor=OPERATOR, now=clock.now())
    void_contest(session, contest, reason="A wrong list", actor=OPERATOR, now=clock.now())
    commit(session)
    assert session.scalars(select(Explanation)).all() == []
