"""The ranking and the results by plain forms, without JavaScript, in three languages."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.models import Mandate
from consultation.voting.models import BallotDraft, ChainEntry
from consultation.voting.operations import close_contest, import_ballots, publish_contest, tally_contest
from consultation.voting.states import ContestKind, Secrecy
from consultation.voting.tally import BallotRow
from tests.voting.factories import commit, make_contest, make_organization, make_user, sign_in

RANKING = "/en/consultations/gathering/ranking"
RESULTS = "/en/consultations/gathering/results"


@pytest.fixture
def contest(session, scene, clock):
    made = make_contest(session, scene.consultation, clock.now(), closes_at=clock.now() + timedelta(days=1))
    commit(session)
    return made


@pytest.fixture
def voter(client, scene):
    sign_in(client, scene.delegates[0].user)
    return client


def push(client, value, **more):
    return client.post(f"{RANKING}/moves", data={"move": value, **more})


def hidden(html, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    return found.group(1).replace("&#34;", '"')


def cast_reviewed(client, query=""):
    html = client.get(f"{RANKING}/review{query}").text
    data = {"key": hidden(html, "key"), "ballot": hidden(html, "ballot")}
    return data, client.post("/en/consultations/gathering/ballots", data=data)


def finish(session, contest, clock):
    close_contest(session, contest, actor=OPERATOR, now=contest.closes_at or clock.now())
    tally_contest(session, contest, beacon="noon", actor=OPERATOR, now=clock.now())
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)


def test_a_ballot_is_made_reviewed_cast_and_changed(voter, scene, contest):
    first, second, third = scene.codes[:3]
    moved = push(voter, f"add {first}", q="prop")
    assert (moved.status_code, moved.location) == (303, f"{RANKING}?q=prop#i-{first}")
    push(voter, f"essential {second}")
    assert push(voter, f"up {first}", list="mine").location == f"{RANKING}#m-{first}"
    push(voter, f"add {third}")
    html = voter.get(RANKING).text
    assert "3 of at most 5 chosen" in html
    assert "Essential (2 of at most 3)" in html
    data, done = cast_reviewed(voter)
    assert json.loads(data["ballot"]) == [[second, first], [third]]
    assert (done.status_code, done.location) == (303, f"{RANKING}/receipt")
    receipt = voter.get(done.location)
    assert receipt.headers["Cache-Control"] == "no-store"
    commitment = re.search(r"[0-9a-f]{64}", receipt.text).group()
    file = voter.get(f"{RANKING}/receipt.txt")
    assert commitment in file.text
    assert file.headers["Content-Disposition"] == 'attachment; filename="receipt-MAIN.txt"'
    push(voter, f"remove {third}")
    assert "not cast yet" in voter.get(RANKING).text
    assert cast_reviewed(voter)[1].status_code == 303
    assert commitment not in voter.get(f"{RANKING}/receipt").text


def test_a_double_click_gives_one_ballot_and_a_used_form_with_another_ballot_a_conflict(session, voter, scene, contest):
    push(voter, f"add {scene.codes[0]}")
    data, _first = cast_reviewed(voter)
    assert voter.post("/en/consultations/gathering/ballots", data=data).status_code == 303
    data["ballot"] = "[]"
    assert voter.post("/en/consultations/gathering/ballots", data=data).status_code == 409
    assert session.query(ChainEntry).count() == 1


def test_a_blank_ballot_is_cast_after_its_own_review(voter, contest):
    assert "This is a blank ballot" in voter.get(f"{RANKING}/review?blank=1").text
    assert cast_reviewed(voter, "?blank=1")[1].status_code == 303


@pytest.mark.parametrize(
    ("ballot", "code"),
    [
        ('[["NOWHERE"]]', "unknown_item"),
        ('[["A"],[]]', "unknown_item"),
        ("nonsense", "not_a_ballot"),
        ("[[], []]", "empty_tier"),
    ],
)
def test_a_forged_ballot_is_refused_with_its_code(voter, contest, ballot, code):
    refused = voter.post("/en/consultations/gathering/ballots", data={"key": "k", "ballot": ballot})
    assert refused.status_code == 422
    assert f'data-code="{code}"' in refused.text


def test_limits_are_said_and_nothing_is_lost(session, voter, scene, clock):
    make_contest(session, scene.consultation, clock.now(), max_choices=2, max_essential=1)
    commit(session)
    for code in scene.codes[:2]:
        push(voter, f"add {code}")
    push(voter, f"add {scene.codes[2]}")
    html = voter.get(RANKING).text
    assert "more items than this contest allows" in html
    assert "2 of at most 2 chosen" in html


def test_after_the_closing_instant_nothing_is_cast_and_the_draft_is_kept(voter, scene, contest, clock):
    push(voter, f"add {scene.codes[0]}")
    html = voter.get(f"{RANKING}/review").text
    data = {"key": hidden(html, "key"), "ballot": hidden(html, "ballot")}
    clock.set(contest.closes_at)
    refused = voter.post("/en/consultations/gathering/ballots", data=data)
    assert (refused.status_code, "Voting is not open now." in refused.text) == (403, True)
    clock.set(contest.closes_at - timedelta(seconds=1))
    assert "1 of at most 5 chosen" in voter.get(RANKING).text


def test_a_shortlist_is_one_form_and_filtering_loses_no_choice(session, voter, scene, clock):
    make_contest(session, scene.consultation, clock.now(), kind=ContestKind.SHORTLIST)
    commit(session)
    first, second, third = scene.codes[:3]
    voter.post(f"{RANKING}/choices", data={"shown": [first, second], "item": [first]})
    sent = voter.post(f"{RANKING}/choices", data={"shown": [second, third], "item": [third], "q": "x"})
    assert sent.location == f"{RANKING}?q=x#mine"
    data, _done = cast_reviewed(voter)
    assert json.loads(data["ballot"]) == [[first, third]]


def test_two_people_tick_boxes_of_one_shortlist_and_neither_undoes_the_other(session, voter, scene, clock):
    """Each sends only what they have touched: what the other has ticked or cleared meanwhile stays so."""
    make_contest(session, scene.consultation, clock.now(), kind=ContestKind.SHORTLIST)
    commit(session)
    first, second, third = scene.codes[:3]
    send = {"shown": [first, second, third]}
    voter.post(f"{RANKING}/choices", data={**send, "item": [first]})
    # Both have opened the page now; one ticks the second, the other clears the first and ticks the third.
    voter.post(f"{RANKING}/choices", data={**send, "was": [first], "item": [first, second]})
    voter.post(f"{RANKING}/choices", data={**send, "was": [first], "item": [third]})
    session.rollback()
    assert session.scalars(select(BallotDraft.tiers)).one() == [[second, third]]


def test_a_ranking_shares_places(session, voter, scene, clock):
    make_contest(session, scene.consultation, clock.now(), kind=ContestKind.RANKING)
    commit(session)
    for code in scene.codes[:3]:
        push(voter, f"add {code}")
    push(voter, f"tie {scene.codes[2]}", list="mine")
    push(voter, f"to {scene.codes[0]}", list="mine", position="3")
    data, done = cast_reviewed(voter)
    assert json.loads(data["ballot"]) == [[scene.codes[1], scene.codes[2]], [scene.codes[0]]]
    assert done.status_code == 303


def test_who_speaks_for_two_organizations_chooses_and_for_a_strangers_finds_nothing(
    session, client, scene, contest, clock
):
    mine, other = scene.delegates[:2]
    session.add(
        Mandate(
            user_id=mine.user.id,
            organization_id=other.organization.id,
            kind=MandateKind.DEPUTY,
            starts_at=clock.now(),
        )
    )
    commit(session)
    sign_in(client, mine.user)
    assert f'<option value="{other.organization.code}"' in client.get(RANKING).text
    client.post(f"{RANKING}/moves?for=BETA", data={"move": f"add {scene.codes[0]}"})
    assert "1 of at most 5 chosen" in client.get(f"{RANKING}?for=BETA").text
    assert "0 of at most 5 chosen" in client.get(f"{RANKING}?for=ALPHA").text
    assert client.get(f"{RANKING}?for=GAMMA").status_code == 404
    assert client.post(f"{RANKING}/moves?for=GAMMA", data={"move": f"add {scene.codes[0]}"}).status_code == 404


def test_the_order_of_all_items_is_each_voters_own_and_stable(client, scene, contest):
    orders = []
    for delegate in (*scene.delegates, scene.delegates[0]):
        sign_in(client, delegate.user)
        orders.append(tuple(re.findall(r'<li id="i-([^"]+)"', client.get(RANKING).text)))
    assert orders[0] == orders[3]
    assert len(set(orders)) > 1
    assert all(sorted(order) == sorted(scene.codes) for order in orders)


@pytest.mark.parametrize("lang", ["en", "fr", "es"])
def test_pages_stand_in_each_language_at_each_state(session, client, scene, clock, lang):
    ranking, results = (f"/{lang}/consultations/gathering/{page}" for page in ("ranking", "results"))
    addresses = (ranking, results, f"/{lang}/consultations/gathering/items", f"/{lang}/items/{scene.codes[0]}")
    assert [client.get(address).status_code for address in addresses] == [200] * 4
    contest = make_contest(session, scene.consultation, clock.now(), opened=False)
    commit(session)
    assert [client.get(address).status_code for address in addresses] == [200] * 4
    from consultation.voting.operations import open_contest

    open_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    assert [client.get(address).status_code for address in addresses] == [200] * 4
    sign_in(client, scene.delegates[0].user)
    assert f'<html lang="{lang}">' in client.get(ranking).text
    client.post(f"{ranking}/moves", data={"move": f"add {scene.codes[0]}"})
    assert client.get(f"{ranking}/review").status_code == 200
    finish(session, contest, clock)
    assert [client.get(address).status_code for address in addresses] == [200] * 4


@pytest.mark.parametrize("role", [None, *Role])
def test_nobody_sees_results_before_the_publication(session, client, scene, contest, clock, role):
    def addresses():
        files = [
            f"{RESULTS}/MAIN/{name}" for name in ("tally-expanding_approvals.json", "ballots.jsonl", "chain.jsonl")
        ]
        return [client.get(address).status_code for address in files]

    if role is not None:
        sign_in(client, make_user(session, clock.now(), "somebody@example.org", role))
    rows = {code: BallotRow(((scene.codes[0],),)) for code in ("ALPHA", "BETA")}
    import_ballots(session, contest, rows, actor=OPERATOR, now=clock.now())
    commit(session)
    assert "Fewer than ten ballots" in client.get(RESULTS).text
    assert addresses() == [404] * 3
    close_contest(session, contest, actor=OPERATOR, now=contest.closes_at or clock.now())
    tally_contest(session, contest, beacon="noon", actor=OPERATOR, now=clock.now())
    commit(session)
    html = client.get(RESULTS).text
    assert "The results are not published." in html
    assert scene.codes[0] not in html
    assert addresses() == [404] * 3
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    assert "2 organizations, none of them served by an earlier line" in client.get(RESULTS).text
    assert addresses() == [200, 404, 200]


def test_from_a_hundred_voters_on_the_ballots_are_published_and_give_the_same_count(
    session, client, runner, scene, clock, tmp_path
):
    contest = make_contest(
        session, scene.consultation, clock.now(), kind=ContestKind.SHORTLIST, secrecy=Secrecy.NO_ROLL
    )
    codes = scene.codes
    rows = {
        f"p{n}": BallotRow(((codes[n % 5], codes[(n * n + 1) % 5]) if n % 5 != (n * n + 1) % 5 else (codes[0],),))
        for n in range(100)
    }
    import_ballots(session, contest, rows, actor=OPERATOR, now=clock.now())
    finish(session, contest, clock)
    html = client.get(RESULTS).text
    assert "100 ballots, on paper or from outside" in html
    assert 'consultation tally ballots-MAIN.jsonl --rule phragmen --beacon "noon" --json' in html
    file = tmp_path / "ballots.jsonl"
    file.write_bytes(client.get(f"{RESULTS}/MAIN/ballots.jsonl").data)
    redone = runner.invoke(args=["tally", str(file), "--rule", "phragmen", "--beacon", "noon", "--json"])
    mine = json.loads(redone.stdout)
    published = client.get(f"{RESULTS}/MAIN/tally-phragmen.json").json
    assert mine["order"] == published["order"]
    assert mine["profile_sha256"] == published["profile_sha256"]
    chain = [json.loads(line) for line in client.get(f"{RESULTS}/MAIN/chain.jsonl").text.splitlines()]
    opened = [line for line in chain if "nonce" in line]
    assert len(opened) == 100
    assert [line["commitment"] for line in opened] == sorted(line["commitment"] for line in opened)


def test_few_queries_signed_in(session, voter, scene, contest, clock, count_queries):
    push(voter, f"add {scene.codes[0]}")
    cast_reviewed(voter)
    push(voter, f"add {scene.codes[1]}")
    for address, most in (
        (RANKING, 8),
        (RESULTS, 8),
        ("/en/consultations/gathering/items", 8),
        (f"/en/items/{scene.codes[0]}", 8),
    ):
        voter.get(address)
        with count_queries() as queries:
            assert voter.get(address).status_code == 200
        assert len(queries) <= most, queries
    finish(session, contest, clock)
    for address in (RANKING, RESULTS):
        with count_queries() as queries:
            assert voter.get(address).status_code == 200
        assert len(queries) <= 8, queries


def test_an_organization_that_is_not_on_the_roll_is_told(session, client, scene, contest, clock):
    late = make_organization(session, clock.now(), "LATE")
    user = make_user(session, clock.now(), "late@example.org", Role.DELEGATE)
    session.add(Mandate(user_id=user.id, organization_id=late.id, kind=MandateKind.DELEGATE, starts_at=clock.now()))
    commit(session)
    sign_in(client, user)
    assert "not on the roll" in client.get(RANKING).text
    assert client.post(f"{RANKING}/moves", data={"move": f"add {scene.codes[0]}"}).status_code == 404
