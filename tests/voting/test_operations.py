"""Opening, importing, tallying and publishing, on both databases."""

import hashlib
import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from consultation.kernel.moves import WrongState
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import ANONYMOUS, OPERATOR, Denied
from consultation.voting.chain import canonical, digest
from consultation.voting.keys import key_store
from consultation.voting.models import BallotContent, ChainEntry, Contest, RollEntry, StoredTally
from consultation.voting.operations import (
    BeaconFixed,
    ContestNotReady,
    close_contest,
    create_contest,
    import_ballots,
    open_contest,
    publish_contest,
    tally_contest,
)
from consultation.voting.queries import stored_tallies
from consultation.voting.states import ContestKind, ContestState, Secrecy
from consultation.voting.tally import BallotRow
from tests.voting.factories import commit, make_consultation, make_contest, make_items


def enter(session, contest, ballots, clock):
    return import_ballots(session, contest, ballots, actor=OPERATOR, now=clock.now())


def close(session, contest, clock):
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)


def count(session, contest, clock, beacon=None):
    tallied = tally_contest(session, contest, beacon=beacon, actor=OPERATOR, now=clock.now())
    commit(session)
    return tallied


def outside(session, scene, clock, **changes):
    changes = {"kind": ContestKind.SHORTLIST, "secrecy": Secrecy.NO_ROLL} | changes
    return make_contest(session, scene.consultation, clock.now(), **changes)


def test_opening_freezes_options_roll_and_parameters(session, scene, clock):
    contest = make_contest(session, scene.consultation, clock.now(), beacon_source="NIST, 1 April, noon")
    later = make_items(session, scene.consultation, clock.now(), 1)[0]
    commit(session)
    assert tuple(option.code for option in contest.options) == scene.codes
    assert later.code not in {option["code"] for option in contest.frozen["options"]}
    assert contest.frozen_sha256 == digest("contest/frozen/1", canonical(contest.frozen))
    assert (contest.opens_at, contest.max_choices, contest.max_essential) == (clock.now(), 5, 3)
    assert session.scalars(select(RollEntry.name).order_by(RollEntry.name)).all() == [
        "Organization ALPHA",
        "Organization BETA",
        "Organization GAMMA",
    ]
    assert contest.frozen["roll"]["voters"] == 3
    event = session.scalars(select(EventRecord).where(EventRecord.name == "ContestOpened")).one()
    assert event.payload["frozen_sha256"] == contest.frozen_sha256


def test_the_frozen_text_reads_back_to_the_same_digest(session, scene, clock):
    contest = make_contest(session, scene.consultation, clock.now())
    commit(session)
    session.expire_all()
    again = session.get(Contest, contest.id)
    assert digest("contest/frozen/1", canonical(again.frozen)) == again.frozen_sha256


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"places": 6}, "too_many_places"),
        ({"days": -1}, "window_over"),
        ({"empty": True}, "no_items"),
    ],
)
def test_a_contest_that_cannot_open_says_why(session, scene, clock, changes, code):
    consultation, changes = scene.consultation, dict(changes)
    if changes.pop("empty", None):
        consultation = make_consultation(session, clock.now(), slug="other", prefix="OT27")
    if days := changes.pop("days", None):
        changes["closes_at"] = clock.now() + timedelta(days=days)
    contest = make_contest(session, consultation, clock.now(), opened=False, **changes)
    with pytest.raises(ContestNotReady) as refused:
        open_contest(session, contest, actor=OPERATOR, now=clock.now())
    assert refused.value.code == code
    assert not key_store(session).path(contest.id).exists()


def test_moves_need_their_state_and_permission(session, scene, clock):
    contest = make_contest(session, scene.consultation, clock.now())
    with pytest.raises(WrongState):
        open_contest(session, contest, actor=OPERATOR, now=clock.now())
    with pytest.raises(WrongState):
        tally_contest(session, contest, beacon=None, actor=OPERATOR, now=clock.now())
    with pytest.raises(WrongState):
        publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    with pytest.raises(Denied):
        close_contest(session, contest, actor=ANONYMOUS, now=clock.now())
    with pytest.raises(Denied):
        import_ballots(session, contest, {}, actor=ANONYMOUS, now=clock.now())
    close(session, contest, clock)
    with pytest.raises(WrongState):
        close_contest(session, contest, actor=OPERATOR, now=clock.now())


def test_an_unknown_rule_is_refused(session, scene, clock):
    with pytest.raises(ContestNotReady):
        create_contest(
            session,
            scene.consultation,
            code="X",
            kind=ContestKind.TIERS,
            places=1,
            rule="whim",
            actor=OPERATOR,
            now=clock.now(),
        )


def test_import_is_repeatable_and_a_changed_ballot_is_a_new_revision(session, scene, clock):
    contest = outside(session, scene, clock)
    a, b = scene.codes[:2]
    ballots = {"p1": BallotRow(((a, b),)), "p2": BallotRow(((b,),)), "p3": BallotRow(())}
    first = enter(session, contest, ballots, clock)
    assert (first.imported, first.revised, first.unchanged) == (["p1", "p2", "p3"], [], [])
    again = enter(session, contest, {**ballots, "p1": BallotRow(((b, a),))}, clock)
    assert (again.imported, again.revised, again.unchanged) == ([], [], ["p1", "p2", "p3"])
    changed = enter(session, contest, {**ballots, "p2": BallotRow(((a,),))}, clock)
    assert (changed.imported, changed.revised, changed.unchanged) == ([], ["p2"], ["p1", "p3"])
    assert session.scalar(select(func.count()).select_from(ChainEntry)) == 4
    close(session, contest, clock)
    assert session.scalar(select(func.count()).select_from(BallotContent)) == 3
    assert contest.blank_count == 1
    with pytest.raises(Denied):
        enter(session, contest, ballots, clock)


def test_import_with_a_roll_takes_codes_on_it_and_refuses_the_rest_by_name(session, scene, clock):
    contest = make_contest(session, scene.consultation, clock.now())
    a = scene.codes[0]
    done = enter(
        session,
        contest,
        {
            "ALPHA": BallotRow(((a,),)),
            "NOBODY": BallotRow(((a,),)),
            "BETA": BallotRow((("Z",),)),
            "GAMMA": BallotRow(((a,),), weight=2),
        },
        clock,
    )
    assert done.imported == ["ALPHA"]
    assert done.rejected == {"NOBODY": "not_on_roll", "BETA": "unknown_item", "GAMMA": "bad_weight"}
    close(session, contest, clock)
    assert dict(session.execute(select(RollEntry.name, RollEntry.voted)).all())["Organization ALPHA"] is True


def test_outside_ballots_choose_as_many_items_as_there_are(session, clock):
    consultation = make_consultation(session, clock.now())
    items = make_items(session, consultation, clock.now(), 30)
    contest = make_contest(session, consultation, clock.now(), kind=ContestKind.SHORTLIST, secrecy=Secrecy.NO_ROLL)
    assert contest.max_choices == 30
    everything = BallotRow((tuple(item.code for item in items),))
    assert enter(session, contest, {"p": everything}, clock).imported == ["p"]


def test_counting_again_gives_the_same_bytes(session, scene, clock):
    contest = outside(session, scene, clock)
    rows = {f"p{n}": BallotRow(((scene.codes[n % 5], scene.codes[(n + 2) % 5]),)) for n in range(12)}
    enter(session, contest, rows, clock)
    close(session, contest, clock)
    first = count(session, contest, clock, beacon="noon")
    assert first.rule == "phragmen"

    def state():
        session.expire_all()
        return {
            row.rule: (row.id, row.computed_at, hashlib.sha256(canonical(row.result)).hexdigest())
            for row in stored_tallies(session, contest.id)
        }

    before = state()
    assert sorted(before) == ["approval", "expanding_approvals", "phragmen"]
    clock.advance(days=1)
    count(session, contest, clock, beacon="noon")
    assert state() == before
    row = session.scalars(select(StoredTally).where(StoredTally.rule == "approval")).one()
    row.result = {**row.result, "order": []}
    commit(session)
    count(session, contest, clock)
    assert {rule: value[2] for rule, value in state().items()} == {rule: value[2] for rule, value in before.items()}


def test_the_beacon_is_set_once(session, scene, clock):
    contest = outside(session, scene, clock, beacon_source="a public draw")
    enter(session, contest, {"p": BallotRow(((scene.codes[0],),))}, clock)
    close(session, contest, clock)
    with pytest.raises(ContestNotReady):
        count(session, contest, clock)
    assert count(session, contest, clock, beacon="noon").result["parameters"]["beacon"] == "noon"
    with pytest.raises(BeaconFixed):
        count(session, contest, clock, beacon="one o'clock")
    assert count(session, contest, clock).result["parameters"]["beacon"] == "noon"


def test_no_event_before_the_publication_holds_a_result(session, scene, clock):
    contest = outside(session, scene, clock)
    enter(session, contest, {f"p{n}": BallotRow(((scene.codes[0],),)) for n in range(12)}, clock)
    close(session, contest, clock)
    count(session, contest, clock)
    told = json.dumps(
        [row.payload for row in session.scalars(select(EventRecord).where(EventRecord.subject_id == contest.id))]
    )
    assert scene.codes[0] not in told
    assert '"at_least": 10' in told


@pytest.mark.parametrize("kind", list(ContestKind))
def test_every_kind_is_counted_without_a_single_ballot(session, scene, clock, kind):
    contest = make_contest(session, scene.consultation, clock.now(), kind=kind)
    close(session, contest, clock)
    assert count(session, contest, clock).result["ballots"] == 0
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    assert contest.state is ContestState.PUBLISHED


def test_a_named_contest_keeps_its_key_and_the_others_do_not(session, scene, clock):
    kept = {}
    for secrecy in Secrecy:
        contest = make_contest(session, scene.consultation, clock.now(), code=secrecy.name, secrecy=secrecy)
        close(session, contest, clock)
        kept[secrecy] = key_store(session).path(contest.id).exists()
    assert kept == {Secrecy.SECRET: False, Secrecy.NAMED: True, Secrecy.NO_ROLL: False}
