"""The paper desk: two people read the same, and nobody can look up what the first one read."""

import hashlib
import json
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consultation.kernel.letters import Letter
from consultation.kernel.orm import intending_to_write
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR, Actor, Denied, MandateHeld, Permission, Reason
from consultation.kernel.roles import MandateKind, Role
from consultation.voting.chain import canonical
from consultation.voting.keys import key_store
from consultation.voting.models import BallotContent, ChainEntry
from consultation.voting.operations import (
    cast,
    close_contest,
    drop_readings,
    import_ballots,
    read_paper,
    void_contest,
)
from consultation.voting.paper import PaperOutcome, PaperRefused, lines_of, paper_share, read_lines
from consultation.voting.paper_models import PaperReading
from consultation.voting.queries import contest_by_code, final_contents
from consultation.voting.rules import InvalidVote, from_content
from consultation.voting.states import ContestKind, ContestState, Secrecy
from consultation.voting.tally import BallotRow
from tests.voting.factories import commit, make_contest, make_user


@pytest.fixture
def contest(session, scene, clock):
    made = make_contest(session, scene.consultation, clock.now())
    commit(session)
    return made


@pytest.fixture
def desk(session, clock):
    """Three organizers."""
    people = [make_user(session, clock.now(), f"{name}@example.org", Role.ORGANIZER) for name in ("ana", "ben", "cleo")]
    commit(session)
    return [Actor(person.id, person.roles) for person in people]


def read(session, contest, clock, actor, ballot, voter="ALPHA", *, first=False, **options):
    details = {"voter": voter, "ballot": ballot, "first": first, "actor": actor, "now": clock.now()}
    done = read_paper(session, contest, **details | options)
    commit(session)
    return done


def refused(session, contest, clock, *args, **options):
    """The code of the refusal; nothing of it is kept."""
    with pytest.raises((PaperRefused, InvalidVote)) as error:
        read(session, contest, clock, *args, **options)
    session.rollback()
    return error.value.code


def vote(session, contest, delegate, ballot, clock):
    details = {"organization_id": delegate.organization.id, "actor": delegate.actor, "clock": clock.now}
    cast(session, contest, ballot=ballot, key=uuid.uuid4().hex, **details)
    commit(session)


def waiting(session):
    return session.scalars(select(PaperReading.voter).order_by(PaperReading.voter, PaperReading.number)).all()


def boxed(session, contest):
    """What lies in the box, in no order."""
    rows = session.scalars(select(BallotContent.content).where(BallotContent.contest_id == contest.id))
    return sorted(from_content(content).tiers for content in rows)


def entries(session):
    return session.scalar(select(func.count()).select_from(ChainEntry))


def names(session, contest):
    query = select(EventRecord.name).where(EventRecord.subject_id == contest.id).order_by(EventRecord.position)
    return [name for name in session.scalars(query) if name.startswith("Paper")]


def test_what_two_people_read_alike_goes_into_the_box(session, scene, contest, desk, clock):
    ana, ben, _cleo = desk
    one, two, three = scene.codes[:3]
    assert read(session, contest, clock, ana, [[one], [two, three]], first=True) is PaperOutcome.WAITS
    assert (waiting(session), entries(session)) == (["ALPHA"], 0)
    # The same ballot, since items that stand alike have no order; and the code in small letters.
    assert read(session, contest, clock, ben, [[one], [three, two]], " alpha ") is PaperOutcome.IN_THE_BOX
    assert waiting(session) == []
    assert boxed(session, contest) == [((one,), (two, three))]
    told = session.scalars(select(Letter.user_id).where(Letter.kind == "ballot_recorded")).all()
    assert told == [scene.delegates[0].user.id]


def test_a_blank_ballot_is_said_to_be_blank(session, contest, scene, desk, clock):
    ana, ben, _cleo = desk
    assert refused(session, contest, clock, ana, [], first=True) == "nothing_typed"
    assert refused(session, contest, clock, ana, [[scene.codes[0]]], first=True, blank=True) == "blank_with_items"
    assert read(session, contest, clock, ana, [], first=True, blank=True) is PaperOutcome.WAITS
    assert read(session, contest, clock, ben, [], blank=True) is PaperOutcome.IN_THE_BOX
    assert boxed(session, contest) == [()]


def test_nothing_that_waits_says_what_was_read(session, contest, scene, desk, clock):
    ballot = [[scene.codes[0]], [scene.codes[1]]]
    read(session, contest, clock, desk[0], ballot, first=True)
    (row,) = session.execute(select(PaperReading.__table__)).mappings()
    assert set(row) == {"contest_id", "voter", "reader_id", "number", "reading", "read_at"}
    assert len(row["reading"]) == 64
    # Without the key the digest is that of any ballot: under another key it is another one.
    for guess in (ballot, [[scene.codes[0]]]):
        for plain in (canonical({"tiers": guess}), json.dumps(guess).encode()):
            assert hashlib.sha256(plain).hexdigest() != row["reading"]
    read(session, contest, clock, desk[0], ballot, "BETA", first=True)
    digests = session.scalars(select(PaperReading.reading)).all()
    assert len(set(digests)) == 2, "equal ballots of two voters must not look alike"


def test_one_person_does_not_read_twice(session, contest, scene, desk, clock):
    ballot = [[scene.codes[0]]]
    read(session, contest, clock, desk[0], ballot, first=True)
    assert refused(session, contest, clock, desk[0], ballot) == "same_person"
    assert entries(session) == 0


def test_the_database_refuses_the_same_person_and_a_second_first_reading(session, contest, desk, clock):
    row = {
        "contest_id": contest.id,
        "voter": "ALPHA",
        "reader_id": desk[0].user_id,
        "number": 1,
        "reading": "0" * 64,
        "read_at": clock.now(),
    }
    session.execute(insert(PaperReading), row)
    commit(session)
    for change in ({"number": 2}, {"reader_id": desk[1].user_id}, {"voter": "BETA", "number": 4}):
        with pytest.raises(IntegrityError):
            session.execute(insert(PaperReading), row | change)
        session.rollback()
    session.execute(insert(PaperReading), row | {"number": 2, "reader_id": desk[1].user_id})


def test_where_two_differ_a_third_decides(session, contest, scene, desk, clock):
    ana, ben, cleo = desk
    one, two = scene.codes[:2]
    read(session, contest, clock, ana, [[one]], first=True)
    assert read(session, contest, clock, ben, [[two]]) is PaperOutcome.DIFFERS
    assert (waiting(session), entries(session)) == (["ALPHA", "ALPHA"], 0)
    # Neither of the two can try again what the other one has read.
    for reader, ballot in ((ana, [[two]]), (ben, [[one]])):
        assert refused(session, contest, clock, reader, ballot) == "same_person"
    assert read(session, contest, clock, cleo, [[one]]) is PaperOutcome.IN_THE_BOX
    assert (waiting(session), boxed(session, contest)) == ([], [((one,),)])


def test_where_three_differ_all_begin_again(session, contest, scene, desk, clock):
    ana, ben, cleo = desk
    one, two, three = scene.codes[:3]
    read(session, contest, clock, ana, [[one]], first=True)
    read(session, contest, clock, ben, [[two]])
    assert read(session, contest, clock, cleo, [[three]]) is PaperOutcome.ALL_DIFFER
    assert (waiting(session), entries(session)) == ([], 0)
    read(session, contest, clock, ana, [[one]], first=True)
    assert read(session, contest, clock, ben, [[one]]) is PaperOutcome.IN_THE_BOX


def test_both_can_begin_again(session, contest, scene, desk, clock):
    ana, ben, _cleo = desk
    one, two = scene.codes[:2]
    read(session, contest, clock, ana, [[one]], first=True)
    read(session, contest, clock, ben, [[two]])
    drop_readings(session, contest, voter="ALPHA", actor=ben, now=clock.now())
    commit(session)
    assert waiting(session) == []
    with pytest.raises(PaperRefused, match="no_reading_waits"):
        drop_readings(session, contest, voter="ALPHA", actor=ben, now=clock.now())
    read(session, contest, clock, ben, [[one]], first=True)
    assert read(session, contest, clock, ana, [[one]]) is PaperOutcome.IN_THE_BOX


def test_begun_twice_or_not_at_all_is_refused(session, contest, scene, desk, clock):
    ballot = [[scene.codes[0]]]
    assert refused(session, contest, clock, desk[0], ballot) == "no_reading_waits"
    read(session, contest, clock, desk[0], ballot, first=True)
    assert refused(session, contest, clock, desk[1], ballot, first=True) == "reading_waits"


@pytest.mark.parametrize(
    ("voter", "code"), [("", "no_voter"), ("   ", "no_voter"), ("A" * 81, "no_voter"), ("NOBODY", "not_on_roll")]
)
def test_whose_ballot_it_is_must_be_known(session, contest, scene, desk, clock, voter, code):
    assert refused(session, contest, clock, desk[0], [[scene.codes[0]]], voter, first=True) == code


def test_the_one_validator_reads_paper_too(session, contest, scene, desk, clock):
    one, two = scene.codes[:2]
    for ballot, code in (
        ([["NOTHING"]], "unknown_item"),
        ([[one, one]], "duplicate_item"),
        ([[one], [one]], "duplicate_item"),
        ([[one], []], "empty_tier"),
        ([[one], [two], [scene.codes[2]]], "too_many_tiers"),
    ):
        assert refused(session, contest, clock, desk[0], ballot, first=True) == code
    assert waiting(session) == []


def test_the_operator_is_nobody_and_delegates_do_not_enter_paper(session, contest, scene, desk, clock):
    ballot = [[scene.codes[0]]]
    for actor, reason in ((OPERATOR, Reason.SECOND_PERSON), (scene.delegates[0].actor, Reason.ROLE)):
        with pytest.raises(Denied) as error:
            read(session, contest, clock, actor, ballot, first=True)
        assert (error.value.permission, error.value.decision.reason) == (Permission.PAPER_ENTER, reason)
        with pytest.raises(Denied):
            drop_readings(session, contest, voter="ALPHA", actor=actor, now=clock.now())
        session.rollback()


@pytest.mark.parametrize("kind", MandateKind)
def test_nobody_reads_the_ballot_of_whom_they_speak_for(session, contest, scene, desk, clock, kind):
    alpha = scene.delegates[0].organization.id
    actor = Actor(desk[0].user_id, desk[0].roles, (MandateHeld(alpha, kind, True),))
    with pytest.raises(Denied) as error:
        read(session, contest, clock, actor, [[scene.codes[0]]], first=True)
    assert error.value.decision.reason is Reason.OWN_MATTER
    session.rollback()
    assert read(session, contest, clock, actor, [[scene.codes[0]]], "BETA", first=True) is PaperOutcome.WAITS


def test_whoever_votes_itself_in_between_keeps_its_own_ballot(session, contest, scene, desk, clock):
    alpha = scene.delegates[0]
    one, two = scene.codes[:2]
    read(session, contest, clock, desk[0], [[one]], first=True)
    vote(session, contest, alpha, [[two]], clock)
    # The desk sees no difference before two people have read the paper.
    assert waiting(session) == ["ALPHA"]
    assert read(session, contest, clock, desk[1], [[one]]) is PaperOutcome.ALREADY_CAST
    assert (waiting(session), boxed(session, contest)) == ([], [((two,),)])
    assert read(session, contest, clock, desk[0], [[two]], first=True) is PaperOutcome.WAITS
    assert read(session, contest, clock, desk[1], [[two]]) is PaperOutcome.ALREADY_CAST
    assert entries(session) == 1


def test_whoever_has_handed_in_paper_can_still_vote_itself(session, contest, scene, desk, clock):
    one, two = scene.codes[:2]
    read(session, contest, clock, desk[0], [[one]], first=True)
    read(session, contest, clock, desk[1], [[one]])
    vote(session, contest, scene.delegates[0], [[two]], clock)
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    assert [from_content(row.content).tiers for row in final_contents(session, contest.id)] == [((two,),)]


def test_another_paper_ballot_takes_the_place_of_the_first(session, contest, scene, desk, clock):
    one, two = scene.codes[:2]
    told = []
    for ballot in ([[one]], [[one]], [[two]]):
        read(session, contest, clock, desk[0], ballot, first=True)
        told.append(read(session, contest, clock, desk[1], ballot))
    assert told == [PaperOutcome.IN_THE_BOX, PaperOutcome.UNCHANGED, PaperOutcome.REPLACED]
    assert entries(session) == 2
    letters = session.scalar(select(func.count()).select_from(Letter).where(Letter.kind == "ballot_recorded"))
    assert letters <= 2


def test_the_second_of_two_second_readings_finds_it_settled(session, contest, scene, desk, clock):
    ballot = [[scene.codes[0]]]
    read(session, contest, clock, desk[0], ballot, first=True)
    assert read(session, contest, clock, desk[1], ballot) is PaperOutcome.IN_THE_BOX
    assert refused(session, contest, clock, desk[2], ballot) == "no_reading_waits"
    assert entries(session) == 1


def test_of_parallel_second_readings_one_puts_the_ballot_in(session, engine, scene, contest, desk, clock):
    ballot = [[scene.codes[0]]]
    read(session, contest, clock, desk[0], ballot, first=True)
    people = [make_user(session, clock.now(), f"p{number}@example.org", Role.ORGANIZER) for number in range(8)]
    actors = [Actor(person.id, person.roles) for person in people]
    commit(session)
    ready = threading.Barrier(len(actors))

    def once(actor):
        with Session(engine) as own, intending_to_write():
            seen = contest_by_code(own, contest.code)
            own.rollback()
            ready.wait(20)
            try:
                done = read_paper(own, seen, voter="ALPHA", ballot=ballot, first=False, actor=actor, now=clock.now())
            except PaperRefused as error:
                return error.code
            own.commit()
            return done.value

    with ThreadPoolExecutor(len(actors)) as pool:
        done = list(pool.map(once, actors))
    session.rollback()
    assert sorted(done) == ["in_the_box", *["no_reading_waits"] * 7]
    assert (entries(session), waiting(session)) == (1, [])


def test_of_parallel_first_readings_one_is_kept(session, engine, scene, contest, desk, clock):
    ready = threading.Barrier(len(desk))

    def once(actor):
        with Session(engine) as own, intending_to_write():
            seen = contest_by_code(own, contest.code)
            own.rollback()
            ready.wait(20)
            try:
                done = read_paper(
                    own, seen, voter="ALPHA", ballot=[], blank=True, first=True, actor=actor, now=clock.now()
                )
            except PaperRefused as error:
                return error.code
            own.commit()
            return done.value

    with ThreadPoolExecutor(len(desk)) as pool:
        done = list(pool.map(once, desk))
    session.rollback()
    assert sorted(done) == ["reading_waits", "reading_waits", "waits"]
    assert waiting(session) == ["ALPHA"]


def test_a_close_in_between_takes_no_reading_and_forgets_those_that_wait(session, contest, scene, desk, clock):
    ballot = [[scene.codes[0]]]
    read(session, contest, clock, desk[0], ballot, first=True)
    read(session, contest, clock, desk[0], ballot, "BETA", first=True)
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    assert waiting(session) == []
    for act in (
        lambda: read(session, contest, clock, desk[1], ballot),
        lambda: drop_readings(session, contest, voter="ALPHA", actor=desk[0], now=clock.now()),
    ):
        with pytest.raises(Denied) as error:
            act()
        assert error.value.decision.reason is Reason.WINDOW
        session.rollback()
    assert (entries(session), contest.record["final"]) == (0, 0)


def test_paper_that_arrived_in_time_is_entered_until_somebody_closes(session, scene, desk, clock):
    closes = clock.now() + timedelta(hours=1)
    contest = make_contest(session, scene.consultation, clock.now(), closes_at=closes)
    commit(session)
    clock.advance(hours=2)
    ballot = [[scene.codes[0]]]
    read(session, contest, clock, desk[0], ballot, first=True)
    assert read(session, contest, clock, desk[1], ballot) is PaperOutcome.IN_THE_BOX


def test_a_void_contest_forgets_what_waits(session, contest, scene, desk, clock):
    read(session, contest, clock, desk[0], [[scene.codes[0]]], first=True)
    void_contest(session, contest, reason="A wrong question.", actor=OPERATOR, now=clock.now())
    commit(session)
    assert (contest.state, waiting(session)) == (ContestState.VOID, [])


def test_nothing_of_a_close_joins_readers_to_voters(session, contest, scene, desk, clock, database_url):
    """Neither the rows nor the bytes of the file."""
    read(session, contest, clock, desk[0], [[scene.codes[0]]], first=True)
    digest = session.scalar(select(PaperReading.reading))
    session.rollback()
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    assert not key_store(session).path(contest.id).exists()
    if database_url.startswith("sqlite"):
        file = Path(database_url.removeprefix("sqlite:///"))
        held = b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
        assert digest.encode() not in held


def test_the_log_tells_who_was_at_the_desk_and_neither_whose_nor_how_many(session, contest, scene, desk, clock):
    one, two = scene.codes[:2]
    for voter in ("ALPHA", "BETA"):
        read(session, contest, clock, desk[0], [[one]], voter, first=True)
        read(session, contest, clock, desk[1], [[one]], voter)
    assert names(session, contest) == ["PaperDeskUsed"] * 2
    read(session, contest, clock, desk[0], [[one]], "GAMMA", first=True)
    read(session, contest, clock, desk[1], [[two]], "GAMMA")
    drop_readings(session, contest, voter="GAMMA", actor=desk[0], now=clock.now())
    clock.advance(days=2)
    read(session, contest, clock, desk[0], [[one]], "GAMMA", first=True)
    assert names(session, contest) == [
        *["PaperDeskUsed"] * 2,
        "PaperReadingsDiffered",
        "PaperReadingsDropped",
        "PaperDeskUsed",
    ]
    payloads = session.scalars(select(EventRecord.payload).where(EventRecord.name.startswith("Paper"))).all()
    assert payloads == [{"code": "MAIN"}] * 5


def test_without_a_roll_the_voter_is_a_label(session, scene, desk, clock):
    contest = make_contest(session, scene.consultation, clock.now(), secrecy=Secrecy.NO_ROLL)
    commit(session)
    ballot = [[scene.codes[0]]]
    read(session, contest, clock, desk[0], ballot, "Table  7, paper 3", first=True)
    assert waiting(session) == ["Table 7, paper 3"]
    assert read(session, contest, clock, desk[1], ballot, "Table 7, paper 3") is PaperOutcome.IN_THE_BOX
    again = import_ballots(
        session, contest, {"Table 7, paper 3": BallotRow(((scene.codes[0],),))}, actor=OPERATOR, now=clock.now()
    )
    assert again.unchanged == ["Table 7, paper 3"]


def test_what_was_typed_is_read_by_code_and_by_number():
    options = ("NG27-A001", "NG27-A002", "NG27-A003")
    tiers = [" ng27-a002,3 ", ""]
    assert read_lines(tiers, options, ContestKind.TIERS) == (("NG27-A002", "NG27-A003"),)
    assert read_lines(["", "1; 2"], options, ContestKind.TIERS) == (("NG27-A001", "NG27-A002"),)
    assert read_lines(["2", "1 = 3", "", ""], options, ContestKind.RANKING) == (
        ("NG27-A002",),
        ("NG27-A001", "NG27-A003"),
    )
    assert read_lines(["2", "", "1"], options, ContestKind.RANKING) == (("NG27-A002",), (), ("NG27-A001",))
    assert read_lines(["4 x"], options, ContestKind.SHORTLIST) == (("4", "x"),)
    assert read_lines(["", " , "], options, ContestKind.RANKING) == ()
    assert [lines_of(kind, 12) for kind in ContestKind] == [2, 10, 1]
    assert lines_of(ContestKind.RANKING, 4) == 4


def test_the_record_says_how_many_tens_came_from_paper():
    assert paper_share(30, 0, ever_paper=False, ever_cast=True) == {"entered": "none", "at_least": 0}
    assert paper_share(30, 30, ever_paper=True, ever_cast=False) == {"entered": "all", "at_least": 30}
    assert paper_share(0, 0, ever_paper=False, ever_cast=False) == {"entered": "none", "at_least": 0}
    # Paper of somebody who has voted itself since, and paper of somebody who has not, look alike.
    for paper in (0, 1, 9):
        assert paper_share(30, paper, ever_paper=True, ever_cast=True) == {"entered": "some", "at_least": 0}
    assert paper_share(30, 29, ever_paper=True, ever_cast=True) == {"entered": "some", "at_least": 20}


def test_the_close_records_where_ballots_came_from(session, contest, scene, desk, clock):
    one = scene.codes[0]
    for voter in ("ALPHA", "BETA"):
        read(session, contest, clock, desk[0], [[one]], voter, first=True)
        read(session, contest, clock, desk[1], [[one]], voter)
    vote(session, contest, scene.delegates[0], [[one]], clock)
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    assert contest.record["paper"] == {"entered": "some", "at_least": 0}
    assert (contest.record["final"], contest.record["superseded"]) == (2, 1)


@pytest.mark.parametrize(("by_voters", "told"), [(True, ("none", 0)), (False, ("all", 3))])
def test_the_close_records_it_where_all_came_one_way(session, contest, scene, clock, by_voters, told):
    one = scene.codes[0]
    if by_voters:
        for delegate in scene.delegates:
            vote(session, contest, delegate, [[one]], clock)
    else:
        ballots = {code: BallotRow(((one,),)) for code in ("ALPHA", "BETA", "GAMMA")}
        import_ballots(session, contest, ballots, actor=OPERATOR, now=clock.now())
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    assert contest.record["paper"] == dict(zip(("entered", "at_least"), told, strict=True))
