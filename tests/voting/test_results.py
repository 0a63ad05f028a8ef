"""The explained result: computed once at the tally, the same each time, and read without a ballot."""

import html
import re

import pytest
from sqlalchemy import select

from consultation.kernel.permissions import OPERATOR
from consultation.voting.chain import canonical
from consultation.voting.models import Explanation, StoredTally
from consultation.voting.operations import (
    tally_contest,
    void_contest,
)
from consultation.voting.operations.counting import count_contest
from consultation.voting.states import ContestKind, Secrecy
from tests.voting.counted import RESULTS, closed, outside, published, stored
from tests.voting.factories import commit


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


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("en", "in comes X1; out goes X3.", "in come X1, X2; out go X3, X4."),
        ("fr", "s’ajoute X1; sort X3.", "s’ajoutent X1, X2; sortent X3, X4."),
        ("es", "entra X1; sale X3.", "entran X1, X2; salen X3, X4."),
    ],
)
def test_one_item_comes_and_several_come(session, client, timed, clock, language, one, two):
    contest = closed(session, timed, clock, outside(timed.codes), secrecy=Secrecy.NO_ROLL, minutes=70)
    published(session, contest, clock)
    kept = session.get(Explanation, contest.id)
    more = [
        {"minutes": 80, "comes": ["X1"], "goes": ["X3"]},
        {"minutes": 90, "comes": ["X1", "X2"], "goes": ["X3", "X4"]},
    ]
    kept.content = kept.content | {"set": kept.content["set"] | {"more": more}}
    session.commit()
    page = html.unescape(re.sub(r"<[^>]+>", "", client.get(f"/{language}/consultations/gathering/results").text))
    assert (one in page, two in page) == (True, True)


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


def test_a_void_contest_keeps_no_explanation(session, scene, clock):
    contest = closed(session, scene, clock, outside(scene.codes), secrecy=Secrecy.NO_ROLL)
    tally_contest(session, contest, beacon="", actor=OPERATOR, now=clock.now())
    void_contest(session, contest, reason="A wrong list", actor=OPERATOR, now=clock.now())
    commit(session)
    assert session.scalars(select(Explanation)).all() == []
