"""Every rule that the page offers decides a contest from its opening to the published page, in words."""

import pytest

from consultation.kernel.permissions import OPERATOR
from consultation.organizing.wording import HEADLINES
from consultation.voting.operations import close_contest, import_ballots, publish_contest, tally_contest
from consultation.voting.states import ContestKind, Secrecy
from consultation.voting.tally import BallotRow
from consultation.voting.wording import RULE_NAMES
from tests.voting.factories import commit, make_contest

RESULTS = "/{}/consultations/gathering/results"


@pytest.mark.parametrize("rule", [rule for rule, _name in HEADLINES])
def test_a_contest_is_decided_by_the_rule_and_its_page_says_how(client, session, scene, clock, rule):
    kind = {"kind": ContestKind.RANKING, "secrecy": Secrecy.NO_ROLL, "rule": rule, "places": 2}
    contest = make_contest(session, scene.consultation, clock.now(), **kind)
    a, b, c, d, _e = scene.codes
    ballots = {"one": ((a,), (b,)), "two": ((a,), (c,)), "three": ((b,), (d,)), "four": ((c, d),), "five": ()}
    rows = {voter: BallotRow(tiers) for voter, tiers in ballots.items()}
    if rule in ("irv", "stv"):
        rows["four"] = BallotRow(((c,), (d,)))
    assert import_ballots(session, contest, rows, actor=OPERATOR, now=clock.now()).rejected == {}
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    headline = tally_contest(session, contest, beacon="drawn", actor=OPERATOR, now=clock.now())
    assert (headline.rule, headline.result["rule"]) == (rule, rule)
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    pages = [client.get(RESULTS.format(language)) for language in ("en", "fr", "es")]
    assert [page.status_code for page in pages] == [200] * 3
    assert str(RULE_NAMES[rule]) in pages[0].text
    assert [f"<p>{rule}</p>" in page.text or f">{rule}<" in page.text for page in pages] == [False] * 3
