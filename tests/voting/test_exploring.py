"""What if: by other rules and other items, after the publication, by organizers alone, and never kept."""

import pytest
from sqlalchemy import func, select

from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR, Actor, Denied, Reason
from consultation.kernel.roles import Role
from consultation.voting.exploring import NotExplored, Question, explore, without_items
from consultation.voting.models import Explanation, StoredTally
from consultation.voting.operations import close_contest, import_ballots, publish_contest, tally_contest
from consultation.voting.states import ContestKind, Secrecy
from consultation.voting.tally import BallotRow, Profile
from tests.voting.factories import commit, make_contest, make_user, sign_in

ORGANIZER = Actor(None, frozenset({Role.ORGANIZER}))


@pytest.fixture
def contest(session, scene, clock):
    a, b, c, d = scene.codes[:4]
    made = make_contest(
        session, scene.consultation, clock.now(), secrecy=Secrecy.NO_ROLL, kind=ContestKind.SHORTLIST, places=2
    )
    ballots = [((a, b),)] * 6 + [((c,),)] * 3 + [((d,),)] * 2
    rows = {f"p{number}": BallotRow(tiers) for number, tiers in enumerate(ballots)}
    import_ballots(session, made, rows, actor=OPERATOR, now=clock.now())
    close_contest(session, made, actor=OPERATOR, now=clock.now())
    commit(session)
    return made


def publish(session, contest, clock):
    tally_contest(session, contest, beacon="", actor=OPERATOR, now=clock.now())
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)


def asked(session, contest, clock, *, actor=ORGANIZER, rule="phragmen", places=2, **parts):
    answer = explore(session, contest, Question(rule, places, **parts), actor=actor, now=clock.now())
    return [(line["item"], line["selected"]) for line in answer]


def test_nobody_explores_before_the_publication(session, contest, clock):
    for _ in ("closed", "tallied"):
        with pytest.raises(Denied) as denied:
            asked(session, contest, clock, actor=OPERATOR)
        assert denied.value.decision.reason is Reason.STATE
        tally_contest(session, contest, beacon="", actor=OPERATOR, now=clock.now())
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    with pytest.raises(Denied) as denied:
        asked(session, contest, clock, actor=Actor(None, frozenset({Role.DELEGATE})))
    assert denied.value.decision.reason in (Reason.ROLE, Reason.SIGN_IN)


def test_by_another_rule_without_an_item_and_with_one_placed_first(session, scene, contest, clock):
    publish(session, contest, clock)
    a, b, c, d = scene.codes[:4]
    assert {item for item, chosen in asked(session, contest, clock) if chosen} in ({a, c}, {b, c})
    assert {item for item, chosen in asked(session, contest, clock, rule="approval") if chosen} == {a, b}
    left = asked(session, contest, clock, without=(a, c))
    assert [item for item, chosen in left if chosen] == [b, d]
    assert a not in dict(left)
    first = [item for item, _chosen in asked(session, contest, clock, first=(d,))]
    assert first[0] == d
    taken = [item for item, _chosen in asked(session, contest, clock, first=(a,))]
    assert taken.index(c) < taken.index(b), "whoever got an item placed first is charged for it"


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"without": ("NOWHERE",)}, "unknown_item"),
        ({"places": 9}, "bad_places"),
        ({"places": 0}, "bad_places"),
        ({"rule": "equal_shares", "minutes": 60}, "no_minutes"),
        ({"rule": "approval", "first": ("NG27-A001",)}, "no_load"),
        ({"without": ("NG27-A001",), "first": ("NG27-A001",)}, "unknown_item"),
        ({"without": tuple(f"NG27-A00{number}" for number in range(1, 6))}, "nothing_left"),
    ],
)
def test_what_cannot_be_answered_is_refused(session, contest, clock, parts, code):
    publish(session, contest, clock)
    with pytest.raises(NotExplored) as refused:
        asked(session, contest, clock, **parts)
    assert refused.value.code == code


def test_the_page_is_marked_and_leaves_no_trace(session, client, scene, contest, clock):
    page = "/en/organize/gathering/contests/MAIN/what-if"
    sign_in(client, make_user(session, clock.now(), "o@example.org", Role.ORGANIZER))
    assert client.get(page).status_code in (403, 409)
    publish(session, contest, clock)

    def kept():
        session.expire_all()
        counts = [session.scalar(select(func.count()).select_from(table)) for table in (EventRecord, StoredTally)]
        return counts, session.get(Explanation, contest.id).content

    before = kept()
    answer = client.get(f"{page}?rule=approval&places=2&without={scene.codes[0]}")
    assert answer.status_code == 200
    assert "An exploration, not the result" in answer.text
    assert "Exploration: Approval" in answer.text
    wrong = client.get(f"{page}?rule=approval&places=2&without=NOWHERE")
    assert (wrong.status_code, "NOWHERE is not on the ballot" in wrong.text) == (422, True)
    assert 'value="NOWHERE"' in wrong.text
    assert kept() == before


def test_taking_items_out_gives_what_ballots_without_them_would():
    rows = [
        BallotRow((("A",), ("B", "C"), ("D",)), frozenset("ABC"), weight=2),
        BallotRow((("B",), ("A",))),
        BallotRow((("C",),)),
        BallotRow(()),
    ]
    left = [
        BallotRow((("B",), ("D",)), frozenset("B"), weight=2),
        BallotRow((("B",),)),
        BallotRow(()),
        BallotRow(()),
    ]
    made = without_items(Profile.from_ballots("ABCD", rows), ("A", "C"))
    assert made.input_sha256 == Profile.from_ballots("BD", left).input_sha256
