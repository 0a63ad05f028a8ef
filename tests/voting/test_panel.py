"""The rules beside the headline: which they are is frozen at the opening, and the page says what they read."""

import re

import pytest
from sqlalchemy import select

from consultation.curation.queries import items as locked_items
from consultation.kernel.permissions import OPERATOR
from consultation.voting.models import Explanation, StoredTally
from consultation.voting.operations import close_contest, import_ballots, publish_contest, tally_contest
from consultation.voting.operations.counting import rules_of
from consultation.voting.rules import MOST_SQUARE, PANEL, SQUARE_RULES, panel_of
from consultation.voting.states import ContestKind, Secrecy
from consultation.voting.tally import RULES, BallotRow
from tests.voting.factories import commit, make_contest

RESULTS = "/{}/consultations/gathering/results"
ORDERED = ["expanding_approvals", "phragmen", "approval", "borda", "condorcet", "schulze", "ranked_pairs"]


def test_every_rule_stands_beside_the_headline_where_ballots_have_what_it_reads():
    assert {kind: list(panel) for kind, panel in PANEL.items()} == {
        ContestKind.TIERS: ORDERED,
        ContestKind.RANKING: [*ORDERED, "irv", "stv"],
        ContestKind.SHORTLIST: ["phragmen", "expanding_approvals", "approval"],
    }
    assert set(SQUARE_RULES) == {"condorcet", "schulze", "ranked_pairs", "irv", "stv"}


def test_on_very_many_items_no_result_waits_for_those_that_take_long_unless_one_of_them_decides():
    assert panel_of(ContestKind.RANKING, "borda", MOST_SQUARE) == (
        *("borda", "expanding_approvals", "phragmen", "approval"),
        *("condorcet", "schulze", "ranked_pairs", "irv", "stv"),
    )
    few = ("expanding_approvals", "phragmen", "approval", "borda")
    assert panel_of(ContestKind.RANKING, "expanding_approvals", MOST_SQUARE + 1) == few
    assert panel_of(ContestKind.RANKING, "stv", MOST_SQUARE + 1) == ("stv", *few)


@pytest.mark.parametrize("kind", list(ContestKind))
@pytest.mark.parametrize("timed", [False, True])
def test_the_opening_freezes_the_rules_with_their_versions(session, scene, clock, kind, timed):
    for item in locked_items(session, scene.consultation.id):
        item.minutes = 30 if timed else None
    session.flush()
    contest = make_contest(session, scene.consultation, clock.now(), kind=kind, minutes=90)
    wanted = [*PANEL[kind], *(["equal_shares"] if timed else [])]
    assert contest.frozen["panel"] == [{"rule": rule, "version": RULES[rule].version} for rule in wanted]
    assert rules_of(contest) == wanted


def counted(session, scene, clock, **changes):
    contest = make_contest(session, scene.consultation, clock.now(), secrecy=Secrecy.NO_ROLL, **changes)
    a, b, c, d, e = scene.codes
    ballots = {"1": ((a,), (b,)), "2": ((a, b), (c,)), "3": ((b,), (d,)), "4": ((c, d, e),), "5": ()}
    rows = {voter: BallotRow(tiers) for voter, tiers in ballots.items()}
    assert import_ballots(session, contest, rows, actor=OPERATOR, now=clock.now()).rejected == {}
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    return contest


def stored_rules(session, contest):
    return sorted(session.scalars(select(StoredTally.rule).where(StoredTally.contest_id == contest.id)))


def test_the_count_follows_what_was_frozen_whatever_panels_are_now(session, scene, clock):
    contest = counted(session, scene, clock, kind=ContestKind.RANKING)
    contest.frozen = contest.frozen | {"panel": [{"rule": rule, "version": "1"} for rule in ("borda", "irv")]}
    contest.rule = "borda"
    tally_contest(session, contest, beacon="", actor=OPERATOR, now=clock.now())
    assert stored_rules(session, contest) == ["borda", "irv"]


def test_a_contest_opened_before_panels_were_frozen_is_counted_by_todays(session, scene, clock):
    contest = counted(session, scene, clock)
    contest.frozen = {name: value for name, value in contest.frozen.items() if name != "panel"}
    tally_contest(session, contest, beacon="", actor=OPERATOR, now=clock.now())
    assert stored_rules(session, contest) == sorted(PANEL[ContestKind.TIERS])


def test_the_page_holds_every_rule_says_what_each_does_and_what_it_could_not_read(client, session, scene, clock):
    contest = counted(session, scene, clock, kind=ContestKind.RANKING, places=2)
    tally_contest(session, contest, beacon="drawn", actor=OPERATOR, now=clock.now())
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    why = session.get(Explanation, contest.id).content
    assert why["read"] == dict.fromkeys(PANEL[ContestKind.RANKING], 4) | {"stv": 2}
    page = client.get(RESULTS.format("en")).text
    table = page[page.index('id="rules"') :]
    head = re.findall(r'<th scope="col">([^<]*)</th>', table[: table.index("</thead>")])
    assert head == [
        *("Item", "Expanding approvals", "Phragmén", "Approval", "Borda", "Condorcet", "Schulze", "Ranked pairs"),
        *("Instant runoff", "Single transferable vote", "Nine in ten tries", "Chosen by"),
    ]
    assert page.count("Here it could read 2 votes of 4.") == 1
    for rule in PANEL[ContestKind.RANKING]:
        assert f"tally-{rule}.json" in page
    assert "waits until one of them is left" in page
    for language in ("fr", "es"):
        assert client.get(RESULTS.format(language)).status_code == 200
